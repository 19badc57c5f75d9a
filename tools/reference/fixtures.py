"""Writes fixtures/base/: the rows of the reduced reference database, one file a table, in an order that foreign keys accept."""
import pathlib
import re

from db import copy_out, rows, value

# Loaded first: nearly every row names its creator, and users, partners, companies and currencies name each other.
SEEDS = ["res_currency", "res_partner", "res_company", "res_users"]
# Columns whose database default is as good as the reference's value.
DEFAULTED = {"ir_model_data": ["create_uid", "write_uid", "create_date", "write_date"]}
TRANSIENT = "SELECT t.tbl FROM reduce.model_table t JOIN ir_model m USING (model) WHERE m.transient"


def columns_of(database):
    """Columns in table order that hold anything, by table; tables without rows are left out."""
    found = {}
    for table, column in rows(database, """
            SELECT c.relname, a.attname FROM reduce.tbl t
            JOIN pg_class c ON c.relname = t.tbl AND c.relnamespace = 'public'::regnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY c.relname, a.attnum"""):
        found.setdefault(table, []).append(column)
    transient = {row[0] for row in rows(database, TRANSIENT)}
    result = {}
    for table, columns in sorted(found.items()):
        if table in transient or value(database, f"SELECT count(*) FROM ONLY {table}") == "0":
            continue
        counts = rows(database, "SELECT " + ", ".join(f'count("{c}")' for c in columns) + f" FROM ONLY {table}")[0]
        result[table] = [c for c, n in zip(columns, counts) if n != "0" and c not in DEFAULTED.get(table, [])]
    return result


def references(database, columns):
    """Foreign keys between tables that have rows: table -> [(column, target, nullable)]."""
    found = {table: [] for table in columns}
    for table, column, target, required in rows(database, """
            SELECT k.conrelid::regclass, a.attname, k.confrelid::regclass, a.attnotnull FROM pg_constraint k
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
            WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace ORDER BY 1, 2"""):
        if column in columns.get(table, []) and table != target:
            found[table].append((column, target, required != "t"))
    return found


def load_order(database, columns):
    """Tables in load order, and the columns of each that a later step fills in because of cycles."""
    waiting = references(database, columns)
    sizes = {table: int(value(database, f"SELECT count(*) FROM ONLY {table}")) for table in columns}
    order, late = [], {}
    while waiting:
        ready = sorted(t for t, refs in waiting.items() if all(target in order for _, target, _ in refs))
        if not ready:
            def blocked(table):
                return [(c, n) for c, target, n in waiting[table] if target not in order]
            soft = [t for t in waiting if all(nullable for _, nullable in blocked(t))]
            chosen = next((t for t in SEEDS if t in soft), None) or min(soft, key=lambda t: (sizes[t] * len(blocked(t)), t))
            late[chosen] = [c for c, _ in blocked(chosen)]
            ready = [chosen]
        for table in ready:
            order.append(table)
            del waiting[table]
    return order, late


def key(database, table):
    """Sort key: the id, else all columns (relations)."""
    return "id" if value(database, f"SELECT count(*) FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attname = 'id' AND attnum > 0") == "1" else "1, 2"


def timestamps(database, table):
    """Columns that hold a moment."""
    return {row[0] for row in rows(database, f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND atttypid = 'timestamp'::regtype")}


def at_set_up(data, columns, moments):
    """Moments of the reference's installation become `now`, which PostgreSQL reads as that of loading."""
    places = [place for place, column in enumerate(columns) if column in moments]
    lines = []
    for line in data.splitlines():
        cells = line.split("\t")
        for place in places:
            if cells[place] != "\\N":
                cells[place] = "now"
        lines.append("\t".join(cells) + "\n")
    return "".join(lines)


def late_updates(database, table, columns):
    """UPDATE statements for columns left out at load time, rows with the same values together."""
    names = ", ".join(columns)
    out = []
    for row in rows(database, f"SELECT string_agg(id::text, ',' ORDER BY id), {names} FROM ONLY {table} WHERE coalesce({names}) IS NOT NULL GROUP BY {names} ORDER BY min(id)"):
        sets = ", ".join(f"{c} = {v}" for c, v in zip(columns, row[1:]) if v != "")
        out.append(f"UPDATE {table} SET {sets} WHERE id IN ({row[0]});")
    return out


def write(database, root: pathlib.Path):
    folder = root / "fixtures" / "base"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    columns = columns_of(database)
    order, late = load_order(database, columns)
    after = ["-- Columns left out of the files because tables refer to each other in circles; moments clients see have no fractions."]
    for table in order:
        kept = [c for c in columns[table] if c not in late.get(table, [])]
        names = ", ".join(f'"{c}"' for c in kept)
        moments = timestamps(database, table)
        data = copy_out(database, f"SELECT {names} FROM ONLY {table} ORDER BY {key(database, table)}")
        (folder / f"{table}.tsv").write_text("\t".join(kept) + "\n" + at_set_up(data, kept, moments))
        after += [f"UPDATE {table} SET {c} = date_trunc('second', {c});" for c in kept if c in moments - {"create_date", "write_date"} and not table.startswith("orm_")]
        if table in late:
            after += late_updates(database, table, late[table])
    after.append("-- Views are made from their models; an architecture only has to be there.\nUPDATE ir_ui_view SET arch_db = '{\"en_US\": \"<data/>\"}';")
    after.append("-- Sequences of ir.sequence rows (`standard`).")
    for name, start, step in rows(database, "SELECT sequencename, start_value, increment_by FROM pg_sequences WHERE sequencename ~ '^ir_sequence_[0-9]' ORDER BY 1"):
        after.append(f"CREATE SEQUENCE {name} INCREMENT BY {step} START WITH {start};")
    after.append("-- Identifiers go on where the reference's would.")
    for name, last in rows(database, "SELECT sequencename, last_value FROM pg_sequences WHERE sequencename LIKE '%\\_id\\_seq' AND last_value IS NOT NULL ORDER BY 1"):
        after.append(f"SELECT setval('{name}', {last});")
    (folder / "after.sql").write_text("\n".join(after) + "\n")
    (folder / "tables.rs").write_text("// Generated: tables that have rows, in an order that foreign keys accept.\ntables! {\n    " + "\n    ".join(order) + "\n}\n")
    return order, late
