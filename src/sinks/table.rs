//! A table as plain text.

use super::Theme;
use super::theme::Meaning;
use crate::harmless::harmless;
use crate::trace::{Ending, Event, Playbill, Sink, Table};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// Shows nothing of a run but the table at its end.
pub struct Conclusion<W> {
    out: W,
    theme: Theme,
    room: Option<usize>,
}

impl<W: Write> Conclusion<W> {
    /// `room` is the width of the page, if it has one.
    pub fn new(out: W, theme: Theme, room: Option<usize>) -> Conclusion<W> {
        Conclusion { out, theme, room }
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
        ending
            .table
            .as_ref()
            .map_or(Ok(()), |table| write(&mut self.out, self.theme, self.room, table))?;
        self.out.flush()
    }
}

/// Writes a table: a blank line, its head, its rows in aligned columns, its notes. If there is no
/// room for a line of it, each row is a block of its own.
///
/// # Errors
/// It cannot be written.
pub fn write(
    out: &mut dyn Write,
    theme: Theme,
    room: Option<usize>,
    table: &Table,
) -> io::Result<()> {
    let table = &escaped(table);
    let widths: Vec<usize> = (0..table.head.len()).map(|column| width(table, column)).collect();
    let lines = [&table.head].into_iter().chain(&table.rows).map(|row| line(row, &widths));
    let widest = lines.map(|line| line.width()).max().unwrap_or(0);
    if room.is_some_and(|room| room < widest) {
        table.rows.iter().try_for_each(|row| write_block(out, theme, &table.head, row))?;
    } else {
        writeln!(out, "\n{}", theme.mark(Meaning::Title, &line(&table.head, &widths)))?;
        table.rows.iter().try_for_each(|row| {
            writeln!(out, "{}", theme.mark(Meaning::Plain, &line(row, &widths)))
        })?;
    }
    if !table.notes.is_empty() {
        writeln!(out)?;
    }
    table.notes.iter().try_for_each(|note| writeln!(out, "{}", theme.mark(Meaning::Plain, note)))
}

/// The first cell is the title; below it stands a line for each of the others that says something.
fn write_block(
    out: &mut dyn Write,
    theme: Theme,
    head: &[String],
    row: &[String],
) -> io::Result<()> {
    let Some((title, cells)) = row.split_first() else { return Ok(()) };
    writeln!(out, "\n{}", theme.mark(Meaning::Title, title))?;
    let named = cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
    named.into_iter().try_for_each(|(i, cell)| match head.get(i + 1) {
        Some(name) => writeln!(out, "  {}", theme.mark(Meaning::Plain, &format!("{name}: {cell}"))),
        None => writeln!(out, "  {}", theme.mark(Meaning::Plain, cell)),
    })
}

/// The same table with everything escaped: only then it is known how wide it is.
fn escaped(table: &Table) -> Table {
    let all = |cells: &Vec<String>| cells.iter().map(|cell| harmless(cell).into()).collect();
    let rows = table.rows.iter().map(all).collect();
    Table { head: all(&table.head), rows, notes: table.notes.clone() }
}

fn width(table: &Table, column: usize) -> usize {
    let cells = [&table.head].into_iter().chain(&table.rows).filter_map(|row| row.get(column));
    cells.map(|cell| cell.width()).max().unwrap_or(0)
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let padded = cells.iter().zip(widths).map(|(cell, width)| {
        format!("{cell}{}", " ".repeat(width.saturating_sub(cell.width()) + 2))
    });
    padded.collect::<String>().trim_end().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_lines_have_no_room_rows_are_blocks() {
        let mut table = Table::new(["Option", "Unit", "Asked"]);
        table.row(["SO_LINGER", "time", "1s"]);
        table.row(["SO_ERROR", "", "-"]);
        let told = |room| {
            let mut page = Vec::new();
            write(&mut page, Theme::Plain, room, &table).unwrap();
            String::from_utf8(page).unwrap()
        };
        let wide = "\nOption     Unit  Asked\nSO_LINGER  time  1s\nSO_ERROR         -\n";
        assert_eq!((&*told(None), &*told(Some(22))), (wide, wide));
        let narrow = "\nSO_LINGER\n  Unit: time\n  Asked: 1s\n\nSO_ERROR\n  Asked: -\n";
        assert_eq!(told(Some(21)), narrow);
    }
}
