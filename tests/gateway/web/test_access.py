"""The file of tokens, and the command that writes it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from gateway.cli.failure import CommandFailed
from gateway.cli.token import TOKENS, token_command
from gateway.web.access import AccessError, Role, TokenFile


def test_nothing_on_disk_lets_anybody_in(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    access = TokenFile(path)
    assert not access.claimed()
    token = access.create_token(Role.TILL, "till 1")
    assert access.claimed()
    assert access.role_of(token) is Role.TILL
    kept = path.read_text()
    assert token not in kept
    for word in kept.replace('"', " ").split():
        assert access.role_of(word) is None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_token_made_elsewhere_counts_at_once(tmp_path: Path) -> None:
    running = TokenFile(tmp_path / "tokens.json")
    assert not running.claimed()
    token = TokenFile(running.path).create_token(Role.ADMIN, "a")
    assert running.role_of(token) is Role.ADMIN
    other = TokenFile(running.path).create_token(Role.VIEWER, "b")
    assert (running.role_of(token), running.role_of(other)) == (Role.ADMIN, Role.VIEWER)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"tokens": [{"name": "x"}]}', '{"tokens": 3}'])
def test_a_damaged_file_locks_everybody_out(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    access = TokenFile(tmp_path / "tokens.json")
    token = access.create_token(Role.ADMIN, "a")
    access.path.write_text(text)
    assert access.role_of(token) is None
    assert access.claimed()
    assert caplog.text.count("no token is accepted") == 1
    with pytest.raises(AccessError):
        access.create_token(Role.ADMIN, "b")


@pytest.mark.parametrize("name", ["", "x" * 65, "a\nb"])
def test_names_that_cannot_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="printable"):
        TokenFile(tmp_path / "tokens.json").create_token(Role.TILL, name)


def test_the_command_prints_the_token_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert token_command(tmp_path / "new", "till", "till 1") == 0
    token = capsys.readouterr().out.strip()
    assert TokenFile(tmp_path / "new" / TOKENS).role_of(token) is Role.TILL


@pytest.mark.parametrize(
    ("role", "name", "code"), [("king", "a", 2), ("till", "", 2), ("till", "taken", 2)]
)
def test_the_command_says_what_is_wrong(tmp_path: Path, role: str, name: str, code: int) -> None:
    token_command(tmp_path, "till", "taken")
    with pytest.raises(CommandFailed) as failed:
        token_command(tmp_path, role, name)
    assert failed.value.code == code


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandFailed) as failed:
        token_command(tmp_path / "file", "till", "a")
    assert failed.value.code == 1
