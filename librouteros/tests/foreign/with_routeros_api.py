"""Drives a simulated router with PyPI RouterOS-api, which tags its commands. Arguments: port, login (plain or token)."""

import sys

import routeros_api
from routeros_api import exceptions

port, plain = int(sys.argv[1]), sys.argv[2] == "plain"


def pool(password="secret"):
    return routeros_api.RouterOsApiPool("127.0.0.1", "admin", password, port=port, plaintext_login=plain)


try:
    pool("wrong").get_api()
except exceptions.RouterOsApiCommunicationError:
    pass
else:
    raise AssertionError("a wrong password was taken")

connection = pool()
api = connection.get_api()
secrets = api.get_resource("/ppp/secret")
assert list(secrets.get()) == []
made = secrets.add(name="ana", password="p")
row = secrets.get(name="ana")[0]
assert row["service"] == "any" and row["id"] == made.done_message["ret"], (row, made.done_message)
secrets.set(id=row["id"], comment="hello")
assert secrets.get(name="ana")[0]["comment"] == "hello"
try:
    secrets.add(name="ana")
except exceptions.RouterOsApiCommunicationError as error:
    assert b"already exists" in error.original_message, error.original_message
else:
    raise AssertionError("a duplicate was taken")

# Several commands under way at once, collected in another order.
promises = [api.get_resource(path).get_async() for path in ("/ip/pool", "/interface", "/system/identity", "/ppp/active")]
sizes = [len(promise.get()) for promise in reversed(promises)]
assert sizes == [0, 1, 6, 3], sizes

secrets.remove(id=row["id"])
assert list(secrets.get()) == []
connection.disconnect()
print("RouterOS-api: ok")
