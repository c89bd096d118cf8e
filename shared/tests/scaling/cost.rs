//! What a million texts cost. Prices are parameters: US dollars of us-east-1, to be replaced by
//! one's own.

/// Prices.
#[derive(Clone, Copy, Debug)]
pub struct Prices {
    /// A million write units of an on-demand table.
    pub writes: f64,
    /// A million requests of an HTTP API.
    pub api: f64,
    /// A million Lambda requests.
    pub requests: f64,
    /// A GB-second of Lambda.
    pub gb_second: f64,
    /// A GB of logs taken in.
    pub log_gb: f64,
}

/// List prices as assumed in `docs/scaling.md`.
pub const LIST: Prices = Prices {
    writes: 0.625,
    api: 1.00,
    requests: 0.20,
    gb_second: 0.000_013_333_4,
    log_gb: 0.50,
};

/// A text's cost, piece by piece, in dollars per million.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    pub dynamodb: f64,
    pub lambda: f64,
    pub api: f64,
    pub logs: f64,
}

impl Cost {
    /// Of texts that take so many write units and so long, at a memory size and bytes of log.
    pub fn of(prices: Prices, units: f64, seconds: f64, gb: f64, log_bytes: f64) -> Self {
        Self {
            dynamodb: units * prices.writes,
            lambda: prices.requests + 1e6 * seconds * gb * prices.gb_second,
            api: prices.api,
            logs: log_bytes * 1e6 / 1e9 * prices.log_gb,
        }
    }

    pub fn total(self) -> f64 {
        self.dynamodb + self.lambda + self.api + self.logs
    }
}
