//! The binary `kezek-check`: wiring only.

fn main() -> std::process::ExitCode {
    kezek_check::cli::run()
}
