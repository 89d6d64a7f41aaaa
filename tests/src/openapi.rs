//! The OpenAPI document that is kept in the repository, for integrators to read and to compare. Never here: what it says.

use crate::repository::root;

#[test]
fn the_committed_document_is_the_generated_one() {
    let kept = std::fs::read_to_string(root().join("infra/openapi.json")).expect("infra/openapi.json");
    let generated = format!("{:#}\n", queue_view::openapi::document());
    // Not compared as a whole in the message: nobody reads two documents of thousands of lines.
    let differs = kept.lines().zip(generated.lines()).position(|(kept, generated)| kept != generated);
    assert!(
        kept == generated,
        "infra/openapi.json differs from line {} on: cargo run -- openapi > infra/openapi.json",
        differs.unwrap_or_else(|| kept.lines().count().min(generated.lines().count())) + 1,
    );
}
