mod laws;
mod recorded;
