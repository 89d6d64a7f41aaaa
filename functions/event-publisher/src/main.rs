//! The function's start: wiring only.

use event_publisher::{Publisher, handle};
use kezek_shell::settings::{self, setting};
use kezek_shell::{lambda, log};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    log::init();
    let sdk = settings::sdk_config()?;
    let publisher = Publisher {
        app: settings::app_of_nobody(&sdk)?,
        bus: aws_sdk_eventbridge::Client::new(&sdk),
        bus_name: setting("EVENT_BUS_NAME")?,
        queue: aws_sdk_sqs::Client::new(&sdk),
        allocation_queue_url: setting("ALLOCATION_QUEUE_URL")?,
    };
    lambda::run(env!("CARGO_PKG_NAME"), &publisher.app, |event| handle(&publisher, event)).await
}
