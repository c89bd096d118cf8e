//! What the template and the workflows have to say, so that a deployment is as safe as the code.

use std::fs;

use e2e::case;
use local::binaries::workspace_root;

fn read(path: &str) -> String {
    fs::read_to_string(workspace_root().join(path)).expect("a file of the repository")
}

fn workflows() -> Vec<(String, String)> {
    let folder = workspace_root().join(".github/workflows");
    let files = fs::read_dir(folder).expect("workflows");
    let mut found: Vec<(String, String)> = files
        .map(|file| file.expect("a file"))
        .map(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            let text = fs::read_to_string(file.path()).expect("text");
            (name, text)
        })
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

#[test]
fn actions_are_named_by_commit() {
    case!(async {
        let mut by_tag = Vec::new();
        for (name, text) in workflows() {
            for line in text
                .lines()
                .filter_map(|line| line.trim_start_matches(['-', ' ']).strip_prefix("uses: "))
            {
                let version = line
                    .split_once('@')
                    .map(|(_, version)| version)
                    .unwrap_or_default();
                let commit = version.split_whitespace().next().unwrap_or_default();
                if !line.starts_with("./")
                    && (commit.len() != 40 || !commit.bytes().all(|b| b.is_ascii_hexdigit()))
                {
                    by_tag.push(format!("{name}: {line}"));
                }
            }
        }
        assert_eq!(by_tag, [""; 0]);
    });
}

#[test]
fn the_release_is_built_without_a_cache() {
    case!(async {
        let release = read(".github/workflows/release.yml");
        assert!(
            !release.contains("actions/cache"),
            "what another run left there would be released"
        );
    });
}

#[test]
fn a_checkout_leaves_no_token_behind() {
    case!(async {
        for (name, text) in workflows() {
            let checkouts = text.matches("actions/checkout@").count();
            let without = text.matches("persist-credentials: false").count();
            assert_eq!(without, checkouts, "{name}");
        }
    });
}

#[test]
fn the_release_says_where_it_was_built() {
    case!(async {
        let release = read(".github/workflows/release.yml");
        assert!(release.contains("attest"), "no attestation of provenance");
    });
}

#[test]
fn the_compiler_of_a_release_is_a_version() {
    case!(async {
        let release = read(".github/workflows/release.yml");
        let named = release
            .lines()
            .filter_map(|line| line.trim().strip_prefix("RUSTUP_TOOLCHAIN: "));
        let named: Vec<&str> = named.map(|version| version.trim_matches('"')).collect();
        let is_version = |text: &&str| {
            text.split('.')
                .filter_map(|n| n.parse::<u32>().ok())
                .count()
                == 3
        };
        assert!(
            named.len() == 1 && named.iter().all(is_version),
            "{named:?}"
        );
    });
}

#[test]
fn the_table_cannot_be_deleted_by_mistake() {
    case!(async {
        assert!(read("template.yaml").contains("DeletionProtectionEnabled: true"));
    });
}

#[test]
fn a_function_may_put_nothing_but_dead_letters() {
    case!(async {
        let template = read("template.yaml");
        assert!(
            template.contains("dynamodb:LeadingKeys"),
            "PutItem may overwrite any item"
        );
        assert!(template.contains("dead#*"));
    });
}

#[test]
fn a_flood_on_one_route_leaves_room_on_the_others() {
    case!(async {
        let template = read("template.yaml");
        assert!(template.contains("RouteSettings:") && template.contains("POST /braze/inbound"));
        let own = template.lines().any(|line| line.trim() == "RouteSettings:");
        assert!(own, "one limit for all routes");
    });
}

#[test]
fn the_configuration_to_copy_names_a_region() {
    case!(async {
        let samconfig = read("samconfig.toml");
        assert!(
            samconfig
                .lines()
                .any(|line| line.trim_start_matches(['#', ' ']).starts_with("region"))
        );
    });
}

#[test]
fn the_configuration_to_copy_shows_how_a_value_with_a_blank_is_quoted() {
    case!(async {
        let samconfig = read("samconfig.toml");
        assert!(
            samconfig.contains("SolvedMessage=\""),
            "SAM cuts a value at its first blank"
        );
    });
}
