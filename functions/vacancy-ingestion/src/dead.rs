//! The dead letter of a bulletin that can't be read: its message's id, its sender and the reason, so that the sender can be told. What
//! the message says isn't in it: something that is no bulletin may hold anything, also what belongs in no queue.

use aws_lambda_events::sqs::SqsMessage;
use aws_sdk_sqs::Error;
use serde_json::json;

use crate::Ingestion;
use crate::take::Untaken;

/// Sets it aside. Again it does so again: a letter twice is better than none.
///
/// # Errors
/// The queue failed.
pub async fn set_aside(ingestion: &Ingestion, message: &SqsMessage, untaken: &Untaken) -> Result<(), Error> {
    let attribute = |name: &str| message.attributes.get(name).cloned();
    let letter = json!({
        "messageId": message.message_id,
        "sender": attribute("SenderId"),
        "sentAt": attribute("SentTimestamp").and_then(|sent| sent.parse::<i64>().ok()),
        "code": untaken.code(),
        "reason": untaken.to_string(),
    });
    let send = ingestion.queue.send_message().queue_url(&ingestion.dead_letters_url);
    send.message_body(letter.to_string()).send().await?;
    Ok(())
}
