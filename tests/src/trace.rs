//! The table of the rules held against the code, in both directions: every rule has tests and code that name it, and no test and no
//! code names a rule that the table doesn't have. Never here: what a rule says.

use std::collections::{BTreeMap, BTreeSet};

use crate::repository::{File, files};

/// The table.
const TABLE: &str = "shared/rules/RULES.md";

/// The rules of the Order and of the project, as the table must have them, no more and no fewer.
const RULES: &[&str] = &[
    "P11.a", "P15.1", "P5.a", "P5.b", "P5.c", "P5.d", "P5.e", "A2.8", "P7", "P8", "P9", "P15.2", "K1", "K2", "P6.a",
    "P6.b", "P6.c", "P6.d", "P6.e", "P14", "P16.5", "P10.b", "P10.c", "P10.d", "P3.9", "P10.e", "P10.f", "P13",
    "P13.3", "P15.5", "P15.6", "P23.a", "P23.b", "P12", "P3.3", "P17.1", "P24", "P24.m", "P23.c", "P29", "K3", "P16.a",
    "P15.b", "P16.3", "P15.c", "P15.d", "P26", "K4", "P15.9", "P22.a", "P25.a", "P25.b", "P22.b", "P22.c", "A6.8",
    "P28", "P16.1", "P22.d", "P22.e", "P15.a", "P11.b", "P3.2", "P15.4", "P18", "N1", "K5", "C1", "C2", "C3", "C4",
    "C5", "C6",
];

/// Further numbers of the Order that rules are known by as well: cited in code, and explained in the table's rows.
const ALSO: &[&str] = &[
    "P2", "P3.8", "P13.6", "P16.6", "P16.4", "P11", "P17.2", "P3.15", "P27", "P19", "P20", "P30", "P28.1", "A2.3",
    "A2.9", "A6.9", "P13.2", "P3.16", "P3.17",
];

/// A row: what it proves, by which tests, in which files.
#[derive(Debug)]
struct Row {
    name: String,
    tests: Vec<String>,
    code: Vec<String>,
}

fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The rows under a heading: the first cells in quotes name the row; the last two hold tests and files.
fn rows(table: &str, heading: &str, names: usize) -> Vec<Row> {
    let from = table.find(heading).unwrap_or_else(|| panic!("{TABLE} has no {heading}"));
    let part = table[from + heading.len()..].split("\n## ").next().unwrap_or_default();
    let rows = part.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        assert!(cells.len() >= names + 2, "{TABLE}: {line}");
        let name = cells[..names].iter().flat_map(|cell| quoted(cell)).collect::<Vec<_>>().join(" ");
        Row { name, tests: quoted(cells[cells.len() - 2]), code: quoted(cells[cells.len() - 1]) }
    })
    .collect()
}

/// The rules that the table says aren't here yet: none may be passed over in silence.
fn not_yet(table: &str) -> Vec<String> {
    let part =
        table.split("\n## Not here yet\n").nth(1).and_then(|part| part.split("\n## ").next()).unwrap_or_default();
    part.lines()
        .filter(|line| line.starts_with("| `"))
        .flat_map(|line| quoted(line.split('|').nth(1).unwrap_or_default()))
        .collect()
}

fn table() -> String {
    files().into_iter().find(|file| file.path == TABLE).map(|file| file.text).expect("the table of the rules")
}

/// Whether an id is one of the table's, or a whole paragraph of which the table has rules.
fn known(id: &String) -> bool {
    let paragraph = format!("{id}.");
    let id = id.as_str();
    RULES.contains(&id) || ALSO.contains(&id) || RULES.iter().any(|rule| rule.starts_with(&paragraph))
}

/// Every test of the repository by name: functions behind a test attribute, or within a property test's macro.
fn tests(files: &[File]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let mut marked = false;
        for line in file.text.lines().map(str::trim) {
            if line.starts_with("#[") {
                marked |=
                    line.starts_with("#[test]") || line.starts_with("#[tokio::test") || line.starts_with("#[rstest");
            } else if let Some(name) = name_of(line) {
                if marked {
                    found.insert(name.to_owned());
                }
                marked = false;
            }
        }
    }
    found
}

fn name_of(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub ").unwrap_or(line);
    let rest = rest.strip_prefix("async ").unwrap_or(rest).strip_prefix("fn ")?;
    rest.split(['(', '<']).next()
}

/// The rule that a test's name begins with: `p15_c_…` is `P15.c` if there is such a rule, else `P15`.
fn rule_of(test: &str) -> Option<String> {
    let mut parts = test.split('_');
    let head = parts.next()?;
    let digits = head.get(1..)?;
    let kind = head.chars().next().filter(|kind| "pkcna".contains(*kind))?;
    let number: String = digits.chars().take_while(char::is_ascii_digit).collect();
    if number.is_empty() {
        return None;
    }
    let glued: String = digits.chars().skip(number.len()).collect();
    let letter = if glued.is_empty() { parts.next().unwrap_or_default().to_owned() } else { glued };
    let long = format!("{}{number}.{letter}", kind.to_ascii_uppercase());
    let short = format!("{}{number}", kind.to_ascii_uppercase());
    Some(if known(&long) { long } else { short })
}

