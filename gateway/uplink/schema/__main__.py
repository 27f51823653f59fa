"""Write the schema files anew: `python -m gateway.uplink.schema`."""

from __future__ import annotations

from gateway.uplink.schema.described import PLACE, files

for name, text in files().items():
    (PLACE / name).write_text(text, encoding="utf-8")
