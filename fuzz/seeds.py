"""First inputs of the fuzz targets, from what real clients sent: python3 fuzz/seeds.py writes fuzz/corpus/<target>/."""

import csv
import hashlib
import json
import pathlib
import xmlrpc.client

HERE = pathlib.Path(__file__).parent
FIXTURES = HERE.parent / "fixtures"


def put(target, data):
    data = data if isinstance(data, bytes) else data.encode()
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


def word(text):
    text = text.encode()
    return bytes([len(text)]) + text


def main():
    for path in sorted((FIXTURES / "contract/cases").glob("*.json")):
        for scenario in json.loads(path.read_text())["scenarios"]:
            for step in scenario["steps"]:
                call = step.get("call")
                if not call:
                    continue
                model, method, args, *rest = call
                kwargs = rest[0] if rest else {}
                first = args[0] if isinstance(args, list) and args else None
                if method.startswith(("search", "read_group", "formatted")) and isinstance(first, list):
                    put("domain", json.dumps(first))
                    put("expression", repr(first))
                params = {"service": "object", "method": "execute_kw", "args": ["db", 2, "x", "device", method, args, kwargs]}
                put("jsonrpc", json.dumps({"jsonrpc": "2.0", "id": 1, "method": "call", "params": params}))
                put("jsonrpc", json.dumps({"params": {"model": "device", "method": method, "args": args, "kwargs": kwargs}}))
                try:
                    put("xmlrpc", xmlrpc.client.dumps(tuple(params["args"]), "execute_kw", allow_none=True))
                except (TypeError, OverflowError):
                    pass
    for table, column in (("ir_rule", "domain_force"), ("ir_act_window", "domain"), ("ir_act_window", "context")):
        with open(FIXTURES / f"base/{table}.tsv") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                put("expression", row.get(column) or "")
    for sentence in (["!done", ".tag=1"], ["!re", "=.id=*1", "=name=x"], ["!trap", "=category=2", "=message=no"], ["!fatal", "bye"]):
        put("routeros", b"\x03" + b"".join(word(w) for w in sentence) + b"\0")
    for body in ("<p>Hello <t t-out=\"object.name\"/></p>", "<t t-if=\"a\">x</t><t t-elif=\"b\">y</t><t t-else=\"\">z</t>",
                 "<table><tr t-foreach=\"object.line_ids\" t-as=\"line\"><td t-att-class=\"line.x\">&amp;</td></tr></table><!-- c -->"):
        put("markup", body)


main()
