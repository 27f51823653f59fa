"""Every command with its options; what a command does stands in the module of its name."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway import __version__
from gateway.cli.failure import CommandFailed
from gateway.config.faults import ConfigError

app = typer.Typer(
    name="shelfcast",
    help="What is on the shelf right now, and how many of those who came in bought.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Config = Annotated[Path, typer.Option("--config", "-c", help="The store's file, store.toml.")]
Data = Annotated[Path, typer.Option("--data", help="The folder of the store's database.")]
Json = Annotated[bool, typer.Option("--json", help="Answer for a machine to read.")]
CaptureOut = Annotated[Path, typer.Option("--out", help="The capture; .gz by its name.")]

DATA = Path("data")
TRACE = "SHELFCAST_TRACE"


def main() -> None:
    """Run the command line; the entry point of the installed program."""
    try:
        app(standalone_mode=True)
    except ConfigError as error:
        _say(str(error))
        sys.exit(2)
    except CommandFailed as failure:
        _say(str(failure))
        sys.exit(failure.code)
    except BrokenPipeError:
        # Whoever read our output has had enough, as `head` does.
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        file = f"{error.filename}: " if error.filename else ""
        _say(f"shelfcast: {file}{error.strerror or error}")
        sys.exit(1)
    except sqlite3.Error as error:
        _say(f"shelfcast: the database cannot be used: {error}")
        sys.exit(1)
    except Exception as fault:
        # A fault of ours: the installer gets one line, whoever mends it asks for the trace.
        if os.environ.get(TRACE):
            raise
        what = f"{type(fault).__name__}: {fault}"
        _say(f"shelfcast: a fault of the program: {what} ({TRACE}=1 shows where)")
        sys.exit(1)


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 - the one place that speaks to standard error


def _version(asked: bool) -> None:  # noqa: FBT001 - typer calls it so
    if asked:
        typer.echo(f"shelfcast {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[  # noqa: FBT002 - its callback has answered already
        bool,
        typer.Option("--version", help="Print the version.", is_eager=True, callback=_version),
    ] = False,
) -> None:
    """Options of the program itself."""


@app.command()
def run(config: Config, data: Data = DATA) -> None:
    """Run the gateway: drivers, engines, page and feed, until it is told to stop."""
    from gateway.cli.run import run_command

    run_command(config, data)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="The page's port; 0 for any.")] = 8080,
    speed: Annotated[float, typer.Option(min=0.1, max=60, help="Times real time.")] = 1.0,
    hours: Annotated[float | None, typer.Option(min=0, help="Stop after so many.")] = None,
) -> None:
    """Run the same gateway on a virtual store: no hardware, no server, no network."""
    from gateway.cli.demo import demo_command

    demo_command(port, speed, hours)


@app.command()
def check(
    config: Config,
    live: Annotated[bool, typer.Option("--live", help="Try each device, too.")] = False,  # noqa: FBT002
    json: Json = False,  # noqa: FBT002
) -> None:
    """Say every fault in the config: file, line, and what to write instead."""
    from gateway.cli.check import check_command

    raise typer.Exit(check_command(config, live, json))


@app.command()
def discover(
    json: Json = False,  # noqa: FBT002
    yes: Annotated[bool, typer.Option("--yes", help="Look at the network without asking.")] = False,  # noqa: FBT002
    network: Annotated[str | None, typer.Option(help="Look there, such as 192.168.1.0/24.")] = None,
) -> None:
    """Look for readers, counters and beacons; print the piece of config for each."""
    from gateway.cli.discover import discover_command

    raise typer.Exit(discover_command(json, yes, network))


@app.command()
def record(
    config: Config,
    out: CaptureOut,
    seconds: Annotated[float | None, typer.Option(help="Stop after so many.")] = None,
) -> None:
    """Write a capture of what the sensors say, until it is told to stop."""
    from gateway.cli.record import record_command

    record_command(config, out, seconds)


@app.command()
def replay(
    config: Config,
    file: Annotated[Path, typer.Argument(help="A capture; .gz is understood.")],
    out: Annotated[Path | None, typer.Option(help="Where the timeline goes.")] = None,
) -> None:
    """Run a capture through the same engines, as fast as the machine can; print the timeline."""
    from gateway.cli.replay import replay_command

    replay_command(config, file, out)


@app.command()
def simulate(
    config: Config,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")],
    hours: Annotated[float, typer.Option(min=0.01, max=10_000)],
    out: CaptureOut,
    truth: Annotated[Path, typer.Option(help="What really happened, for `score`.")],
) -> None:
    """Write a capture of a virtual day and its ground truth."""
    from gateway.cli.simulate import simulate_command

    simulate_command(config, seed, hours, out, truth)


@app.command()
def score(
    timeline: Path,
    truth: Path,
    capture: Annotated[
        Path | None,
        typer.Option(help="The day's capture: shows simpler rules on the same day beside it."),
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="The store's file, with --capture.")
    ] = None,
    json: Json = False,  # noqa: FBT002
) -> None:
    """Hold a timeline against the ground truth."""
    from gateway.cli.simulate import score_command

    if (capture is None) != (config is None):
        raise typer.BadParameter("--capture and --config go together")
    day = None if capture is None or config is None else (config, capture)
    score_command(timeline, truth, json, day)


@app.command()
def backup(file: Path, data: Data) -> None:
    """Write a consistent copy of the store's database, while it runs."""
    from gateway.cli.backup import backup_command

    backup_command(data, file)


@app.command()
def restore(file: Path, data: Data) -> None:
    """Check a copy and put it in the place of the store's database."""
    from gateway.cli.backup import restore_command

    restore_command(data, file)


@app.command()
def doctor(data: Data, json: Json = False) -> None:  # noqa: FBT002
    """Say how store, outbox, clock, disk and devices are; exit 1 if anything needs a person."""
    from gateway.cli.doctor import doctor_command

    raise typer.Exit(doctor_command(data, json))


@app.command()
def token(
    role: Annotated[str, typer.Option(help="viewer, till, staff or admin.")],
    name: Annotated[str, typer.Option(help="Who will use it, for the list.")],
    data: Data = DATA,
) -> None:
    """Make a token for the API and print it, this once."""
    from gateway.cli.token import token_command

    raise typer.Exit(token_command(data, role, name))
