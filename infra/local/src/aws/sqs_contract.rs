//! What any SQS must do for this project, asked through the SDK; runs against ours and against another server alike.
//! Never here: anything only our own queues do.

use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    error::ProvideErrorMetadata as _,
    types::{
        DeleteMessageBatchRequestEntry, Message, MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName,
        SendMessageBatchRequestEntry,
    },
};

/// The queues to ask: all empty; `standard` gives up to `dead` after 2 receives.
pub struct Queues {
    pub standard: String,
    pub dead: String,
    pub fifo: String,
    /// Their visibility time-out.
    pub timeout: Duration,
    /// Whether the five minutes are waited for after which a FIFO queue forgets what it knows as a duplicate.
    pub forgets: bool,
    /// Whether the receipt of a message that is gone is taken, as by SQS: the emulator of the end-to-end run refuses it.
    pub takes_old_receipts: bool,
}

impl Queues {
    /// A moment after which what was taken is seen again.
    fn over(&self) -> Duration {
        self.timeout + Duration::from_secs(1)
    }
}

/// The whole contract; `pass` lets time pass, virtual or real.
pub async fn contract(client: &Client, queues: &Queues, pass: impl AsyncFn(Duration)) {
    round_trip(client, queues).await;
    batches(client, &queues.standard).await;
    limits_and_errors(client, queues).await;
    visibility(client, queues, &pass).await;
    delay(client, &queues.standard, &pass).await;
    dead_letters(client, queues, &pass).await;
    fifo_order(client, queues, &pass).await;
    fifo_duplicates(client, queues, &pass).await;
}

async fn take(client: &Client, url: &str, max: i32) -> Vec<Message> {
    let call = client.receive_message().queue_url(url).max_number_of_messages(max);
    let call = call.message_system_attribute_names(MessageSystemAttributeName::All).message_attribute_names("All");
    call.send().await.expect("receive").messages.unwrap_or_default()
}

async fn delete(client: &Client, url: &str, message: &Message) {
    let receipt = message.receipt_handle().expect("a receipt");
    client.delete_message().queue_url(url).receipt_handle(receipt).send().await.expect("delete");
}

fn attribute(message: &Message, name: MessageSystemAttributeName) -> String {
    message.attributes().and_then(|all| all.get(&name)).cloned().unwrap_or_default()
}

async fn round_trip(client: &Client, queues: &Queues) {
    let url = &queues.standard;
    let kind = MessageAttributeValue::builder().data_type("String").string_value("current").build().expect("complete");
    let sent = client
        .send_message()
        .queue_url(url)
        .message_body("hello")
        .message_attributes("kind", kind)
        .send()
        .await
        .expect("send");
    assert_eq!(sent.md5_of_message_body(), Some("5d41402abc4b2a76b9719d911017c592"));
    let got = take(client, url, 10).await;
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].body(), Some("hello"));
    assert_eq!(got[0].message_id(), sent.message_id());
    assert_eq!(got[0].md5_of_message_attributes(), sent.md5_of_message_attributes());
    let kind = got[0].message_attributes().and_then(|all| all.get("kind")).and_then(|value| value.string_value());
    assert_eq!(kind, Some("current"));
    assert_eq!(attribute(&got[0], MessageSystemAttributeName::ApproximateReceiveCount), "1");
    assert!(!attribute(&got[0], MessageSystemAttributeName::SentTimestamp).is_empty());
    assert!(take(client, url, 10).await.is_empty(), "in flight");
    delete(client, url, &got[0]).await;
    if queues.takes_old_receipts {
        delete(client, url, &got[0]).await;
    }
}

