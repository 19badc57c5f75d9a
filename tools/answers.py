#!/usr/bin/env python3
"""Asks a reference server the questions of fixtures/adopted/answers.json again and writes down what it answers.

usage: answers.py URL DB LOGIN PASSWORD < questions.json > fixtures/adopted/answers.json

DB is a fresh copy of fixtures/adopted/isp.sql.xz: the steps change it. A step is `{"call": [model, method, args, kwargs]}` and gets
`answer` or `error` (the exception's class). With `keep` its answer gets a name instead: later steps say `$name`.
"""

import json
import sys
import urllib.request


def ask(url, service, method, args):
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": {"service": service, "method": method, "args": args}})
    request = urllib.request.Request(url + "/jsonrpc", body.encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def filled(value, kept):
    if isinstance(value, str) and value.startswith("$"):
        return kept[value[1:]]
    if isinstance(value, list):
        return [filled(item, kept) for item in value]
    if isinstance(value, dict):
        return {name: filled(item, kept) for name, item in value.items()}
    return value


def main():
    url, db, login, password = sys.argv[1:5]
    uid = ask(url, "common", "login", [db, login, password])["result"]
    kinds = json.load(sys.stdin)
    for kind in kinds:
        kept = {}
        for step in kind["steps"]:
            model, method, args, *rest = step["call"]
            args, kwargs = filled(args, kept), filled(rest[0] if rest else {}, kept)
            document = ask(url, "object", "execute_kw", [db, uid, password, model, method, args, kwargs])
            step.pop("answer", None), step.pop("error", None)
            if "error" in document:
                step["error"] = document["error"]["data"]["name"]
            elif "keep" in step:
                kept[step["keep"]] = document["result"]
            else:
                step["answer"] = document["result"]
    lines = []
    for kind in kinds:
        steps = ",\n".join("    " + json.dumps(step, ensure_ascii=False) for step in kind["steps"])
        lines.append('  {"kind": %s, "steps": [\n%s\n  ]}' % (json.dumps(kind["kind"]), steps))
    print("[\n" + ",\n".join(lines) + "\n]")


main()
