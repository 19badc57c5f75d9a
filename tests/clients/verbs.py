"""The checks of clients that are spoken to in verbs: `on` a model, on `records`, `create`, and methods that answer `nothing`."""

import base64
import datetime

from checks import BASE64, BYTES, DATE, MOMENT, Report, equal, only, raises


def run(client, package, version, kind, password):
    """Does every check with a kind of client; `kind(password)` connects, and raises one of `kind.refused` when it cannot."""
    report = Report(client, package, version)
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
        return raises(kind.refused, lambda: kind("wrong"))

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
        if kind.native_dates:
            # A native date of XML-RPC.
            server.records("isp.subscription", "write", [made], vals={"start_date": datetime.datetime(2024, 3, 1)})
            equal(only(server.records("isp.subscription", "read", [made], fields=["start_date"]))["start_date"], "2024-03-01")
        equal(server.on("isp.subscription", "search", domain=[["start_date", ">=", DATE], ["id", "=", made]]), [made])
