"""ERPpeek: the ancestor of Odooly, over XML-RPC and, when its URL says so, JSON-RPC."""

import base64

import erppeek

from checks import BASE64, BYTES, DATE, DB, LOGIN, MOMENT, PASSWORD, URL, Report, equal, raises
from protocols import Xmlrpc

KINDS = {"ERPpeek, XML-RPC": (URL, erppeek.Fault), "ERPpeek, JSON-RPC": (f"{URL}/jsonrpc", erppeek.ServerError)}


def nothing(function, fault):
    """XML-RPC cannot say None, it is a fault; in JSON-RPC the result is missing, which ERPpeek does not expect. The work is done."""
    try:
        function()
    except (fault, KeyError) as error:
        assert "None" in str(error) or str(error) == "'result'", error


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

    # Its browse() asks for fields_get_keys, which Odoo no longer has: what is left are the calls of its Client.
    @report.check("relations")
    def _():
        spain = client.search("res.country", ["code = ES"])[0]
        company = client.create("res.partner", {"name": f"{tag} Ltd", "is_company": True, "country_id": spain})
        child = client.create("res.partner", {"name": "Eva", "parent_id": company})
        rows = client.read("res.partner", [company], "country_id child_ids")
        equal((rows[0]["country_id"], rows[0]["child_ids"]), ([spain, "Spain"], [child]))
        equal(client.read("res.partner", [child], "parent_id"), [[company, f"{tag} Ltd"]])

    @report.check("search")
    def _():
        ids = [client.create("res.partner", {"name": f"{tag} {letter}", "ref": tag}) for letter in "abc"]
        equal(client.search("res.partner", [f"ref = {tag}", "name not like % b"], order="name desc"), [ids[2], ids[0]])
        equal(client.search("res.partner", [("ref", "=", tag)], offset=1, limit=1, order="id"), [ids[1]])
        equal(client.count("res.partner", [("ref", "=", tag)]), 3)
        equal(client.read("res.partner", [("ref", "=", tag)], "name", order="id"), [f"{tag} {letter}" for letter in "abc"])

    @report.check("write")
    def _():
        made = client.create("res.partner", {"name": "before"})
        equal(client.write("res.partner", [made], {"name": "after", "comment": "ñandú €"}), True)
        row = client.read("res.partner", made, "name comment")
        equal((row["name"], "ñandú €" in row["comment"]), ("after", True))
        equal(client.unlink("res.partner", [made]), True)
        equal(client.search("res.partner", [("id", "=", made)]), [])

    @report.check("business")
    def _():
        sector = client.create("isp.sector", {"name": tag, "code": tag})
        nothing(lambda: client.execute("isp.sector", "action_archive", [sector]), fault)
        equal(client.search("isp.sector", [("id", "=", sector)]), [])
        nothing(lambda: client.execute("isp.sector", "action_unarchive", [sector]), fault)
        equal(client.search("isp.sector", [("id", "=", sector)]), [sector])

    @report.check("errors")
    def _():
        raises(fault, lambda: client.search("res.partner", [("no_such_field", "=", 1)]), "no_such_field")
        raises(fault, lambda: client.execute("isp.sector", "create", {"name": "no code"}))
        raises(fault, lambda: client.execute("res.company", "unlink", [1]))
        return raises(erppeek.Error, lambda: client.model("no.such.model"))

    @report.check("binary")
    def _():
        made = client.create("ir.attachment", {"name": "erppeek.bin", "datas": BASE64})
        row = client.read("ir.attachment", made, ["datas", "file_size"])
        equal((base64.b64decode(row["datas"]), row["file_size"]), (BYTES, len(BYTES)))

    @report.check("dates")
    def _():
        plan = client.create("isp.service_plan", {"name": tag, "download_mbps": 20, "upload_mbps": 5, "price_monthly": 25.0, "service_type": "pppoe"})
        sector = client.create("isp.sector", {"name": tag, "code": f"{tag}-d"})
        partner = client.create("res.partner", {"name": tag})
        values = {"partner_id": partner, "plan_id": plan, "sector_id": sector, "start_date": DATE}
        made = client.create("isp.subscription", values)
        row = client.read("isp.subscription", made, ["start_date", "create_date"])
        equal((row["start_date"], len(row["create_date"])), (DATE, len(MOMENT)))
        equal(client.search("isp.subscription", [("start_date", "=", DATE), ("id", "=", made)]), [made])


for kind, (address, failure) in KINDS.items():
    run(kind, address, failure)
