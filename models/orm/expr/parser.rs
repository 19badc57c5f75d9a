//! From tokens to a tree, by precedence climbing.
//!
//! ```text
//! expression  := choice
//! choice      := or [ "if" or "else" choice ]
//! or          := and { "or" and }
//! and         := not { "and" not }
//! not         := "not" not | comparison
//! comparison  := sum { ( "==" | "!=" | "<" | "<=" | ">" | ">=" | [ "not" ] "in" | "is" [ "not" ] ) sum }
//! sum         := product { ( "+" | "-" ) product }
//! product     := unary { ( "*" | "/" | "//" | "%" ) unary }
//! unary       := ( "-" | "+" ) unary | postfix
//! postfix     := atom { "." NAME | "(" arguments ")" | "[" subscript "]" }
//! arguments   := [ argument { "," argument } [ "," ] ]
//! argument    := [ NAME "=" ] expression
//! subscript   := expression | [ expression ] ":" [ expression ]
//! atom        := NAME | INT | FLOAT | STRING { STRING } | "(" [ items ] ")" | "[" [ items ] "]" | "{" pairs "}"
//! items       := expression { "," expression } [ "," ] | expression comprehension
//! pairs       := [ expression ":" expression { "," … } ] | expression { "," expression }
//! comprehension := "for" NAME "in" or [ "if" or ]
//! ```
//! Chained comparisons (`a < b < c`) are refused; no expression of the dialect has them.

use super::ast::{Binary, Link, Node};
use super::lexer::{Token, tokens};
use super::{MAX_DEPTH, MAX_NODES, Syntax};
use crate::value::Value;

/// Words that cannot be names.
const WORDS: &[&str] = &["and", "or", "not", "in", "is", "if", "else", "for", "lambda"];

/// Binding powers of the levels of the grammar.
const OR: u8 = 2;
const AND: u8 = 3;
const NOT: u8 = 4;
const COMPARISON: u8 = 5;
const SUM: u8 = 6;
const PRODUCT: u8 = 7;

/// Reads a whole text as one expression.
pub(super) fn parse(text: &str) -> Result<Node, Syntax> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0, nodes: 0 };
    let node = parser.expression()?;
    // A bare tuple: `1, 2`.
    let node = if parser.is_sign(",") { parser.bare_tuple(node)? } else { node };
    match parser.tokens.get(parser.at) {
        None => Ok(node),
        Some(token) => Err(Syntax::new(format!("unexpected {token:?} after the expression"))),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    nodes: usize,
}

impl Parser {
    fn expression(&mut self) -> Result<Node, Syntax> {
        self.deeper()?;
        let then = self.binary(OR)?;
        let node = if self.eat_word("if") {
            let test = self.binary(OR)?;
            if !self.eat_word("else") {
                return Err(Syntax::new("`if` without `else`"));
            }
            Node::Choice { test: Box::new(test), then: Box::new(then), other: Box::new(self.expression()?) }
        } else {
            then
        };
        self.depth -= 1;
        Ok(node)
    }

    fn bare_tuple(&mut self, first: Node) -> Result<Node, Syntax> {
        let mut items = vec![first];
        while self.eat_sign(",") && self.at < self.tokens.len() {
            items.push(self.expression()?);
        }
        Ok(Node::List(items))
    }

    fn binary(&mut self, least: u8) -> Result<Node, Syntax> {
        let mut left = self.prefix()?;
        // Left-associative chains grow the tree to the left, so their length counts as depth.
        let depth = self.depth;
        while let Some((link, power)) = self.operator() {
            if power < least {
                break;
            }
            self.deeper()?;
            self.at += link.tokens();
            let right = self.nested(|p| p.binary(power + 1))?;
            left = link.join(left, right);
            if power == COMPARISON && self.operator().is_some_and(|(_, next)| next == COMPARISON) {
                return Err(Syntax::new("comparisons cannot be chained"));
            }
        }
        self.depth = depth;
        Ok(left)
    }

    fn deeper(&mut self) -> Result<(), Syntax> {
        self.depth += 1;
        self.nodes += 1;
        if self.depth > MAX_DEPTH || self.nodes > MAX_NODES {
            return Err(Syntax::new("the expression is nested too deeply or too large"));
        }
        Ok(())
    }

    /// Counts a level of nesting around a step.
    fn nested<T>(&mut self, step: impl FnOnce(&mut Self) -> Result<T, Syntax>) -> Result<T, Syntax> {
        self.deeper()?;
        let out = step(self)?;
        self.depth -= 1;
        Ok(out)
    }

