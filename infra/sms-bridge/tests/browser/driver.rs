//! WebDriver, as much of it as the suite needs: the driver's process, sessions, elements, scripts.
//!
//! In: CSS selectors and scripts. Out: clicks, keys and values of a real Chromium. Written here
//! because the client crates bring a licence this repository does not allow, or a second HTTP
//! stack.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method};
use local::client::Client;
use serde_json::{Value, json};

const INSTALL: &str = "the browser suite needs Chromium and its driver: \
    apt-get install chromium chromium-driver (or set CHROMIUM and CHROMEDRIVER to their programs)";
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The driver's process; it ends with this.
struct Driver {
    child: Child,
    url: String,
}

/// One browser window.
pub struct Browser {
    driver: Driver,
    client: Client,
    session: String,
}

fn program(variable: &str, usual: &[&str]) -> String {
    let named = std::env::var_os(variable).map(|name| name.to_string_lossy().into_owned());
    let runs = |name: &&str| {
        let mut asked = Command::new(name);
        asked
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        asked.status().is_ok_and(|status| status.success())
    };
    let found = named.or_else(|| {
        usual
            .iter()
            .find(|name| runs(name))
            .map(|name| (*name).to_owned())
    });
    found.unwrap_or_else(|| panic!("{INSTALL}"))
}

impl Driver {
    fn start() -> Self {
        let mut child = Command::new(program("CHROMEDRIVER", &["chromedriver"]))
            .arg("--port=0")
            .process_group(0)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{INSTALL} ({error})"));
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let started = lines.map_while(Result::ok).find_map(|line| {
            let port = line.split("started successfully on port ").nth(1)?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let port = started.expect("the driver names its port");
        Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
        }
    }
}

impl Drop for Driver {
    /// Ends the driver and every window it opened, also when a test has failed.
    fn drop(&mut self) {
        let address = self.url.trim_start_matches("http://");
        if let Ok(mut line) = TcpStream::connect(address) {
            let asked = write!(
                line,
                "GET /shutdown HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
            );
            let _ = line.set_read_timeout(Some(Duration::from_secs(10)));
            let _ = asked.and_then(|()| line.read(&mut [0; 512]));
        }
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill")
            .args(["-KILL", "--", &group])
            .stderr(Stdio::null())
            .status();
        let _ = self.child.wait();
    }
}

impl Browser {
    /// A window of that size, in light or dark.
    pub async fn open(width: u32, height: u32, dark: bool) -> Self {
        let driver = Driver::start();
        let client = Client::new(Duration::from_secs(150));
        let scheme = format!("--blink-settings=preferredColorScheme={}", u8::from(!dark));
        // Chromium's own sandbox needs rights a container has not; the page is our own.
        let arguments = json!([
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--hide-scrollbars",
            "--lang=en-GB",
            format!("--window-size={width},{height}"),
            scheme,
        ]);
        let chromium = program(
            "CHROMIUM",
            &["chromium", "chromium-browser", "google-chrome"],
        );
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": arguments, "binary": which(&chromium)},
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let mut browser = Self {
            driver,
            client,
            session: String::new(),
        };
        let made = browser.ask(Method::POST, "/session", &capabilities).await;
        let id = made["sessionId"].as_str();
        browser.session = id
            .unwrap_or_else(|| panic!("no session: {made}"))
            .to_owned();
        browser.post("timeouts", &json!({"script": 120_000})).await;
        browser.size(width, height).await;
        browser
    }

    /// Makes what the page sees that large, whatever frame the window has.
    pub async fn size(&self, width: u32, height: u32) {
        let metrics = json!({"cmd": "Emulation.setDeviceMetricsOverride", "params":
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}});
        self.post("goog/cdp/execute", &metrics).await;
    }

    pub async fn go(&self, url: &str) {
        self.post("url", &json!({"url": url})).await;
    }

    /// Runs a script; `arguments` are given to it.
    pub async fn js(&self, script: &str, arguments: Value) -> Value {
        self.post(
            "execute/sync",
            &json!({"script": script, "args": arguments}),
        )
        .await
    }

    /// Runs a script that calls its last argument with the result, later.
    pub async fn later(&self, script: &str, arguments: Value) -> Value {
        self.post(
            "execute/async",
            &json!({"script": script, "args": arguments}),
        )
        .await
    }

