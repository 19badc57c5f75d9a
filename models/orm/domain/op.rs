//! Operators of conditions.

/// An operator. `=?` and spelling variants are gone after parsing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    In,
    NotIn,
    Like,
    NotLike,
    ILike,
    NotILike,
    EqLike,
    NotEqLike,
    EqILike,
    NotEqILike,
    ChildOf,
    ParentOf,
    Any,
    NotAny,
    /// `any!`: without rules and rights of the target. Not for clients.
    AnyBypass,
    NotAnyBypass,
}

/// Names and inverses. Inequalities have no inverse: `not (x > 1)` holds for an empty `x` too.
const TABLE: &[(Op, &str, Option<Op>)] = &[
    (Op::Eq, "=", Some(Op::Ne)),
    (Op::Ne, "!=", Some(Op::Eq)),
    (Op::Gt, ">", None),
    (Op::Ge, ">=", None),
    (Op::Lt, "<", None),
    (Op::Le, "<=", None),
    (Op::In, "in", Some(Op::NotIn)),
    (Op::NotIn, "not in", Some(Op::In)),
    (Op::Like, "like", Some(Op::NotLike)),
    (Op::NotLike, "not like", Some(Op::Like)),
    (Op::ILike, "ilike", Some(Op::NotILike)),
    (Op::NotILike, "not ilike", Some(Op::ILike)),
    (Op::EqLike, "=like", Some(Op::NotEqLike)),
    (Op::NotEqLike, "not =like", Some(Op::EqLike)),
    (Op::EqILike, "=ilike", Some(Op::NotEqILike)),
    (Op::NotEqILike, "not =ilike", Some(Op::EqILike)),
    (Op::ChildOf, "child_of", None),
    (Op::ParentOf, "parent_of", None),
    (Op::Any, "any", Some(Op::NotAny)),
    (Op::NotAny, "not any", Some(Op::Any)),
    (Op::AnyBypass, "any!", Some(Op::NotAnyBypass)),
    (Op::NotAnyBypass, "not any!", Some(Op::AnyBypass)),
];

impl Op {
    /// From its name, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let name = match name.as_str() {
            "==" => "=",
            "<>" => "!=",
            other => other,
        };
        TABLE.iter().find(|(_, n, _)| *n == name).map(|(op, ..)| *op)
    }

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        TABLE.iter().find(|(op, ..)| *op == self).map_or("=", |(_, name, _)| name)
    }

    /// The operator that holds exactly when this one does not.
    pub fn inverse(self) -> Option<Self> {
        TABLE.iter().find(|(op, ..)| *op == self).and_then(|(.., inverse)| *inverse)
    }

    /// `!=`, `not in`, `not like`…
    pub fn is_negative(self) -> bool {
        self == Op::Ne || self.name().starts_with("not ")
    }

    /// The positive form of a negative operator, and the operator itself otherwise.
    #[must_use]
    pub fn positive(self) -> Self {
        if self.is_negative() { self.inverse().unwrap_or(self) } else { self }
    }

    /// The `like` family.
    pub fn is_like(self) -> bool {
        self.name().ends_with("like")
    }

    /// `=like` and friends: the pattern is the whole text.
    pub fn is_exact_like(self) -> bool {
        matches!(self, Op::EqLike | Op::NotEqLike | Op::EqILike | Op::NotEqILike)
    }

    /// `any` and friends.
    pub fn is_any(self) -> bool {
        matches!(self, Op::Any | Op::NotAny | Op::AnyBypass | Op::NotAnyBypass)
    }

    /// `>`, `>=`, `<`, `<=`.
    pub fn is_inequality(self) -> bool {
        matches!(self, Op::Gt | Op::Ge | Op::Lt | Op::Le)
    }

    /// `child_of` and `parent_of`.
    pub fn is_hierarchy(self) -> bool {
        matches!(self, Op::ChildOf | Op::ParentOf)
    }
}
