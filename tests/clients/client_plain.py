"""Scripts without a library: xmlrpc.client as Odoo's documentation shows it, and JSON-2 with urllib and with requests."""

import json
import urllib.error
import urllib.request
import xmlrpc.client

import requests

from checks import DB, LOGIN, PASSWORD, URL, equal, only, raises
from protocols import Web, make_key
from verbs import run


class Xmlrpc:
    """The documented three lines. None is allowed, so a method that returns nothing still is a fault of the server's."""

    fault = xmlrpc.client.Fault
    refused = PermissionError
    native_dates = True

    def __init__(self, password):
        common = xmlrpc.client.ServerProxy(f"{URL}/xmlrpc/2/common")
        equal(common.version()["server_version_info"][0], 19)
        self.password, self.uid = password, common.authenticate(DB, LOGIN, password, {})
        if not self.uid:
            raise PermissionError("authenticate() answered False")
        self.models = xmlrpc.client.ServerProxy(f"{URL}/xmlrpc/2/object", use_builtin_types=True)

    def on(self, model, method, **named):
        return self.models.execute_kw(DB, self.uid, self.password, model, method, [], named)

    def records(self, model, method, ids, **named):
        return self.models.execute_kw(DB, self.uid, self.password, model, method, [ids], named)

    def create(self, model, values):
        return self.models.execute_kw(DB, self.uid, self.password, model, "create", [values])

    def nothing(self, model, method, ids):
        raises(self.fault, lambda: self.records(model, method, ids), "None")

    def status(self, error):
        return error.faultCode

    STATUS = {"missing field": 1, "validation": 2, "private": 4, "no method": 1}


class Json2:
    """An API key and named arguments."""

    fault = refused = urllib.error.HTTPError
    native_dates = False
    STATUS = {"missing field": 500, "validation": 422, "private": 403, "no method": 404}

    def __init__(self, key):
        self.headers = {"Authorization": f"bearer {key}", "X-Odoo-Database": DB, "Content-Type": "application/json"}
        self.uid = self.on("res.users", "context_get")["uid"]

    def on(self, model, method, **named):
        request = urllib.request.Request(f"{URL}/json/2/{model}/{method}", json.dumps(named).encode(), self.headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def records(self, model, method, ids, **named):
        return self.on(model, method, ids=ids, **named)

    def create(self, model, values):
        return only(self.on(model, "create", vals_list=[values]))

    def nothing(self, model, method, ids):
        equal(self.records(model, method, ids), None)

    def status(self, error):
        body = json.load(error)
        equal(set(body), {"name", "message", "arguments", "context", "debug"})
        return error.code


class Requests(Json2):
    fault = refused = requests.HTTPError

    def on(self, model, method, **named):
        answer = requests.post(f"{URL}/json/2/{model}/{method}", json=named, headers=self.headers, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def status(self, error):
        equal(set(error.response.json()), {"name", "message", "arguments", "context", "debug"})
        return error.response.status_code


key = make_key(Web(URL, DB, LOGIN, PASSWORD), PASSWORD)
run("xmlrpc.client", None, "standard library", Xmlrpc, PASSWORD)
run("JSON-2 with urllib", None, "standard library", Json2, key)
run("JSON-2 with requests", None, requests.__version__, Requests, key)
