"""Every fault of `store.toml` is said with its line, its key and what would be right."""

from __future__ import annotations

import pytest

from gateway.config.faults import ConfigError, Fault
from gateway.config.load import parse_config
from gateway.config.model import StoreConfig

WHOLE = """\
[store]
id = "PAR-01"
timezone = "Europe/Paris"
hours = { mon = ["10:00-20:00"], sun = [] }

[[zone]]
id = "shelf-a"
[[zone]]
id = "shelf-b"
kind = "backroom"

[[reader]]
id = "reader-1"
driver = "llrp"
address = "192.168.1.20"
tls = false
[[reader.antenna]]
number = 1
zone = "shelf-a"
[[reader.antenna]]
number = 2
zone = "shelf-b"

[[reader]]
id = "reader-2"
driver = "m100"
port = "/dev/ttyUSB0"

[[door]]
id = "door-main"
port = "/dev/ttyACM0"
calibration = 1.00

[ble]
[[ble.beacon]]
id = "badge-7"
role = "staff"
match = { ibeacon = "f7826da6-4fa2-4e98-8024-bc5b71e0893e", major = 1, minor = 7 }
[[ble.beacon]]
id = "scale-3"
role = "scale"
match = { address = "C4:7C:8D:6A:11:02" }
zone = "shelf-a"
gtin = "03453120000028"

[till]
sources = ["http", "mqtt", "file"]

[promise]
level = 0.95
safety = 0
stale_after = "10m"

[web]
listen = "0.0.0.0:8080"
open_reading = true

[uplink]
url = "mqtts://hq.example:8883"
username = "PAR-01"
password_file = "/etc/shelfcast/hq.password"
client_cert = ""
outbox_bytes = "256MB"

[privacy]
minimum_count = 3
"""


def faults_of(text: str, env: dict[str, str] | None = None) -> list[Fault]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "store.toml", env or {})
    return list(caught.value.faults)


def line_with(text: str, piece: str) -> int:
    (found,) = [n for n, line in enumerate(text.split("\n"), 1) if piece in line]
    return found


def parse(text: str) -> StoreConfig:
    return parse_config(text, "store.toml", {})


def test_the_whole_file_checks_and_its_values_are_in_the_programs_units() -> None:
    config = parse(WHOLE)
    assert config.store.name == "PAR-01"
    assert [(o.start, o.end) for o in config.store.hours["mon"]] == [(600, 1200)]
    assert config.store.hours["sun"] == ()
    assert config.reader[0].host_port == ("192.168.1.20", 5084)
    assert config.reader[1].host_port is None
    assert config.promise.stale_after == 600
    assert config.uplink is not None
    assert config.uplink.outbox_bytes == 256_000_000
    assert config.uplink.client_cert is None
    assert config.uplink.host_port == ("hq.example", 8883)
    assert config.uplink.tls


