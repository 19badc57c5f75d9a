#!/usr/bin/env python3
"""Writes models/catalog.tsv: what `ir_model_fields` rows do not say.

usage: catalog.py <folder of reference model descriptions> > models/catalog.tsv

Lines: model, field, fact, value. Facts: `default` (JSON, or @company, @companies, @user, @now, @today, @currency,
@tz, @ref:<external id>),
`aggregator` (only where it is not what follows from the type; empty: none), `digits` (total,decimals),
`domain` (source text), `describe` (attributes of fields_get, JSON, where the kernel's rules do not give them),
`groups` (comma separated), `rec_name` and `names` (fields that name_search looks into), the last two without a field.
"""

import glob
import json
import os
import re
import sys

NUMBERS = ("integer", "float", "monetary")

# Defaults that depend on who asks and when.
DYNAMIC = {
    "company_id": "@company",
    "company_ids": "@companies",
    "user_id": "@user",
    "requested_by": "@user",
    "currency_id": "@currency",
}

# Made by code, by ir.default rows, or computed.
SKIP = {
    ("account.account", "code_mapping_ids"),
    ("account.move.reversal", "company_id"),
    ("account.move.reversal", "move_ids"),
    ("ir.model", "field_id"),
    ("mail.message", "author_id"),
    ("mail.message", "email_from"),
    ("res.partner", "lang"),
    ("res.partner", "tz"),
    ("res.partner.bank", "acc_number"),
    ("res.partner.category", "color"),
    ("res.users", "group_ids"),
    ("ir.module.module", "state"),
}

# Defaults of models that no description covers; `@` as in the catalogue.
DEFAULTS = {
    "account.analytic.account": {"company_id": "@company"},
    "account.analytic.applicability": {"applicability": "optional", "company_id": "@company"},
    "account.analytic.distribution.model": {"company_id": "@company", "sequence": 10},
    "account.analytic.line": {"amount": 0.0, "company_id": "@company", "date": "@today", "user_id": "@user"},
    "account.analytic.plan": {"sequence": 10},
    "account.automatic.entry.wizard": {"date": "@today", "company_id": "@company", "percentage": 100.0},
    "account.group": {"company_id": "@company"},
    "account.journal.group": {"company_id": "@company", "sequence": 10},
    "account.lock_exception": {"company_id": "@company", "user_id": "@user"},
    "account.reconcile.model": {"company_id": "@company", "sequence": 10, "trigger": "manual"},
    "account.reconcile.model.line": {"amount_string": "100", "amount_type": "percentage", "sequence": 10},
    "account.report.column": {"figure_type": "monetary"},
    "account.report.expression": {"date_scope": "strict_range"},
    "account.report.external.value": {"company_id": "@company", "date": "@today"},
    "account.report.line": {"hierarchy_level": 1},
    "account.resequence.wizard": {"ordering": "keep"},
    "account.secure.entries.wizard": {"company_id": "@company"},
    "base.document.layout": {"company_id": "@company"},
    "base.language.export": {"export_type": "module", "format": "po", "lang": "__new__", "state": "choose"},
    "base.module.update": {"state": "init"},
    "base.partner.merge.automatic.wizard": {"state": "option"},
    "discuss.channel": {"channel_type": "channel"},
    "fetchmail.server": {"attach": True, "priority": 5, "server_type": "imap", "state": "draft"},
    "ir.actions.act_window_close": {"binding_type": "action", "binding_view_types": "list,form", "type": "ir.actions.act_window_close"},
    "ir.actions.actions": {"binding_type": "action", "binding_view_types": "list,form"},
    "ir.actions.todo": {"sequence": 10, "state": "open"},
    "ir.asset": {"directive": "append", "sequence": 16},
    "ir.embedded.actions": {"context": "{}", "domain": "[]"},
    "mail.activity.plan": {"company_id": "@company"},
    "mail.activity.plan.template": {
        "activity_type_id": "@ref:mail.mail_activity_data_todo", "delay_count": 0, "delay_from": "before_plan_date", "delay_unit": "days",
        "responsible_type": "on_demand", "sequence": 10,
    },
    "mail.alias": {"alias_contact": "everyone", "alias_defaults": "{}"},
    "mail.alias.domain": {"bounce_alias": "bounce", "catchall_alias": "catchall", "default_from": "notifications", "sequence": 10},
    "mail.followers.edit": {"operation": "add"},
    "mail.ice.server": {"server_type": "stun"},
    "product.attribute": {"create_variant": "always", "display_type": "radio", "sequence": 20},
    "product.combo": {"sequence": 10},
    "product.label.layout": {"custom_quantity": 1, "print_format": "2x7xprice"},
    "product.pricelist": {"company_id": "@company", "currency_id": "@currency", "sequence": 16},
    "product.pricelist.item": {
        "applied_on": "3_global", "base": "list_price", "compute_price": "fixed", "display_applied_on": "1_product", "min_quantity": 0.0,
    },
    "product.supplierinfo": {
        "company_id": "@company", "currency_id": "@currency", "delay": 1, "min_qty": 0.0, "price": 0.0, "sequence": 1,
    },
    "product.tag": {"sequence": 10, "visible_to_customers": True},
    "product.template.attribute.line": {"sequence": 10},
    "product.template.attribute.value": {"ptav_active": True},
    "report.layout": {"sequence": 50},
    "report.paperformat": {
        "dpi": 90, "format": "A4", "header_spacing": 35, "margin_bottom": 20.0, "margin_left": 7.0, "margin_right": 7.0, "margin_top": 40.0,
        "orientation": "Landscape",
    },
    "res.company": {"paperformat_id": "@ref:base.paperformat_euro"},
    "res.config.settings": {"company_id": "@company"},
    # The only model whose new records are not in use.
    "res.lang": {"active": False},
    "res.users.deletion": {"state": "todo"},
    "reset.view.arch.wizard": {"reset_mode": "soft"},
    "resource.calendar": {"company_id": "@company", "schedule_type": "fully_fixed", "tz": "@tz"},
    "resource.calendar.attendance": {
        "day_period": "morning", "dayofweek": "0", "hour_from": 0.0, "hour_to": 0.0, "sequence": 10,
    },
    "resource.calendar.leaves": {"time_type": "leave"},
    "resource.resource": {"company_id": "@company", "resource_type": "user", "time_efficiency": 100.0, "tz": "@tz"},
}

