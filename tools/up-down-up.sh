#!/bin/sh
# Checks that migrations up, down and up again leave the same schema, and that down leaves nothing. Needs a scratch server (PG* variables).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
name="up_down_up_$$"
work=$(mktemp -d)
trap 'dropdb --if-exists "$name" 2>/dev/null; rm -r "$work"' EXIT
run() { cat "$@" | psql -X -q -1 -v ON_ERROR_STOP=1 -d "$name" > /dev/null; }
# Lines that begin with a backslash hold a random key in new versions of pg_dump.
dump() { pg_dump -s "$name" | grep -v '^\\' > "$work/$1"; }
downs() { for up in "$root"/migrations/*/down.sql; do echo "$up"; done | sort -r; }

createdb -T template0 -E UTF8 --locale=C.UTF-8 "$name"
dump empty
run "$root"/migrations/*/up.sql
dump first
run $(downs)
dump reverted
run "$root"/migrations/*/up.sql
dump second
diff "$work/empty" "$work/reverted" && diff "$work/first" "$work/second" && echo same
