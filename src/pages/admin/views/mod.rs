//! Views of models, made from their architectures.

pub mod arch;
mod buttons;
pub mod chatter;
pub mod draft;
pub mod form;
pub mod list;
pub mod logic;
pub mod posted;
pub mod shape;
pub mod spec;
