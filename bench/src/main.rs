//! `cargo run --release -p bench`: cold start, memory and cost of an event, side by side.

mod cargo;
mod event;
mod figures;
mod goals;
mod http;
mod instructions;
mod machine;
mod options;
mod peers;
mod picture;
mod process;
mod report;
mod run;
mod runtime_api;
mod standins;
mod table;
mod tls;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use event::Kind;
use figures::Figures;
use goals::Goal;
use instructions::Instructions;
use machine::Machine;
use options::{Options, USAGE};
use peers::Missing;
use run::{Program, World};
use standins::StandIns;

/// The floor that ratios are to: `lambda_runtime` as its documentation shows it.
const FLOOR: &str = "bench-floor";

fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("{problem}\n{USAGE}");
            return ExitCode::from(if problem.is_empty() { 0 } else { 2 });
        }
    };
    let done = if options.instructions {
        count(&options)
    } else {
        bench(&options)
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench(options: &Options) -> Result<(), Box<dyn Error>> {
    let directory = executables(options, &cargo::FUNCTIONS)?;
    // By itself: together with the functions it would get their packages' features.
    executables(options, &[FLOOR])?;
    let out = out(options)?;
    let world = world(&out)?;
    let (peers, mut missing) = if options.peers {
        peers::find(&cargo::target()?.join("bench"), &world.ca)
    } else {
        (vec![], vec![])
    };
    let mut programs = own_programs(&directory);
    programs.extend(peers);
    if let Some(only) = &options.only {
        programs.retain(|program| program.name.contains(only.as_str()) || program.name == FLOOR);
    }
    let machine = Machine::look();
    let all = measure(&world, &programs, &mut missing, options)?;
    tell(options, &all, &missing, &machine, &out)
}

fn count(options: &Options) -> Result<(), Box<dyn Error>> {
    let name = "braze-inbound";
    let directory = executables(options, &[name])?;
    let out = out(options)?;
    let world = world(&out)?;
    let mut programs = own_programs(&directory);
    programs.retain(|program| program.name == name);
    let program = programs.first().ok_or("no program")?;
    let counted = Instructions::count(&world, program)?;
    println!(
        "cold start: {} instructions, warm event: {}",
        counted.cold_start, counted.warm_event
    );
    if options.update {
        println!("{}", counted.commit()?.display());
        return Ok(());
    }
    let Some(committed) = Instructions::committed()? else {
        println!("no counts are committed for this architecture");
        return Ok(());
    };
    let differences = counted.differences(committed);
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{}\nIf that is meant: cargo run --release -p bench -- --instructions --update",
        differences.join("\n")
    )
    .into())
}

/// Builds packages, or trusts that they are built; says where they are.
fn executables(options: &Options, packages: &[&str]) -> Result<PathBuf, Box<dyn Error>> {
    match &options.built {
        Some(built) => Ok(fs::canonicalize(built)?),
        None => Ok(cargo::build(&options.profile, packages)?),
    }
}

fn world(out: &Path) -> Result<World, Box<dyn Error>> {
    let authority = tls::Authority::new()?;
    let ca = out.join("ca.pem");
    fs::write(&ca, &authority.pem)?;
    Ok(World {
        standins: StandIns::start(&authority)?,
        ca,
        output: out.join("output.log"),
    })
}

/// The floor, the floor on one thread, and the functions.
fn own_programs(executables: &Path) -> Vec<Program> {
    let programs = [
        (FLOOR, Kind::Text, true),
        ("floor-current-thread", Kind::Text, true),
        ("braze-inbound", Kind::Text, false),
        ("zendesk-reply", Kind::Reply, false),
        ("zendesk-solved", Kind::Solved, false),
        ("redelivery", Kind::Tick, false),
    ];
    programs
        .map(|(name, kind, floor)| {
            let executable = executables.join(name);
            Program {
                name: name.to_owned(),
                command: vec![executable.clone().into()],
                variables: vec![],
                kind,
                floor,
                executable: Some(executable),
            }
        })
        .into()
}