@pytest.mark.parametrize(
    ("old", "new", "key", "wrong", "right"),
    [
        ('id = "PAR-01"', 'id = "PAR 01"', "store.id", "cannot be used", "letters, digits"),
        ('id = "PAR-01"', 'id = "' + "X" * 33 + '"', "store.id", "cannot be used", "1 to 32"),
        ('"Europe/Paris"', '"Europe/Pari"', "store.timezone", "no time zone", '"Europe/Paris"'),
        ('["10:00-20:00"]', '["10-20"]', "store.hours.mon[#1]", "no opening", '"10:00-20:00"'),
        ('["10:00-20:00"]', '["10:00-25:00"]', "store.hours.mon[#1]", "no time", "00:00"),
        ("mon = [", "monday = [", "store.hours.monday", "not known", '"mon"'),
        ('kind = "backroom"', 'kind = "bakroom"', "zone[shelf-b].kind", "not known", '"backroom"'),
        ('driver = "llrp"', 'driver = "lrp"', "reader[reader-1].driver", "not known", '"llrp"'),
        ('address = "192.168.1.20"', "", "reader[reader-1].address", "missing", "5084"),
        ("tls = false", 'port = "/dev/x"', "reader[reader-1].port", "network", "address"),
        ("tls = false", "tls = 0", "reader[reader-1].tls", "0 is a number", "true or false"),
        ("tls = false", "sesion = 1", "reader[reader-1].sesion", "unknown key", '"session"'),
        ("tls = false", 'mode = "fats"', "reader[reader-1].mode", "no mode", '"dense", "fast"'),
        ("tls = false", "mode = true", "reader[reader-1].mode", "no mode", "number of its table"),
        (
            'port = "/dev/ttyUSB0"',
            'mode = 2\nport = "/dev/ttyUSB0"',
            "reader[reader-2].mode",
            "has no modes",
            "take mode out",
        ),
        ("tls = false", "zzz = 1", "reader[reader-1].zzz", "unknown key", "known: id, driver"),
        ("number = 2", "number = 1 #", "reader[reader-1].antenna[1].number", "twice", "once"),
        ("number = 2", 'number = "2"', "reader[reader-1].antenna[2].number", "text", "whole"),
        ("number = 2", "number = 2.5", "reader[reader-1].antenna[#2].number", "2.5", "whole"),
        ("number = 2", "number = 0", "reader[reader-1].antenna[0].number", "0", "at least 1"),
        ('port = "/dev/ttyUSB0"', "", "reader[reader-2].port", "missing", "/dev/serial/by-id"),
        (
            'port = "/dev/ttyUSB0"',
            'address = "10.0.0.9"',
            "reader[reader-2].address",
            "no TCP port",
            '"10.0.0.9:4001"',
        ),
        ('port = "/dev/ttyACM0"', "", "door[door-main].port", "missing", "/dev/serial"),
        (
            'port = "/dev/ttyACM0"',
            'port = "/dev/ttyUSB0"',
            "door[door-main].port",
            "is the port of",
            "hangs on",
        ),
        ("calibration = 1.00", 'unit = "abc"', "door[door-main].unit", "no unit number", "17"),
        ("calibration = 1.00", "calibration = nan", "door[door-main].calibration", "nan", "finite"),
        ("calibration = 1.00", "calibration = -1", "door[door-main].calibration", "-1", "more"),
        ('id = "door-main"', 'id = "reader-1" #', "door[reader-1].id", "another device", "own"),
        ('role = "staff"', 'role = "staf"', "ble.beacon[badge-7].role", "not known", '"staff"'),
        (", minor = 7", "", "ble.beacon[badge-7].match.minor", "missing", "minor"),
        ("minor = 7", "minor = 70000", "ble.beacon[badge-7].match.minor", "70000", "at most"),
        ("f7826da6", "f7826d", "ble.beacon[badge-7].match.ibeacon", "no UUID", "32 hex"),
        ("C4:7C:8D:6A:11:02", "C4:7C", "ble.beacon[scale-3].match.address", "Bluetooth", "C4:"),
        ('gtin = "03453120000028"', "", "ble.beacon[scale-3].gtin", "missing", "what lies on it"),
        (
            "03453120000028",
            "03453120000027",
            "ble.beacon[scale-3].gtin",
            "last digit should be 8",
            "barcode",
        ),
        ('"mqtt", "file"', '"mqtt", "fax"', "till.sources[#3]", "not known", '"http"'),
        ("level = 0.95", "level = 1.0", "promise.level", "1.0", "less than 1"),
        ("level = 0.95", "level = 0.5", "promise.level", "0.5", "more than 0.5"),
        ('"10m"', '"10x"', "promise.stale_after", "unknown unit", "ms, s, m, h"),
        ('"10m"', '"soon"', "promise.stale_after", "no duration", '"10m"'),
        ('"10m"', "-3", "promise.stale_after", "no duration", "longer"),
        ('"0.0.0.0:8080"', '"0.0.0.0"', "web.listen", "no port", '"0.0.0.0:8080"'),
        ('"0.0.0.0:8080"', '"0.0.0.0:99999"', "web.listen", "no TCP port", "65535"),
        ("mqtts://", "http://", "uplink.url", "no broker scheme", "mqtts"),
        ("mqtts://", "mqtts://me:pw@", "uplink.url", "password", "password_file"),
        ("hq.example:8883", "", "uplink.url", "no host", "hq.example"),
        ('username = "PAR-01"', 'password = "hunter2"', "uplink.password", "secret", "_file"),
        ('username = "PAR-01"', 'passwd = "hunter2"', "uplink.passwd", "secret", "password_file"),
        ('client_cert = ""', 'client_cert = "a.pem"', "uplink.client_key", "missing", "client_key"),
        ('"256MB"', '"256 elephants"', "uplink.outbox_bytes", "no size", '"256MB"'),
        ('"256MB"', '"256"', "uplink.outbox_bytes", "no size", '"256MB"'),
        ("minimum_count = 3", "minimum_count = -1", "privacy.minimum_count", "-1", "at least 0"),
    ],
)
def test_a_fault_has_line_key_and_a_way_out(
    old: str, new: str, key: str, wrong: str, right: str
) -> None:
    text = WHOLE.replace(old, new, 1)
    (fault,) = faults_of(text)
    assert fault.key == key
    assert wrong in fault.wrong
    assert right in fault.right
    changed = WHOLE[: WHOLE.index(old)].count("\n") + 1
    headers = [n for n, line in enumerate(WHOLE.split("\n"), 1) if line.startswith("[")]
    header = max(n for n in headers if n <= changed)
    missing = fault.wrong.startswith("missing") and "match" not in key
    assert fault.line == (header if missing else changed)
    assert str(fault) == f"store.toml:{fault.line}: {key}: {fault.wrong}; {fault.right}"


def test_a_zone_that_is_not_there_is_answered_with_the_nearest() -> None:
    text = WHOLE.replace('zone = "shelf-b"', 'zone = "shelf-z"')
    (fault,) = faults_of(text)
    assert str(fault) == (
        f"store.toml:{line_with(text, 'shelf-z')}: reader[reader-1].antenna[2].zone: "
        'no zone "shelf-z"; did you mean "shelf-b"?'
    )


