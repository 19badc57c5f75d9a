"""Writes the migration and the metadata rows of what Lastmile adds (spec.py). See ../README.md."""
import pathlib

import spec

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MIGRATION = ROOT / "migrations" / "0008_lastmile"
COLUMN = {"char": "varchar", "selection": "varchar", "text": "text", "boolean": "boolean", "integer": "integer", "many2one": "integer",
          "date": "date", "datetime": "timestamp", "float": "double precision", "monetary": "numeric"}
LOG_FIELDS = "'id', 'display_name', 'create_uid', 'create_date', 'write_uid', 'write_date'"


def table(model):
    return model.replace(".", "_")


def quote(value):
    return "NULL" if value is None else str(value).lower() if isinstance(value, (bool, int)) else "'" + value.replace("'", "''") + "'"


def reference(name, options):
    return f"{name} integer{' NOT NULL' if options.get('required') else ''} REFERENCES {table(options['target'])} (id) ON DELETE {options['on_delete'].upper()}"


def column(name, kind, options):
    if kind == "many2one":
        return reference(name, options)
    return f"{name} {COLUMN[kind]}{' NOT NULL' if options.get('required') else ''}"


def up():
    out = ["-- What Lastmile adds. On a database taken over from the reference this is the only migration that runs.", spec.PRIVATE.strip("\n"), "",
           "-- Columns of existing models; all nullable, so that rows written by others stay valid."]
    for model, parts in spec.EXTENSIONS.items():
        columns = ",\n".join(f"    ADD COLUMN {column(n, k, o)}" for _, fields in parts for n, k, _, o in fields)
        out.append(f"ALTER TABLE {table(model)}\n{columns};")
    out.append("\n-- Models.")
    for model, _, _, _, fields, constraints in spec.MODELS:
        lines = ["id serial PRIMARY KEY"]
        lines += [column(n, k, o) for n, k, _, o in fields if k != "one2many"]
        lines += ["create_uid integer REFERENCES res_users (id) ON DELETE SET NULL", "write_uid integer REFERENCES res_users (id) ON DELETE SET NULL",
                  "create_date timestamp", "write_date timestamp"]
        lines += constraints
        out.append(f"CREATE TABLE {table(model)} (\n    " + ",\n    ".join(lines) + "\n);")
        out += [f"CREATE INDEX {table(model)}__{n}_index ON {table(model)} ({n});" for n, _, _, o in fields if o.get("index")]
        out.append("")
    return "\n".join(out)


def down():
    models = ", ".join(quote(model) for model, *_ in spec.MODELS)
    added = " OR ".join(f"model = {quote(model)} AND name IN ({', '.join(quote(f[0]) for _, fields in parts for f in fields)})"
                        for model, parts in spec.EXTENSIONS.items())
    out = ["-- Metadata rows, which lastmile.sql wrote; external ids first, while their records can still be found.",
           f"""WITH fields AS (SELECT id FROM ir_model_fields WHERE model IN ({models}) OR {added}),
    records AS (
        SELECT 'ir.model' AS model, id FROM ir_model WHERE model IN ({models})
        UNION ALL SELECT 'ir.model.fields', id FROM fields
        UNION ALL SELECT 'ir.model.fields.selection', id FROM ir_model_fields_selection WHERE field_id IN (SELECT id FROM fields)
        UNION ALL SELECT 'ir.model.access', a.id FROM ir_model_access a JOIN ir_model m ON m.id = a.model_id WHERE m.model IN ({models}))
DELETE FROM ir_model_data d USING records r WHERE d.model = r.model AND d.res_id = r.id;""",
           f"DELETE FROM ir_model_fields WHERE model IN ({models}) OR {added};",
           f"DELETE FROM ir_model WHERE model IN ({models});", ""]
    out.append("DROP TABLE\n    " + ",\n    ".join([table(m[0]) for m in reversed(spec.MODELS)] + spec.PRIVATE_TABLES) + ";")
    for model, parts in spec.EXTENSIONS.items():
        columns = ",\n".join(f"    DROP COLUMN {f[0]}" for _, fields in parts for f in fields)
        out.append(f"ALTER TABLE {table(model)}\n{columns};")
    return "\n".join(out) + "\n"


def numbered(target):
    """SQL of an id above the reference's, by the position of the row."""
    return f"greatest(100000, (SELECT max(id) FROM {target})) + v.n"


def values(rows):
    return ",\n".join("    (" + ", ".join([str(n), *map(quote, row)]) + ")" for n, row in enumerate(rows, 1))


