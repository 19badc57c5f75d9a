//! The tree the parser builds and the evaluator walks.

use crate::value::Value;

/// A tree of the dialect.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Literal(Value),
    Name(String),
    /// Lists, tuples and sets, which the dialect does not tell apart.
    List(Vec<Node>),
    Dict(Vec<(Node, Node)>),
    Not(Box<Node>),
    Negative(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Binary(Binary, Box<Node>, Box<Node>),
    /// `then if test else other`.
    Choice {
        test: Box<Node>,
        then: Box<Node>,
        other: Box<Node>,
    },
    Attribute(Box<Node>, String),
    Call {
        target: Box<Node>,
        args: Vec<Node>,
        named: Vec<(String, Node)>,
    },
    Index(Box<Node>, Box<Node>),
    Slice(Box<Node>, Option<Box<Node>>, Option<Box<Node>>),
    Comprehension {
        item: Box<Node>,
        name: String,
        over: Box<Node>,
        test: Option<Box<Node>>,
    },
}

/// Operators with two operands, `and` and `or` aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    NotIn,
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Mod,
}

/// How an operator joins its operands.
#[derive(Clone, Copy)]
pub(super) enum Link {
    And,
    Or,
    Binary(Binary, usize),
}

impl Link {
    /// How many tokens the operator takes.
    pub(super) fn tokens(self) -> usize {
        match self {
            Link::And | Link::Or => 1,
            Link::Binary(_, tokens) => tokens,
        }
    }

    /// The tree over both operands.
    pub(super) fn join(self, left: Node, right: Node) -> Node {
        let (left, right) = (Box::new(left), Box::new(right));
        match self {
            Link::And => Node::And(left, right),
            Link::Or => Node::Or(left, right),
            Link::Binary(binary, _) => Node::Binary(binary, left, right),
        }
    }
}
