//! A table as plain text.

use super::{Sink, Theme};
use crate::harmless::harmless;
use crate::trace::{Ending, Event, Playbill, Table};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// Shows nothing of a run but the table at its end.
pub struct Conclusion<W> {
    out: W,
    theme: Theme,
}

impl<W: Write> Conclusion<W> {
    pub fn new(out: W, theme: Theme) -> Conclusion<W> {
        Conclusion { out, theme }
    }
}

impl<W: Write + Send> Sink for Conclusion<W> {
    fn opens(&mut self, _: &Playbill) -> io::Result<()> {
        Ok(())
    }

    fn event(&mut self, _: &Event) -> io::Result<()> {
        Ok(())
    }

    fn closes(&mut self, ending: &Ending) -> io::Result<()> {
        ending.table.as_ref().map_or(Ok(()), |table| write(&mut self.out, self.theme, table))?;
        self.out.flush()
    }
}

/// Writes a table: a blank line, its head, its rows in aligned columns, its notes.
///
/// # Errors
/// It cannot be written.
pub fn write(out: &mut dyn Write, theme: Theme, table: &Table) -> io::Result<()> {
    let widths: Vec<usize> = (0..table.head.len()).map(|column| width(table, column)).collect();
    writeln!(out, "\n{}", theme.title(&line(&table.head, &widths)))?;
    for row in &table.rows {
        writeln!(out, "{}", line(row, &widths))?;
    }
    if !table.notes.is_empty() {
        writeln!(out)?;
    }
    table.notes.iter().try_for_each(|note| writeln!(out, "{}", harmless(note)))
}

fn width(table: &Table, column: usize) -> usize {
    let cells = [&table.head].into_iter().chain(&table.rows).filter_map(|row| row.get(column));
    cells.map(|cell| harmless(cell).width()).max().unwrap_or(0)
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let padded = cells.iter().zip(widths).map(|(cell, width)| {
        let cell = harmless(cell);
        format!("{cell}{}", " ".repeat(width.saturating_sub(cell.width()) + 2))
    });
    padded.collect::<String>().trim_end().into()
}