async fn batches(client: &Client, url: &str) {
    let entry = |n: usize| {
        SendMessageBatchRequestEntry::builder()
            .id(format!("e{n}"))
            .message_body(format!("m{n}"))
            .build()
            .expect("complete")
    };
    let sent = client
        .send_message_batch()
        .queue_url(url)
        .set_entries(Some((0..10).map(entry).collect()))
        .send()
        .await
        .expect("batch");
    assert_eq!((sent.successful().len(), sent.failed().len()), (10, 0));
    let mut got = Vec::new();
    while got.len() < 10 {
        let more = take(client, url, 10).await;
        assert!(!more.is_empty());
        got.extend(more);
    }
    let entries = got.iter().enumerate().map(|(n, message)| {
        let receipt = message.receipt_handle().unwrap_or_default();
        DeleteMessageBatchRequestEntry::builder().id(format!("d{n}")).receipt_handle(receipt).build().expect("complete")
    });
    let gone =
        client.delete_message_batch().queue_url(url).set_entries(Some(entries.collect())).send().await.expect("batch");
    assert_eq!(gone.successful().len(), 10);
    let eleven =
        client.send_message_batch().queue_url(url).set_entries(Some((0..11).map(entry).collect())).send().await;
    assert!(eleven.unwrap_err().into_service_error().is_too_many_entries_in_batch_request());
    let twice = client.send_message_batch().queue_url(url).entries(entry(1)).entries(entry(1)).send().await;
    assert!(twice.unwrap_err().into_service_error().is_batch_entry_ids_not_distinct());
    let long = |n: usize| {
        SendMessageBatchRequestEntry::builder()
            .id(format!("e{n}"))
            .message_body("x".repeat(600_000))
            .build()
            .expect("complete")
    };
    let long = client.send_message_batch().queue_url(url).entries(long(1)).entries(long(2)).send().await;
    assert!(long.unwrap_err().into_service_error().is_batch_request_too_long());
}

async fn limits_and_errors(client: &Client, queues: &Queues) {
    let url = &queues.standard;
    let send = async |length: usize| client.send_message().queue_url(url).message_body("x".repeat(length)).send().await;
    send(1_048_576).await.expect("1 MiB fits");
    let got = take(client, url, 1).await;
    assert_eq!(got[0].body().map(str::len), Some(1_048_576));
    delete(client, url, &got[0]).await;
    assert_eq!(send(1_048_577).await.unwrap_err().into_service_error().code(), Some("InvalidParameterValue"));
    let nowhere = client.send_message().queue_url(format!("{url}-nowhere")).message_body("x").send().await;
    let nowhere = nowhere.unwrap_err().into_service_error();
    assert!(nowhere.is_queue_does_not_exist(), "{nowhere:?}");
    let ungrouped = client.send_message().queue_url(&queues.fifo).message_body("x").send().await;
    assert_eq!(ungrouped.unwrap_err().into_service_error().code(), Some("MissingParameter"));
    let receipt = client.delete_message().queue_url(url).receipt_handle("nonsense").send().await;
    assert!(receipt.unwrap_err().into_service_error().is_receipt_handle_is_invalid());
    let name = url.rsplit('/').next().unwrap_or_default();
    let found = client.get_queue_url().queue_name(name).send().await.expect("it exists");
    assert_eq!(found.queue_url().and_then(|url| url.rsplit('/').next()), Some(name));
}

async fn visibility(client: &Client, queues: &Queues, pass: &impl AsyncFn(Duration)) {
    let url = &queues.standard;
    client.send_message().queue_url(url).message_body("v").send().await.expect("send");
    let first = take(client, url, 1).await;
    pass(queues.over()).await;
    let second = take(client, url, 1).await;
    assert_eq!(attribute(&second[0], MessageSystemAttributeName::ApproximateReceiveCount), "2");
    assert_eq!(first[0].message_id(), second[0].message_id());
    let wanted = client.get_queue_attributes().queue_url(url).attribute_names(QueueAttributeName::All);
    let attributes = wanted.send().await.expect("attributes").attributes.unwrap_or_default();
    assert_eq!(
        attributes.get(&QueueAttributeName::ApproximateNumberOfMessagesNotVisible).map(String::as_str),
        Some("1")
    );
    delete(client, url, &second[0]).await;
    pass(queues.over()).await;
    assert!(take(client, url, 1).await.is_empty());
    client.send_message().queue_url(url).message_body("shown").send().await.expect("send");
    let got = take(client, url, 1).await;
    let receipt = got[0].receipt_handle().unwrap_or_default();
    client
        .change_message_visibility()
        .queue_url(url)
        .receipt_handle(receipt)
        .visibility_timeout(0)
        .send()
        .await
        .expect("shown again");
    let again = take(client, url, 1).await;
    assert_eq!(again.len(), 1);
    delete(client, url, &again[0]).await;
}

