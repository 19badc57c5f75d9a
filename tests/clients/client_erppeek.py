"""ERPpeek: the ancestor of Odooly, over XML-RPC and, when its URL says so, JSON-RPC."""

import base64

import erppeek

from checks import BASE64, BYTES, DATE, DB, LOGIN, MOMENT, PASSWORD, URL, Report, equal, raises
from protocols import Xmlrpc

KINDS = {"ERPpeek, XML-RPC": (URL, erppeek.Fault), "ERPpeek, JSON-RPC": (f"{URL}/jsonrpc", erppeek.ServerError)}


def nothing(function, fault):
    """An XML-RPC answer cannot say None: such a method is a fault, and its work is done."""
    try:
        equal(function() or False, False)
    except fault as error:
        assert "None" in str(error), error


def run(name, server, fault):
    report = Report(name, "ERPpeek")
    tag = name.replace(",", "").replace(" ", "-")
    client = erppeek.Client(server, DB, LOGIN, PASSWORD)

    @report.check("connect")
    def _():
        equal((client.user, client.major_version), (LOGIN, "19.0"))
        user = client.model("res.users").get([("login", "=", LOGIN)])
        group = client.model("res.groups").get("isp_core.group_isp_admin")
        user.write({"group_ids": [(4, group.id)]})
        assert "IspSubscription" in client.models("isp.")
        assert client.access("res.partner", "write")

    @report.check("wrong password")
    def _():
        return raises(erppeek.Error, lambda: erppeek.Client(server, DB, LOGIN, "wrong"), "Invalid username or password")

    @report.check("relations")
    def _():
        Partner = client.model("res.partner")
        spain = client.model("res.country").get("base.es")
        company = Partner.create({"name": f"{tag} Ltd", "is_company": True, "country_id": spain.id})
        child = Partner.create({"name": "Eva", "parent_id": company.id})
        equal((company.country_id.code, child.parent_id.country_id.currency_id.name), ("ES", "EUR"))
        equal(company.child_ids.name, ["Eva"])

    @report.check("search")
    def _():
        Partner = client.model("res.partner")
        ids = [Partner.create({"name": f"{tag} {letter}", "ref": tag}).id for letter in "abc"]
        equal(client.search("res.partner", [f"ref = {tag}", "name not like % b"], order="name desc"), [ids[2], ids[0]])
        equal(Partner.browse([("ref", "=", tag)], offset=1, limit=1, order="id").id, [ids[1]])
        equal(client.count("res.partner", [("ref", "=", tag)]), 3)
        equal(client.read("res.partner", [("ref", "=", tag)], "name", order="id"), [f"{tag} {letter}" for letter in "abc"])

    @report.check("write")
    def _():
        Partner = client.model("res.partner")
        record = Partner.create({"name": "before"})
        record.name = "after"
        record.write({"comment": "ñandú €"})
        record.refresh()
        equal((record.name, "ñandú €" in record.comment), ("after", True))
        record.unlink()
        equal(Partner.search([("id", "=", record.id)]), [])

    @report.check("business")
    def _():
        sector = client.model("isp.sector").create({"name": tag, "code": tag})
        nothing(sector.action_archive, fault)
        equal(client.search("isp.sector", [("id", "=", sector.id)]), [])
        nothing(sector.action_unarchive, fault)
        equal(client.search("isp.sector", [("id", "=", sector.id)]), [sector.id])

    @report.check("errors")
    def _():
        raises(fault, lambda: client.search("res.partner", [("no_such_field", "=", 1)]), "no_such_field")
        raises(fault, lambda: client.execute("isp.sector", "create", {"name": "no code"}))
        raises(fault, lambda: client.execute("res.company", "unlink", [1]))
        return raises(erppeek.Error, lambda: client.model("no.such.model"))

    @report.check("binary")
    def _():
        made = client.model("ir.attachment").create({"name": "erppeek.bin", "datas": BASE64})
        row = made.read(["datas", "file_size"])
        equal((base64.b64decode(row["datas"]), row["file_size"]), (BYTES, len(BYTES)))

    @report.check("dates")
    def _():
        plan = client.create("isp.service_plan", {"name": tag, "download_mbps": 20, "upload_mbps": 5, "price_monthly": 25.0, "service_type": "pppoe"})
        sector = client.create("isp.sector", {"name": tag, "code": f"{tag}-d"})
        partner = client.create("res.partner", {"name": tag})
        values = {"partner_id": partner, "plan_id": plan, "sector_id": sector, "start_date": DATE}
        record = client.model("isp.subscription").create(values)
        equal((record.start_date, len(record.create_date)), (DATE, len(MOMENT)))
        equal(client.search("isp.subscription", [("start_date", "=", DATE), ("id", "=", record.id)]), [record.id])


for kind, (address, failure) in KINDS.items():
    run(kind, address, failure)
