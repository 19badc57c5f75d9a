"""OdooRPC: records that load what is asked of them, over JSON-RPC and a web session."""

import base64
import datetime
import hashlib
import urllib.parse

import odoorpc

from checks import BASE64, BYTES, DATE, DB, LOGIN, PASSWORD, URL, Report, equal, raises

report = Report("OdooRPC")
place = urllib.parse.urlsplit(URL)
odoo = odoorpc.ODOO(place.hostname, port=place.port)
RPCError = odoorpc.error.RPCError


@report.check("connect")
def _():
    assert DB in odoo.db.list()
    odoo.login(DB, LOGIN, PASSWORD)
    equal(odoo.env.user.login, LOGIN)
    odoo.env.user.write({"group_ids": [(4, odoo.env.ref("isp_core.group_isp_admin").id)]})
    return f"server {odoo.version}, uid {odoo.env.uid}"


@report.check("wrong password")
def _():
    return raises(RPCError, lambda: odoorpc.ODOO(place.hostname, port=place.port).login(DB, LOGIN, "wrong"))


@report.check("relations")
def _():
    Partner = odoo.env["res.partner"]
    company = Partner.browse(Partner.create({"name": "OdooRPC Ltd", "is_company": True, "country_id": odoo.env.ref("base.es").id}))
    child = Partner.browse(Partner.create({"name": "Eva", "parent_id": company.id}))
    equal((company.country_id.code, company.country_id.name), ("ES", "Spain"))
    equal((child.parent_id.id, child.parent_id.country_id.currency_id.name), (company.id, "EUR"))
    equal([one.name for one in company.child_ids], ["Eva"])
    assert odoo.env.user.group_ids


@report.check("search")
def _():
    Partner = odoo.env["res.partner"]
    ids = [Partner.create({"name": f"OdooRPC {letter}", "ref": "odoorpc"}) for letter in "abc"]
    domain = ["&", ("ref", "=", "odoorpc"), "|", ("name", "like", "% a"), ("name", "like", "% c")]
    equal(Partner.search(domain, order="name desc"), [ids[2], ids[0]])
    equal(Partner.search([("ref", "=", "odoorpc")], offset=1, limit=1, order="id"), [ids[1]])
    equal(Partner.search_count([("ref", "=", "odoorpc")]), 3)
    equal([row["name"] for row in Partner.search_read(domain, ["name"], order="id")], ["OdooRPC a", "OdooRPC c"])


@report.check("write")
def _():
    Partner = odoo.env["res.partner"]
    record = Partner.browse(Partner.create({"name": "before"}))
    record.name = "after"
    record.write({"comment": "ñandú €"})
    again = Partner.browse(record.id)
    equal((again.name, "ñandú €" in again.comment), ("after", True))
    equal(record.unlink(), True)
    equal(Partner.search([("id", "=", record.id)]), [])


@report.check("business")
def _():
    Sector = odoo.env["isp.sector"]
    sector = Sector.browse(Sector.create({"name": "OdooRPC", "code": "ODOORPC"}))
    sector.action_archive()
    equal(Sector.search([("id", "=", sector.id)]), [])
    sector.action_unarchive()
    equal(Sector.browse(sector.id).active, True)


@report.check("errors")
def _():
    Partner = odoo.env["res.partner"]
    raises(RPCError, lambda: Partner.no_such_method())
    raises(RPCError, lambda: odoo.env["isp.sector"].create({"name": "no code"}))
    raises(RPCError, lambda: Partner.search([("no_such_field", "=", 1)]), "no_such_field")
    company = odoo.env["res.company"].search([], limit=1)
    raises(RPCError, lambda: odoo.execute("res.company", "write", company, {"no_such_field": 1}), "builtins.ValueError")
    raises(RPCError, lambda: odoo.execute("res.company", "unlink", company), "odoo.exceptions.")
    return raises(RPCError, lambda: odoo.env.ref("base.no_such_record"))


@report.check("binary")
def _():
    # Not by browse(): it reads every field, and the raw bytes of a binary file are no JSON.
    Attachment = odoo.env["ir.attachment"]
    made = Attachment.create({"name": "odoorpc.bin", "datas": BASE64})
    row = Attachment.read([made], ["datas", "file_size", "checksum"])[0]
    equal(base64.b64decode(row["datas"]), BYTES)
    equal((row["file_size"], row["checksum"]), (len(BYTES), hashlib.sha1(BYTES).hexdigest()))


@report.check("dates")
def _():
    plan = odoo.env["isp.service_plan"].create({"name": "OdooRPC", "download_mbps": 20, "upload_mbps": 5, "price_monthly": 25.0, "service_type": "pppoe"})
    sector = odoo.env["isp.sector"].create({"name": "OdooRPC dates", "code": "ODOORPC-D"})
    partner = odoo.env["res.partner"].create({"name": "OdooRPC dates"})
    Subscription = odoo.env["isp.subscription"]
    record = Subscription.browse(Subscription.create({"partner_id": partner, "plan_id": plan, "sector_id": sector, "start_date": DATE}))
    equal(record.start_date, datetime.date(2024, 2, 29))
    record.start_date = datetime.date(2024, 3, 1)
    equal(Subscription.search([("start_date", "=", "2024-03-01"), ("id", "=", record.id)]), [record.id])
    assert isinstance(record.create_date, datetime.datetime), record.create_date
