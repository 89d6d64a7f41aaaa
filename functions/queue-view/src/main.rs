//! The function's start: wiring only.

use kezek_shell::{lambda, log, settings};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    log::init();
    let app = settings::app(&settings::sdk_config()?)?;
    lambda::run(env!("CARGO_PKG_NAME"), &app, |event| queue_view::handle(&app, event)).await
}