async fn delay(client: &Client, url: &str, pass: &impl AsyncFn(Duration)) {
    client.send_message().queue_url(url).message_body("later").delay_seconds(5).send().await.expect("send");
    assert!(take(client, url, 1).await.is_empty());
    pass(Duration::from_secs(6)).await;
    let got = take(client, url, 1).await;
    assert_eq!(got.len(), 1);
    delete(client, url, &got[0]).await;
}

async fn dead_letters(client: &Client, queues: &Queues, pass: &impl AsyncFn(Duration)) {
    client.send_message().queue_url(&queues.standard).message_body("unreadable").send().await.expect("send");
    for _ in 0..2 {
        assert_eq!(take(client, &queues.standard, 1).await.len(), 1);
        pass(queues.over()).await;
    }
    assert!(take(client, &queues.standard, 1).await.is_empty());
    let got = take(client, &queues.dead, 1).await;
    assert_eq!(got[0].body(), Some("unreadable"));
    delete(client, &queues.dead, &got[0]).await;
}

async fn send_fifo(client: &Client, url: &str, group: &str, body: &str, dedup: &str) -> String {
    let call = client.send_message().queue_url(url).message_body(body).message_group_id(group);
    let sent = call.message_deduplication_id(dedup).send().await.expect("send");
    sent.message_id().unwrap_or_default().to_owned()
}

async fn fifo_order(client: &Client, queues: &Queues, pass: &impl AsyncFn(Duration)) {
    let url = &queues.fifo;
    for body in ["a1", "a2", "b1", "a3"] {
        send_fifo(client, url, &body[..1], body, body).await;
    }
    let first = take(client, url, 1).await;
    assert_eq!(first[0].body(), Some("a1"));
    assert_eq!(attribute(&first[0], MessageSystemAttributeName::MessageGroupId), "a");
    assert_eq!(attribute(&first[0], MessageSystemAttributeName::MessageDeduplicationId), "a1");
    let other = take(client, url, 10).await;
    assert_eq!(
        other.iter().map(|message| message.body().unwrap_or_default()).collect::<Vec<_>>(),
        ["b1"],
        "group a is blocked"
    );
    delete(client, url, &other[0]).await;
    pass(queues.over()).await;
    let again = take(client, url, 1).await;
    assert_eq!(again[0].body(), Some("a1"), "its head comes back first");
    delete(client, url, &again[0]).await;
    for body in ["a2", "a3"] {
        let got = take(client, url, 1).await;
        assert_eq!(got[0].body(), Some(body));
        assert!(take(client, url, 10).await.is_empty());
        delete(client, url, &got[0]).await;
    }
}

async fn fifo_duplicates(client: &Client, queues: &Queues, pass: &impl AsyncFn(Duration)) {
    let url = &queues.fifo;
    let first = send_fifo(client, url, "g", "once", "same").await;
    assert_eq!(send_fifo(client, url, "g", "twice", "same").await, first);
    let got = take(client, url, 10).await;
    assert_eq!(got.len(), 1);
    delete(client, url, &got[0]).await;
    assert_eq!(send_fifo(client, url, "g", "after delete", "same").await, first);
    assert!(take(client, url, 1).await.is_empty(), "deleting doesn't end the window");
    if !queues.forgets {
        return;
    }
    pass(Duration::from_secs(301)).await;
    assert_ne!(send_fifo(client, url, "g", "later", "same").await, first);
    let got = take(client, url, 1).await;
    assert_eq!(got[0].body(), Some("later"));
    delete(client, url, &got[0]).await;
}
