"""Writes the parts of the pages that the code knows best: keys, placeholders, guards, commands.

Such a part stands between `<!-- NAME -->` and `<!-- /NAME -->`. `make docs` runs this; a test
fails while a page differs from what this would write.
"""

from __future__ import annotations

import json
import re
import sys
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from twiceshy.cli.app import app
from twiceshy.config.json_schema import config_schema
from twiceshy.config.placeholders import PLACEHOLDERS
from twiceshy.guards import kind_named
from twiceshy.model.strain import FAULT_SORTS, fault_names
from twiceshy.reports.lint import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DOCS = Path(__file__).parent
PART = re.compile(r"(?s)(?P<open><!-- (?P<name>[a-z ]+) -->\n).*?(?P<close><!-- /(?P=name) -->)")

TYPES = {
    "string": "text",
    "integer": "number",
    "number": "number",
    "boolean": "true or false",
    "object": "table",
    "array": "list",
    "null": "",
}


def keys() -> str:
    """Every key of `twiceshy.toml`, table by table."""
    schema = config_schema()
    sections = [_section("", schema), *_tables(schema, schema["$defs"], "")]
    return "\n".join(sections)


def _tables(table: dict[str, Any], definitions: dict[str, Any], above: str) -> Iterator[str]:
    """The tables below one table, and those below them."""
    for key, value in table["properties"].items():
        several = value.get("additionalProperties", {})
        found = _definition(value, definitions) or _definition(several, definitions)
        if found is None:
            if isinstance(several, dict) and several.get("type") == "object":
                # Any keys, so there is no table of them to show.
                yield f"### `[{above}{key}.NAME]`\n\n{value['description']}\n"
            continue
        name = f"{above}{key}" + (".NAME" if "$ref" in several else "")
        yield _section(name, found)
        yield from _tables(found, definitions, f"{name}.")


def _definition(value: Any, definitions: dict[str, Any]) -> dict[str, Any] | None:
    """The table that `value` refers to, if it does."""
    if not isinstance(value, dict):
        return None
    choices = [value, *value.get("anyOf", [])]
    references = [choice["$ref"] for choice in choices if "$ref" in choice]
    return definitions[references[0].rpartition("/")[2]] if references else None


def _section(name: str, table: dict[str, Any]) -> str:
    """A heading, what the table is, and a row for each plain key."""
    heading = f"### `[{name}]`" if name else "### At the top"
    says = table["description"] if name else "Keys that stand before the first table."
    plain = {key: value for key, value in table["properties"].items() if name or _is_plain(value)}
    return "\n".join([heading, "", says.replace("\n", " "), "", _rows(plain, table)])


def _rows(properties: dict[str, Any], table: dict[str, Any]) -> str:
    """A row for each key."""
    lines = ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
    for key, value in properties.items():
        default = "required" if key in table.get("required", []) else _default(value)
        cells = [f"`{key}`", _type(value), default, value.get("description", "")]
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join([*lines, ""])


def _is_plain(value: dict[str, Any]) -> bool:
    return value.get("type") == "string"


def _type(value: dict[str, Any]) -> str:
    """What may stand there, for people."""
    if "const" in value:
        return f'`"{value["const"]}"`'
    if "enum" in value:
        return " or ".join(f'`"{choice}"`' for choice in value["enum"])
    if "$ref" in value:
        return "table"
    if "anyOf" in value:
        kinds = [_type(choice) for choice in value["anyOf"]]
        return " or ".join(dict.fromkeys(kind for kind in kinds if kind))
    kind = TYPES.get(value.get("type", ""), "any")
    if kind == "list" and "items" in value:
        return "list of " + _type(value["items"]).replace("text", "texts").replace(
            "table", "tables"
        )
    inside = value.get("additionalProperties")
    if kind == "table" and isinstance(inside, dict) and inside.get("type") == "string":
        return "table of texts"
    return kind


def _default(value: dict[str, Any]) -> str:
    default = value.get("default")
    if default in (None, [], {}) or default is False:
        return ""
    if default is True:
        return "`true`"
    if isinstance(default, list):
        return f"`{json.dumps(default)}`"
    return f'`"{default}"`' if isinstance(default, str) else f"`{default:g}`"


