"""`[till]`: what stands by default, and what its keys must be together."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.mqtt_link import Broker
from gateway.config.faults import ConfigError
from gateway.config.load import load_store, parse_config
from gateway.till import broker_of

STORE = '[store]\nid = "X"\n[[zone]]\nid = "a"\n'
HQ = '[uplink]\nurl = "mqtts://hq.example"\nusername = "X"\npassword_file = "hq.password"\n'


def faults(till: str) -> list[str]:
    with pytest.raises(ConfigError) as wrong:
        parse_config(STORE + till, "store.toml", {})
    return [str(fault) for fault in wrong.value.faults]


def test_every_source_checks_without_another_word() -> None:
    config = parse_config(STORE + '[till]\nsources = ["http", "mqtt", "file"]\n', "store.toml", {})
    assert config.till.sources == ("http", "mqtt", "file")
    assert (config.till.folder, config.till.mqtt_url) == (None, None)


@pytest.mark.parametrize(
    ("till", "fault"),
    [
        (
            '[till]\nfolder = "x"\n',
            (
                'store.toml:6: till.folder: sources has no "file"; '
                'add "file" to sources, or take folder out'
            ),
        ),
        (
            '[till]\nsources = ["mqtt"]\nmqtt_username = "x"\n',
            "store.toml:7: till.mqtt_username: no broker of its own to use it with; add mqtt_url",
        ),
        (
            '[till]\nsources = ["mqtt"]\nmqtt_url = "wss://x"\n',
            (
                'store.toml:7: till.mqtt_url: "wss://x" is not mqtt or mqtts; '
                'write "mqtt://127.0.0.1:1883"'
            ),
        ),
        (
            '[till]\nsources = ["mqtt"]\nmqtt_url = "mqtt://x"\nmqtt_password = "secret"\n',
            (
                "store.toml:8: till.mqtt_password: a secret must not stand in this file; "
                "put it in a file, named by mqtt_password_file"
            ),
        ),
    ],
)
def test_what_does_not_belong_together(till: str, fault: str) -> None:
    assert faults(till) == [fault]


def broker(folder: Path, till: str) -> Broker:
    path = folder / "store.toml"
    path.write_text(STORE + till, "utf-8")
    return broker_of(load_store(path))


def test_the_broker_is_its_own_or_hqs_or_local(tmp_path: Path) -> None:
    assert broker(tmp_path, "") == Broker("127.0.0.1", 1883)
    own = '[till]\nsources = ["mqtt"]\nmqtt_url = "mqtt://box:1884"\nmqtt_password_file = "t"\n'
    assert broker(tmp_path, own + HQ) == Broker("box", 1884, password_file=tmp_path / "t")
    assert broker(tmp_path, HQ) == Broker(
        "hq.example", 8883, tls=True, username="X", password_file=tmp_path / "hq.password"
    )


WEB_SOCKETS = '[uplink]\nurl = "wss://hq.example/mqtt"\n'


@pytest.mark.parametrize(
    ("section", "place", "more"),
    [
        ('[till]\nsources = ["http", "mqtt"]\n', "store.toml:6: till.sources", "add mqtt_url = "),
        (
            '[[door]]\nid = "d"\ndriver = "milesight"\ntopic = "shop/door"\n',
            "store.toml:8: door[d].topic",
            'and add "mqtt" to its sources',
        ),
        ("[ble]\nreceivers = true\n", "store.toml:6: ble.receivers", "name another in [till]: "),
    ],
)
def test_a_broker_over_web_sockets_is_for_the_feed_alone(
    section: str, place: str, more: str
) -> None:
    (fault,) = faults(section + WEB_SOCKETS)
    assert fault.startswith(f'{place}: HQ\'s broker is over web sockets ("wss://hq.example/mqtt")')
    assert more in fault
    own = '[till]\nsources = ["mqtt"]\nmqtt_url = "mqtt://127.0.0.1"\n'
    beside = "" if section.startswith("[till]") else section
    parse_config(STORE + beside + own + WEB_SOCKETS, "store.toml", {})


def test_who_publishes_nowhere_needs_no_other_broker() -> None:
    parse_config(STORE + '[till]\nsources = ["http"]\n' + WEB_SOCKETS, "store.toml", {})
