"""A store in the middle of a Friday afternoon: what pages are looked at with."""

from __future__ import annotations

from collections import Counter
from random import Random

from drivers.gtin import check_digit
from gateway.board import DeviceStatus
from gateway.changes import Alert, Change, Conversion, DeviceChanged, StockState, StoreMinute
from gateway.desk import FootfallBucket, LedgerEntry, Sample
from gateway.web.shop import Shop, ShopArticle, ShopZone
from tests.gateway.web.desk import NOW, MemoryDesk, stock

MODELS = (
    ("Manteau laine", "Wool coat", ("34", "36", "38", "40", "42")),
    ("Chemise oxford", "Oxford shirt", ("S", "M", "L", "XL")),
    ("Jean droit brut", "Straight raw jeans", ("28", "30", "32", "34")),
    ("Pull col rond mérinos", "Merino crew-neck jumper", ("S", "M", "L")),
    ("Écharpe cachemire", "Cashmere scarf", ("gris", "camel")),
    ("Baskets cuir blanc", "White leather trainers", ("39", "40", "41", "42", "43")),
    ("Ceinture tressée", "Braided belt", ("85", "95")),
    ("Robe portefeuille imprimée", "Printed wrap dress", ("36", "38", "40")),
    ("Blouson matelassé léger", "Light quilted jacket", ("S", "M", "L", "XL")),
)
ZONES = (
    ShopZone("shelf-a", "Rayon A"),
    ShopZone("shelf-b", "Rayon B"),
    ShopZone("shelf-c", "Rayon C"),
    ShopZone("shelf-d", "Table centrale"),
    ShopZone("back", "Réserve", "backroom"),
    ShopZone("fitting", "Cabines", "fitting"),
    ShopZone("till", "Caisse", "till"),
)
VISITORS = (0, 21, 34, 61, 55, 48, 72, 66)
SALES = (0, 4, 9, 17, 14, 13, 22, 17)
OPENS = 9


def busy_shop() -> Shop:
    """Nine models in 32 articles on four shelves."""
    articles = [
        ShopArticle(_gtin(n), name, name_en, f"M{model}", size)
        for n, (model, name, name_en, size) in enumerate(
            (model, name, name_en, size)
            for model, (name, name_en, sizes) in enumerate(MODELS)
            for size in sizes
        )
    ]
    return Shop(
        id="PAR-01",
        name="Paris Rivoli",
        timezone="Europe/Paris",
        zones=ZONES,
        articles={one.gtin: one for one in articles},
        planogram={(f"shelf-{'abcd'[n % 4]}", one.gtin): 6 for n, one in enumerate(articles)},
        open_reading=True,
        currency="EUR",
    )


def busy_desk(shop: Shop) -> MemoryDesk:
    """The same store's present: most in stock, some low, out or unknown; one antenna silent."""
    desk, rng = MemoryDesk(), Random(4)
    changes: list[Change] = []
    for n, gtin in enumerate(shop.ordered):
        if n % 11 == 10:
            continue
        count = 0 if n % 9 == 4 else rng.randint(1, 7)
        shelf, back = min(count, 5), max(0, count - 5)
        places = (f"shelf-{'abcd'[n % 4]}", shelf), ("back", back)
        changes.append(
            stock(
                gtin,
                max(0, count - (n % 3 == 0)),
                on_hand=count,
                expected=count - 0.1 if count else 0.02,
                p_available=0.999 if count > 1 else 0.94 if count else 0.03,
                state=_state(count),
                zones={zone: float(units) for zone, units in places if units},
                reserved=int(n == 6),
            )
        )
    changes += [
        StoreMinute(NOW, 3, 2, 3, 34, 1),
        Conversion(NOW, NOW - 3_600, 66, 17, 0.2576, 0.168, 0.374),
        DeviceChanged(NOW - 40, "reader-1", "ok"),
        DeviceChanged(NOW - 2_400, "reader-1", "silent", 3, "nothing read for 40 min"),
        Alert(NOW - 2_400, "device_silent", "reader-1/3", "nothing read for 40 min"),
    ]
    desk.board.apply(changes)
    _devices(desk)
    desk.buckets = [
        _hour(OPENS + n, *both) for n, both in enumerate(zip(VISITORS, SALES, strict=True))
    ]
    desk.told = [
        Sample("uplink_connected", "gauge", "1 while connected", 1),
        Sample("outbox_rows", "gauge", "rows that wait", 3),
    ]
    desk.lines = [
        LedgerEntry(NOW - 300, "sold", -1, "till", None, "R-20251121-0042"),
        LedgerEntry(NOW - 4_000, "moved", 1, "shelf-a", None, None),
        LedgerEntry(NOW - 90_000, "received", 12, "back", None, "ASN-77"),
    ]
    return desk


def _devices(desk: MemoryDesk) -> None:
    board = desk.board
    for antenna, reads in ((1, 48_210), (2, 39_004), (3, 812), (4, 51_377)):
        one = board.device("reader-1", antenna)
        one.zone, one.reads, one.heard = f"shelf-{'abcd'[antenna - 1]}", reads, NOW - 1
        one.state = "silent" if antenna == 3 else "ok"
    board.devices["reader-1", 3].heard = NOW - 2_400
    for name, driver, state in (
        ("reader-1", "llrp", "ok"),
        ("door-main", "shelfcast", "ok"),
        ("ble", "bleak", "ok"),
        ("scale-3", "bthome", "unknown"),
    ):
        status: DeviceStatus = board.device(name)
        status.driver, status.state = driver, state
        status.heard = None if state == "unknown" else NOW - 2
    board.devices["reader-1", None].facts = {"model": "R420", "firmware": "5.14.0"}
    board.devices["door-main", None].faults = Counter(bad_check=3)
    board.devices["reader-1", None].reads = 139_403


def _hour(hour: int, visitors: int, sold: int) -> FootfallBucket:
    since = NOW - 17 * 3_600 + hour * 3_600
    rate = sold / visitors if visitors else None
    low, high = (max(0.0, rate - 0.11), rate + 0.12) if rate is not None else (None, None)
    return FootfallBucket(
        since=since,
        until=since + 3_600,
        entries=visitors + 4 if visitors else 0,
        exits=visitors,
        visitors=visitors,
        occupancy=34,
        transactions=sold,
        rate=rate,
        low=low,
        high=high,
        estimated=hour == OPENS + 2,
        units=2 * sold,
        amount=4_321 * sold,
        priced=sold,
    )


def _state(count: int) -> StockState:
    if count == 0:
        return StockState.OUT_OF_STOCK
    return StockState.LOW if count <= 2 else StockState.IN_STOCK


def _gtin(n: int) -> str:
    body = f"0345312{n:06d}"
    return body + str(check_digit(body))
