"""Generates migrations/ and fixtures/base/ from the reference database. See README.md."""
import pathlib
import sys

import fixtures
import migrations
from db import run

HERE = pathlib.Path(__file__).resolve().parent


def main(source, scratch):
    root = HERE.parent.parent
    run(["dropdb", "--if-exists", scratch])
    run(["createdb", "-T", source, scratch])
    for script in ("reduce.sql", "prune.sql", "shrink.sql"):
        run(["psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", scratch, "-f", str(HERE / script)])
    tables = migrations.write(scratch, root)
    order, late = fixtures.write(scratch, root)
    print(f"{tables} tables, {len(order)} with rows; filled in later: {late}")


if __name__ == "__main__":
    main(*sys.argv[1:])