def placeholders() -> str:
    """What may stand in braces."""
    rows = [f"| `{{{name}}}` | {_cell(says)} |" for name, says in PLACEHOLDERS.items()]
    return "\n".join(["| placeholder | becomes |", "| --- | --- |", *rows, ""])


def commands() -> str:
    """Every command with its arguments and options."""
    return "\n".join(_commands(typer.main.get_command(app), "twiceshy"))


def _commands(command: Any, path: str) -> Iterator[str]:
    yield f"### `{path}`\n\n{_plain(command.help)}\n"
    rows = [_parameter(each) for each in command.params if _is_ours(each)]
    if rows:
        yield "\n".join(["| argument or option | meaning |", "| --- | --- |", *rows, ""])
    for name, below in getattr(command, "commands", {}).items():
        if not below.hidden:
            yield from _commands(below, f"{path} {name}")


def _is_ours(parameter: Any) -> bool:
    """Not those that every such program has."""
    every = {"--help", "--install-completion", "--show-completion"}
    return not parameter.hidden and every.isdisjoint(parameter.opts)


def _parameter(parameter: Any) -> str:
    value = parameter.metavar or ""
    if parameter.param_type_name == "argument":
        spelled = [value or parameter.name.upper()]
    else:
        options = [*parameter.opts, *parameter.secondary_opts]
        spelled = [f"{option} {value}".strip() for option in options]
    says = _plain(parameter.help)
    if isinstance(parameter.default, Enum):
        says += " One of: " + ", ".join(f"`{each.value}`" for each in type(parameter.default)) + "."
    names = ", ".join(f"`{spelling}`" for spelling in spelled)
    return f"| {_cell(names)} | {_cell(says)} |"


def _plain(text: str | None) -> str:
    """Help without the marks that the terminal understands."""
    without = re.sub(r"\[/?[a-z ]+\]", "", text or "")
    return re.sub(r"(?<!\n)\n(?!\n)", " ", without).strip()


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def guard(kind: str) -> str:
    """The keys of one kind of guard, and of the tables in it."""
    found = kind_named(kind)
    if found is None:
        message = f"There is no kind of guard named {kind}"
        raise LookupError(message)
    schema = found.spec_type.model_json_schema(by_alias=True)
    own = {key: value for key, value in schema["properties"].items() if key != "kind"}
    lines = [_rows(own, schema)]
    for key, value in own.items():
        for name in dict.fromkeys(re.findall(r"#/\$defs/(\w+)", json.dumps(value))):
            table = schema["$defs"][name]
            lines += [f"A table in `{key}`:", "", _rows(table["properties"], table)]
    return "\n".join(lines)


def rules() -> str:
    """Every rule of `twiceshy reports lint`."""
    rows = [
        f"| `{rule.id}` | {rule.severity} | {_cell(rule.says)}. {_cell(rule.why)} |"
        for rule in RULES.values()
    ]
    return "\n".join(["| rule | is | says, and why |", "| --- | --- | --- |", *rows, ""])


def faults() -> str:
    """Every fault of the guard `conservation`, with what must be seen of it."""
    rows = [
        f"| `{fault}` | {sort.says.format(fault.removeprefix(sort.written).strip())} "
        f"| {sort.evidence} | {f'{sort.lasts:g} s' if sort.lasts else ''} |"
        for fault, sort in zip(fault_names(), FAULT_SORTS, strict=True)
    ]
    head = [
        "| fault | what is done | what must be seen of it | lasts |",
        "| --- | --- | --- | --- |",
    ]
    return "\n".join([*head, *rows, ""])


PARTS: dict[str, Callable[[], str]] = {
    "faults": faults,
    "rules": rules,
    "keys": keys,
    "placeholders": placeholders,
    "commands": commands,
}


@cache
def _part(name: str) -> str:
    name, _, argument = name.partition(" ")
    return guard(argument) if name == "guard" else PARTS[name]()


def rendered(page: str) -> str:
    """The page with its parts written anew."""
    return PART.sub(lambda part: f"{part['open']}\n{_part(part['name'])}\n{part['close']}", page)


def main() -> int:
    """Write every page that changed, and name it."""
    for page in sorted(DOCS.rglob("*.md")):
        before = page.read_text(encoding="utf-8")
        after = rendered(before)
        if after != before:
            page.write_text(after, encoding="utf-8")
            print(f"wrote {page.relative_to(DOCS.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
