"""Tables and their migrations, run by sqlite-utils when the journal opens a database."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

MIGRATIONS = Migrations("shelfcast")


@MIGRATIONS(name="0001_first")
def _first(db: Database) -> None:
    db.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
    db.execute(
        "CREATE TABLE memory (engine TEXT, key TEXT, value TEXT NOT NULL,"
        " PRIMARY KEY (engine, key)) WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE ledger (id INTEGER PRIMARY KEY, t REAL NOT NULL, gtin TEXT NOT NULL,"
        " reason TEXT NOT NULL, qty INTEGER NOT NULL, zone TEXT, epc TEXT, ref TEXT)"
    )
    db.execute("CREATE INDEX ledger_by_gtin ON ledger (gtin, t)")
    db.execute(
        "CREATE TABLE door_minute (t REAL, door TEXT, entries INTEGER NOT NULL,"
        " exits INTEGER NOT NULL, PRIMARY KEY (t, door)) WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE store_minute (t REAL PRIMARY KEY, entries INTEGER NOT NULL,"
        " exits INTEGER NOT NULL, visitors INTEGER NOT NULL, occupancy INTEGER NOT NULL,"
        " transactions INTEGER NOT NULL, estimated INTEGER NOT NULL) WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE outbox (boot INTEGER, seq INTEGER, topic TEXT NOT NULL,"
        " payload TEXT NOT NULL, t REAL NOT NULL, PRIMARY KEY (boot, seq)) WITHOUT ROWID"
    )


@MIGRATIONS(name="0002_what_a_minute_is_worth")
def _worth(db: Database) -> None:
    for column in (
        "outside INTEGER NOT NULL DEFAULT 0",
        "units INTEGER NOT NULL DEFAULT 0",
        "groups INTEGER",
        "guessed INTEGER NOT NULL DEFAULT 0",
        "variance REAL NOT NULL DEFAULT 0",
    ):
        db.execute(f"ALTER TABLE store_minute ADD COLUMN {column}")


@MIGRATIONS(name="0003_zones")
def _zones(db: Database) -> None:
    db.execute(
        "CREATE TABLE zone_visit (t REAL PRIMARY KEY, since REAL NOT NULL,"
        " trips INTEGER NOT NULL, zones TEXT NOT NULL) WITHOUT ROWID"
    )


@MIGRATIONS(name="0004_reentries")
def _reentries(db: Database) -> None:
    db.execute("ALTER TABLE store_minute ADD COLUMN reentries INTEGER")


@MIGRATIONS(name="0005_events")
def _events(db: Database) -> None:
    # AUTOINCREMENT: the number of an event that left must not come back for another one.
    db.execute("CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, payload TEXT NOT NULL)")


@MIGRATIONS(name="0006_amounts")
def _amounts(db: Database) -> None:
    for column in ("amount", "priced"):
        db.execute(f"ALTER TABLE store_minute ADD COLUMN {column} INTEGER NOT NULL DEFAULT 0")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables to this program's version. Raises `sqlite3.DatabaseError`."""
    MIGRATIONS.apply(Database(connection))
