//! The Lambda Runtime API of one process, with the times of what it is asked.
//!
//! In: events. Out: [`Seen`]: first poll, hand-over, answer, each with its instant. After an answer
//! the process waits until it is told to go on, so that it can be looked at standing still.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::http::{Answer, Connection, Request};

/// What every event may take, as Lambda tells the function.
const TIME: Duration = Duration::from_secs(10);

/// What the process did.
#[derive(Debug)]
pub enum Seen {
    /// It asked for an event.
    Next(Instant),
    /// It was given one.
    Handed(Instant),
    /// It answered; it stands still until [`RuntimeApi::go_on`].
    Answered(Instant, Vec<u8>),
    /// It reported an error.
    Failed(Vec<u8>),
}

/// The API; ends with the process.
#[derive(Debug)]
pub struct RuntimeApi {
    /// `host:port`, as `AWS_LAMBDA_RUNTIME_API` wants it.
    pub address: SocketAddr,
    seen: Receiver<Seen>,
    events: Sender<Vec<u8>>,
    go: Sender<()>,
    over: Arc<AtomicBool>,
}

struct Desk {
    seen: Sender<Seen>,
    events: Mutex<Receiver<Vec<u8>>>,
    go: Mutex<Receiver<()>>,
}

impl RuntimeApi {
    /// Opens a port.
    ///
    /// # Errors
    /// Where none can be opened.
    pub fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let ((see, seen), (events, given), (go, gone)) = (channel(), channel(), channel());
        let desk = Arc::new(Desk {
            seen: see,
            events: Mutex::new(given),
            go: Mutex::new(gone),
        });
        let over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&over);
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                if ends.load(Ordering::Relaxed) {
                    return;
                }
                let desk = Arc::clone(&desk);
                std::thread::spawn(move || desk.serve(stream));
            }
        });
        Ok(Self {
            address,
            seen,
            events,
            go,
            over,
        })
    }

    /// Lays an event ready for the next poll.
    pub fn give(&self, event: Vec<u8>) {
        // Where the process is gone, waiting for its answer says so.
        let _ = self.events.send(event);
    }

    /// Lets the process go on after an answer.
    pub fn go_on(&self) {
        let _ = self.go.send(());
    }

    /// What the process does next; nothing where it does nothing for so long.
    pub fn wait(&self, patience: Duration) -> Option<Seen> {
        self.seen.recv_timeout(patience).ok()
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // One more connection, so that the listener looks.
        let _ = TcpStream::connect(self.address);
    }
}

impl Desk {
    fn serve(&self, stream: TcpStream) {
        if stream.set_nodelay(true).is_err() {
            return;
        }
        let mut connection = Connection::new(stream);
        while let Ok(Some(request)) = connection.request() {
            let Some(answer) = self.answer(&request) else {
                return;
            };
            if request.method == "GET" {
                let _ = self.seen.send(Seen::Handed(Instant::now()));
            }
            if connection.answer(&answer).is_err() {
                return;
            }
        }
    }

    fn answer(&self, request: &Request) -> Option<Answer> {
        let now = Instant::now();
        let done = || Some(Answer::json(202, r#"{"status":"OK"}"#));
        if request.method == "GET" {
            self.seen.send(Seen::Next(now)).ok()?;
            let event = lock(&self.events).recv().ok()?;
            return Some(invocation(event));
        }
        if request.path.ends_with("/response") {
            let body = request.body.clone();
            self.seen.send(Seen::Answered(now, body)).ok()?;
            lock(&self.go).recv().ok()?;
            return done();
        }
        self.seen.send(Seen::Failed(request.body.clone())).ok()?;
        done()
    }
}

fn invocation(event: Vec<u8>) -> Answer {
    let deadline = SystemTime::now() + TIME;
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut answer = Answer::json(200, event);
    answer.headers = format!(
        "lambda-runtime-aws-request-id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n\
         lambda-runtime-deadline-ms: {}\r\n\
         lambda-runtime-invoked-function-arn: arn:aws:lambda:eu-west-1:123456789012:function:bench\r\n\
         lambda-runtime-trace-id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700\r\n",
        deadline.as_millis()
    );
    answer
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