# Numeric columns and how many decimals they keep.
DIGITS = {
    "res.partner": {"partner_latitude": (10, 7), "partner_longitude": (10, 7)},
    "res.currency": {"rounding": (12, 6)},
    "account.move.line": {"discount": (16, 2), "quantity": (16, 2)},
    "account.payment.term.line": {"value_amount": (16, 6)},
    "account.tax": {"amount": (16, 4)},
    "account.tax.repartition.line": {"factor_percent": (16, 12)},
    "product.template": {"volume": (16, 2), "weight": (16, 2)},
    "product.product": {"volume": (16, 2), "weight": (16, 2)},
    "product.supplierinfo": {"discount": (16, 2), "min_qty": (16, 2)},
    "product.pricelist.item": {"min_quantity": (16, 2), "price_discount": (16, 2), "price_markup": (16, 2)},
}

REC_NAMES = {
    "account.incoterms": "name",
    "change.password.user": "user_login",
    "ir.config_parameter": "key",
    "ir.cron": "cron_name",
    "ir.default": "field_id",
    "ir.model.fields": "field_description",
    "ir.module.module": "shortdesc",
    "ir.sequence.date_range": "sequence_id",
    "mail.activity": "summary",
    "mail.followers": "partner_id",
    "mail.mail": "subject",
    "mail.message": "subject",
    "mail.notification": "res_partner_id",
    "payment.token": "payment_details",
    "payment.transaction": "reference",
    "product.pricelist.item": "name",
    "product.supplierinfo": "partner_id",
    "res.partner.bank": "acc_number",
}

NAMES = {
    "account.account": ["name", "code_store"],
    "account.journal": ["name", "code"],
    "account.move": ["name", "partner_id.name", "ref"],
    "ir.model": ["name", "model"],
    "ir.model.fields": ["field_description", "name"],
    "ir.module.module": ["name", "shortdesc", "summary"],
    "product.product": ["product_tmpl_id.name", "default_code", "barcode"],
    "product.template": ["name", "default_code"],
    "res.bank": ["name", "bic"],
    "res.country": ["name", "code"],
    "res.country.state": ["name", "code"],
    "res.currency": ["name", "full_name"],
    "res.groups": ["name", "privilege_id.name"],
    "res.lang": ["name", "code", "iso_code"],
    "res.partner": ["complete_name", "email", "ref", "vat", "company_registry"],
    "res.partner.bank": ["acc_number", "bank_id.name", "partner_id.name"],
}

# Modules that are part of the product; fields of the others are not there.
MODULES = set(
    "account account_payment analytic api_doc auth_signup auth_totp auth_totp_portal base base_import base_setup bus http_routing isp_billing"
    " isp_captive_portal isp_core isp_mikrotik isp_onu isp_portal mail payment portal product resource resource_mail rpc uom web".split()
)

# Domains that depend on the company or on the models there are.
LIVE_DOMAINS = {
    ("mail.template", "model_id"),
    ("res.partner", "property_product_pricelist"),
    ("res.users", "property_inbound_payment_method_line_id"),
    ("res.users", "property_outbound_payment_method_line_id"),
    ("res.users", "property_product_pricelist"),
}

# Short selections that code makes and nothing changes.
SELECTIONS = {("account.journal", "bank_statements_source"), ("res.partner.bank", "acc_type")}

IS_TIME = re.compile(r"^20\d\d-\d\d-\d\d( \d\d:\d\d:\d\d)?$")


