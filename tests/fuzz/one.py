"""Fuzzes one target in this process, guided by coverage: `python -m tests.fuzz.one ROOM NAME …`.

Only the room's own imports are instrumented, which takes seconds. After the name comes a folder,
and all the rest is libFuzzer's. Ends with another status than 0 when something was found; the trace
and the input's file stand on stderr.
"""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import atheris

from tests.fuzz.target import Target, Trial

_WORD = re.compile(rb"[A-Za-z_][\w-]{2,30}")


def main(room: str, name: str, folder: Path, options: list[str]) -> None:
    """Fuzz `name` with seeds, corpus and findings under `folder`."""
    with atheris.instrument_imports(include=["drivers", "gateway"]):
        module = importlib.import_module(f"tests.fuzz.{room}")
    targets: tuple[Target, ...] = getattr(module, room.upper())
    target = next(one for one in targets if one.name == name)
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    arguments = [name, str(corpus), f"-artifact_prefix={folder}/", *_dictionary(target, folder)]
    atheris.Setup([*arguments, *options], Trial(target))
    atheris.Fuzz()


def _dictionary(target: Target, folder: Path) -> list[str]:
    """The words in the seeds, for the fuzzer to put together again; it refuses an empty file."""
    found = sorted({word for seed in target.seeds for word in _WORD.findall(seed)})
    if not found:
        return []
    words = folder / "words"
    words.write_bytes(b"".join(b'"' + word + b'"\n' for word in found))
    return [f"-dict={words}"]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4:])
