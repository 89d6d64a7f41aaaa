//! The function's start: wiring only.

use document_verification::{HttpRegister, Verification, handle};
use kezek_shell::settings::{self, setting};
use kezek_shell::{lambda, log};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    log::init();
    let app = settings::app(&settings::sdk_config()?)?;
    let verification = Verification { app, register: HttpRegister::new(setting("REGISTER_URL")?) };
    lambda::run(env!("CARGO_PKG_NAME"), &verification.app, |event| handle(&verification, event)).await
}