def default_of(model, name, field, value):
    """The catalogue's form of a default, or None when it is nobody's business here."""
    if (model, name) in SKIP:
        return None
    kind = field.get("type")
    if isinstance(value, str) and kind in ("date", "datetime") and IS_TIME.match(value):
        return "@today" if kind == "date" else "@now"
    if kind in ("many2one", "many2many", "one2many"):
        if name in DYNAMIC and value:
            return DYNAMIC[name]
        if kind == "one2many" and isinstance(value, list):
            lines = [c for c in value if c[0] == 0]
            return json.dumps(lines) if lines else None
        return None
    if value is None or (value is False and kind != "boolean"):
        return None
    return json.dumps(value, ensure_ascii=False)


def steps(models, model, field):
    """The fields a related field goes through, as (model, name, field)."""
    found = []
    for name in field.get("related", "").split("."):
        step = models.get(model, {}).get("fields", {}).get(name)
        if step is None:
            return None
        found.append((model, name, step))
        model = step.get("relation")
    return found


def searchable(models, model, name, field):
    """The kernel's rule, as far as stored columns and paths tell."""
    if field.get("store") or name == "display_name":
        return True
    path = steps(models, model, field) if field.get("related") else None
    return bool(path) and all(step.get("searchable", False) for _, _, step in path)


def sortable(models, model, field):
    """The kernel's rule: a column, or one at the end of many2one fields."""
    if not field.get("related") or field.get("store"):
        no_column = field.get("type") in ("one2many", "many2many") or (field.get("type") == "binary" and not field.get("sortable"))
        return bool(field.get("store")) and not no_column
    path = steps(models, model, field)
    return bool(path) and all(s.get("type") == "many2one" for _, _, s in path[:-1]) and bool(path[-1][2].get("sortable"))


def linked(models, model, field):
    """Whether a many2many has a relation table, or leads to one that has."""
    path = steps(models, model, field) if field.get("related") else None
    return bool(field.get("store") or (path and linked(models, path[-1][0], path[-1][2])))


def is_text(domain):
    """A literal domain that goes out as text all the same."""
    return isinstance(domain, str) and domain.lstrip().startswith("[")


def described(models, model, name, field):
    """Attributes that differ from what the kernel's rules give."""
    out = {}
    own_search = searchable(models, model, name, field)
    if bool(field.get("searchable")) != own_search:
        out["searchable"] = bool(field.get("searchable"))
    order = sortable(models, model, field)
    if bool(field.get("sortable")) != order:
        out["sortable"] = bool(field.get("sortable"))
    if bool(field.get("groupable")) != (order or (field.get("type") == "many2many" and linked(models, model, field))):
        out["groupable"] = bool(field.get("groupable"))
    if field.get("context"):
        out["context"] = field["context"]
    if field.get("default_export_compatible"):
        out["default_export_compatible"] = True
    if is_text(field.get("domain")):
        out["domain"] = " ".join(field["domain"].split())
    if (model, name) in SELECTIONS:
        out["selection"] = field["selection"]
    return out


def descriptions(models):
    """Lines of domains, hidden fields and attributes."""
    for model, data in models.items():
        for name, field in sorted(data["fields"].items()):
            if field.get("modules") and not MODULES & set(field["modules"]):
                continue
            if field.get("hidden_from_admin"):
                yield (model, name, "groups", ".")
                continue
            domain = field.get("domain")
            if domain and (model, name) not in LIVE_DOMAINS and not is_text(domain):
                yield (model, name, "domain", " ".join(domain.split()) if isinstance(domain, str) else repr(domain))
            facts = described(models, model, name, field)
            if facts:
                yield (model, name, "describe", json.dumps(facts, ensure_ascii=False))


def main():
    lines, models = [], {}
    for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.json"))):
        with open(path, encoding="utf-8") as source:
            data = json.load(source)
        if "fields" not in data:
            continue
        model, fields = data["model"], data["fields"]
        models[model] = data
        defaults = data["defaults"] if isinstance(data["defaults"], dict) else {}
        for name, value in sorted(defaults.items()):
            text = default_of(model, name, fields.get(name, {}), value)
            if text is not None:
                lines.append((model, name, "default", text))
        for name, field in sorted(fields.items()):
            kind = field.get("type")
            if kind is None:
                continue
            own = kind in NUMBERS and (field.get("store") or field.get("related")) and name not in ("id", "sequence", "color")
            if ("sum" if own else None) != field.get("aggregator"):
                lines.append((model, name, "aggregator", field.get("aggregator") or ""))
    lines += descriptions(models)
    for model, values in DEFAULTS.items():
        dynamic = lambda value: isinstance(value, str) and value.startswith("@")
        lines += [(model, name, "default", v if dynamic(v) else json.dumps(v, ensure_ascii=False)) for name, v in values.items()]
    for model, fields in DIGITS.items():
        lines += [(model, name, "digits", f"{total},{decimals}") for name, (total, decimals) in fields.items()]
    lines += [(model, "", "rec_name", name) for model, name in REC_NAMES.items()]
    lines += [(model, "", "names", ",".join(names)) for model, names in NAMES.items()]
    for line in sorted(lines):
        assert not any("\t" in part or "\n" in part for part in line), line
        print("\t".join(line))


main()
