//! The function's start: wiring only.

use kezek_shell::settings::{self, setting};
use kezek_shell::{lambda, log};
use vacancy_ingestion::{Ingestion, SenderRole, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    log::init();
    let app = settings::app(&settings::sdk_config().await)?;
    let sender = SenderRole::new(&setting("BULLETIN_SENDER").unwrap_or_default());
    let ingestion = Ingestion { app, sender };
    lambda::run(|event| handle(&ingestion, event)).await
}
