"""Scripts without a library: xmlrpc.client as Odoo's documentation shows it, and JSON-2 with urllib and with requests."""

import base64
import datetime
import json
import urllib.error
import urllib.request
import xmlrpc.client

import requests

from checks import BASE64, BYTES, DATE, DB, LOGIN, MOMENT, PASSWORD, URL, Report, equal, only, raises
from protocols import Web, make_key


class Xmlrpc:
    """The documented three lines. None is allowed, so a method that returns nothing still is a fault of the server's."""

    fault = xmlrpc.client.Fault

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

    fault = urllib.error.HTTPError
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
    fault = requests.HTTPError

    def on(self, model, method, **named):
        answer = requests.post(f"{URL}/json/2/{model}/{method}", json=named, headers=self.headers, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def status(self, error):
        equal(set(error.response.json()), {"name", "message", "arguments", "context", "debug"})
        return error.response.status_code


def run(client, version, kind, password):
    report = Report(client, version=version)
    tag = client.replace(",", "").replace(" ", "-")
    server = kind(password)

    def status(function):
        try:
            answer = function()
        except server.fault as error:
            return server.status(error)
        raise AssertionError(f"nothing was raised, the answer was {answer!r}")

    def reference(xmlid):
        module, name = xmlid.split(".")
        domain = [["module", "=", module], ["name", "=", name]]
        return server.on("ir.model.data", "search_read", domain=domain, fields=["res_id"])[0]["res_id"]

    @report.check("connect")
    def _():
        group = reference("isp_core.group_isp_admin")
        equal(server.records("res.users", "write", [server.uid], vals={"group_ids": [[4, group]]}), True)
        return f"uid {server.uid}"

    @report.check("wrong password")
    def _():
        return raises((PermissionError, urllib.error.HTTPError, requests.HTTPError), lambda: kind("wrong"))

    @report.check("relations")
    def _():
        spain = reference("base.es")
        company = server.create("res.partner", {"name": f"{tag} Ltd", "is_company": True, "country_id": spain, "child_ids": [[0, 0, {"name": "Eva"}]]})
        row = only(server.records("res.partner", "read", [company], fields=["country_id", "child_ids"]))
        equal(row["country_id"], [spain, "Spain"])
        child = only(server.records("res.partner", "read", row["child_ids"], fields=["name", "parent_id"]))
        equal((child["name"], child["parent_id"]), ("Eva", [company, f"{tag} Ltd"]))

    @report.check("search")
    def _():
        ids = [server.create("res.partner", {"name": f"{tag} {letter}", "ref": tag}) for letter in "abc"]
        domain = ["&", ["ref", "=", tag], "|", ["name", "like", "% a"], ["name", "like", "% c"]]
        equal(server.on("res.partner", "search", domain=domain, order="name desc"), [ids[2], ids[0]])
        equal(server.on("res.partner", "search", domain=[["ref", "=", tag]], offset=1, limit=1, order="id"), [ids[1]])
        equal(server.on("res.partner", "search_count", domain=[["ref", "=", tag]]), 3)
        groups = server.on("res.partner", "formatted_read_group", domain=domain, groupby=["ref"], aggregates=["__count"])
        equal([(group["ref"], group["__count"]) for group in groups], [(tag, 2)])

    @report.check("write")
    def _():
        made = server.create("res.partner", {"name": "before"})
        equal(server.records("res.partner", "write", [made], vals={"name": "after", "comment": "ñandú €"}), True)
        row = only(server.records("res.partner", "read", [made], fields=["name", "comment", "email"]))
        equal((row["name"], "ñandú €" in row["comment"], row["email"]), ("after", True, False))
        equal(server.records("res.partner", "unlink", [made]), True)
        equal(server.records("res.partner", "read", [made], fields=["name"]), [])

    @report.check("business")
    def _():
        sector = server.create("isp.sector", {"name": tag, "code": tag})
        server.nothing("isp.sector", "action_archive", [sector])
        equal(server.on("isp.sector", "search", domain=[["id", "=", sector]]), [])
        server.nothing("isp.sector", "action_unarchive", [sector])
        equal(server.on("isp.sector", "search", domain=[["id", "=", sector]]), [sector])

    @report.check("errors")
    def _():
        found = {
            "missing field": status(lambda: server.on("res.partner", "search", domain=[["no_such_field", "=", 1]])),
            "validation": status(lambda: server.create("isp.sector", {"name": "no code"})),
            "private": status(lambda: server.records("res.partner", "_write", [1])),
            "no method": status(lambda: server.on("res.partner", "no_such_method")),
        }
        equal(found, server.STATUS)
        return server.fault.__name__

    @report.check("binary")
    def _():
        made = server.create("ir.attachment", {"name": "plain.bin", "datas": BASE64})
        row = only(server.records("ir.attachment", "read", [made], fields=["datas", "file_size"]))
        equal((base64.b64decode(row["datas"]), row["file_size"]), (BYTES, len(BYTES)))

    @report.check("dates")
    def _():
        plan = server.create("isp.service_plan", {"name": tag, "download_mbps": 20, "upload_mbps": 5, "price_monthly": 25.0, "service_type": "pppoe"})
        sector = server.create("isp.sector", {"name": tag, "code": f"{tag}-d"})
        partner = server.create("res.partner", {"name": tag})
        made = server.create("isp.subscription", {"partner_id": partner, "plan_id": plan, "sector_id": sector, "start_date": DATE})
        row = only(server.records("isp.subscription", "read", [made], fields=["start_date", "create_date"]))
        equal((row["start_date"], len(row["create_date"])), (DATE, len(MOMENT)))
        if kind is Xmlrpc:
            # A native date of XML-RPC.
            server.records("isp.subscription", "write", [made], vals={"start_date": datetime.datetime(2024, 3, 1)})
            equal(only(server.records("isp.subscription", "read", [made], fields=["start_date"]))["start_date"], "2024-03-01")
        equal(server.on("isp.subscription", "search", domain=[["start_date", ">=", DATE], ["id", "=", made]]), [made])


key = make_key(Web(URL, DB, LOGIN, PASSWORD), PASSWORD)
run("xmlrpc.client", "standard library", Xmlrpc, PASSWORD)
run("JSON-2 with urllib", "standard library", Json2, key)
run("JSON-2 with requests", requests.__version__, Requests, key)
