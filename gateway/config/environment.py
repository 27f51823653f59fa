"""`${NAME}` in the text of `store.toml`, and the rule that no secret stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from gateway.config.locate import Path

_NAME = re.compile(r"\$\{([^}]*)\}")
INLINE = frozenset({"password", "token"})
"""Keys whose text may only be `${NAME}`."""

Report = Callable[[Path, str, str], None]
"""Takes path, what is wrong, what would be right."""


def filled_in(raw: Mapping[str, Any], env: Mapping[str, str], report: Report) -> dict[str, Any]:
    """`raw` with every `${NAME}` replaced from `env`; what is missing or bare is reported."""
    return {key: _value(value, (key,), env, report) for key, value in raw.items()}


def _value(value: Any, path: Path, env: Mapping[str, str], report: Report) -> Any:
    if isinstance(value, dict):
        return {key: _value(inner, (*path, key), env, report) for key, inner in value.items()}
    if isinstance(value, list):
        return [_value(inner, (*path, place), env, report) for place, inner in enumerate(value)]
    if not isinstance(value, str):
        return value
    if path[-1] in INLINE and value and not _NAME.fullmatch(value):
        report(path, "a secret must not stand in this file", _instead(str(path[-1])))
    return _text(value, path, env, report)


def _instead(key: str) -> str:
    return f'name a file with {key}_file, or write {key} = "${{NAME}}" and set NAME'


def _text(text: str, path: Path, env: Mapping[str, str], report: Report) -> str:
    def put(match: re.Match[str]) -> str:
        name = match[1]
        if name in env:
            return env[name]
        report(
            path,
            f"the environment has no {name or 'variable without a name'}",
            f"set it, as in Environment={name}=… of the service, or write the value here",
        )
        return match[0]

    return _NAME.sub(put, text)
