//! The function's start: wiring only.

use kezek_shell::settings::{self, setting};
use kezek_shell::{lambda, log};
use vacancy_ingestion::{Ingestion, SenderRole, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    log::init();
    let sdk = settings::sdk_config()?;
    let ingestion = Ingestion {
        app: settings::app(&sdk)?,
        sender: SenderRole::new(&setting("BULLETIN_SENDER").unwrap_or_default()),
        queue: aws_sdk_sqs::Client::new(&sdk),
        dead_letters_url: setting("BULLETINS_DEAD_URL")?,
    };
    lambda::run(env!("CARGO_PKG_NAME"), &ingestion.app, |event| handle(&ingestion, event)).await
}
