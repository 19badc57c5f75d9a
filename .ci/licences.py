"""Checks licences, banned crates and sources of the locked dependencies against deny.toml, for machines without cargo-deny."""

import json
import re
import subprocess
import sys
import tomllib

with open("deny.toml", "rb") as file:
    RULES = tomllib.load(file)
ALLOWED = set(RULES["licenses"]["allow"])
BANNED = {entry["crate"]: entry["reason"] for entry in RULES["bans"]["deny"]}
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"


def allows(expression):
    """Whether an SPDX expression can be satisfied: OR binds weaker than AND."""
    words = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))

    def alternatives():
        result = conjunction()
        while words and words[0] == "OR":
            words.pop(0)
            result = conjunction() or result
        return result

    def conjunction():
        result = atom()
        while words and words[0] == "AND":
            words.pop(0)
            result = atom() and result
        return result

    def atom():
        word = words.pop(0)
        if word == "(":
            inner = alternatives()
            words.pop(0)
            return inner
        if words and words[0] == "WITH":
            word = " ".join([word, words.pop(0), words.pop(0)])
        return word in ALLOWED

    return alternatives()


def targets():
    return [word for target in RULES["graph"]["targets"] for word in ("--filter-platform", target)]


def main():
    command = ["cargo", "metadata", "--format-version", "1", "--locked", *targets()]
    packages = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["packages"]
    wrong = []
    for package in packages:
        name = f"{package['name']} {package['version']}"
        if not package["license"] or not allows(package["license"]):
            wrong.append(f"{name}: licence {package['license']}")
        if package["name"] in BANNED:
            wrong.append(f"{name}: {BANNED[package['name']]}")
        if package["source"] not in (None, REGISTRY):
            wrong.append(f"{name}: from {package['source']}")
    print("\n".join(wrong) or f"{len(packages)} packages, all allowed")
    return bool(wrong)


sys.exit(main())
