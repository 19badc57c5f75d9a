"""mcp-server-odoo as an assistant starts it: its own process, spoken to over MCP, with a password (XML-RPC) and a key (JSON-2)."""

import base64
import contextlib
import os
import sys
import tempfile
from datetime import datetime

import anyio.from_thread
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from checks import BASE64, BYTES, DATE, DB, LOGIN, PASSWORD, URL, Report, equal, only
from protocols import Web, Xmlrpc, make_key


class ToolError(Exception):
    """An answer marked as an error, or a server that gave up."""


def run(protocol, **credentials):
    report = Report(f"mcp-server-odoo, {protocol}", "mcp-server-odoo")
    tag = f"mcp-{protocol}"
    program = os.path.join(os.path.dirname(sys.executable), "mcp-server-odoo")

    @contextlib.asynccontextmanager
    async def session(settings, log_name=os.devnull):
        env = {"ODOO_URL": URL, "ODOO_DB": DB, "ODOO_YOLO": "true", "ODOO_MCP_ENABLE_METHOD_CALLS": "true", "ODOO_RPC_TRANSPORT": protocol}
        server = StdioServerParameters(command=program, env={**os.environ, **env, **settings})
        with open(log_name, "w") as log:
            async with stdio_client(server, errlog=log) as (reading, writing), ClientSession(reading, writing) as opened:
                await opened.initialize()
                yield opened

    def tools(*calls):
        """Calls tools one after the other; an answer marked as an error is a ToolError."""
        answers = []
        for name, arguments in calls:
            answer = portal.call(main.call_tool, name, arguments)
            text = " ".join(getattr(part, "text", "") for part in answer.content)
            answers.append(ToolError(text) if answer.is_error else answer.structured_content)
        return answers

    def done(*calls):
        answers = tools(*calls)
        for answer in answers:
            if isinstance(answer, ToolError):
                raise answer
        return answers

    def create(model, values):
        answer = done(("create_record", {"model": model, "values": values}))[0]
        return answer["record"]["id"]

    def search(model, domain, **more):
        return done(("search_records", {"model": model, "domain": domain, **more}))[0]

    def get(model, record, fields):
        return done(("get_record", {"model": model, "record_id": record, "fields": fields}))[0]

    def checks():
        @report.check("connect")
        def _():
            context, models, fields = done(
                ("get_current_context", {}),
                ("list_models", {}),
                ("get_fields", {"model": "isp.subscription"}),
            )
            equal(context["login"], LOGIN)
            assert "res.partner" in [model["model"] for model in models["models"]]
            assert fields["total"] > 10

        @report.check("wrong password")
        def _():
            wrong = {key: value if key == "ODOO_USER" else "wrong" for key, value in credentials.items()}
            with tempfile.NamedTemporaryFile() as log:
                try:
                    with portal.wrap_async_context_manager(session(wrong, log.name)):
                        pass
                except Exception as error:  # Its process ends, and says why on its standard error.
                    said = log.read().decode()
                    assert "Authentication failed" in said, said
                    return type(error).__name__
            raise AssertionError("it started")

        @report.check("relations")
        def _():
            spain = only(search("res.country", [["code", "=", "ES"]], fields=["name"])["records"])["id"]
            company = create("res.partner", {"name": f"{tag} Ltd", "is_company": True, "country_id": spain, "child_ids": [[0, 0, {"name": "Eva"}]]})
            answer = get("res.partner", company, ["country_id", "child_ids"])
            equal(answer["record"]["country_id"], [spain, "Spain"])
            child = only(answer["record"]["child_ids"])
            equal(only(answer["related_summaries"]["child_ids"])["id"], child)
            equal(get("res.partner", child, ["parent_id"])["record"]["parent_id"], [company, f"{tag} Ltd"])

        @report.check("search")
        def _():
            made = done(("create_records", {"model": "res.partner", "records": [{"name": f"{tag} {letter}", "ref": tag} for letter in "abc"]}))
            domain = ["&", ["ref", "=", tag], "|", ["name", "like", "% a"], ["name", "like", "% c"]]
            found = search("res.partner", domain, fields=["name"], order="name desc", limit=1)
            equal(([row["name"] for row in found["records"]], found["total"]), ([f"{tag} c"], 2))
            groups = done(("aggregate_records", {"model": "res.partner", "groupby": ["ref"], "domain": [["ref", "=", tag]]}))[0]
            assert "'__count': 3" in str(groups), groups
            assert made

        @report.check("write")
        def _():
            made = create("res.partner", {"name": "before"})
            done(("update_record", {"model": "res.partner", "record_id": made, "values": {"name": "after", "comment": "ñandú €"}}))
            row = get("res.partner", made, ["name", "comment"])["record"]
            equal((row["name"], "ñandú €" in row["comment"]), ("after", True))
            done(
                ("post_message", {"model": "res.partner", "record_id": made, "body": "hello"}),
                ("delete_record", {"model": "res.partner", "record_id": made}),
            )
            equal(search("res.partner", [["id", "=", made]], fields=["name"])["total"], 0)

        @report.check("business")
        def _():
            sector = create("isp.sector", {"name": tag, "code": tag})
            # The fault that XML-RPC makes of an empty answer is known to it, and taken for a success.
            done(("call_model_method", {"model": "isp.sector", "method": "action_archive", "arguments": [[sector]]}))
            equal(search("isp.sector", [["id", "=", sector]], fields=["name"])["total"], 0)

        @report.check("errors")
        def _():
            answers = tools(
                ("search_records", {"model": "res.partner", "domain": [["no_such_field", "=", 1]], "fields": ["name"]}),
                ("create_record", {"model": "isp.sector", "values": {"name": "no code"}}),
                ("get_record", {"model": "res.partner", "record_id": 2**30}),
                ("delete_record", {"model": "res.company", "record_id": 1}),
                ("search_records", {"model": "no.such.model"}),
            )
            assert all(isinstance(answer, ToolError) for answer in answers), answers
            assert "no_such_field" in str(answers[0]) and "Code" in str(answers[1]), answers
            return "; ".join(str(answer)[:60] for answer in answers)

        @report.check("binary")
        def _():
            partner = create("res.partner", {"name": f"{tag} files"})
            text = base64.b64encode("ñandú €".encode()).decode()
            done(
                ("upload_attachment", {"model": "res.partner", "record_id": partner, "name": "mcp.bin", "data": BASE64}),
                ("upload_attachment", {"model": "res.partner", "record_id": partner, "name": "mcp.txt", "data": text, "mimetype": "text/plain"}),
            )
            files = done(("list_record_attachments", {"model": "res.partner", "record_id": partner}))[0]["attachments"]
            equal([(row["name"], row["size"]) for row in files][1], ("mcp.bin", len(BYTES)))
            assert "ñandú €" in str(done(("read_attachment", {"attachment_id": files[0]["id"]}))[0])

        @report.check("dates")
        def _():
            plan = create("isp.service_plan", {"name": tag, "download_mbps": 20, "upload_mbps": 5, "price_monthly": 25.0, "service_type": "pppoe"})
            sector = create("isp.sector", {"name": tag, "code": f"{tag}-d"})
            partner = create("res.partner", {"name": tag})
            made = create("isp.subscription", {"partner_id": partner, "plan_id": plan, "sector_id": sector, "start_date": DATE})
            row = get("isp.subscription", made, ["start_date", "create_date"])["record"]
            assert row["start_date"].startswith(DATE), row
            assert datetime.fromisoformat(row["create_date"]).utcoffset().total_seconds() == 0, row
            equal(search("isp.subscription", [["start_date", "=", DATE], ["id", "=", made]], fields=["name"])["total"], 1)

    with anyio.from_thread.start_blocking_portal() as portal, portal.wrap_async_context_manager(session(credentials)) as main:
        checks()


admin = Xmlrpc(URL, DB, LOGIN, PASSWORD)
group = admin.call("ir.model.data", "search_read", [[["module", "=", "isp_core"], ["name", "=", "group_isp_admin"]]], {"fields": ["res_id"]})[0]
admin.call("res.users", "write", [[admin.uid], {"group_ids": [[4, group["res_id"]]]}], {})
run("xmlrpc", ODOO_USER=LOGIN, ODOO_PASSWORD=PASSWORD)
run("json2", ODOO_API_KEY=make_key(Web(URL, DB, LOGIN, PASSWORD), PASSWORD))