    /// The operator at the cursor, not yet eaten, and its power.
    fn operator(&self) -> Option<(Link, u8)> {
        Some(match self.tokens.get(self.at)? {
            Token::Name(word) => match word.as_str() {
                "or" => (Link::Or, OR),
                "and" => (Link::And, AND),
                "in" => (Link::Binary(Binary::In, 1), COMPARISON),
                "not" if self.word_at(1, "in") => (Link::Binary(Binary::NotIn, 2), COMPARISON),
                "is" if self.word_at(1, "not") => (Link::Binary(Binary::Ne, 2), COMPARISON),
                "is" => (Link::Binary(Binary::Eq, 1), COMPARISON),
                _ => return None,
            },
            Token::Sign(sign) => {
                let (binary, power) = match *sign {
                    "==" => (Binary::Eq, COMPARISON),
                    "!=" => (Binary::Ne, COMPARISON),
                    "<" => (Binary::Lt, COMPARISON),
                    "<=" => (Binary::Le, COMPARISON),
                    ">" => (Binary::Gt, COMPARISON),
                    ">=" => (Binary::Ge, COMPARISON),
                    "+" => (Binary::Add, SUM),
                    "-" => (Binary::Sub, SUM),
                    "*" => (Binary::Mul, PRODUCT),
                    "/" => (Binary::Div, PRODUCT),
                    "//" => (Binary::FloorDiv, PRODUCT),
                    "%" => (Binary::Mod, PRODUCT),
                    _ => return None,
                };
                (Link::Binary(binary, 1), power)
            }
            _ => return None,
        })
    }

    fn prefix(&mut self) -> Result<Node, Syntax> {
        if self.eat_word("not") {
            let inner = self.nested(|p| p.binary(NOT))?;
            return Ok(Node::Not(Box::new(inner)));
        }
        if self.eat_sign("-") {
            let inner = self.nested(Self::prefix)?;
            return Ok(match inner {
                Node::Literal(Value::Int(n)) => Node::Literal(n.checked_neg().map_or_else(|| Value::Big(format!("-{n}")), Value::Int)),
                Node::Literal(Value::Float(x)) => Node::Literal(Value::Float(-x)),
                other => Node::Negative(Box::new(other)),
            });
        }
        if self.eat_sign("+") {
            return self.nested(Self::prefix);
        }
        self.postfix()
    }

    fn postfix(&mut self) -> Result<Node, Syntax> {
        let mut node = self.atom()?;
        let depth = self.depth;
        loop {
            self.deeper()?;
            if self.eat_sign(".") {
                node = Node::Attribute(Box::new(node), self.name()?);
            } else if self.eat_sign("(") {
                let (args, named) = self.arguments()?;
                node = Node::Call { target: Box::new(node), args, named };
            } else if self.eat_sign("[") {
                node = self.subscript(node)?;
            } else {
                self.depth = depth;
                return Ok(node);
            }
        }
    }

    fn arguments(&mut self) -> Result<Arguments, Syntax> {
        let (mut args, mut named) = (Vec::new(), Vec::new());
        while !self.eat_sign(")") {
            if matches!(self.tokens.get(self.at + 1), Some(Token::Sign("="))) {
                let name = self.name()?;
                self.at += 1;
                named.push((name, self.expression()?));
            } else {
                let item = self.expression()?;
                args.push(if self.eat_word("for") { self.comprehension(item)? } else { item });
            }
            if !self.eat_sign(",") {
                self.expect(")")?;
                break;
            }
        }
        Ok((args, named))
    }

    fn subscript(&mut self, of: Node) -> Result<Node, Syntax> {
        let from = if self.is_sign(":") { None } else { Some(Box::new(self.expression()?)) };
        if self.eat_sign(":") {
            let to = if self.is_sign("]") { None } else { Some(Box::new(self.expression()?)) };
            self.expect("]")?;
            return Ok(Node::Slice(Box::new(of), from, to));
        }
        self.expect("]")?;
        let index = from.ok_or_else(|| Syntax::new("an index is missing"))?;
        Ok(Node::Index(Box::new(of), index))
    }

