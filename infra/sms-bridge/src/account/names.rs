//! Names as AWS takes them, and how a shell takes them.
//!
//! In: what a person gave. Out: the name, or what a name of this kind is made of. Pure.

/// A stack's name.
pub(crate) fn stack(name: &str) -> Result<String, String> {
    let takes = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let begins = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let wrong = "a stack's name has letters, digits and hyphens, no blanks, and begins with a letter, for example sms-bridge";
    told(
        name,
        begins && name.len() <= 128 && name.chars().all(takes),
        wrong,
    )
}

/// A region's name.
pub(crate) fn region(name: &str) -> Result<String, String> {
    let takes =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let wrong = "a region's name looks like eu-west-1";
    told(name, name.contains('-') && name.chars().all(takes), wrong)
}

/// A table's name or ARN.
pub(crate) fn table(name: &str) -> Result<String, String> {
    let takes = |letter: char| letter.is_ascii_alphanumeric() || "_.-:/".contains(letter);
    let wrong = "a table's name has letters, digits, hyphens, underscores and dots, and no blanks; the stack's output TableName is it";
    told(name, !name.is_empty() && name.chars().all(takes), wrong)
}

/// A secret's name or ARN.
pub(crate) fn secret(name: &str) -> Result<String, String> {
    let takes = |letter: char| letter.is_ascii_alphanumeric() || "/_+=.@-:!".contains(letter);
    let wrong = "a secret's name has letters, digits and /_+=.@-, and no blanks; the stack's output SecretArn is its ARN";
    told(name, !name.is_empty() && name.chars().all(takes), wrong)
}

fn told(name: &str, is_one: bool, wrong: &str) -> Result<String, String> {
    match is_one {
        true => Ok(name.to_owned()),
        false => Err(wrong.to_owned()),
    }
}

/// A word as a shell takes it for one: quoted where it has to be.
pub(crate) fn shell(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=@,+%".contains(letter);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_aws_does_not_take_are_known() {
        for good in ["sms", "Sms-2"] {
            assert_eq!(stack(good).unwrap(), good);
        }
        for bad in ["", "my stack", "2nd", "-a", "a_b", "büro", " sms"] {
            assert!(stack(bad).is_err(), "{bad:?}");
        }
        assert!(region("eu-west-1").is_ok() && region("us-gov-east-1").is_ok());
        for bad in ["", "eu west 1", "Europe", "eu_west_1", "europe"] {
            assert!(region(bad).is_err(), "{bad:?}");
        }
        let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a/b-AbCdEf";
        assert!(secret(arn).is_ok() && secret("a b").is_err() && secret("").is_err());
        assert!(table("sms-Table-1A").is_ok() && table("my table").is_err());
    }

    #[test]
    fn a_word_is_quoted_where_a_shell_would_cut_it() {
        assert_eq!(shell("deploy"), "deploy");
        assert_eq!(shell("my profile"), "'my profile'");
        assert_eq!(shell("it's"), "'it'\\''s'");
        assert_eq!(shell(""), "''");
    }
}
