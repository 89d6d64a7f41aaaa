//! The repository as text, for tests that read it: its files, its manifests, words in its code.
//! Never here: an opinion about what it should say.

use std::path::{Path, PathBuf};

/// What tools leave behind, nowhere part of the repository.
pub const LEFT_BEHIND: &[&str] = &[".aws-sam", ".git", ".kezek", ".venv", "__pycache__", "node_modules", "target"];

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lies in the repository").to_path_buf()
}

/// A text file.
pub struct File {
    /// Its path from the root, with `/`.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl File {
    /// Whether it is Rust.
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether it lies in a folder.
    pub fn within(&self, folder: &str) -> bool {
        Path::new(&self.path).starts_with(folder)
    }

    /// Numbered lines of code: comments may speak of what is forbidden.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(n, line)| (n + 1, line.split("//").next().unwrap_or(line)))
    }
}

/// Every text file of the repository.
pub fn files() -> Vec<File> {
    let (mut found, mut folders) = (Vec::new(), vec![root()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder").flatten() {
            let path = entry.path();
            if LEFT_BEHIND.iter().any(|name| entry.file_name() == *name) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                let relative = path.strip_prefix(root()).expect("inside the repository").display().to_string();
                found.push(File { path: relative, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Whether `word` stands in the line by itself, or as the start of a longer name if it ends with `*`.
pub fn has(line: &str, word: &str) -> bool {
    let (word, prefix) = word.strip_suffix('*').map_or((word, false), |word| (word, true));
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        !inside(line[..at].chars().next_back()) && (prefix || !inside(line[at + word.len()..].chars().next()))
    })
}

/// Manifests of crates: (folder, dependencies with the section that names them).
pub fn manifests() -> Vec<(String, Vec<(String, bool)>)> {
    let manifests = files().into_iter().filter(|file| file.path.ends_with("/Cargo.toml"));
    manifests.map(|file| (file.path.trim_end_matches("/Cargo.toml").to_owned(), dependencies(&file.text))).collect()
}

/// The dependencies of a manifest: (name, whether for tests only).
pub fn dependencies(manifest: &str) -> Vec<(String, bool)> {
    let (mut found, mut section) = (Vec::new(), "");
    for line in manifest.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[') {
            section = header.trim_end_matches(']');
        } else if section.ends_with("dependencies") && !line.starts_with('#') {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            if !name.is_empty() {
                found.push((name.to_owned(), section.contains("dev-")));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_by_itself() {
        assert!(
            has("    async fn a()", "async") && has("use aws_sdk_sqs;", "aws*") && has("eprintln!(x)", "eprintln!*")
        );
        assert!(!has("let draws = 1;", "aws*") && !has("async_io", "async") && !has("eprintln!(x)", "println!*"));
    }

    #[test]
    fn comments_are_no_code() {
        let file = File { path: "a.rs".into(), text: "//! never async\nlet a = 1; // async\n".into() };
        assert!(file.code().all(|(_, line)| !has(line, "async")));
    }

    #[test]
    fn dependencies_are_read_in_all_their_forms() {
        let manifest = "[package]\nname = \"a\"\n[dependencies]\nb.workspace = true\nc = \"1\"\n[dev-dependencies]\nd = { path = \"d\" }\n";
        let expected = [("b", false), ("c", false), ("d", true)].map(|(name, for_tests)| (name.to_owned(), for_tests));
        assert_eq!(dependencies(manifest), expected);
    }
}
