"""Drives a simulated router with PyPI librouteros. Arguments: port, login (plain or token)."""

import sys

from librouteros import connect, plain, token
from librouteros.exceptions import FatalError, TrapError
from librouteros.query import Key

port, login = int(sys.argv[1]), {"plain": plain, "token": token}[sys.argv[2]]


def dial(password="secret"):
    return connect("127.0.0.1", "admin", password, port=port, encoding="utf-8", login_method=login)


def trapped(text, call):
    try:
        list(call() or ())
    except TrapError as error:
        assert text in str(error), (text, str(error))
        return
    raise AssertionError(f"no trap: {text}")


try:
    dial("wrong")
except (TrapError, FatalError):
    pass
else:
    raise AssertionError("a wrong password was taken")

api = dial()
assert [row["name"] for row in api("/system/identity/print")] == ["MikroTik"]

secrets = api.path("ppp", "secret")
assert tuple(secrets) == ()
first = secrets.add(name="ana", password="p", comment="né " + "x" * 256)
second = secrets.add(name="eva", disabled=True)
assert first.startswith("*") and first != second
assert [row["comment"] for row in secrets if row[".id"] == first] == ["né " + "x" * 256]
assert [row["disabled"] for row in secrets] == [False, True]
secrets.update(**{".id": first, "profile": "default-encryption"})

name, disabled = Key("name"), Key("disabled")
assert [row["name"] for row in secrets.select(name).where(disabled == True)] == ["eva"]  # noqa: E712
assert list(secrets.select(name).where(name.In("eva", "zoe"))) == [{"name": "eva"}]
assert list(secrets.select(name).where(name == "zoe")) == []
assert [row["name"] for row in api.rawCmd("/ppp/secret/print", "?name=ana", "?name=eva", "?#|")] == ["ana", "eva"]

trapped("secret with the same name already exists", lambda: [secrets.add(name="ana")])
trapped("input does not match any value of profile", lambda: [secrets.add(name="zoe", profile="none")])
trapped("no such item", lambda: secrets.update(**{".id": "*FF", "comment": "x"}))
trapped("no such command", lambda: api("/ppp/nonsense/print"))
trapped("unknown parameter", lambda: api("/user/group/print", **{"?name": "full"}))
trapped("unknown parameter", lambda: api("/system/script/run", name="x"))

pools = api.path("ip", "pool")
tuple(pools("set", numbers="hs-pool-1", ranges="10.5.50.20-10.5.50.30"))
assert [row["ranges"] for row in pools if row["name"] == "hs-pool-1"] == ["10.5.50.20-10.5.50.30"]
queues = api.path("queue", "simple")
queues.add(name="q", target="10.0.0.5", **{"max-limit": "5M/20M"})
assert [(row["target"], row["max-limit"]) for row in queues] == [("10.0.0.5/32", "5000000/20000000")]

secrets.remove(first, second)
assert tuple(secrets) == ()
api.close()
print("librouteros: ok")