/// Every program once, then every program again: what the machine does meanwhile meets all alike.
/// A peer that does not work is left out, with the reason.
fn measure(
    world: &World,
    programs: &[Program],
    missing: &mut Vec<Missing>,
    options: &Options,
) -> Result<Vec<Figures>, Box<dyn Error>> {
    let mut all: Vec<(&Program, Figures)> = programs.iter().map(|one| (one, empty(one))).collect();
    let mut number = 0;
    // The first round warms the disk's cache and is forgotten.
    for round in 0..=options.starts {
        eprint!("\rround {round} of {}", options.starts);
        let mut broken = Vec::new();
        for (program, figures) in &mut all {
            let warm = if round == options.starts {
                options.warm
            } else {
                0
            };
            match world.measure(program, &mut number, warm) {
                Ok((start, warm)) => {
                    if round > 0 {
                        figures.starts.push(start);
                    }
                    figures.warm.extend(warm);
                }
                Err(error) if program.executable.is_none() => {
                    broken.push(program.name.clone());
                    missing.push(Missing {
                        name: program.name.clone(),
                        reason: error.to_string().lines().next().unwrap_or("").to_owned(),
                    });
                }
                Err(error) => return Err(error.into()),
            }
        }
        all.retain(|(program, _)| !broken.contains(&program.name));
    }
    eprintln!();
    Ok(all.into_iter().map(|(_, figures)| figures).collect())
}

fn empty(program: &Program) -> Figures {
    let size = |path: &PathBuf| fs::metadata(path).ok().map(|data| data.len());
    Figures {
        name: program.name.clone(),
        size: program.executable.as_ref().and_then(size),
        ..Figures::default()
    }
}

fn tell(
    options: &Options,
    all: &[Figures],
    missing: &[Missing],
    machine: &Machine,
    out: &Path,
) -> Result<(), Box<dyn Error>> {
    let is_ours = |one: &&Figures| cargo::FUNCTIONS.contains(&one.name.as_str());
    let is_floor = |one: &&Figures| one.name.contains("floor");
    let ours: Vec<Figures> = all.iter().filter(is_ours).cloned().collect();
    let peers: Vec<Figures> = all
        .iter()
        .filter(|one| !is_ours(one) && !is_floor(one))
        .cloned()
        .collect();
    let floor = all.iter().find(|one| one.name == FLOOR).ok_or("no floor")?;
    let goals = goals::all(floor, &ours, &peers);
    let shown: Vec<&Figures> = all.iter().collect();
    println!("{}\n", machine.told());
    println!("{}", report::programs(&shown, missing));
    println!("{}", report::goals(&goals));
    println!("Write units, duplicates and first texts: tests/tests/e2e/conversation.rs.");
    let results = results(options, all, missing, &goals, machine);
    let picture = picture::svg(floor, &ours, &peers, &machine.short());
    let to = if options.publish {
        cargo::root().join("docs")
    } else {
        out.to_owned()
    };
    for (name, content) in [("bench.json", results), ("bench.svg", picture)] {
        fs::write(to.join(name), content)?;
        println!("{}", to.join(name).display());
    }
    Ok(())
}

fn results(
    options: &Options,
    all: &[Figures],
    missing: &[Missing],
    goals: &[Goal],
    machine: &Machine,
) -> String {
    let missing: Vec<Value> = missing
        .iter()
        .map(|peer| json!({"name": peer.name, "not_installed": peer.reason}))
        .collect();
    let results = json!({
        "machine": machine.json(), "profile": options.profile, "starts": options.starts,
        "programs": all.iter().map(Figures::json).collect::<Vec<_>>(), "missing": missing,
        "goals": goals.iter().map(Goal::json).collect::<Vec<_>>(),
    });
    format!("{results:#}\n")
}

fn out(options: &Options) -> Result<PathBuf, Box<dyn Error>> {
    let out = match &options.out {
        Some(out) => out.clone(),
        None => cargo::target()?.join("bench"),
    };
    fs::create_dir_all(&out)?;
    Ok(fs::canonicalize(out)?)
}
