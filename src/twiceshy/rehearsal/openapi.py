"""Requests from an OpenAPI 3.0 or 3.1 document, whatever state it is in."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from twiceshy.model.scenario import SLOT, RequestTemplate
from twiceshy.rehearsal.schema_values import MalformedError, Values, is_id, plain_json, slot_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twiceshy.model.scenario import JsonValue

_METHODS = ("get", "head", "post", "put", "patch", "delete")
_FORM = "application/x-www-form-urlencoded"
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
_PARAMETER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document as a request.

    The template holds what is required. `optional_ids` are slots of query parameters that look
    like ids and may be left out. `examples` are the values that the document itself gives for
    slots, for those that no row can fill. `path` is the template's path without the server's.
    """

    template: RequestTemplate
    id: str = ""
    summary: str = ""
    path: str = ""
    optional_ids: tuple[str, ...] = ()
    examples: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """`GET /goals/{goal_id}`."""
        return str(self.template)


@dataclass(frozen=True, slots=True)
class Description:
    """What a document describes; `notes` say what of it could not be used, and why."""

    operations: tuple[Operation, ...] = ()
    notes: tuple[str, ...] = ()


def operations(document: Mapping[str, Any]) -> tuple[Operation, ...]:
    """The operations of a document that can be used."""
    return describe(document).operations


def describe(document: Mapping[str, Any]) -> Description:
    """The operations of a document in its order, and notes on what had to be left out."""
    paths = document.get("paths")
    if "swagger" in document:
        return Description(notes=("it is Swagger 2; only OpenAPI 3.0 and 3.1 are read",))
    if not isinstance(paths, dict):
        return Description(notes=("it has no table of paths",))
    found: list[Operation] = []
    notes: list[str] = []
    for path, entry in paths.items():
        if isinstance(path, str) and path.startswith("/"):
            _read_path(document, path, entry, found, notes)
        elif not str(path).startswith("x-"):
            notes.append(f"{path}: this is no path")
    return Description(tuple(found), tuple(notes))


def _read_path(
    document: Mapping[str, Any], path: str, entry: Any, found: list[Operation], notes: list[str]
) -> None:
    """Add the operations of one path to `found`, and what is wrong with them to `notes`."""
    try:
        item = Values(document).follow(entry)
    except MalformedError as problem:
        notes.append(f"{path}: {problem}")
        return
    for method in _METHODS:
        if method not in item:
            continue
        try:
            found.append(_operation(document, path, item, method))
        except MalformedError as problem:
            notes.append(f"{method.upper()} {path}: {problem}")
        except (ArithmeticError, AttributeError, RecursionError, TypeError, ValueError):
            # A document may hold anything anywhere; what is this odd is not worth more words.
            notes.append(f"{method.upper()} {path}: it is not written as OpenAPI wants it")


def _operation(
    document: Mapping[str, Any], path: str, item: Mapping[str, Any], method: str
) -> Operation:
    values = Values(document)
    given = values.follow(item[method])
    parameters = _parameters(values, item, given)
    base = _base_path(
        values, given.get("servers") or item.get("servers") or document.get("servers")
    )
    bare = _path(values, path, parameters)
    query = [
        (name, _parameter_text(values, parameter))
        for (place, name), parameter in parameters.items()
        if place == "query" and parameter.get("required") is True
    ]
    headers = [
        (name, _parameter_text(values, parameter))
        for (place, name), parameter in parameters.items()
        if place == "header"
        and parameter.get("required") is True
        and name.lower() not in _IGNORED_HEADERS
    ]
    template = RequestTemplate(
        method.upper(), base + bare, query=tuple(query), headers=tuple(headers)
    )
    template = _with_body(values, template, given.get("requestBody"))
    return Operation(
        template,
        id=str(given.get("operationId") or ""),
        summary=" ".join(str(given.get("summary") or given.get("description") or "").split())[:200],
        path=bare,
        optional_ids=_optional_ids(values, parameters),
        examples=tuple((name, text) for name, text in values.examples.items() if text),
    )


