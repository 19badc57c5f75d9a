"""odoo-client-lib, the library of Odoo's makers: XML-RPC, JSON-RPC, and JSON-2 with the methods of /doc-bearer."""

import base64
import urllib.parse
import xmlrpc.client

import odoolib
from odoolib.dates import date_to_str, datetime_to_str, str_to_date, str_to_datetime
from odoolib.tools import AuthenticationError, JsonRPCException

from checks import BASE64, BYTES, DATE, DB, LOGIN, MOMENT, PASSWORD, URL, Report, equal, only, raises
from protocols import Web, make_key

PLACE = urllib.parse.urlsplit(URL)
FAULTS = {"xmlrpc": xmlrpc.client.Fault, "jsonrpc": JsonRPCException, "json2": ValueError}


def connect(protocol, password):
    return odoolib.get_connection(hostname=PLACE.hostname, port=PLACE.port, protocol=protocol, database=DB, login=LOGIN, password=password)


def run(protocol, password):
    report = Report(f"odoo-client-lib, {protocol}", "odoo-client-lib")
    fault, tag = FAULTS[protocol], f"odoolib-{protocol}"
    connection = connect(protocol, password)
    model = connection.get_model

    def create(name, values):
        return only(model(name).create(values))

    def read(name, record, fields):
        # A single row, but over JSON-RPC and XML-RPC only for a single id.
        return only(model(name).read([record], fields))

    def reference(xmlid):
        module, name = xmlid.split(".")
        return model("ir.model.data").search_read([("module", "=", module), ("name", "=", name)], ["res_id"])[0]["res_id"]

    @report.check("connect")
    def _():
        connection.check_login()
        context = connection.get_user_context()
        equal(context["lang"], "en_US")
        model("res.users").write([context["uid"]], {"group_ids": [(4, reference("isp_core.group_isp_admin"))]})
        return f"uid {context['uid']}"

    @report.check("wrong password")
    def _():
        if protocol == "json2":
            equal(connect(protocol, "wrong").check_login(), False)
        return raises(AuthenticationError, lambda: connect(protocol, "wrong").get_user_context())

    @report.check("relations")
    def _():
        spain = reference("base.es")
        company = create("res.partner", {"name": f"{tag} Ltd", "is_company": True, "country_id": spain})
        child = create("res.partner", {"name": "Eva", "parent_id": company})
        row = read("res.partner", company, ["country_id", "child_ids"])
        equal((row["country_id"], row["child_ids"]), ([spain, "Spain"], [child]))
        equal(read("res.partner", child, ["parent_id"])["parent_id"], [company, f"{tag} Ltd"])

    @report.check("search")
    def _():
        ids = [create("res.partner", {"name": f"{tag} {letter}", "ref": tag}) for letter in "abc"]
        domain = ["&", ("ref", "=", tag), "|", ("name", "like", "% a"), ("name", "like", "% c")]
        equal(model("res.partner").search(domain, 0, 0, "name desc"), [ids[2], ids[0]])
        equal(model("res.partner").search_count([("ref", "=", tag)]), 3)
        rows = model("res.partner").search_read([("ref", "=", tag)], ["name"], 1, 2, "id")
        equal([row["name"] for row in rows], [f"{tag} b", f"{tag} c"])

    @report.check("write")
    def _():
        made = create("res.partner", {"name": "before"})
        equal(model("res.partner").write([made], {"name": "after", "comment": "ñandú €"}), True)
        row = read("res.partner", made, ["name", "comment"])
        equal((row["name"], "ñandú €" in row["comment"]), ("after", True))
        equal(model("res.partner").unlink([made]), True)
        equal(model("res.partner").search([("id", "=", made)]), [])

    @report.check("business")
    def _():
        sector = create("isp.sector", {"name": tag, "code": tag})
        if protocol == "xmlrpc":
            raises(fault, lambda: model("isp.sector").action_archive([sector]), "None")
        else:
            model("isp.sector").action_archive([sector])
        equal(model("isp.sector").search([("id", "=", sector)]), [])
        equal(read("isp.sector", sector, ["active"])["active"], False)

    @report.check("errors")
    def _():
        raises(fault, lambda: model("res.partner").search([("no_such_field", "=", 1)]), "no_such_field")
        raises(fault, lambda: model("no.such.model").search(domain=[]))
        raises(fault, lambda: model("res.company").unlink([1]))
        return raises(fault, lambda: create("isp.sector", {"name": "no code"}), "Code")

    @report.check("binary")
    def _():
        made = create("ir.attachment", {"name": "odoolib.bin", "datas": BASE64})
        row = read("ir.attachment", made, ["datas", "file_size"])
        equal((base64.b64decode(row["datas"]), row["file_size"]), (BYTES, len(BYTES)))

    @report.check("dates")
    def _():
        plan = create("isp.service_plan", {"name": tag, "download_mbps": 20, "upload_mbps": 5, "price_monthly": 25.0, "service_type": "pppoe"})
        sector = create("isp.sector", {"name": tag, "code": f"{tag}-d"})
        partner = create("res.partner", {"name": tag})
        start = date_to_str(str_to_date(DATE))
        made = create("isp.subscription", {"partner_id": partner, "plan_id": plan, "sector_id": sector, "start_date": start})
        row = read("isp.subscription", made, ["start_date", "create_date"])
        equal(str_to_date(row["start_date"]), str_to_date(DATE))
        assert str_to_datetime(row["create_date"]) > str_to_datetime(MOMENT)
        before = datetime_to_str(str_to_datetime(MOMENT))
        equal(model("isp.subscription").search([("start_date", "=", start), ("create_date", ">", before), ("id", "=", made)]), [made])


run("xmlrpc", PASSWORD)
run("jsonrpc", PASSWORD)
run("json2", make_key(Web(URL, DB, LOGIN, PASSWORD), PASSWORD))
