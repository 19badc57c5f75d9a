//! Views of models, made from their architectures.

pub mod activity;
pub mod arch;
pub mod buttons;
pub mod calendar;
pub mod chatter;
pub mod draft;
pub mod figures;
pub mod form;
mod form_lines;
pub mod kanban;
pub mod list;
mod list_groups;
pub mod logic;
pub mod posted;
pub mod shape;
pub mod spec;
pub mod view;