    /// Waits until an expression is true, looking at every change of the page.
    pub async fn until(&self, expression: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const look = () => {{ try {{ return Boolean({expression}); }} catch {{ return false; }} }};
             if (look()) return done(true);
             const eye = new MutationObserver(() => {{ if (look()) end(true); }});
             const timer = setTimeout(() => end(look()), 25000);
             function end(how) {{ eye.disconnect(); clearTimeout(timer); done(how); }}
             eye.observe(document, {{subtree: true, childList: true, characterData: true, attributes: true}});"
        );
        let came = self
            .post("execute/async", &json!({"script": script, "args": []}))
            .await;
        if came != json!(true) {
            let page = self.js("return document.body.innerText", json!([])).await;
            panic!(
                "it did not come to: {expression}\n{}",
                page.as_str().unwrap_or_default()
            );
        }
    }

    async fn element(&self, css: &str) -> String {
        let found = self
            .post("element", &json!({"using": "css selector", "value": css}))
            .await;
        let id = found[ELEMENT].as_str();
        id.unwrap_or_else(|| panic!("there is no {css}: {found}"))
            .to_owned()
    }

    /// Clicks as a person does: what is covered or not shown cannot be clicked.
    pub async fn click(&self, css: &str) {
        loop {
            let element = self.element(css).await;
            let path = format!("element/{element}/click");
            let clicked = self.post(&path, &json!({})).await;
            // It was replaced between the look and the click: look again.
            if clicked["error"] != "stale element reference" {
                assert!(clicked.is_null(), "{css}: {clicked}");
                return;
            }
        }
    }

    /// Types into an element.
    pub async fn keys(&self, css: &str, text: &str) {
        if text.chars().any(|letter| letter > '\u{ffff}') {
            // The driver's keys reach no emoji: an input method's way does.
            self.click(css).await;
            let insert = json!({"cmd": "Input.insertText", "params": {"text": text}});
            self.post("goog/cdp/execute", &insert).await;
            return;
        }
        let element = self.element(css).await;
        let typed = self
            .post(&format!("element/{element}/value"), &json!({"text": text}))
            .await;
        assert!(typed.is_null(), "{css}: {typed}");
    }

    /// Empties a field.
    pub async fn clear(&self, css: &str) {
        let element = self.element(css).await;
        let path = format!("element/{element}/clear");
        let cleared = self.post(&path, &json!({})).await;
        assert!(cleared.is_null(), "{css}: {cleared}");
    }

    /// Presses keys wherever the focus is.
    pub async fn press(&self, keys: &[&str]) {
        let down_up = keys.iter().flat_map(|key| {
            [
                json!({"type": "keyDown", "value": key}),
                json!({"type": "keyUp", "value": key}),
            ]
        });
        let actions: Vec<Value> = down_up.collect();
        let keyboard = json!({"actions": [{"type": "key", "id": "keys", "actions": actions}]});
        self.post("actions", &keyboard).await;
    }

    /// Role and name of every element of a selector, as a screen reader is told.
    pub async fn told(&self, css: &str) -> Vec<(String, String)> {
        let query = json!({"using": "css selector", "value": css});
        let found = self.post("elements", &query).await;
        let mut told = Vec::new();
        for element in found.as_array().into_iter().flatten() {
            let id = element[ELEMENT].as_str().unwrap();
            let word = async |what: &str| {
                let path = format!("/session/{}/element/{id}/{what}", self.session);
                let word = self.ask(Method::GET, &path, &Value::Null).await;
                word.as_str().unwrap_or_default().to_owned()
            };
            told.push((word("computedrole").await, word("computedlabel").await));
        }
        told
    }

    /// What the page wrote to the console.
    pub async fn console(&self) -> Vec<String> {
        let lines = self.post("se/log", &json!({"type": "browser"})).await;
        let lines = lines.as_array().cloned().unwrap_or_default();
        lines.iter().map(ToString::to_string).collect()
    }

    /// A picture of the window.
    pub async fn picture(&self) -> Vec<u8> {
        let path = format!("/session/{}/screenshot", self.session);
        let shot = self.ask(Method::GET, &path, &Value::Null).await;
        STANDARD.decode(shot.as_str().unwrap_or_default()).unwrap()
    }

    /// Closes the window; nothing may be in the console.
    pub async fn close(self) {
        let console = self.console().await;
        let path = format!("/session/{}", self.session);
        self.ask(Method::DELETE, &path, &Value::Null).await;
        assert!(console.is_empty(), "the console says {console:#?}");
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let path = format!("/session/{}/{path}", self.session);
        self.ask(Method::POST, &path, body).await
    }

    /// The answer's value; an error's too, for whoever asked to judge.
    async fn ask(&self, method: Method, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.driver.url);
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let answer = self.client.send(method, &url, headers, body.into()).await;
        let answer = answer.unwrap_or_else(|error| panic!("{path}: {error}"));
        let answer: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        answer["value"].clone()
    }
}

fn which(program: &str) -> String {
    if program.contains('/') {
        return program.to_owned();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&path).map(|place| place.join(program));
    let found = places.into_iter().find(|place| place.is_file());
    found.map_or_else(|| program.to_owned(), |found| found.display().to_string())
}
