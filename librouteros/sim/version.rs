//! RouterOS versions and what changed with them.

/// A RouterOS version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    text: String,
    number: (u32, u32),
}

impl Version {
    /// Reads `7.18`, `7.23.7 (long-term)`, `6.42.12`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(['.', ' ', '(']).map(|part| {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        });
        let number = (parts.next()??, parts.next()??);
        Some(Self { text: text.to_owned(), number })
    }

    /// The version as `/system/resource` prints it.
    pub fn text(&self) -> String {
        if self.text.contains('(') { self.text.clone() } else { format!("{} (stable)", self.text) }
    }

    /// The bare number.
    pub fn bare(&self) -> &str {
        self.text.split(' ').next().unwrap_or_default()
    }

    /// The number after 7; older routers are taken for the first of them.
    pub fn minor(&self) -> u32 {
        if self.number.0 < 7 { 0 } else { self.number.1 }
    }

    /// Before 6.43 login is by challenge.
    pub fn challenges(&self) -> bool {
        self.number < (6, 43)
    }

    /// From 7.19 a router tells the connections of its services.
    pub fn tells_connections(&self) -> bool {
        self.number >= (7, 19)
    }

    /// From 7.18 a print without rows says `!empty`.
    pub fn says_empty(&self) -> bool {
        self.number >= (7, 18)
    }
}
