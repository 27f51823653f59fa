"""What must survive a power cut: SQLite in WAL with `synchronous=FULL`, one writer.

`journal` commits a batch (changes, ledger lines, engine memory, feed messages) in one transaction;
`archive` reads through connections of its own that cannot write; `schema` holds the tables and
their migrations; `opening` finds or replaces the database and counts the boots. No engine, no page
and no broker is known here.
"""
