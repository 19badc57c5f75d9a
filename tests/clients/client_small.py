"""Small libraries, each through its own verbs: odoo-connect (JSON-RPC and JSON-2), pyodoo-rpc-client and zenoo-rpc."""

import asyncio
import logging
import xmlrpc.client

import odoo_connect
import pyodoo_rpc_client
import zenoo_rpc
from odoo_connect.odoo_rpc import OdooServerError
from pyodoo_rpc_client import OdooRpcError
from zenoo_rpc.exceptions import ZenooError

from checks import DB, LOGIN, PASSWORD, URL, equal, raises
from protocols import Web, make_key
from verbs import run

logging.disable(logging.CRITICAL)
NAMES = {"missing field": "builtins.ValueError", "validation": "odoo.exceptions.ValidationError", "private": "odoo.exceptions.AccessError",
         "no method": "builtins.AttributeError"}


class Connect:
    """odoo-connect with a password, over JSON-RPC."""

    fault = refused = OdooServerError
    native_dates = False
    STATUS = NAMES

    def __init__(self, password):
        self.env = odoo_connect.connect(URL, DB, LOGIN, password=password, infer_parameters=False)
        self.uid = self.env["res.users"].search([("login", "=", LOGIN)])[0]

    def on(self, model, method, **named):
        return self.env[model].execute(method, **named)

    def records(self, model, method, ids, **named):
        return self.env[model].execute(method, ids, **named)

    def create(self, model, values):
        made = self.env[model].create([values])
        equal(len(made), 1)
        return made[0]

    def nothing(self, model, method, ids):
        equal(self.records(model, method, ids), None)

    def status(self, error):
        return error.get_data()["name"]


class ConnectJson2(Connect):
    """odoo-connect with an API key; the names of positional arguments come from /doc-bearer."""

    STATUS = {**NAMES, "no method": "werkzeug.exceptions.NotFound"}

    def __init__(self, key):
        self.env = odoo_connect.connect(URL, DB, token=key, infer_parameters=False)
        self.uid = self.env["res.users"].context_get()["uid"]


class Pyodoo:
    """pyodoo-rpc-client, over XML-RPC."""

    fault = xmlrpc.client.Fault
    refused = OdooRpcError
    native_dates = True
    STATUS = {"missing field": 1, "validation": 2, "private": 4, "no method": 1}

    def __init__(self, password):
        self.client = pyodoo_rpc_client.OdooRpcClient(url=URL, db=DB, username=LOGIN, password=password, debug=True)
        self.uid = self.client.model("res.users").search([["login", "=", LOGIN]])[0]

    def on(self, model, method, **named):
        first = [named.pop("domain")] if "domain" in named else []
        rows = getattr(self.client.model(model), method)(*first, **named)
        return [dict(row.get_data()) for row in rows] if method == "search_read" else rows

    def records(self, model, method, ids, **named):
        first = [named.pop("vals")] if "vals" in named else []
        return getattr(self.client.model(model), method)(ids, *first, **named)

    def create(self, model, values):
        return self.client.model(model).create(values)

    def nothing(self, model, method, ids):
        raises(self.fault, lambda: self.records(model, method, ids), "None")

    def status(self, error):
        return error.faultCode


class Zenoo:
    """zenoo-rpc: asynchronous, over JSON-RPC, with checks of its own before it writes."""

    fault = refused = ZenooError
    native_dates = False
    STATUS = {"missing field": True, "validation": True, "private": True, "no method": True}

    def __init__(self, password):
        self.runner = asyncio.Runner()
        self.client = zenoo_rpc.ZenooClient(URL)
        self.runner.run(self.client.login(DB, LOGIN, password))
        self.uid = self.client.uid

    def on(self, model, method, **named):
        own = {"search_read": self.client.search_read, "search_count": self.client.search_count}.get(method)
        call = own(model, **named) if own else self.client.execute_kw(model, method, [], named)
        return self.runner.run(call)

    def records(self, model, method, ids, **named):
        if method == "write":
            call = self.client.write(model, ids, named["vals"])
        elif method == "unlink":
            call = self.client.unlink(model, ids)
        else:
            call = self.client.execute_kw(model, method, [ids], named)
        return self.runner.run(call)

    def create(self, model, values):
        return self.runner.run(self.client.create(model, values))

    def nothing(self, model, method, ids):
        equal(self.records(model, method, ids), None)

    def status(self, error):
        return bool(str(error))


run("odoo-connect, JSON-RPC", "odoo-connect", None, Connect, PASSWORD)
run("odoo-connect, JSON-2", "odoo-connect", None, ConnectJson2, make_key(Web(URL, DB, LOGIN, PASSWORD), PASSWORD))
run("pyodoo-rpc-client", None, None, Pyodoo, PASSWORD)
run("zenoo-rpc", None, None, Zenoo, PASSWORD)
