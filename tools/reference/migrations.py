"""Writes migrations/ from the schema of the reduced reference database."""
import pathlib
import re

from db import rows, run

# Migration directory -> modules whose tables it creates.
GROUPS = [
    ("0001_base", ["base"]),
    ("0002_web_bus", ["web", "bus", "base_import", "auth_totp"]),
    ("0003_mail", ["mail", "portal"]),
    ("0004_product", ["uom", "resource", "analytic", "product"]),
    ("0005_account", ["account"]),
    ("0006_payment", ["payment", "account_payment"]),
    ("0007_isp", ["isp_core", "isp_billing", "isp_mikrotik", "isp_onu", "isp_portal", "isp_captive_portal"]),
]
SHORT = [("character varying", "varchar"), ("timestamp without time zone", "timestamp"), ("public.", "")]


def shorten(text):
    for long, short in SHORT:
        text = text.replace(long, short)
    # IN lists, as they were written before a dump and a restore.
    def in_list(match):
        values = re.findall(r"'[a-z_]+'", match[3])
        return f"{match[1]} {'IN' if match[2] == '= ANY' else 'NOT IN'} ({', '.join(values)})"

    text = re.sub(r"\((\w+)\)::text (= ANY|<> ALL) \(ARRAY\[((?:\('\w+'::varchar\)::text(?:, )?)+)\]\)", in_list, text)
    return text


def sequence_name(table, column):
    """The name PostgreSQL gives to the sequence of a serial column: table cut so that the whole fits 63 bytes."""
    tail = f"_{column}_seq"
    return table[:63 - len(tail)] + tail


class Table:
    """One table as read from a schema dump."""

    def __init__(self, name):
        self.name, self.columns, self.inline, self.inherits = name, [], [], None
        self.keys, self.indexes, self.foreign = [], [], []

    def sql(self):
        body = ",\n".join("    " + line for line in self.columns + self.inline + self.keys)
        tail = f" INHERITS ({self.inherits})" if self.inherits else ""
        lines = [f"CREATE TABLE {self.name} (\n{body}\n){tail};"]
        return "\n".join(lines + self.indexes)


def parse(dump):
    """Statements of a plain schema dump -> (tables by name in order, views, other statements)."""
    text = "\n".join(line for line in dump.splitlines() if not line.startswith(("--", "SET ", "\\", "SELECT pg_catalog")))
    tables, views, serial, others = {}, [], {}, []
    for statement in re.split(r";\n", text):
        statement = shorten(statement.strip())
        if not statement:
            continue
        if match := re.match(r"CREATE TABLE (\S+) \(\n(.*)\n\)(?:\nINHERITS \((\S+)\))?$", statement, re.S):
            table = tables[match[1]] = Table(match[1])
            table.inherits = match[3]
            for line in match[2].split("\n"):
                line = line.strip().removesuffix(",")
                (table.inline if line.startswith("CONSTRAINT") else table.columns).append(line)
        elif match := re.match(r"ALTER TABLE ONLY (\S+) ALTER COLUMN (\S+) SET DEFAULT nextval\('(\S+)'::regclass\)", statement):
            serial[match[1], match[2]] = match[3]
        elif match := re.match(r"ALTER TABLE ONLY (\S+)\s+ADD (CONSTRAINT \S+ FOREIGN KEY .* REFERENCES (\S+)\(.*)$", statement, re.S):
            tables[match[1]].foreign.append((match[2], match[3]))
        elif match := re.match(r"ALTER TABLE ONLY (\S+)\s+ADD (CONSTRAINT .*)$", statement, re.S):
            tables[match[1]].keys.append(match[2])
        elif match := re.match(r"CREATE (?:UNIQUE )?INDEX \S+ ON (\S+) ", statement):
            tables[match[1]].indexes.append(statement + ";")
        elif statement.startswith("CREATE VIEW"):
            views.append(statement + ";")
        elif not re.match(r"(CREATE|ALTER) SEQUENCE", statement):
            others.append(statement)
    for (name, column), sequence in serial.items():
        table = tables[name]
        if table.inherits and sequence == sequence_name(table.inherits, column):
            continue
        if sequence != sequence_name(name, column):
            raise SystemExit(f"{name}.{column}: sequence {sequence} is not a serial's")
        for index, line in enumerate(table.columns):
            if line.startswith(f"{column} integer"):
                table.columns[index] = line.replace("integer", "serial")
    return tables, views, others


def ordered(tables, names):
    """Parents before the tables that inherit from them, else alphabetical."""
    return sorted(names, key=lambda name: (tables[name].inherits is not None and f"{tables[name].inherits}~" or name, name))


def write(database, root: pathlib.Path):
    owners = dict(rows(database, "SELECT tbl, owner FROM reduce.tbl"))
    dump = run(["pg_dump", "-s", "-O", "-x", "--no-comments", "-n", "public", "-d", database])
    tables, views, others = parse(dump)
    if others := [text for text in others if not re.match(r"(CREATE|COMMENT ON) (SCHEMA|EXTENSION)", text)]:
        raise SystemExit(f"statements not understood: {others}")
    group_of = {module: index for index, (_, modules) in enumerate(GROUPS) for module in modules}
    place = {name: group_of[owners[name]] for name in tables}
    for index, (directory, modules) in enumerate(GROUPS):
        names = ordered(tables, [name for name in tables if place[name] == index])
        up = [f"-- Tables of {', '.join(modules)}.\n"]
        up += [tables[name].sql() + "\n" for name in names]
        up += [view + "\n" for view in views if index == 0]
        earlier = []
        foreign = []
        for name in sorted(tables):
            for constraint, target in tables[name].foreign:
                if max(place[name], place[target]) == index:
                    foreign.append(f"ALTER TABLE {name} ADD {constraint};")
                    if place[name] < index:
                        earlier.append((name, constraint.split()[1]))
        up.append("-- Foreign keys, also those of earlier tables to the ones above.\n" + "\n".join(foreign) + "\n")
        down = [f"ALTER TABLE {name} DROP CONSTRAINT {constraint};" for name, constraint in earlier]
        if index == 0:
            down += [f"DROP VIEW {view.split()[2]};" for view in views]
            down.append("-- Sequences that ir.sequence rows made.\nDO $$\nDECLARE name text;\nBEGIN\n"
                        "  FOR name IN SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace"
                        " AND relname ~ '^ir_sequence_[0-9]+(_[0-9]+)?$' LOOP\n"
                        "    EXECUTE format('DROP SEQUENCE %I', name);\n  END LOOP;\nEND $$;")
        down.append("DROP TABLE\n    " + ",\n    ".join(reversed(names)) + ";")
        folder = root / "migrations" / directory
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "up.sql").write_text("\n".join(up))
        (folder / "down.sql").write_text("\n".join(down) + "\n")
    return len(tables)
