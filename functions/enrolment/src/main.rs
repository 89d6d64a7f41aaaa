//! The function's start: wiring only.

use enrolment::{Enrolment, HttpSignatures, handle};
use kezek_shell::settings::{self, setting};
use kezek_shell::{lambda, log};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    log::init();
    let app = settings::app(&settings::sdk_config()?)?;
    let enrolment = Enrolment { app, signatures: HttpSignatures::new(setting("SIGNATURE_URL")?) };
    lambda::run(env!("CARGO_PKG_NAME"), &enrolment.app, |event| handle(&enrolment, event)).await
}