def test_an_id_stands_for_one_zone_and_the_other_is_no_longer_there() -> None:
    double, lost = faults_of(WHOLE.replace('id = "shelf-b"', 'id = "shelf-a"'))
    assert (double.line, double.key) == (9, "zone[shelf-a].id")
    assert "another zone" in double.wrong
    assert (lost.line, lost.wrong) == (22, 'no zone "shelf-b"')


def test_all_faults_come_at_once_in_the_files_order() -> None:
    text = (
        WHOLE.replace('"Europe/Paris"', '"Mars"')
        .replace("number = 2", "nummer = 2")
        .replace("level = 0.95", "level = 2")
        .replace('zone = "shelf-b"', 'zone = "nowhere"')
    )
    faults = faults_of(text)
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)
    assert [fault.line for fault in faults] == [
        line_with(text, piece) for piece in ("Mars", "nummer", "nowhere", "level = 2")
    ]


def test_a_misspelt_key_is_not_also_said_to_be_missing() -> None:
    (fault,) = faults_of(WHOLE.replace("address = ", "adress = ", 1))
    assert fault.right == 'did you mean "address"?'
    (fault,) = faults_of(WHOLE.replace("[store]", "[stroe]"))
    assert (fault.line, fault.right) == (1, 'did you mean "store"?')


def test_single_brackets_where_double_ones_belong() -> None:
    (fault,) = faults_of('[store]\nid = "A"\n[zone]\nid = "z"\n')
    assert (fault.line, fault.key) == (3, "zone")
    assert "[[zone]]" in fault.right


def test_what_is_missing_altogether() -> None:
    faults = faults_of("")
    assert [(fault.line, fault.key, fault.wrong) for fault in faults] == [
        (1, "store", "missing"),
        (1, "zone", "missing"),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[store]\nid = PAR\n", 2),
        ('[store]\nid = "PAR\n[[zone]]\n', 2),
        ('[store]\nid = "a"\nid = "b"\n', 3),
        ('[store]\nid = "a"\n[store]\n', 3),
        ("[store]\nhours = { mon = [\n", 3),
    ],
)
def test_what_is_no_toml_has_its_line(text: str, line: int) -> None:
    (fault,) = faults_of(text)
    assert fault.line == line
    assert fault.wrong.startswith("not TOML")


def test_the_environment_fills_in_and_what_it_lacks_is_a_fault() -> None:
    text = WHOLE.replace('username = "PAR-01"', 'username = "${USER_NAME}-x"')
    text = text.replace('password_file = "/etc/shelfcast/hq.password"', 'password = "${HQ}"')
    config = parse_config(text, "store.toml", {"USER_NAME": "me", "HQ": "hunter2"})
    assert config.uplink is not None
    assert (config.uplink.username, config.uplink.password) == ("me-x", "hunter2")
    (fault,) = faults_of(text, {"USER_NAME": "me"})
    assert (fault.line, fault.key) == (line_with(text, "${HQ}"), "uplink.password")
    assert "HQ" in fault.wrong


def test_a_secret_never_stands_in_a_message() -> None:
    text = WHOLE.replace('password_file = "/etc/shelfcast/hq.password"', 'password = "${HQ}"')
    assert "hunter2" not in repr(parse_config(text, "store.toml", {"HQ": "hunter2"}))
    faults = faults_of(WHOLE.replace('username = "PAR-01"', 'password = "hunter2"'))
    assert "hunter2" not in "".join(map(str, faults))


@pytest.mark.parametrize(
    ("match", "wrong"),
    [
        ("{}", "nothing to know"),
        ('{ address = "C4:7C:8D:6A:11:02", ibeacon = "' + "0" * 32 + '" }', "at once"),
        ('{ address = "C4:7C:8D:6A:11:02", major = 1 }', "has no major"),
        ('{ eddystone = "00112233445566778899" }', "missing"),
        ('{ eddystone = "0011", instance = "001122334455" }', "10 bytes"),
        ('{ ibeacon = "F7826DA6-4FA2-4E98-8024-BC5B71E0893E", major = 1, minor = 7 }', "same as"),
    ],
)
def test_a_beacon_is_known_by_one_thing_of_its_own(match: str, wrong: str) -> None:
    text = WHOLE.replace('{ address = "C4:7C:8D:6A:11:02" }', match)
    (fault,) = faults_of(text)
    assert wrong in fault.wrong
    assert fault.line == line_with(text, f"match = {match}")


def test_other_beacons_are_taken() -> None:
    text = WHOLE.replace(
        '{ address = "C4:7C:8D:6A:11:02" }',
        '{ eddystone = "00112233445566778899", instance = "0x001122334455" }',
    )
    assert parse(text).ble.beacon[1].match.instance == "001122334455"


def test_without_its_table_bluetooth_is_off() -> None:
    config = parse('[store]\nid = "A"\n[[zone]]\nid = "z"\n')
    assert not config.ble.enabled
    assert config.uplink is None
    assert config.till.sources == ("http",)
