"""How a command says that it failed."""

from __future__ import annotations


class CommandFailed(Exception):
    """The command could not be done: one clear line for standard error, and the exit code."""

    def __init__(self, line: str, code: int = 1) -> None:
        super().__init__(line)
        self.code = code