def _parameters(
    values: Values, item: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Parameters by place and name; those of the operation replace those of its path."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for group in (item.get("parameters"), given.get("parameters")):
        if group is not None and not isinstance(group, list):
            raise MalformedError("parameters are not a list")
        for entry in group or ():
            parameter = values.follow(entry)
            name, place = parameter.get("name"), parameter.get("in")
            if not isinstance(name, str) or not isinstance(place, str):
                raise MalformedError("a parameter has no name or no place")
            found[place, name] = parameter
    return found


def _path(
    values: Values, path: str, parameters: Mapping[tuple[str, str], Mapping[str, Any]]
) -> str:
    """The path with slots that a template can bear, and with values where only some will do."""

    def replacement(found: re.Match[str]) -> str:
        name = found[1]
        parameter = parameters.get(("path", name), {})
        schema, example = _schema_and_example(values, parameter)
        if schema.get("enum") and not is_id((name,), schema):
            return str(plain_json(example))
        return values.slot(name, example)

    return _PARAMETER.sub(replacement, path)


def _schema_and_example(
    values: Values, parameter: Mapping[str, Any]
) -> tuple[Mapping[str, Any], JsonValue]:
    """A parameter's schema, and the value that the document gives for it."""
    content = parameter.get("content")
    holder = parameter
    if isinstance(content, dict) and content:
        holder = values.follow(next(iter(content.values())))
    schema = values.follow(holder.get("schema", {}))
    for place in (parameter, holder):
        if place.get("example") is not None:
            return schema, plain_json(place["example"])
        examples = place.get("examples")
        if isinstance(examples, dict) and examples:
            first = values.follow(next(iter(examples.values())))
            return schema, plain_json(first.get("value"))
    return schema, Values(values.document).make(schema)


def _parameter_text(values: Values, parameter: Mapping[str, Any]) -> str:
    """What a query or header parameter is sent as."""
    name = str(parameter["name"])
    schema, example = _schema_and_example(values, parameter)
    if is_id((name,), schema):
        return values.slot(name, example)
    if isinstance(example, list):
        return ",".join(map(_scalar, example))
    return _scalar(example)


def _scalar(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _optional_ids(
    values: Values, parameters: Mapping[tuple[str, str], Mapping[str, Any]]
) -> tuple[str, ...]:
    """Query parameters that may be left out and look like ids."""
    return tuple(
        name
        for (place, name), parameter in parameters.items()
        if place == "query"
        and parameter.get("required") is not True
        and is_id((name,), _schema_and_example(values, parameter)[0])
    )


def _with_body(values: Values, template: RequestTemplate, body: Any) -> RequestTemplate:
    """The template with a body in JSON or as a form, when the operation takes one."""
    if body is None:
        return template
    table = values.follow(body)
    content = table.get("content")
    if not isinstance(content, dict):
        raise MalformedError("the body has no content")
    media = {str(name).partition(";")[0].strip().lower(): part for name, part in content.items()}
    for name, part in media.items():
        if name in {"application/json", "*/*"} or name.endswith("+json"):
            return replace(template, json=_example(values, part), has_json=True)
    if _FORM in media:
        return replace(template, form=_form(_example(values, media[_FORM])))
    if table.get("required") is True:
        raise MalformedError(f"its body is {' or '.join(media) or 'of no type'}, which is not sent")
    return template


def _example(values: Values, part: Any) -> JsonValue:
    """The example of a body, else a value that fits its schema."""
    holder = values.follow(part)
    if "example" in holder:
        return values.with_slots(holder["example"])
    examples = holder.get("examples")
    if isinstance(examples, dict) and examples:
        first = values.follow(next(iter(examples.values())))
        if "value" in first:
            return values.with_slots(first["value"])
    return values.make(holder.get("schema", {}))


def _form(example: JsonValue) -> tuple[tuple[str, str], ...]:
    if not isinstance(example, dict):
        raise MalformedError("the form is no object")
    pairs: list[tuple[str, str]] = []
    for name, value in example.items():
        items = value if isinstance(value, list) else [value]
        pairs += [(name, _scalar(item)) for item in items if not isinstance(item, dict | list)]
    return tuple(pairs)


def _base_path(values: Values, servers: Any) -> str:
    """The path of the first server, its variables at their defaults."""
    if not isinstance(servers, list) or not servers:
        return ""
    server = values.follow(servers[0])
    url = str(server.get("url", ""))
    variables = server.get("variables")
    for name, variable in (variables if isinstance(variables, dict) else {}).items():
        default = variable.get("default", "") if isinstance(variable, dict) else ""
        url = url.replace("{" + str(name) + "}", str(default))
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    path = _PARAMETER.sub("", path).rstrip("/")
    return path if path.startswith("/") or not path else f"/{path}"


def template_for(text: str, known: Sequence[Operation]) -> Operation | None:
    """The operation that a guard's `GET /goals/{goal_id}` means, in the guard's own words.

    Names of slots and values that the guard writes into path and query win; what it leaves out,
    such as required query parameters and the body, comes from the document. None when no
    operation fits.
    """
    method, _, target = text.strip().partition(" ")
    path, _, query = target.strip().partition("?")
    fitting = [
        (rank, operation, renamed)
        for operation in known
        if operation.template.method == method.upper()
        for rank, base in enumerate((operation.template.path, operation.path))
        if (renamed := _fit(base, path)) is not None
    ]
    if not fitting:
        return None
    rank, operation, renamed = min(fitting, key=lambda fit: (fit[0], len(fit[2])))
    base = operation.template.path.removesuffix(operation.path) if rank else ""
    own = parse_qsl(query, keep_blank_values=True)
    return _renamed(operation, base + path, own, renamed)


def _fit(pattern: str, path: str) -> dict[str, str] | None:
    """How the pattern's slots are filled by the path: with other slots, or with values.

    None when the path is no instance of the pattern.
    """
    wanted, given = pattern.rstrip("/").split("/"), path.rstrip("/").split("/")
    if len(wanted) != len(given):
        return None
    filled: dict[str, str] = {}
    for part, own in zip(wanted, given, strict=True):
        names = SLOT.findall(part)
        shape = "(.+)".join(re.escape(piece) for piece in SLOT.split(part)[::2])
        found = re.fullmatch(shape, unquote(own) if not names else own)
        if found is None or (not names and SLOT.search(own)):
            return None
        filled |= zip(names, found.groups(), strict=True)
    return filled


def _renamed(
    operation: Operation, path: str, query: Sequence[tuple[str, str]], filled: Mapping[str, str]
) -> Operation:
    """The operation with the guard's path, and its slots called as the guard calls them."""

    def rename(text: str) -> str:
        return SLOT.sub(lambda slot: filled.get(slot[1], slot[0]), text)

    def rename_json(value: JsonValue) -> JsonValue:
        if isinstance(value, dict):
            return {key: rename_json(item) for key, item in value.items()}
        if isinstance(value, list):
            return [rename_json(item) for item in value]
        return rename(value) if isinstance(value, str) else value

    template = operation.template
    said = {name for name, _ in query}
    rest = [(name, rename(text)) for name, text in template.query if name not in said]
    template = replace(
        template,
        path=path,
        query=(*query, *rest),
        headers=tuple((name, rename(text)) for name, text in template.headers),
        json=rename_json(template.json),
        form=tuple((name, rename(text)) for name, text in template.form),
    )
    names = {slot_name(old): SLOT.fullmatch(new) for old, new in filled.items()}
    examples = [
        (new[1] if (new := names.get(name)) else name, text) for name, text in operation.examples
    ]
    left = tuple(name for name in operation.optional_ids if name not in said)
    return replace(operation, template=template, optional_ids=left, examples=tuple(examples))
