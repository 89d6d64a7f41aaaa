//! The table's shape: its keys, its one index and its stream, as `template.yaml` declares them.

use aws_sdk_dynamodb::operation::create_table::CreateTableInput;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, StreamSpecification, StreamViewType,
};

use crate::error::{Result, StoreError};

/// The sparse index of what is to be done next: open seats by organisation, due items by family and shard.
pub(crate) const AGENDA: &str = "agenda";

/// The definition of the table, for an engine that starts empty.
///
/// # Errors
/// Never for a sane SDK: a part of the definition couldn't be built.
pub fn table_definition(name: &str) -> Result<CreateTableInput> {
    let key = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    let attribute =
        |name: &str| AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build();
    let index = GlobalSecondaryIndex::builder()
        .index_name(AGENDA)
        .key_schema(key("gpk", KeyType::Hash).map_err(StoreError::corrupt)?)
        .key_schema(key("gsk", KeyType::Range).map_err(StoreError::corrupt)?)
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .build()
        .map_err(StoreError::corrupt)?;
    let stream =
        StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewAndOldImages).build();
    let mut definition = CreateTableInput::builder()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(key("pk", KeyType::Hash).map_err(StoreError::corrupt)?)
        .key_schema(key("sk", KeyType::Range).map_err(StoreError::corrupt)?)
        .global_secondary_indexes(index)
        .stream_specification(stream.map_err(StoreError::corrupt)?);
    for name in ["pk", "sk", "gpk", "gsk"] {
        definition = definition.attribute_definitions(attribute(name).map_err(StoreError::corrupt)?);
    }
    definition.build().map_err(StoreError::corrupt)
}
