//! What a run found out, as a table.

use serde::{Deserialize, Serialize};

/// Rows of cells under a head.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// What is to be said of them all, a line each.
    pub notes: Vec<String>,
}

impl Table {
    /// A table with a head and no rows.
    pub fn new<const N: usize>(head: [&str; N]) -> Table {
        Table { head: head.map(String::from).to_vec(), ..Table::default() }
    }

    pub fn row<const N: usize>(&mut self, cells: [&str; N]) {
        self.rows.push(cells.map(String::from).to_vec());
    }
}