    fn atom(&mut self) -> Result<Node, Syntax> {
        let token = self.tokens.get(self.at).cloned().ok_or_else(|| Syntax::new("the expression ends too early"))?;
        self.at += 1;
        Ok(match token {
            Token::Int(n) => Node::Literal(Value::Int(n)),
            Token::Big(digits) => Node::Literal(Value::Big(digits)),
            Token::Float(x) => Node::Literal(Value::Float(x)),
            Token::Str(mut text) => {
                while let Some(Token::Str(more)) = self.tokens.get(self.at) {
                    text.push_str(more);
                    self.at += 1;
                }
                Node::Literal(Value::Str(text))
            }
            Token::Name(name) => match name.as_str() {
                "True" | "true" => Node::Literal(Value::Bool(true)),
                "False" | "false" => Node::Literal(Value::Bool(false)),
                "None" | "null" => Node::Literal(Value::None),
                word if WORDS.contains(&word) => return Err(Syntax::new(format!("unexpected `{word}`"))),
                _ => Node::Name(name),
            },
            Token::Sign("(") => self.parenthesis()?,
            Token::Sign("[") => match self.items("]")? {
                Items::Many(items, _) => Node::List(items),
                Items::Comprehension(node) => node,
            },
            Token::Sign("{") => self.braces()?,
            Token::Sign(sign) => return Err(Syntax::new(format!("unexpected `{sign}`"))),
        })
    }

    fn parenthesis(&mut self) -> Result<Node, Syntax> {
        Ok(match self.items(")")? {
            Items::Comprehension(node) => node,
            Items::Many(mut items, false) if items.len() == 1 => items.pop().unwrap_or(Node::Literal(Value::None)),
            Items::Many(items, _) => Node::List(items),
        })
    }

    /// What stands up to a closing bracket.
    fn items(&mut self, close: &'static str) -> Result<Items, Syntax> {
        let (mut items, mut comma) = (Vec::new(), false);
        while !self.eat_sign(close) {
            let item = self.expression()?;
            if items.is_empty() && self.eat_word("for") {
                let node = self.comprehension(item)?;
                self.expect(close)?;
                return Ok(Items::Comprehension(node));
            }
            items.push(item);
            if self.eat_sign(",") {
                comma = true;
            } else {
                self.expect(close)?;
                break;
            }
        }
        Ok(Items::Many(items, comma))
    }

    fn braces(&mut self) -> Result<Node, Syntax> {
        if self.eat_sign("}") {
            return Ok(Node::Dict(Vec::new()));
        }
        let first = self.expression()?;
        if !self.eat_sign(":") {
            let mut items = vec![first];
            while self.eat_sign(",") && !self.is_sign("}") {
                items.push(self.expression()?);
            }
            self.expect("}")?;
            return Ok(Node::List(items));
        }
        let mut pairs = vec![(first, self.expression()?)];
        while self.eat_sign(",") && !self.is_sign("}") {
            let key = self.expression()?;
            self.expect(":")?;
            pairs.push((key, self.expression()?));
        }
        self.expect("}")?;
        Ok(Node::Dict(pairs))
    }

    /// What follows `item for`.
    fn comprehension(&mut self, item: Node) -> Result<Node, Syntax> {
        let name = self.name()?;
        if !self.eat_word("in") {
            return Err(Syntax::new("`for` without `in`"));
        }
        let over = self.nested(|p| p.binary(OR))?;
        let test = if self.eat_word("if") { Some(Box::new(self.nested(|p| p.binary(OR))?)) } else { None };
        Ok(Node::Comprehension { item: Box::new(item), name, over: Box::new(over), test })
    }

    fn name(&mut self) -> Result<String, Syntax> {
        match self.tokens.get(self.at) {
            Some(Token::Name(name)) if !WORDS.contains(&name.as_str()) => {
                let name = name.clone();
                self.at += 1;
                Ok(name)
            }
            _ => Err(Syntax::new("a name is missing")),
        }
    }

    fn word_at(&self, offset: usize, word: &str) -> bool {
        matches!(self.tokens.get(self.at + offset), Some(Token::Name(name)) if name == word)
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.word_at(0, word);
        self.at += usize::from(found);
        found
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Sign(s)) if *s == sign)
    }

    fn eat_sign(&mut self, sign: &str) -> bool {
        let found = self.is_sign(sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), Syntax> {
        if self.eat_sign(sign) { Ok(()) } else { Err(Syntax::new(format!("`{sign}` is missing"))) }
    }
}

/// Arguments by place and by name.
type Arguments = (Vec<Node>, Vec<(String, Node)>);

/// The inside of brackets.
enum Items {
    /// Items, and whether a comma was seen: `(1)` is a number, `(1,)` a tuple.
    Many(Vec<Node>, bool),
    Comprehension(Node),
}
