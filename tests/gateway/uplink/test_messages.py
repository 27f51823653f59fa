"""What goes up is what the shipped schemas say, and the schemas are what the models say."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml

from gateway.changes import Alert, Change, DeviceChanged
from gateway.desk import Reloaded
from gateway.uplink.compose import FeedComposer
from gateway.uplink.messages import Config
from gateway.uplink.schema.described import CHANNELS, PLACE, files
from gateway.uplink.topics import Part, Topics, shard_of
from tests.gateway.uplink.stage import settle
from tests.gateway.uplink.test_compose import minute, stock
from tests.gateway.uplink.test_shell import running


def check(part: str, payload: Any) -> None:
    schema = json.loads((PLACE / "schema" / f"{part}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(payload, schema, cls=jsonschema.Draft202012Validator)


def test_the_files_are_what_the_models_say() -> None:
    stale = [name for name, text in files().items() if (PLACE / name).read_text() != text]
    assert stale == [], "run: python -m gateway.uplink.schema"


def test_every_topic_is_described_and_every_reference_leads_somewhere() -> None:
    document = yaml.safe_load((PLACE / "asyncapi.yaml").read_text())
    assert document["asyncapi"] == "3.0.0"
    assert set(document["channels"]) == set(document["operations"]) == {str(p) for p in Part}
    channels = document["channels"]
    for name, channel in channels.items():
        assert channel["address"] == f"shelfcast/v1/{{shard}}/{{store}}/{name}"
        reference = channel["messages"][name]["payload"]["schema"]["$ref"]
        assert (PLACE / reference).is_file()
        assert document["operations"][name]["channel"]["$ref"] == f"#/channels/{name}"
    assert document["operations"]["command"]["action"] == "receive"
    reply = document["operations"]["command"]["reply"]["channel"]["$ref"]
    assert reply == "#/channels/answer"
    kinds = {name: one["messages"][name]["contentType"] for name, one in channels.items()}
    assert kinds.pop("event") == "application/ld+json"
    assert set(kinds.values()) == {"application/json"}
    # What waits on disk for HQ, and who is there, is never out of date.
    lasting = {"birth", "changes", "footfall", "event", "command"}
    operations = document["operations"].items()
    expiring = {
        name for name, one in operations if "messageExpiryInterval" in one["bindings"]["mqtt"]
    }
    assert expiring == set(channels) - lasting
    unlike_the_rest = {"birth": (1, True), "command": (0, False)}
    for name, one in operations:
        mqtt = one["bindings"]["mqtt"]
        assert (mqtt["qos"], mqtt["retain"]) == unlike_the_rest.get(name, (1, False))


def test_what_the_composer_makes_fits_the_schemas() -> None:
    composer = FeedComposer("PAR-01", 17, 3)
    changes: list[Change] = [
        stock(),
        stock("03453120000028", heard=None),
        DeviceChanged(1.0, "reader-1", "ok"),
        minute(entries=5, exits=1, visitors=4, occupancy=2),
    ]
    for row in composer.compose(changes, 100.0):
        check(row.topic, json.loads(row.payload))


async def test_what_the_shell_says_fits_the_schemas() -> None:
    async with running() as stage:
        stage.desk.board.apply([stock(), Alert(1.0, "device_silent", "reader-1")])
        stage.uplink.notify(5)
        for body in ({"do": "resync", "id": "1"}, {"do": "config", "id": "2"}):
            stage.exchange.wire.command(**body)
        await settle()
        await stage.clock.move(900)
        await stage.stop()
        sent = [(topic.rsplit("/", 1)[1], body) for topic, body, _ in stage.exchange.wire.sent]
        assert {part for part, _ in sent} == {"birth", "alert", "snapshot", "answer", "digest"}
        for part, body in sent:
            check(part, body)


@pytest.mark.parametrize(
    ("part", "payload"),
    [
        ("changes", {"store": "PAR-01", "boot": 1, "seq": 0, "t": 1.0, "items": []}),
        ("changes", {"store": "PAR-01", "boot": 1, "seq": 1, "t": 1.0, "items": [["x"]]}),
        ("footfall", {"store": "PAR-01", "boot": 1, "seq": 1, "t": 1.0}),
        ("birth", {"online": True, "store": "PAR-01", "boot": 1}),
        ("command", {"do": "dance", "id": "1"}),
        ("answer", {"ok": True}),
    ],
)
def test_what_is_no_message_does_not_fit(part: str, payload: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        check(part, payload)


async def test_every_answer_fits_and_says_what_its_schema_knows() -> None:
    known = set(json.loads((PLACE / "schema" / "answer.json").read_text())["properties"])
    async with running(configure=configured) as stage:
        wire = stage.exchange.wire
        hold = {"do": "hold", "gtin": "03453120000011", "qty": 1, "minutes": 5}
        for number, body in enumerate(
            (
                {"do": "ack", "boot": 17, "seq": 0},
                {"do": "ack", "boot": 17, "seq": 9},
                {"do": "resync"},
                {"do": "buckets", "buckets": [1]},
                hold,
                {"do": "release", "hold": "4"},
                {"do": "config", "toml": ""},
                {"do": "config", "planogram": ""},
                {"do": "config"},
                {"do": "dance"},
            )
        ):
            wire.command(**body, id=str(number))
        await settle()
        answers = wire.of("answer")
        assert [answer["id"] for answer in answers] == [str(number) for number in range(10)]
        for answer in answers:
            check("answer", answer)
            assert set(answer) <= known


async def configured(sent: Config) -> Reloaded:
    fault = {"file": "store.toml", "line": 3, "key": "zone", "wrong": "missing", "right": "add"}
    if sent.toml is not None:
        return Reloaded(checks=False, faults=(fault,))
    return Reloaded(checks=True, applied=("planogram",), faults=(fault,))


@pytest.mark.parametrize(
    "body",
    [
        {"do": "ack", "boot": 17, "seq": 120},
        {"do": "resync", "id": "1"},
        {"do": "hold", "id": "1", "gtin": "03453120000011", "qty": 1, "minutes": 5},
        {"do": "release", "id": "1", "hold": "h"},
        {"do": "buckets", "id": "1", "buckets": [0, 63]},
        {"do": "config", "id": "1", "toml": "[store]", "catalogue": "gtin", "planogram": "zone"},
        {"do": "resync", "id": "1", "a field of tomorrow": 1},
    ],
)
def test_every_command_fits(body: dict[str, Any]) -> None:
    check("command", body)


def test_every_model_has_a_channel_of_its_own() -> None:
    assert len({channel.model for channel in CHANNELS}) == len(CHANNELS) == len(Part)


def test_a_store_has_its_shard() -> None:
    assert Topics("PAR-01").of("changes") == "shelfcast/v1/0/PAR-01/changes"
    assert shard_of("123456789", 1 << 32) == 0xCBF43926  # the check value of CRC-32/ISO-HDLC
    assert Topics("123456789", 16).of(Part.BIRTH) == "shelfcast/v1/6/123456789/birth"
