#!/usr/bin/env python3
"""Writes models/facts.tsv: what fields_get of a reference server says, where ours does not say it by rule.

usage: facts.py URL DB URL_OF_OURS DB_OF_OURS PASSWORD CHECKS.tsv > models/facts.tsv

Both serve copies of fixtures/adopted/isp.sql.xz, ours with an empty models/facts.tsv. CHECKS.tsv has what no call answers, printed by
`facts.py --checks` when run in the reference's shell: fields that check companies, which companies' records lead to a model, and what a search by name looks into.
Facts of mail.thread and mail.activity.mixin hold for every model that has them; lines are those of models/catalog.tsv.
"""

import json
import sys
import urllib.request

# Attributes that are told; the others are texts, or follow from what is installed.
TOLD = """depends groupable sortable searchable exportable change_default sanitize sanitize_tags sanitize_attributes sanitize_style strip_style
strip_classes trim digits min_display_digits definition_record definition_record_field context model_field""".split()
MIXINS = ["mail.thread", "mail.activity.mixin"]
MODULES = set(
    "account account_payment analytic auth_signup auth_totp auth_totp_portal base base_import base_setup bus http_routing mail payment portal"
    " product resource resource_mail rpc uom web".split()
)


def checks(env):
    """For the reference's shell."""
    plain = env["base"]._check_company_domain.__func__
    for name in sorted(env.registry):
        model = env[name]
        if not model._abstract and not model._transient and model._check_company_auto:
            for field in model._fields.values():
                if field.relational and field.check_company:
                    print(name, field.name, "check_company", "true", sep="\t")
        if not model._abstract and model._rec_names_search and name not in ("res.users", "ir.sequence"):
            print(name, "", "names", ",".join(model._rec_names_search), sep="\t")
        if type(model)._check_company_domain is not plain:
            print(name, "", "company", "users" if name == "res.users" else "parent_of", sep="\t")


def ask(url, db, password, model, method, args, kwargs=None):
    params = {"service": "object", "method": "execute_kw", "args": [db, 2, password, model, method, args, kwargs or {}]}
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params})
    with urllib.request.urlopen(urllib.request.Request(url + "/jsonrpc", body.encode(), {"Content-Type": "application/json"})) as answer:
        return json.load(answer).get("result")


def main():
    (url, db), (ours, our_db), password = sys.argv[1:3], sys.argv[3:5], sys.argv[5]
    lines = [line.rstrip("\n") for line in open(sys.argv[6], encoding="utf-8")]
    owners = {}
    domain = [["model", "=", "ir.model.fields"], ["module", "in", sorted(MODULES)]]
    known = ask(url, db, password, "ir.model.data", "search_read", [domain, ["res_id"]])
    of_ours = {row["res_id"] for row in known}
    for row in ask(url, db, password, "ir.model.fields", "search_read", [[], ["model", "name"]]):
        if row["id"] in of_ours:
            owners.setdefault(row["model"], set()).add(row["name"])
    mixed = {}
    models = ask(url, db, password, "ir.model", "search_read", [[], ["model", "is_mail_thread", "is_mail_activity", "abstract"]])
    for row in sorted(models, key=lambda row: (row["model"] not in MIXINS, row["model"])):
        name = row["model"]
        theirs, own = ask(url, db, password, name, "fields_get", []), ask(ours, our_db, password, name, "fields_get", [])
        if not theirs or not own or (row["abstract"] and name not in MIXINS):
            continue
        through = [mixin for mixin, has in zip(MIXINS, (row["is_mail_thread"], row["is_mail_activity"])) if has and name not in MIXINS]
        for field in sorted(set(theirs) & set(own) & owners.get(name, set())):
            common = {}
            for mixin in through:
                common.update(mixed.get((mixin, field), {}))
            told = {key: theirs[field].get(key) for key in TOLD if theirs[field].get(key) != common.get(key, own[field].get(key))}
            told = {key: value for key, value in told.items() if value is not None}
            groups = theirs[field].get("groups")
            if groups and groups != common.get("groups", own[field].get("groups")):
                lines.append(f"{name}\t{field}\tgroups\t{groups}")
            if told:
                lines.append(f"{name}\t{field}\tdescribe\t{json.dumps(told, ensure_ascii=False)}")
            if name in MIXINS:
                mixed[name, field] = {**told, **({"groups": groups} if groups else {})}
    for line in sorted(set(lines)):
        print(line)


if "env" in globals():
    checks(env)
else:
    main()
