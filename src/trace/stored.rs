//! A run as it is stored: JSON, one object a line. `lessons/trace-format.md` describes it.

use super::{Ending, Event, Playbill, Trace};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One line of a stored run.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part<'a> {
    Opens(&'a Playbill),
    Closes(&'a Ending),
    #[serde(untagged)]
    Event(&'a Event),
}

impl Part<'_> {
    /// The line, without its end.
    ///
    /// # Errors
    /// It is nothing that JSON has: a bug of ours.
    pub fn line(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

/// Reads a stored run back. A recording that was cut off, between two lines or within one, is a run
/// without an ending.
///
/// # Errors
/// Says which line is not what it should be.
pub fn read(text: &str) -> Result<Trace, String> {
    let mut lines =
        whole_lines(text).lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let (_, first) = lines.next().ok_or("it is empty")?;
    let mut trace = Trace::new(playbill(first)?);
    for (number, line) in lines {
        let fails = |why: String| format!("line {}: {why}", number + 1);
        if trace.ending.is_some() {
            return Err(fails("the run has ended before".into()));
        }
        let mut object: Value = parse(line).map_err(fails)?;
        match object.get_mut("closes") {
            Some(ending) => trace.ending = Some(parts(ending.take()).map_err(fails)?),
            None => trace.events.push(parts(object).map_err(fails)?),
        }
    }
    check(trace)
}

/// The text without its last line if that was cut off: it has no end, and the JSON in it has none.
/// Some editors put a byte order mark before the first line.
fn whole_lines(text: &str) -> &str {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some((whole, last)) = text.rsplit_once('\n') else { return text };
    let is_cut = serde_json::from_str::<Value>(last).is_err_and(|error| error.is_eof());
    if is_cut { whole } else { text }
}

fn playbill(line: &str) -> Result<Playbill, String> {
    let fails = |why: String| format!("line 1: {why}");
    let mut object: Value = parse(line).map_err(fails)?;
    let opens = object.get_mut("opens").ok_or("line 1 does not open a run (no \"opens\")")?;
    match opens.get("version").and_then(Value::as_u64) {
        Some(version) if version == u64::from(Playbill::VERSION) => {
            parts(opens.take()).map_err(fails)
        }
        Some(version) => {
            Err(format!("it is of version {version}, and I read version {}", Playbill::VERSION))
        }
        None => Err("line 1 does not say which version it is of".into()),
    }
}

/// A verdict points into the trace: both of its places have to be there.
fn check(trace: Trace) -> Result<Trace, String> {
    let Some(verdict) = trace.ending.as_ref().and_then(|ending| ending.verdict) else {
        return Ok(trace);
    };
    let choices = trace.playbill.question.as_ref().map_or(0, |question| question.choices.len());
    match verdict.choice < choices && verdict.proof < trace.events.len() {
        true => Ok(trace),
        false => Err("its verdict points at a choice or an event that is not there".into()),
    }
}

fn parse(line: &str) -> Result<Value, String> {
    serde_json::from_str(line).map_err(|error| format!("not JSON: {error}"))
}

fn parts<T: DeserializeOwned>(object: Value) -> Result<T, String> {
    serde_json::from_value(object).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Fact;

    fn stored() -> String {
        let opens = Playbill { version: Playbill::VERSION, ..Playbill::default() };
        let left = Event::new("Lily".into(), 1, Fact::Left);
        let parts = [Part::Opens(&opens), Part::Event(&left), Part::Closes(&Ending::default())];
        parts.map(|part| part.line().unwrap() + "\n").concat()
    }

    #[test]
    fn wherever_it_is_cut_the_rest_is_read() {
        let text = stored();
        let whole = |end: usize| text[..end].matches('\n').count();
        let first = text.find('\n').unwrap() + 1;
        for end in first..=text.len() {
            let trace = read(&text[..end]).unwrap();
            let is_complete = |lines: usize| whole(end) >= lines || end + 1 == text.len();
            assert_eq!(trace.ending.is_some(), is_complete(3), "{end}");
            assert!(trace.events.len() <= 1 && (whole(end) < 2 || trace.events.len() == 1));
        }
        assert!(read(&text[..first - 2]).is_err(), "nothing is known without its first line");
    }

    #[test]
    fn only_the_last_line_may_be_cut() {
        let text = stored();
        let broken = text.replacen(",\"at\"", "", 1);
        assert!(read(&broken).unwrap_err().starts_with("line 2: "), "{broken}");
        assert!(read(&format!("{text}no JSON")).is_err());
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_it() {
        assert_eq!(read(&format!("\u{feff}{}", stored())), read(&stored()));
    }
}
