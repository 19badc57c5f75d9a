//! Addresses of mails as people write them: `Ana "the boss" Pérez <ana@example.com>, bob@example.com`.

/// The addresses of a list with their names, in order; parts without an `@` are passed over.
pub fn split(list: &str) -> Vec<(String, String)> {
    let (mut out, mut part, mut quoted, mut angled) = (Vec::new(), String::new(), false, false);
    for c in list.chars().chain([',']) {
        match c {
            '"' => quoted = !quoted,
            '<' if !quoted => angled = true,
            '>' if !quoted => angled = false,
            ',' | ';' | '\n' if !quoted && !angled => {
                out.extend(one(&std::mem::take(&mut part)));
                continue;
            }
            _ => {}
        }
        part.push(c);
    }
    out.extend(one(&part));
    out
}

fn one(text: &str) -> Option<(String, String)> {
    let text = text.trim();
    let (name, address) = match text.rsplit_once('<') {
        Some((name, rest)) => (name, rest.trim_end().trim_end_matches('>')),
        None => ("", text),
    };
    let address = address.trim();
    let name = name.trim().trim_matches('"').replace("\\\"", "\"").replace("\\\\", "\\");
    (address.contains('@') && !address.contains(char::is_whitespace)).then(|| (name, address.to_owned()))
}

/// The bare address of the first one in a list, in lower case: what addresses are compared by.
pub fn plain(list: &str) -> String {
    split(list).into_iter().next().map(|(_, address)| address.to_lowercase()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_split_outside_quotes() {
        let found = split("\"Pérez, Ana\" <Ana@Example.com>, bob@example.com; nobody,  <x@y.z>");
        let expected = [("Pérez, Ana", "Ana@Example.com"), ("", "bob@example.com"), ("", "x@y.z")];
        assert_eq!(found, expected.map(|(n, a)| (n.to_owned(), a.to_owned())));
        assert_eq!(plain("A <B@c.D>"), "b@c.d");
        assert_eq!(plain("nobody"), "");
    }
}
