"""The model's complaints in the installer's words: what is wrong, what would be right."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gateway.config.faults import WrongValue, nearest, proposal, shown
from gateway.config.locate import Path
from gateway.config.model import StoreConfig

SECRETS = re.compile(r"passw|secret|token|passphrase|credential", re.IGNORECASE)

PATTERNS = {
    r"^[A-Za-z0-9-]{1,32}$": "use 1 to 32 letters, digits and hyphens",
    r"^[A-Za-z0-9_-]{1,32}$": "use 1 to 32 letters, digits, hyphens and underscores",
    r"^[A-Za-z0-9_.-]{1,64}$": "use 1 to 64 letters, digits, hyphens, dots and underscores",
}

WANTED = {
    "string_type": 'text in quotes, as in "shelf-a"',
    "int_type": "a whole number without quotes",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number without quotes",
    "float_type": "a number without quotes",
    "bool_type": "true or false, without quotes",
    "finite_number": "a finite number",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "tuple_type": "a list",
    "list_type": "a list",
}


def path_of(error: ErrorDetails) -> Path:
    """Where the complaint points, without the model's own marks."""
    return tuple(part for part in error["loc"] if part != "[key]")


def real_errors(errors: ValidationError) -> list[ErrorDetails]:
    """The complaints but those that only follow from another.

    Those are a name made of a wrong id, and a list called empty whose items are all wrong.
    """
    found = errors.errors(include_url=False)
    return [
        error
        for error in found
        if error["type"] != "default_factory_not_called"
        and not (error["type"] == "too_short" and error["input"])
    ]


def halves(error: ErrorDetails) -> tuple[str, str]:
    """What is wrong and what would be right, of one complaint of the model."""
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    cause = context.get("error")
    if isinstance(cause, WrongValue):
        return cause.wrong, cause.right
    if kind == "missing":
        return "missing", _how_to_add(path_of(error))
    if kind == "extra_forbidden":
        return _unknown(path_of(error))
    if kind in ("literal_error", "enum"):
        return _not_one_of(str(value), str(context.get("expected", "")))
    if kind == "string_pattern_mismatch":
        right = PATTERNS.get(str(context.get("pattern")), "use letters, digits and hyphens")
        return f"{shown(value)} cannot be used here", right
    if kind == "too_short":
        return "empty", "there must be at least one"
    if kind in WANTED:
        return f"{shown(value)} is {_what(value)}", f"write {_wanted(kind, path_of(error))}"
    return f"{shown(value)} cannot stand here", _limit(kind, context) or error["msg"].lower()


def meant(error: ErrorDetails) -> Path | None:
    """The key that an unknown one was probably meant to be: that it is missing, is said thereby."""
    if error["type"] != "extra_forbidden":
        return None
    path = path_of(error)
    near = nearest(str(path[-1]), known_keys(path[:-1]))
    return (*path[:-1], near) if near else None


def _limit(kind: str, context: Mapping[str, Any]) -> str:
    words = {
        "greater_than": ("gt", "it must be more than"),
        "greater_than_equal": ("ge", "it must be at least"),
        "less_than": ("lt", "it must be less than"),
        "less_than_equal": ("le", "it must be at most"),
    }
    if kind not in words:
        return ""
    name, text = words[kind]
    return f"{text} {context[name]:g}"


def _not_one_of(value: str, expected: str) -> tuple[str, str]:
    names = re.findall(r"'([^']*)'", expected)
    near = proposal(value, names)
    choice = "one of " + ", ".join(f'"{name}"' for name in names)
    right = f"{near} ({choice})" if near.startswith("did") else f"write {choice}"
    return f"{shown(value)} is not known here", right


def _how_to_add(path: Path) -> str:
    if path == ("store",):
        return 'add a table [store] with an id, as in id = "PAR-01"'
    if path == ("zone",):
        return 'add at least one [[zone]] with an id, as in id = "shelf-a"'
    example = EXAMPLES.get(str(path[-1]), "…")
    return f"add {path[-1]} = {example}"


EXAMPLES = {
    "id": '"shelf-a"',
    "number": "1",
    "zone": '"shelf-a"',
    "role": '"staff"',
    "match": '{ address = "C4:7C:8D:6A:11:02" }',
    "port": '"/dev/serial/by-id/…"',
    "gtin": '"03453120000028"',
    "url": '"mqtts://hq.example:8883"',
}


def _unknown(path: Path) -> tuple[str, str]:
    name = str(path[-1])
    known = known_keys(path[:-1])
    if SECRETS.search(name):
        files = [key for key in known if key.endswith("_file") and SECRETS.search(key)]
        if files:
            return "a secret must not stand in this file", f"put it in a file, named by {files[0]}"
    return f"unknown key {shown(name)}", proposal(name, known)


def known_keys(path: Path) -> list[str]:
    """The keys that the table at `path` may have; empty where it is no table of ours."""
    model: Any = StoreConfig
    for part in path:
        if isinstance(part, int):
            continue
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return []
        field = model.model_fields.get(part)
        model = _section_in(field.annotation) if field else None
    if isinstance(model, type) and issubclass(model, BaseModel):
        return list(model.model_fields)
    return []


def _section_in(annotation: Any) -> Any:
    """The section that `X`, `X | None` or `tuple[X, ...]` is about."""
    if typing.get_origin(annotation) in (tuple, types.UnionType, typing.Union):
        return _section_in(typing.get_args(annotation)[0])
    return annotation


def _what(value: object) -> str:
    names: dict[type, str] = {
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(value), "something else")


def _wanted(kind: str, path: Path) -> str:
    if kind == "tuple_type" and known_keys(path):
        tables = ".".join(str(part) for part in path if isinstance(part, str))
        return f"[[{tables}]] with double brackets, once for each"
    return WANTED[kind]
