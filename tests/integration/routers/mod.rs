//! Routers hold what is wanted of each subscription and nothing else of ours; what is not ours stays as it is.

mod speed;
