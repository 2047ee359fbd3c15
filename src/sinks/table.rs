//! A table as plain text.

use super::Theme;
use super::theme::Meaning;
use crate::harmless::harmless;
use crate::trace::{Ending, Event, Playbill, Sink, Table};
use crate::wrap;
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
/// room for a line of it, its last column goes on below; if that does not help, each row is a block
/// of its own.
///
/// # Errors
/// It cannot be written.
pub fn write(
    out: &mut dyn Write,
    theme: Theme,
    room: Option<usize>,
    table: &Table,
) -> io::Result<()> {
    let (table, room) = (&escaped(table), room.unwrap_or(usize::MAX));
    let widths: Vec<usize> = (0..table.head.len()).map(|column| width(table, column)).collect();
    if has_room(&widths, room) {
        writeln!(out)?;
        write_row(out, theme, Meaning::Title, &table.head, &widths, room)?;
        table
            .rows
            .iter()
            .try_for_each(|row| write_row(out, theme, Meaning::Plain, row, &widths, room))?;
    } else {
        table.rows.iter().try_for_each(|row| write_block(out, theme, &table.head, row, room))?;
    }
    if !table.notes.is_empty() {
        writeln!(out)?;
    }
    let notes = table.notes.iter().flat_map(|note| wrap::prose(&harmless(note), "", room));
    notes.into_iter().try_for_each(|note| writeln!(out, "{}", theme.mark(Meaning::Plain, &note)))
}

/// How wide the last column is at least, if it goes on below.
const LEAST_LAST: usize = 24;

/// Whether there is room for all columns, with the last one as narrow as it may be.
fn has_room(widths: &[usize], room: usize) -> bool {
    let Some((last, others)) = widths.split_last() else { return true };
    others.iter().map(|width| width + 2).sum::<usize>() + last.min(&LEAST_LAST) <= room
}

/// A row in aligned columns. The last one goes on under itself.
fn write_row(
    out: &mut dyn Write,
    theme: Theme,
    meaning: Meaning,
    row: &[String],
    widths: &[usize],
    room: usize,
) -> io::Result<()> {
    let Some((last, others)) = row.split_last() else { return Ok(()) };
    let padded = others.iter().zip(widths).map(|(cell, width)| {
        format!("{cell}{}", " ".repeat(width.saturating_sub(cell.width()) + 2))
    });
    let lines = wrap::prose(last, &padded.collect::<String>(), room);
    lines.iter().try_for_each(|line| writeln!(out, "{}", theme.mark(meaning, line.trim_end())))
}

/// The first cell is the title; below it stands a line for each of the others that says something.
fn write_block(
    out: &mut dyn Write,
    theme: Theme,
    head: &[String],
    row: &[String],
    room: usize,
) -> io::Result<()> {
    let Some((title, cells)) = row.split_first() else { return Ok(()) };
    writeln!(out, "\n{}", theme.mark(Meaning::Title, title))?;
    for (i, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
        let text = match head.get(i + 1).filter(|name| !name.is_empty()) {
            Some(name) => format!("{name}: {cell}"),
            None => cell.clone(),
        };
        for line in wrap::prose(&text, "  ", room) {
            writeln!(out, "{}", theme.mark(Meaning::Plain, &line))?;
        }
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_column_goes_on_under_itself() {
        let mut table = Table::new(["Name", "Meaning"]);
        table.row(["TTL", "how many routers a packet may pass"]);
        table.row(["MTU", ""]);
        let mut page = Vec::new();
        write(&mut page, Theme::Plain, Some(32), &table).unwrap();
        let told = "\nName  Meaning\nTTL   how many routers a packet\n      may pass\nMTU\n";
        assert_eq!(String::from_utf8(page).unwrap(), told);
    }

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
