"""Odooly: a web session with a password, JSON-2 with an API key, `/jsonrpc` when its URL says so."""

import base64

import odooly

from checks import BASE64, BYTES, DATE, DB, LOGIN, MOMENT, PASSWORD, URL, Report, equal, only, raises
from protocols import Web, make_key

KEY = make_key(Web(URL, DB, LOGIN, PASSWORD), PASSWORD)
KINDS = {
    "Odooly, web session": (lambda: odooly.Client(URL, DB, LOGIN, PASSWORD), "Web API"),
    "Odooly, JSON-2": (lambda: odooly.Client(URL, DB, LOGIN, api_key=KEY), "JSON-2"),
    "Odooly, JSON-RPC": (lambda: odooly.Client(f"{URL}/jsonrpc", DB, LOGIN, PASSWORD), "JSON-RPC"),
}
WRONG = {
    "Odooly, web session": lambda: odooly.Client(URL, DB, LOGIN, "wrong"),
    "Odooly, JSON-2": lambda: odooly.Client(URL, DB, LOGIN, api_key="wrong"),
    "Odooly, JSON-RPC": lambda: odooly.Client(f"{URL}/jsonrpc", DB, LOGIN, "wrong"),
}


def run(name):
    report = Report(name, "odooly")
    tag = name.replace(",", "").replace(" ", "-")
    # It remembers passwords by database and login, and would go on with them instead of the key.
    odooly.Env._cache.clear()
    client = KINDS[name][0]()
    env = client.env

    def create(model, values):
        # JSON-2 answers a list whatever is created, so it makes a list of one record of it.
        made = env[model].create(values)
        return made[0] if isinstance(made, odooly.RecordList) else made

    @report.check("connect")
    def _():
        equal((env.user.login, client.version_info), (LOGIN, 19.0))
        env.user.write({"group_ids": [(4, env.ref("isp_core.group_isp_admin").id)]})
        assert "isp.subscription" in env.models("isp.")
        assert env.access("res.partner", "write")
        equal(env._execute_kw._protocol_name, KINDS[name][1])

    @report.check("wrong password")
    def _():
        odooly.Env._cache.clear()
        return raises((odooly.Error, odooly.ServerError), WRONG[name])

    @report.check("relations")
    def _():
        Partner = env["res.partner"]
        company = create("res.partner", {"name": f"{tag} Ltd", "is_company": True, "country_id": env.ref("base.es").id})
        child = create("res.partner", {"name": "Eva", "parent_id": company.id})
        equal((company.country_id.code, child.parent_id.country_id.currency_id.name), ("ES", "EUR"))
        equal(list(company.child_ids.name), ["Eva"])
        assert env.user.group_ids.mapped("full_name")

    @report.check("search")
    def _():
        Partner = env["res.partner"]
        ids = [create("res.partner", {"name": f"{tag} {letter}", "ref": tag}).id for letter in "abc"]
        equal(list(Partner.search([f"ref = {tag}", "name not like % b"], order="name desc").id), [ids[2], ids[0]])
        equal(list(Partner.search([f"ref = {tag}"], offset=1, limit=1, order="id").id), [ids[1]])
        equal(Partner.search_count([("ref", "=", tag)]), 3)
        equal(Partner.get([("name", "=", f"{tag} b")]).id, ids[1])
        equal([row["name"] for row in Partner.search_read([("ref", "=", tag)], ["name"], order="id", limit=1)], [f"{tag} a"])

    @report.check("write")
    def _():
        Partner = env["res.partner"]
        record = create("res.partner", {"name": "before"})
        record.name = "after"
        record.write({"comment": "ñandú €"})
        record.refresh()
        equal((record.name, "ñandú €" in record.comment), ("after", True))
        twin = only(record.copy())
        equal(twin.name, "after (copy)")
        (record + twin).unlink()
        equal(list(Partner.search([("id", "in", [record.id, twin.id])])), [])

    @report.check("business")
    def _():
        sector = create("isp.sector", {"name": tag, "code": tag})
        sector.action_archive()
        sector.refresh()
        equal((sector.active, list(env["isp.sector"].search([("id", "=", sector.id)]))), (False, []))
        sector.action_unarchive()

    @report.check("errors")
    def _():
        Partner = env["res.partner"]
        raises(odooly.ServerError, lambda: len(Partner.search([("no_such_field", "=", 1)])), "no_such_field")
        raises(odooly.ServerError, lambda: env.execute("isp.sector", "create", {"name": "no code"}), "odoo.exceptions.ValidationError")
        raises(odooly.ServerError, lambda: env.execute("res.company", "unlink", [1]))
        return raises(odooly.Error, lambda: env["no.such.model"])

    @report.check("binary")
    def _():
        made = create("ir.attachment", {"name": "odooly.bin", "datas": BASE64})
        equal(base64.b64decode(made.datas), BYTES)
        equal(made.file_size, len(BYTES))

    @report.check("dates")
    def _():
        plan = create("isp.service_plan", {"name": tag, "download_mbps": 20, "upload_mbps": 5, "price_monthly": 25.0, "service_type": "pppoe"})
        sector = create("isp.sector", {"name": tag, "code": f"{tag}-d"})
        partner = create("res.partner", {"name": tag})
        values = {"partner_id": partner.id, "plan_id": plan.id, "sector_id": sector.id, "start_date": DATE}
        record = create("isp.subscription", values)
        equal(record.start_date, DATE)
        equal(len(env["isp.subscription"].search([("start_date", "=", DATE), ("id", "=", record.id)])), 1)
        equal(list(env["isp.subscription"].search([("create_date", "<", MOMENT), ("id", "=", record.id)])), [])
        equal(len(record.create_date), len(MOMENT))


for kind in KINDS:
    run(kind)
