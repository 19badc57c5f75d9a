//! Days until which books are closed.
