//! The house's rules that a machine can check, over the text of the repository: who may depend on whom, where time may
//! be read, how long a file may be. Never here: what the compiler or clippy checks better, or a rule of the queue.

use std::collections::BTreeSet;

use crate::repository::{File, LEFT_BEHIND, files, has, manifests, root};

/// Files that may be longer than [`MAX_LINES`] before their tests, each with the reason why it can't be two files.
const LONG_FILES: &[(&str, &str)] = &[
    ("infra/local/src/aws/dynamo.rs", "one adapter over the embedded engine"),
    ("infra/local/src/aws/sqs.rs", "one queue's semantics"),
    ("infra/local/src/aws/sqs_api.rs", "eight operations of one protocol"),
    ("infra/local/src/world.rs", "the stack from its opening to its end, and what its endpoints ask of it"),
    ("shared/rules/src/application.rs", "the nouns of one life, read side by side"),
    ("shared/rules/src/decide/draft.rs", "the moves that decisions are put together from, each with its invariants"),
    ("shared/rules/src/step/fact.rs", "one enum, every fact of the history"),
    ("shared/store/src/application.rs", "one item with its conversions"),
    ("shared/contract/src/texts/problems/table.rs", "one enum, each code with its texts side by side"),
];
const MAX_LINES: usize = 300;
const MAX_MAIN_LINES: usize = 25;

/// What may lie at the top level.
const TOP_LEVEL: &[&str] = &[
    ".cargo",
    ".ci",
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "CargoLambda.toml",
    "LICENSE",
    "README.md",
    "clippy.toml",
    "deny.toml",
    "events",
    "functions",
    "infra",
    "rustfmt.toml",
    "shared",
    "template.yaml",
    "tests",
];
/// Direction of the rooms: a crate, and the crates of this workspace that it may depend on.
const DIRECTION: &[(&str, &[&str])] = &[
    ("shared/rules", &[]),
    ("shared/contract", &["kezek-rules"]),
    ("shared/store", &["kezek-rules"]),
    ("shared/shell", &["kezek-rules", "kezek-contract", "kezek-store"]),
    ("shared/fixtures", &["kezek-rules", "kezek-contract"]),
    ("functions/", &["kezek-rules", "kezek-contract", "kezek-store", "kezek-shell"]),
    // What judges the others shares nothing with them.
    ("infra/check", &[]),
];
/// Who may know the SDK of the table: the store, who builds its client, the engine's side, and who judges the store.
const TABLE_SDK: &[&str] = &["shared/store", "shared/shell", "infra/check", "infra/local", "tests"];

/// Invented numbers start so: people with `000000`, organisations with `9901400`. Nobody's number does.
const INVENTED_STEMS: &[&str] = &["000000", "9901400"];
/// Twelve digits that are no person's and no organisation's: the account of AWS's examples, the example of `K2`.
const OTHER_NUMBERS: &[&str] = &["123456789012", "061211600012"];

/// This file names what it forbids.
const THIS: &str = "tests/src/tidy.rs";

