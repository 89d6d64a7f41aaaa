//! The binary `kezek`: wiring only.

fn main() -> std::process::ExitCode {
    kezek_local::cli::run()
}
