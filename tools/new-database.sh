#!/bin/sh
# Builds a new database with psql alone (the program does the same by itself): new-database.sh NAME
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
createdb -T template0 -E UTF8 --locale=C.UTF-8 "$1"
{
    echo "SET client_min_messages = warning; SET timezone = 'UTC';"
    cat "$root"/migrations/*/up.sql
    cd "$root/fixtures/base"
    sed -n 's/^    \([a-z_]*\)$/\1/p' tables.rs | while read -r table; do
        columns=$(head -n 1 "$table.tsv" | sed 's/\t/","/g')
        printf 'COPY "%s" ("%s") FROM STDIN;\n' "$table" "$columns"
        tail -n +2 "$table.tsv"
        printf '\\.\n'
    done
    cat after.sql ../lastmile.sql ../parameters.sql
    echo 'ANALYZE;'
} | psql -X -q -1 -v ON_ERROR_STOP=1 -d "$1" > /dev/null
