//! Reverse proxies: whose word about the client is believed.
//!
//! A proxy appends the address that it saw, so that a list of hops is written from the client to us. What stands left of the first hop that is
//! not a proxy of ours came from the client, who may write there what he likes. So hops are read from the right.

use std::net::IpAddr;
use std::str::FromStr;

use actix_web::HttpRequest;
use actix_web::http::header::{FORWARDED, HeaderName};
use ipnet::IpNet;

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Which proxies stand in front.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proxies {
    /// None: the headers are the client's, and ignored.
    #[default]
    None,
    /// So many, one behind the other; the connection comes from the last of them.
    Count(usize),
    /// Those with an address in one of the networks; connections from elsewhere are clients'.
    Networks(Vec<IpNet>),
}

/// `2`, or `10.0.0.0/8, 127.0.0.1`.
impl FromStr for Proxies {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(count) = text.trim().parse::<usize>() {
            return Ok(if count == 0 { Proxies::None } else { Proxies::Count(count) });
        }
        let one = |part: &str| part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
        let networks = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let networks: Result<Vec<IpNet>, String> = networks
            .map(|part| one(part).map_err(|_| format!("'{part}' is neither a number of proxies nor an address or network")))
            .collect();
        Ok(Proxies::Networks(networks?))
    }
}

/// The client as the proxies saw it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// Its address.
    pub addr: Option<IpAddr>,
    /// `https`, when it came so, by a proxy's word.
    pub scheme: Option<String>,
    /// The host it asked for, by a proxy's word.
    pub host: Option<String>,
}

impl Proxies {
    /// Who sent a request.
    pub fn client(&self, req: &HttpRequest) -> Client {
        let peer = req.peer_addr().map(|peer| peer.ip().to_canonical());
        let trusted = match self {
            Proxies::None => false,
            Proxies::Count(_) => true,
            Proxies::Networks(networks) => peer.is_some_and(|peer| holds(networks, peer)),
        };
        let (Some(peer), true) = (peer, trusted) else {
            return Client { addr: peer, ..Client::default() };
        };
        let plain = list(req, &FOR);
        let forwarded = list(req, &FORWARDED);
        let nodes: Vec<String> = forwarded.iter().map(|element| parameter(element, "for").unwrap_or_default()).collect();
        let found = [&plain, &nodes].into_iter().filter(|hops| !hops.is_empty()).map(|hops| self.walk(peer, hops)).collect::<Vec<_>>();
        let (addr, hops) = match found.as_slice() {
            [] => (peer, 1),
            [one] => *one,
            // One of them is the client's own invention: nobody is told by it to be somebody else.
            [(one, _), (other, _), ..] if one != other => (peer, 1),
            [one, ..] => *one,
        };
        let own = forwarded.len().checked_sub(hops).and_then(|at| forwarded.get(at)).or(forwarded.first());
        let own = |name: &str| own.and_then(|element| parameter(element, name));
        let told = |header: &HeaderName| {
            let values = list(req, header);
            values.get(values.len().saturating_sub(hops)).cloned()
        };
        let scheme = told(&PROTO).or_else(|| own("proto")).map(|scheme| scheme.to_ascii_lowercase());
        Client { addr: Some(addr), scheme: scheme.filter(|s| s == "http" || s == "https"), host: told(&HOST).or_else(|| own("host")) }
    }

    /// The right-most hop that is no proxy of ours, and which it is from the right. A hop that is no address ends the walk: whoever
    /// came last before it is the client.
    fn walk(&self, peer: IpAddr, hops: &[String]) -> (IpAddr, usize) {
        let (mut client, mut count) = (peer, 0);
        for hop in hops.iter().rev() {
            let Some(addr) = address(hop) else { break };
            (client, count) = (addr, count + 1);
            let ours = match self {
                Proxies::None => false,
                Proxies::Count(all) => count < *all,
                Proxies::Networks(networks) => holds(networks, addr),
            };
            if !ours {
                break;
            }
        }
        (client, count.max(1))
    }
}

fn holds(networks: &[IpNet], addr: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&addr))
}

