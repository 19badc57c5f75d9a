#!/usr/bin/env python3
"""Writes models/catalog.tsv: what `ir_model_fields` rows do not say.

usage: catalog.py <folder of reference model descriptions> > models/catalog.tsv

Lines: model, field, fact, value. Facts: `default` (JSON, or @company, @companies, @user, @now, @today, @currency),
`aggregator` (only where it is not what follows from the type; empty: none), `digits` (total,decimals),
`rec_name` and `names` (fields that name_search looks into), the last two without a field.
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

# Numeric columns and how many decimals they keep.
DIGITS = {
    "res.partner": {"partner_latitude": (10, 7), "partner_longitude": (10, 7)},
    "res.currency": {"rounding": (12, 6)},
    "account.move.line": {"discount": (16, 2), "price_unit": (16, 2), "quantity": (16, 2)},
    "account.payment.term.line": {"value_amount": (16, 6)},
    "account.tax": {"amount": (16, 4)},
    "account.tax.repartition.line": {"factor_percent": (16, 12)},
    "product.template": {"list_price": (16, 2), "volume": (16, 2), "weight": (16, 2)},
    "product.product": {"standard_price": (16, 2), "volume": (16, 2), "weight": (16, 2)},
    "product.supplierinfo": {"discount": (16, 2), "min_qty": (16, 2), "price": (16, 2)},
    "product.pricelist.item": {
        "fixed_price": (16, 2), "min_quantity": (16, 2), "price_discount": (16, 2), "price_markup": (16, 2),
        "price_max_margin": (16, 2), "price_min_margin": (16, 2), "price_round": (16, 2), "price_surcharge": (16, 2),
    },
}

REC_NAMES = {
    "account.incoterms": "name",
    "account.partial.reconcile": "id",
    "account.tax.repartition.line": "id",
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
    "ir.sequence": ["name", "code"],
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
    "res.users": ["name", "login"],
}

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


def main():
    lines = []
    for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.json"))):
        with open(path, encoding="utf-8") as source:
            data = json.load(source)
        if "fields" not in data:
            continue
        model, fields = data["model"], data["fields"]
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
    for model, fields in DIGITS.items():
        lines += [(model, name, "digits", f"{total},{decimals}") for name, (total, decimals) in fields.items()]
    lines += [(model, "", "rec_name", name) for model, name in REC_NAMES.items()]
    lines += [(model, "", "names", ",".join(names)) for model, names in NAMES.items()]
    for line in sorted(lines):
        assert not any("\t" in part or "\n" in part for part in line), line
        print("\t".join(line))


main()