def metadata():
    fields, choices = [], []
    parts = [(model, module, fs) for model, ps in spec.EXTENSIONS.items() for module, fs in ps]
    parts += [(model, module, fs) for model, module, _, _, fs, _ in spec.MODELS]
    for model, module, group in parts:
        for name, kind, label, o in group:
            fields.append((module, model, name, kind, label, o.get("target"), o.get("inverse"), o.get("on_delete"), o.get("currency"),
                           o.get("required", False), o.get("readonly", False), o.get("copied", kind != "one2many"), o.get("index", False), True))
            choices += [(module, model, name, place, value, text) for place, (value, text) in enumerate(o.get("selection", []))]
    models = [(module, model, label, order) for model, module, label, order, _, _ in spec.MODELS]
    access = [(module, model, f"access_{table(model)}_{suffix}", group.split(".")[0], group.split(".")[1], *rights)
              for model, module, _, _, _, _ in spec.MODELS for group, suffix, *rights in spec.ACCESS]
    return f"""-- Metadata of what Lastmile adds: models, fields, selections, access rights and their external ids.
-- Runs once, after the migration `lastmile`, on new and on adopted databases. Identifiers start above 100000,
-- clear of the reference's; sequences are left where they are.

CREATE TEMP TABLE our_model ON COMMIT DROP AS SELECT * FROM (VALUES
{values(models)}
) v (n, module, model, label, ordering);
INSERT INTO ir_model (id, model, name, "order", state, fold_name, transient, abstract, is_mail_thread, is_mail_activity, is_mail_blacklist)
SELECT {numbered('ir_model')}, model, jsonb_build_object('en_US', label), ordering, 'base', 'fold', false, false, false, false, false
FROM our_model v;

CREATE TEMP TABLE our_field ON COMMIT DROP AS SELECT * FROM (VALUES
{values(fields)}
) v (n, module, model, name, ttype, label, relation, relation_field, on_delete, currency_field, required, readonly, copied, index, store);
INSERT INTO ir_model_fields (id, model_id, model, name, ttype, field_description, relation, relation_field, on_delete, currency_field,
    required, readonly, copied, index, store, selectable, company_dependent, state)
SELECT {numbered('ir_model_fields')}, m.id, v.model, v.name, ttype, jsonb_build_object('en_US', label), relation, relation_field, on_delete, currency_field,
    required, readonly, copied, index, store, true, false, 'base'
FROM our_field v JOIN ir_model m USING (model);
-- The fields every model has, as they are elsewhere.
INSERT INTO ir_model_fields (id, model_id, model, name, ttype, field_description, relation, on_delete, depends,
    required, readonly, copied, index, store, selectable, company_dependent, state)
SELECT (SELECT max(id) FROM ir_model_fields) + row_number() OVER (ORDER BY m.id, f.id), m.id, m.model, f.name, f.ttype, f.field_description, f.relation, f.on_delete, f.depends,
    f.required, f.readonly, f.copied, f.index, f.store, f.selectable, f.company_dependent, f.state
FROM ir_model_fields f CROSS JOIN our_model v JOIN ir_model m ON m.model = v.model
WHERE f.model = 'isp.network_site' AND f.name IN ({LOG_FIELDS});

CREATE TEMP TABLE our_choice ON COMMIT DROP AS SELECT * FROM (VALUES
{values(choices)}
) v (n, module, model, field, sequence, value, label);
INSERT INTO ir_model_fields_selection (id, field_id, sequence, value, name)
SELECT {numbered('ir_model_fields_selection')}, f.id, v.sequence, v.value, jsonb_build_object('en_US', label)
FROM our_choice v JOIN ir_model_fields f ON f.model = v.model AND f.name = v.field;

CREATE TEMP TABLE our_access ON COMMIT DROP AS SELECT * FROM (VALUES
{values(access)}
) v (n, module, model, name, group_module, group_name, perm_read, perm_write, perm_create, perm_unlink);
INSERT INTO ir_model_access (id, name, model_id, group_id, active, perm_read, perm_write, perm_create, perm_unlink)
SELECT {numbered('ir_model_access')}, v.name, m.id, g.res_id, true, perm_read, perm_write, perm_create, perm_unlink
FROM our_access v JOIN ir_model m USING (model)
JOIN ir_model_data g ON g.module = v.group_module AND g.name = v.group_name AND g.model = 'res.groups';

-- Not to be updated: an update of the modules in Odoo must not take for gone what it does not know.
INSERT INTO ir_model_data (module, name, model, res_id, noupdate)
SELECT v.module, 'model_' || replace(v.model, '.', '_'), 'ir.model', m.id, true FROM our_model v JOIN ir_model m USING (model)
UNION ALL
SELECT v.module, 'field_' || replace(f.model, '.', '_') || '__' || f.name, 'ir.model.fields', f.id, true
FROM our_model v JOIN ir_model_fields f USING (model)
UNION ALL
SELECT v.module, 'field_' || replace(f.model, '.', '_') || '__' || f.name, 'ir.model.fields', f.id, true
FROM our_field v JOIN ir_model_fields f USING (model, name) WHERE v.model NOT IN (SELECT model FROM our_model)
UNION ALL
SELECT v.module, 'selection__' || replace(v.model, '.', '_') || '__' || v.field || '__' || v.value, 'ir.model.fields.selection', s.id, true
FROM our_choice v JOIN ir_model_fields f ON f.model = v.model AND f.name = v.field JOIN ir_model_fields_selection s ON s.field_id = f.id AND s.value = v.value
UNION ALL
SELECT v.module, v.name, 'ir.model.access', a.id, true
FROM our_access v JOIN ir_model m USING (model) JOIN ir_model_access a ON a.model_id = m.id AND a.name = v.name;

-- The calendar of a new business. One that already has subscribers decides for itself when to write to them.
INSERT INTO isp_dunning_step (name, sequence, company_id, days, action, active, create_uid, write_uid, create_date, write_date)
SELECT v.name, v.sequence, c.id, v.days, v.action, true, 1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
FROM res_company c CROSS JOIN (VALUES ('Reminder', 10, 1, 'remind'), ('Warning', 20, 5, 'warn'), ('Suspension', 30, 10, 'suspend')) v (name, sequence, days, action)
WHERE NOT EXISTS (SELECT 1 FROM isp_subscription);
"""


if __name__ == "__main__":
    MIGRATION.mkdir(parents=True, exist_ok=True)
    (MIGRATION / "up.sql").write_text(up())
    (MIGRATION / "down.sql").write_text(down())
    (ROOT / "fixtures" / "lastmile.sql").write_text(metadata())