/// The elements of a header, all its lines one after the other. Commas in quotes count as well: a quote that a client leaves open must not
/// swallow what a proxy appended.
fn list(req: &HttpRequest, name: &HeaderName) -> Vec<String> {
    let lines = req.headers().get_all(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    lines.flat_map(|line| line.split(',').map(|part| part.trim().to_owned()).collect::<Vec<_>>()).collect()
}

/// A parameter of an element of `Forwarded`.
fn parameter(element: &str, name: &str) -> Option<String> {
    let mut pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().trim_matches('"').to_owned())
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => match text.split_once(':') {
            Some((host, port)) if !port.contains(':') => host,
            _ => text,
        },
    };
    bare.parse::<IpAddr>().ok().map(|addr| addr.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn seen(proxies: &str, peer: &str, headers: &[(&'static str, &str)]) -> (String, Option<String>, Option<String>) {
        let mut req = TestRequest::default().peer_addr((peer.parse::<IpAddr>().unwrap(), 4000).into());
        for (name, value) in headers {
            req = req.append_header((*name, *value));
        }
        let client = proxies.parse::<Proxies>().unwrap().client(&req.to_http_request());
        (client.addr.unwrap().to_string(), client.scheme, client.host)
    }

    fn addr(proxies: &str, peer: &str, headers: &[(&'static str, &str)]) -> String {
        seen(proxies, peer, headers).0
    }

    #[test]
    fn without_proxies_headers_are_nothing() {
        let headers = [("X-Forwarded-For", "198.51.100.7"), ("Forwarded", "for=198.51.100.7;proto=https"), ("X-Forwarded-Proto", "https")];
        assert_eq!(seen("0", "192.0.2.1", &headers), ("192.0.2.1".into(), None, None));
    }

    #[test]
    fn the_right_most_hop_that_is_no_proxy_counts() {
        for header in ["X-Forwarded-For", "Forwarded"] {
            let hops = |all: &[&str]| -> String {
                let element = |hop: &&str| if header == "Forwarded" { format!("for=\"{hop}\";proto=https") } else { (*hop).to_owned() };
                all.iter().map(element).collect::<Vec<_>>().join(", ")
            };
            let forged = hops(&["198.51.100.7", "203.0.113.5"]);
            assert_eq!(addr("1", "127.0.0.1", &[(header, &forged)]), "203.0.113.5", "{header}");
            assert_eq!(addr("1", "127.0.0.1", &[(header, &hops(&["198.51.100.7"])), (header, &hops(&["203.0.113.5"]))]), "203.0.113.5");
            let two = hops(&["198.51.100.7", "203.0.113.5:99", "10.0.0.2"]);
            assert_eq!(addr("2", "10.0.0.1", &[(header, &two)]), "203.0.113.5");
            assert_eq!(addr("10.0.0.0/8", "10.0.0.1", &[(header, &two)]), "203.0.113.5");
            assert_eq!(addr("10.0.0.0/8, ::1", "192.0.2.1", &[(header, &two)]), "192.0.2.1", "not from a proxy");
            assert_eq!(addr("10.0.0.0/8", "10.0.0.1", &[(header, &hops(&["203.0.113.5", "unknown"]))]), "10.0.0.1");
            assert_eq!(addr("1", "::1", &[(header, &hops(&["[2001:db8::1]:80"]))]), "2001:db8::1");
        }
        assert_eq!(addr("1", "127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn what_clients_invent_moves_nobody() {
        let headers = [("Forwarded", "for=198.51.100.7"), ("X-Forwarded-For", "203.0.113.5")];
        assert_eq!(addr("1", "127.0.0.1", &headers), "127.0.0.1", "the headers disagree");
        assert_eq!(addr("1", "127.0.0.1", &[("Forwarded", "for=\"198.51.100.7"), ("Forwarded", "for=203.0.113.5")]), "203.0.113.5");
        let headers = [("X-Forwarded-For", "203.0.113.5"), ("X-Forwarded-Proto", "http, https"), ("X-Forwarded-Host", "isp.example")];
        assert_eq!(seen("1", "127.0.0.1", &headers), ("203.0.113.5".into(), Some("https".into()), Some("isp.example".into())));
        let headers = [("Forwarded", "for=1.2.3.4;proto=http, For=203.0.113.5;Proto=HTTPS;host=isp.example")];
        assert_eq!(seen("1", "127.0.0.1", &headers), ("203.0.113.5".into(), Some("https".into()), Some("isp.example".into())));
        assert!("10.0.0.0/99".parse::<Proxies>().is_err());
    }
}
