"""Talking to PostgreSQL through its own command-line tools (no driver needed)."""
import csv
import io
import subprocess


def run(args, stdin=None):
    """Runs a command, returns its output, raises with its errors."""
    done = subprocess.run(args, input=stdin, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(args)}\n{done.stderr}")
    return done.stdout


def execute(database, sql):
    """Runs a script in one transaction."""
    return run(["psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", database], "SET client_min_messages = warning;\n" + sql)


def rows(database, query):
    """Rows of a query as lists of text; NULL and the empty text are the same here."""
    out = run(["psql", "-X", "-q", "--csv", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", query])
    return list(csv.reader(io.StringIO(out)))


def value(database, query):
    """The single value of a query."""
    return rows(database, query)[0][0]


def copy_out(database, query):
    """A query in PostgreSQL's COPY text format."""
    return run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", f"COPY ({query}) TO STDOUT"])
