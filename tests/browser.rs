//! The pages of the book in a real browser: see `tests/browser/pages.mjs`.

mod support;

use mdbook_driver::MDBook;
use std::process::{Command, ExitCode};
use support::{project, run, trial, works};

fn main() -> ExitCode {
    support::main(vec![trial("every_page_is_fit_to_be_read", has_a_browser, pages_are_fit)])
}

fn has_a_browser() -> Result<(), String> {
    let chromium = std::env::var("CHROMIUM").unwrap_or("/usr/bin/chromium".into());
    works(&["node", "--version"])?;
    works(&[&chromium, "--version"])?;
    match project("tests/browser/node_modules/playwright-core").is_dir() {
        true => Ok(()),
        false => Err("the driver is missing: npm ci --prefix tests/browser".into()),
    }
}

fn pages_are_fit() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = MDBook::load(project("")).unwrap();
    book.config.build.build_dir = folder.path().into();
    book.build().unwrap();
    let ran = run(Command::new("node").arg(project("tests/browser/pages.mjs")).arg(folder.path()));
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
}