/// The rule ids cited in backquotes: a letter, a number, and perhaps a dot and a letter or a number.
fn cited(text: &str) -> BTreeSet<String> {
    let is_id = |word: &&str| {
        let rest = word.strip_prefix(['P', 'K', 'C', 'N', 'A']);
        let Some((number, sub)) = rest.map(|rest| rest.split_once('.').unwrap_or((rest, "1"))) else { return false };
        let digits = |text: &str| !text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit());
        digits(number) && (digits(sub) || sub.len() == 1 && sub.bytes().all(|b| b.is_ascii_lowercase()))
    };
    text.split('`').skip(1).step_by(2).filter(is_id).map(str::to_owned).collect()
}

fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// What is wrong with a row: tests or files that aren't there.
fn faults(row: &Row, tests: &BTreeSet<String>, files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    if row.tests.is_empty() {
        faults.push(format!("{}: no test", row.name));
    }
    if row.code.is_empty() {
        faults.push(format!("{}: no code", row.name));
    }
    faults.extend(
        row.tests.iter().filter(|test| !tests.contains(*test)).map(|test| format!("{}: no test `{test}`", row.name)),
    );
    let missing = row.code.iter().filter(|path| !files.iter().any(|file| file.path == **path));
    faults.extend(missing.map(|path| format!("{}: no file `{path}`", row.name)));
    faults
}

#[test]
fn every_rule_has_tests_and_code_that_name_it() {
    let (files, table) = (files(), table());
    let (rows, tests) = (rows(&table, "\n## Rules\n", 1), tests(&files));
    let mut complaints: Vec<String> = rows.iter().flat_map(|row| faults(row, &tests, &files)).collect();
    for row in &rows {
        let ids: Vec<&str> = row.name.split(' ').collect();
        for path in &row.code {
            let text = files.iter().find(|file| file.path == *path).map_or("", |file| file.text.as_str());
            if !ids.iter().any(|id| text.contains(id)) {
                complaints.push(format!("{}: `{path}` doesn't name it", row.name));
            }
        }
    }
    none(complaints);
}

#[test]
fn the_table_has_every_rule_once_and_no_other() {
    let table = table();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows(&table, "\n## Rules\n", 1) {
        row.name.split(' ').for_each(|id| *seen.entry(id.to_owned()).or_default() += 1);
    }
    for id in not_yet(&table) {
        *seen.entry(id).or_default() += 1;
    }
    let mut complaints: Vec<String> =
        RULES.iter().filter(|id| !seen.contains_key(**id)).map(|id| format!("{id} is missing")).collect();
    complaints
        .extend(seen.iter().filter(|(id, _)| !RULES.contains(&id.as_str())).map(|(id, _)| format!("{id} is no rule")));
    complaints.extend(seen.iter().filter(|(_, count)| **count > 1).map(|(id, _)| format!("{id} has several rows")));
    none(complaints);
}

#[test]
fn no_test_and_no_code_names_a_rule_that_the_table_does_not_have() {
    let files = files();
    let mut complaints = Vec::new();
    for test in tests(&files) {
        if let Some(id) = rule_of(&test).filter(|id| !known(id)) {
            complaints.push(format!("{test} names {id}"));
        }
    }
    for file in files.iter().filter(|file| file.is_rust() && file.path != "tests/src/trace.rs") {
        complaints
            .extend(cited(&file.text).iter().filter(|id| !known(id)).map(|id| format!("{} cites {id}", file.path)));
    }
    none(complaints);
}

/// The decisions of the policy as its source has them: name and value.
fn decisions(files: &[File]) -> BTreeSet<(String, String)> {
    let source = files.iter().find(|file| file.path == "shared/rules/src/policy/decision.rs").expect("the decisions");
    let mut found = BTreeSet::new();
    for block in source.text.split("decision! {").skip(1) {
        let Some(name) = block.split("**").nth(1).filter(|name| name.starts_with("D-")) else { continue };
        let mut renamed: Option<String> = None;
        for line in block.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("#[serde(rename = \"") {
                renamed = rest.split('"').next().map(str::to_owned);
            } else if let Some(variant) =
                line.strip_suffix(',').filter(|variant| variant.chars().all(char::is_alphanumeric))
            {
                let kebab = kebab(variant);
                found.insert((name.to_owned(), renamed.take().unwrap_or(kebab)));
            }
        }
    }
    found
}

fn kebab(variant: &str) -> String {
    let mut name = String::new();
    for letter in variant.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[test]
fn every_value_of_every_decision_has_a_test() {
    let (files, table) = (files(), table());
    let (rows, tests) = (rows(&table, "\n## Decisions\n", 2), tests(&files));
    let mut complaints: Vec<String> = rows.iter().flat_map(|row| faults(row, &tests, &files)).collect();
    let named: BTreeSet<String> = rows.iter().map(|row| row.name.clone()).collect();
    let wanted = decisions(&files).into_iter().map(|(decision, value)| format!("{decision} {value}"));
    complaints.extend(wanted.filter(|name| !named.contains(name)).map(|name| format!("{name} is missing")));
    none(complaints);
}

#[test]
fn names_of_tests_lead_to_rules() {
    let check = |test: &str, expected: Option<&str>| assert_eq!(rule_of(test).as_deref(), expected, "{test}");
    check("p15_c_declined", Some("P15.c"));
    check("p15c_declined", Some("P15.c"));
    check("p24_a_group", Some("P24"));
    check("p13_3_moves", Some("P13.3"));
    check("k2_control_digit", Some("K2"));
    check("prints_a_table", None);
    check("p99_no_rule", Some("P99"));
    assert_eq!(cited("see `P15.c`, `K1` and `Pump`"), ["K1", "P15.c"].map(str::to_owned).into());
}
