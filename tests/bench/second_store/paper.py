"""What the shop's owner writes: the config, the catalogue and the planogram; and days as files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from gateway.capture.files import CaptureFile
from tests.bench.second_store.day import Day
from tests.bench.second_store.floor import DOOR
from tests.bench.second_store.premises import Premises

STORE, CATALOGUE, PLANOGRAM = "store.toml", "catalogue.csv", "planogram.csv"
CAPTURE, TRUTH = "day.ndjson.gz", "truth.ndjson"


def write_config(day: Day, folder: Path) -> Path:
    """The three files of a shop's config; answers with the first."""
    folder.mkdir(parents=True, exist_ok=True)
    shop = day.shop
    (folder / CATALOGUE).write_text(
        "gtin,name,name_en,variant_of,attributes,unit_grams,low,safety\n"
        + "".join(f"{a.gtin},Article {a.gtin[-4:-1]},,,,,,\n" for a in shop.articles),
        "utf-8",
    )
    if day.knobs.planogram:
        rows = "".join(f"{shop.places[a.home].id},{a.gtin},{a.facing}\n" for a in shop.articles)
        (folder / PLANOGRAM).write_text(f"zone,gtin,capacity\n{rows}", "utf-8")
    path = folder / STORE
    path.write_text("\n".join(_toml(day, shop)) + "\n", "utf-8")
    return path


def write_day(day: Day, folder: Path) -> None:
    """Config, capture and truth of a day."""
    write_config(day, folder)
    with CaptureFile(folder / CAPTURE) as capture:
        for observation in day.observations:
            capture.write(observation)
    lines = (json.dumps(line, ensure_ascii=False) for line in (day.header, *day.truth))
    (folder / TRUTH).write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _toml(day: Day, shop: Premises) -> Iterator[str]:
    yield f'[store]\nid = "{day.header["store"]}"\nname = "Second store {day.seed}"'
    yield 'timezone = "Europe/Paris"\nhours = { mon = ["10:00-20:00"] }'
    yield f'\n[catalogue]\nfile = "{CATALOGUE}"'
    if day.knobs.planogram:
        yield f'planogram = "{PLANOGRAM}"'
    for place in shop.places:
        yield f'\n[[zone]]\nid = "{place.id}"\nkind = "{place.kind}"\nname = "{place.id}"'
    reader = ""
    for antenna in shop.antennas:
        if antenna.reader != reader:
            reader = antenna.reader
            yield f'\n[[reader]]\nid = "{reader}"\ndriver = "llrp"'
            yield f'address = "192.168.1.{20 + int(reader[-1])}:5084"'
        zone = shop.places[antenna.place].id
        yield f'\n[[reader.antenna]]\nnumber = {antenna.number}\nzone = "{zone}"'
    yield f'\n[[door]]\nid = "{DOOR}"\ndriver = "shelfcast"\nport = "/dev/serial/by-id/counter"'
    yield '\n[till]\nsources = ["http"]'
