//! Units: what each operation asks of the table, with short and long queues, held against its limits (decisions 0002 and 0003). Counted
//! by the meter in the functions' own client, so that a field too many, or a read too many, is noticed.

use kezek_local::meter::{CONTEND, broken, measure};

#[tokio::test]
async fn no_operation_is_over_its_limit_or_grows_with_the_queue() {
    let mut readings = Vec::new();
    for waiting in [100, 10_000, 1_000_000] {
        readings.extend(measure(waiting).await.expect("all operations are done"));
    }
    // How often allocators meet is a matter of chance, and no test's.
    readings.retain(|reading| reading.operation != CONTEND);
    assert_eq!(
        broken(&readings),
        Vec::<String>::new(),
        "{}",
        kezek_local::meter::render(&readings, chrono::NaiveDate::default())
    );
}