fn none(complaints: impl IntoIterator<Item = String>) {
    let complaints: Vec<String> = complaints.into_iter().collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// Where code of the chosen files uses one of the words.
fn uses(chosen: impl Fn(&File) -> bool, words: &[&str], why: &str) -> Vec<String> {
    let files = files();
    let hits = files.iter().filter(|file| file.is_rust() && file.path != THIS && chosen(file)).flat_map(|file| {
        file.code().flat_map(move |(n, line)| {
            words
                .iter()
                .filter(move |word| has(line, word))
                .map(move |word| format!("{}:{n}: `{word}`: {why}", file.path))
        })
    });
    hits.collect()
}

fn function_folders() -> Vec<String> {
    manifests().into_iter().filter_map(|(folder, _)| folder.strip_prefix("functions/").map(str::to_owned)).collect()
}

/// Whether the control digit of twelve digits is right (`K2`); written apart from the rules' own check, on purpose.
fn control_digit_holds(number: &str) -> bool {
    let digits: Vec<u32> = number.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum = |weights: [u32; 11]| weights.iter().zip(&digits).map(|(weight, digit)| weight * digit).sum::<u32>() % 11;
    let first = sum([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    let control = if first == 10 { sum([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) } else { first };
    digits.len() == 12 && control == digits[11]
}

#[test]
fn every_source_says_what_lives_in_it() {
    let files = files();
    let silent = files.iter().filter(|file| file.path.ends_with(".rs") && !file.text.starts_with("//! "));
    none(silent.map(|file| format!("{} doesn't open with `//! `", file.path)));
}

#[test]
fn files_are_short_before_their_tests() {
    let tests_only = |path: &str| ["/tests.rs", "/tests/", "/stories/"].iter().any(|part| path.contains(part));
    let before = |file: &File| file.text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count();
    let lines = |file: &File| if tests_only(&file.path) { 0 } else { before(file) };
    let excused = |path: &str| LONG_FILES.iter().any(|(file, _)| *file == path);
    let files: Vec<File> = files().into_iter().filter(|file| file.path.ends_with(".rs")).collect();
    none(files.iter().filter_map(|file| match (lines(file) >= MAX_LINES, excused(&file.path)) {
        (true, false) => {
            Some(format!("{}: {} lines before its tests, under {MAX_LINES} read well", file.path, lines(file)))
        }
        (false, true) => Some(format!("{} is short now: take it off the list", file.path)),
        _ => None,
    }));
    let mains = files.iter().filter(|file| file.within("functions") && file.path.ends_with("/main.rs"));
    let long = mains.filter(|file| file.text.lines().count() >= MAX_MAIN_LINES);
    none(long.map(|file| format!("{}: wiring only, under {MAX_MAIN_LINES} lines", file.path)));
}

#[test]
fn rules_are_pure() {
    let words = [
        "async",
        "await",
        "std::env",
        "SystemTime",
        "Instant::now",
        "Utc::now",
        "std::fs",
        "std::net",
        "tokio*",
        "aws*",
    ];
    none(uses(|file| file.within("shared/rules"), &words, "the rules are pure"));
    let rules = manifests().into_iter().filter(|(folder, _)| folder == "shared/rules").flat_map(|(_, all)| all);
    let outside = |name: &String| {
        ["tokio", "aws", "lambda", "rand", "getrandom", "reqwest"].iter().any(|word| name.starts_with(word))
    };
    none(rules.filter(|(name, _)| outside(name)).map(|(name, _)| format!("shared/rules depends on {name}")));
}

#[test]
fn rooms_depend_in_one_direction() {
    let functions = function_folders();
    let ours = |name: &str| name.starts_with("kezek-") || functions.iter().any(|function| function == name);
    none(manifests().iter().flat_map(|(folder, dependencies)| {
        let allowed = DIRECTION.iter().find(|(room, _)| folder.starts_with(room)).map(|(_, allowed)| *allowed);
        let wrong = dependencies.iter().filter(|(name, for_tests)| {
            let fits = allowed.is_none_or(|allowed| allowed.contains(&name.as_str()));
            ours(name) && !fits && !(*for_tests && name == "kezek-fixtures")
        });
        wrong.map(|(name, _)| format!("{folder} must not depend on {name}")).collect::<Vec<_>>()
    }));
}

#[test]
fn only_the_store_speaks_to_the_table() {
    let manifests = manifests();
    let others = manifests.iter().filter(|(folder, _)| !TABLE_SDK.contains(&folder.as_str()));
    let knowing = others.filter(|(_, dependencies)| dependencies.iter().any(|(name, _)| name == "aws-sdk-dynamodb"));
    none(knowing.map(|(folder, _)| format!("{folder} must not depend on aws-sdk-dynamodb")));
}

#[test]
fn time_is_read_at_the_door_only() {
    let doors = ["shared/shell/src/clock.rs", "infra/check/src/cli.rs"];
    let inside = |file: &File| !doors.contains(&file.path.as_str()) && !file.within("infra/local");
    none(uses(inside, &["Utc::now", "Local::now", "SystemTime::now", "Instant::now"], "time is passed on as `now`"));
}

#[test]
fn nothing_sleeps() {
    let elsewhere = |file: &File| !file.path.starts_with("infra/local/src/aws");
    none(uses(elsewhere, &["sleep(*", "sleep_until(*"], "advance the virtual clock"));
}

#[test]
fn libraries_log_instead_of_printing() {
    let deployed = |file: &File| file.within("functions") || file.within("shared");
    let words = ["println!*", "eprintln!*", "print!*", "eprint!*", "dbg!*"];
    none(uses(deployed, &words, "use tracing, never with personal data"));
}

#[test]
fn nothing_is_left_for_later() {
    none(uses(|_| true, &["todo!*", "unimplemented!*"], "finish it or leave it out"));
    let files = files();
    let notes = files.iter().filter(|file| file.is_rust() && file.path != THIS).flat_map(|file| {
        let marked = file.text.lines().enumerate().filter(|(_, line)| has(line, "TODO") || has(line, "FIXME"));
        marked.map(move |(n, _)| format!("{}:{}: finish it or leave it out", file.path, n + 1))
    });
    none(notes);
}

#[test]
fn numbers_of_people_are_invented() {
    let files = files();
    let shown = files.iter().filter(|file| file.within("events") || file.path == "README.md");
    none(shown.flat_map(|file| {
        let runs: BTreeSet<&str> = file.text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let numbers = runs.into_iter().filter(|run| run.len() == 12 && run.bytes().all(|b| b.is_ascii_digit()));
        let wrong = numbers.filter(|number| {
            let invented = INVENTED_STEMS.iter().any(|stem| number.starts_with(stem)) && control_digit_holds(number);
            !invented && !OTHER_NUMBERS.contains(number)
        });
        wrong
            .map(|number| format!("{}: {number} has a wrong control digit or no invented stem", file.path))
            .collect::<Vec<_>>()
    }));
}

#[test]
fn the_top_level_is_a_map() {
    let entries = std::fs::read_dir(root()).expect("the root").flatten().map(|entry| entry.file_name());
    let names = entries.map(|name| name.into_string().expect("UTF-8"));
    let strange = names.filter(|name| !TOP_LEVEL.contains(&name.as_str()) && !LEFT_BEHIND.contains(&name.as_str()));
    none(strange.map(|name| format!("{name} has no place at the top level")));
}

#[test]
fn a_function_is_folder_binary_resource_and_events() {
    let (root, template) = (root(), std::fs::read_to_string(root().join("template.yaml")).expect("the template"));
    none(function_folders().iter().flat_map(|name| {
        let files =
            [format!("functions/{name}/src/lib.rs"), format!("functions/{name}/src/main.rs"), format!("events/{name}")];
        let missing =
            files.into_iter().filter(|path| !root.join(path).exists()).map(|path| format!("{path} is missing"));
        let deployed = template.lines().any(|line| line.trim() == format!("Binary: {name}"));
        missing.chain((!deployed).then(|| format!("template.yaml doesn't deploy {name}"))).collect::<Vec<_>>()
    }));
}

#[test]
fn dependencies_come_from_the_public_registry() {
    let public = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    none(files().iter().filter(|file| file.path != THIS).flat_map(|file| {
        let lock = file.path == "Cargo.lock";
        let private = |line: &str| {
            let words = ["sparse+http", "index-url", "replace-with", "CARGO_REGISTRIES_"];
            words.iter().any(|word| line.contains(word)) || (lock && line.starts_with("source = ") && line != public)
        };
        let found = file.text.lines().enumerate().filter(|(_, line)| private(line));
        found.map(|(n, _)| format!("{}:{}: names a registry", file.path, n + 1)).collect::<Vec<_>>()
    }));
}

#[test]
fn documents_link_to_what_exists() {
    let files = files();
    let list = files.iter().find(|file| file.path == "infra/decisions/README.md").map_or("", |file| &file.text);
    let decisions = files.iter().filter_map(|file| file.path.strip_prefix("infra/decisions/"));
    let numbered = decisions.filter(|name| name.as_bytes()[0].is_ascii_digit() && name.ends_with(".md"));
    let unlisted = numbered.filter(|name| !list.contains(&format!("({name})")));
    let unlisted = unlisted.map(|name| format!("infra/decisions/README.md doesn't list {name}"));
    let dead = files.iter().filter(|file| file.path.ends_with(".md")).flat_map(|file| {
        let targets = file.text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        let local = targets.filter(|target| !target.is_empty() && !target.contains(':'));
        let folder = root().join(&file.path).parent().expect("a folder").to_path_buf();
        let dead = local.filter(move |target| !folder.join(target).exists());
        dead.map(|target| format!("{}: {target} doesn't exist", file.path)).collect::<Vec<_>>()
    });
    none(unlisted.chain(dead));
}

#[test]
fn unsafe_code_is_forbidden() {
    let files = files();
    let workspace = files.iter().find(|file| file.path == "Cargo.toml").map_or("", |file| &file.text);
    assert!(workspace.contains("[workspace.lints.rust]\nunsafe_code = \"forbid\"\n"), "it is allowed");
    let manifests = files.iter().filter(|file| file.path.ends_with("/Cargo.toml"));
    let lax = manifests.filter(|file| !file.text.contains("[lints]\nworkspace = true"));
    none(lax.map(|file| format!("{} doesn't take the workspace's lints", file.path)));
}
