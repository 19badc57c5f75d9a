"""What every `client_*.py` shares: one JSON line per check on standard output.

Arguments of each script: URL, database, login, password. A check is a function; what it returns is the detail of its line, what it
raises makes it fail. The names of the checks are the columns of the table in `docs/COMPATIBILITY.md`.
"""

import base64
import importlib.metadata
import json
import sys
import traceback

CHECKS = ["connect", "wrong password", "relations", "search", "write", "business", "errors", "binary", "dates"]
URL, DB, LOGIN, PASSWORD = sys.argv[1:5]
BYTES = bytes(range(256)) * 5
BASE64 = base64.b64encode(BYTES).decode()
DATE, MOMENT = "2024-02-29", "2024-02-29 13:14:15"


class Report:
    def __init__(self, client, package=None, version=None):
        self.client, self.version = client, version or importlib.metadata.version(package or client)

    def check(self, name):
        """A decorator that runs the function at once and passes its result on as `function.result`."""
        assert name in CHECKS, name

        def run(function):
            ok, detail = True, ""
            try:
                detail = function() or ""
            except Exception as error:  # Whatever a client raises is its finding.
                ok, detail = False, f"{type(error).__name__}: {error}"[:600]
                traceback.print_exc()
            line = {"client": self.client, "version": self.version, "check": name, "ok": ok, "detail": str(detail)}
            print(json.dumps(line), flush=True)
            return function
        return run


def equal(got, want):
    assert got == want, f"got {got!r}, want {want!r}"


def raises(kinds, function, *words):
    """The call must end in one of these exceptions, and its text must contain the words."""
    try:
        answer = function()
    except kinds as error:
        text = f"{error} {getattr(error, 'info', '')}"
        for word in words:
            assert word in text, f"{word!r} is not in {text!r}"
        return type(error).__name__
    raise AssertionError(f"nothing was raised, the answer was {answer!r}")


def only(rows):
    """A single record, whether the method answers one or a list of one."""
    if isinstance(rows, list):
        assert len(rows) == 1, rows
        return rows[0]
    return rows
