//! A run as one file that a browser opens from disk: nothing else is fetched.

use super::kept::Kept;
use super::player::Players;
use super::question::question;
use crate::catalogue::Sentence;
use crate::sentence;
use crate::sinks::Json;
use crate::sinks::markup::escape;
use crate::sinks::words::{manner, origin, remarks};
use crate::trace::{Ending, Event, Playbill, Sink, Table, Trace, show};
use std::io::{self, Write};
use std::time::{Duration, UNIX_EPOCH};

/// How a page looks, and how one goes through it. The book has the same files.
const STYLE: &str = include_str!("../../../lessons/theme/player.css");
const SCRIPT: &str = include_str!("../../../lessons/theme/player.js");

/// What the page may do: run this script, and use styles of its own.
const SCRIPT_HASH: &str = "sha256-ItqvoWEk0TKxgeD35qEQRvUTFPHOcLTrkKD/e5Jp9nQ=";

/// Keeps a run, and writes it as a page when it is over. Of a long run the middle is left out, and
/// the page says so.
pub struct Html<W> {
    out: W,
    playbill: Playbill,
    kept: Kept,
}

impl<W: Write> Html<W> {
    pub fn new(out: W) -> Html<W> {
        Html { out, playbill: Playbill::default(), kept: Kept::default() }
    }
}

impl<W: Write + Send> Sink for Html<W> {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        self.playbill = playbill.clone();
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.kept.take(event);
        Ok(())
    }

    fn closes(&mut self, ending: &Ending) -> io::Result<()> {
        let (events, gap) = std::mem::take(&mut self.kept).events();
        let mut trace = Trace::new(std::mem::take(&mut self.playbill));
        (trace.events, trace.ending) = (events, Some(ending.clone()));
        let mut players = Players::new(&trace, gap);
        let mut acts = String::new();
        for act in trace.acts() {
            // A run that names no acts is one, and its title stands above it.
            if act.heading != trace.playbill.title {
                acts += &format!("<h2>{}</h2>\n", escape(&act.heading));
            }
            acts += &players.draw(&act);
        }
        self.out.write_all(document(&trace, &acts)?.as_bytes())?;
        self.out.flush()
    }
}

fn document(trace: &Trace, acts: &str) -> io::Result<String> {
    let playbill = &trace.playbill;
    let title = escape(&format!("{}: {}", playbill.lesson, playbill.title));
    let said: String = made(playbill)
        .into_iter()
        .chain(origin(playbill))
        .chain(manner(playbill))
        .chain(failure(trace))
        .map(|line| format!("<p>{}</p>\n", escape(&line.to_string())))
        .collect();
    let question = question(trace).unwrap_or_default();
    let table = trace.ending.as_ref().and_then(|ending| ending.table.as_ref());
    let table = table.map_or(String::new(), found);
    let remarks: String =
        remarks(trace).map(|line| format!("<p>{}</p>\n", escape(&line.to_string()))).collect();
    let (run, (begin, end)) = (run(trace)?, RUN);
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src '{SCRIPT_HASH}'; base-uri 'none'; \
         form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{PAGE}{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>{title}</h1>\n{said}{question}{acts}{table}{remarks}</main>\n\
         {begin}{run}{end}\n\
         <script>{SCRIPT}</script>\n</body>\n</html>\n"
    ))
}

/// What a page needs that is none of the book's.
const PAGE: &str = "\
:root{color-scheme:light dark;background:Canvas;color:CanvasText}\
body{font:1em/1.5 system-ui,sans-serif;margin:0 auto;padding:1em;max-width:64em}";

/// On which machine, when and by which command it was made.
fn made(playbill: &Playbill) -> Vec<Sentence> {
    let Playbill { system, began, command, .. } = playbill;
    let began = began.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds));
    let began = began.map(httpdate::fmt_http_date);
    let when = match began {
        Some(date) => sentence!("Made on {system}, {date}.", system, date),
        None => sentence!("Made on {system}.", system),
    };
    let command = command.as_ref().map(|command| sentence!("Made by: {command}", command));
    [when].into_iter().chain(command).collect()
}

fn failure(trace: &Trace) -> Option<Sentence> {
    let failure = trace.ending.as_ref()?.failure.as_ref()?;
    Some(sentence!("It has failed: {failure}", failure))
}

/// What the run has found out.
fn found(table: &Table) -> String {
    let row = |cells: &[String], cell: &str| {
        let cells = cells.iter().map(|text| format!("<{cell}>{}</{cell}>", escape(text)));
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    let rows: String = table.rows.iter().map(|cells| row(cells, "td")).collect();
    let notes: String =
        table.notes.iter().map(|note| format!("<p>{}</p>\n", escape(note))).collect();
    let head = row(&table.head, "th");
    format!("<table><thead>{head}</thead>\n<tbody>{rows}</tbody></table>\n{notes}")
}

/// Where the run begins in a page, and where it ends.
const RUN: (&str, &str) = ("<script type=\"application/jsonl\" id=\"run\">\n", "</script>");

/// The run that a page was made of, if it is one of ours.
pub fn run_of(page: &str) -> Option<&str> {
    let page = page.strip_prefix("<!doctype html>")?;
    let (_, run) = page.split_once(RUN.0)?;
    run.split_once(RUN.1).map(|(run, _)| run)
}

/// The run itself, so that the page can be replayed. In JSON a `<` can stand only in a string, and
/// there it can be escaped: nothing in it ends the element.
fn run(trace: &Trace) -> io::Result<String> {
    let mut json = Vec::new();
    show(trace, &mut Json::new(&mut json))?;
    Ok(String::from_utf8_lossy(&json).replace('<', "\\u003c"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::prelude::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_script_of_a_page_is_the_one_that_it_allows() {
        let hash = BASE64_STANDARD.encode(Sha256::digest(SCRIPT));
        assert_eq!(SCRIPT_HASH, format!("sha256-{hash}"), "write it into SCRIPT_HASH");
    }
}
