//! The table as `template.yaml` defines it.
//!
//! In: the SAM template's text. Out: the request that creates the same table elsewhere.
//! CloudFormation's short tags are read as their plain values; nothing here needs them resolved.

use serde_json::{Map, Value, json};
use yaml_serde::Value as Yaml;

/// The template does not define the table as needed.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// It is no YAML.
    #[error("the template is not readable YAML: {0}")]
    Yaml(#[from] yaml_serde::Error),
    /// There is no resource of type `AWS::DynamoDB::Table`.
    #[error("the template has no resource of type AWS::DynamoDB::Table")]
    NoTable,
    /// The table lacks a property.
    #[error("the template's table has no {0}")]
    Missing(&'static str),
}

/// What of the table's definition matters on another DynamoDB.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    definition: Map<String, Value>,
    /// The attribute items expire by, if any.
    pub ttl_attribute: Option<String>,
}

impl Table {
    /// Finds the table in a template's text.
    ///
    /// # Errors
    /// Every [`TemplateError`].
    pub fn from_template(text: &str) -> Result<Self, TemplateError> {
        let template = plain(yaml_serde::from_str(text)?);
        let resources = template["Resources"].as_object();
        let properties = resources
            .into_iter()
            .flat_map(Map::values)
            .find(|resource| resource["Type"] == "AWS::DynamoDB::Table")
            .map(|resource| &resource["Properties"])
            .ok_or(TemplateError::NoTable)?;
        let mut definition = Map::new();
        for name in ["AttributeDefinitions", "KeySchema"] {
            let value = properties.get(name).ok_or(TemplateError::Missing(name))?;
            definition.insert(name.to_owned(), value.clone());
        }
        if let Some(indexes) = properties.get("GlobalSecondaryIndexes") {
            definition.insert("GlobalSecondaryIndexes".to_owned(), indexes.clone());
        }
        let ttl = &properties["TimeToLiveSpecification"]["AttributeName"];
        Ok(Self {
            definition,
            ttl_attribute: ttl.as_str().map(str::to_owned),
        })
    }

    /// The `CreateTable` request, on demand.
    #[must_use]
    pub fn create_request(&self, name: &str) -> Value {
        let mut request = self.definition.clone();
        request.insert("TableName".to_owned(), json!(name));
        request.insert("BillingMode".to_owned(), json!("PAY_PER_REQUEST"));
        Value::Object(request)
    }
}

/// YAML as JSON, tags dropped.
fn plain(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(flag) => Value::Bool(flag),
        Yaml::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => json!(whole),
            (None, float) => json!(float),
        },
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => items.into_iter().map(plain).collect(),
        Yaml::Mapping(entries) => {
            let entries = entries.into_iter().filter_map(|(key, value)| {
                let key = key.as_str()?.to_owned();
                Some((key, plain(value)))
            });
            Value::Object(entries.collect())
        }
        Yaml::Tagged(tagged) => plain(tagged.value),
    }
}
