//! The table and the parameters as `template.yaml` defines them.
//!
//! In: the SAM template's text. Out: the request that creates the same table elsewhere; what a deployment may be
//! given. CloudFormation's short tags are read as their plain values; nothing here needs them resolved.

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

/// A parameter of the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it is, in a sentence.
    pub description: String,
    /// Its default; `None`: it is required.
    pub default: Option<String>,
    /// The values it may have; empty: any.
    pub allowed: Vec<String>,
}

/// The stack's parameters, in the template's order.
///
/// # Errors
/// [`TemplateError::Yaml`].
pub fn parameters(text: &str) -> Result<Vec<Parameter>, TemplateError> {
    let template: Yaml = yaml_serde::from_str(text)?;
    let given = template.get("Parameters").and_then(Yaml::as_mapping);
    let parameter = |(name, definition): (&Yaml, &Yaml)| {
        let definition = plain(definition.clone());
        Some(Parameter {
            name: name.as_str()?.to_owned(),
            description: as_text(&definition["Description"]).unwrap_or_default(),
            default: as_text(&definition["Default"]),
            allowed: definition["AllowedValues"]
                .as_array()
                .map(|values| values.iter().filter_map(as_text).collect())
                .unwrap_or_default(),
        })
    };
    Ok(given.into_iter().flatten().filter_map(parameter).collect())
}

/// A value as CloudFormation passes it on.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
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
