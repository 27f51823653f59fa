"""What the schema files say, made from the models. Pure but for `PLACE`, where they stand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from gateway.uplink import messages
from gateway.uplink.protocol import EXPIRY_SECONDS, media_type
from gateway.uplink.topics import ROOT, Part
from gateway.uplink.words import Json

PLACE = Path(__file__).parent.parent
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Channel:
    """One topic: its payload, delivery, and who speaks."""

    part: Part
    model: type[BaseModel]
    qos: int = 1
    retained: bool = False
    from_store: bool = True


CHANNELS = (
    Channel(Part.BIRTH, messages.Birth, retained=True),
    Channel(Part.CHANGES, messages.Changes),
    Channel(Part.SNAPSHOT, messages.Snapshot),
    Channel(Part.DIGEST, messages.Digest),
    Channel(Part.FOOTFALL, messages.Footfall),
    Channel(Part.EVENT, messages.Event),
    Channel(Part.ALERT, messages.AlertSaid),
    Channel(Part.COMMAND, messages.Command, qos=0, from_store=False),
    Channel(Part.ANSWER, messages.Answer),
)


def files() -> dict[str, str]:
    """Every schema file's text by its path under `PLACE`."""
    texts = {
        f"schema/{channel.part}.json": json.dumps(schema(channel), indent=2, sort_keys=True) + "\n"
        for channel in CHANNELS
    }
    texts["asyncapi.yaml"] = yaml(asyncapi())
    return texts


def schema(channel: Channel) -> dict[str, Json]:
    """JSON Schema (draft 2020-12) of one topic's payload."""
    made: dict[str, Json] = channel.model.model_json_schema(by_alias=True)
    return {"$schema": DIALECT} | made


def asyncapi() -> dict[str, Json]:
    """The AsyncAPI 3.0 document, from the store's point of view: it sends all but `command`."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Shelfcast feed for HQ",
            "version": messages.SCHEMA_VERSION,
            "description": (
                "Client id shelfcast-{store}. Messages with a seq leave the store's outbox when HQ "
                "acks them; their key is (store, boot, seq). Unknown fields are ignored. MQTT "
                "3.1.1 is enough; content types and expiry of MQTT 5 are used where spoken."
            ),
        },
        "defaultContentType": "application/json",
        "channels": {str(channel.part): _channel(channel) for channel in CHANNELS},
        "operations": {str(channel.part): _operation(channel) for channel in CHANNELS},
    }


def yaml(value: Json, indent: str = "") -> str:
    """Block YAML of JSON values; every scalar is written as JSON, which YAML 1.2 understands."""
    if isinstance(value, dict) and value:
        return "".join(
            f"{indent}{key if key.isalpha() else json.dumps(key)}:{_below(each, indent)}"
            for key, each in value.items()
        )
    if isinstance(value, list) and value:
        return "".join(f"{indent}-{_below(each, indent)}" for each in value)
    return f"{indent}{json.dumps(value, ensure_ascii=False)}\n"


def _below(value: Json, indent: str) -> str:
    if isinstance(value, dict | list) and value:
        return "\n" + yaml(value, indent + "  ")
    return " " + yaml(value)


def _channel(channel: Channel) -> Json:
    return {
        "address": f"{ROOT}/{{shard}}/{{store}}/{channel.part}",
        "parameters": {
            "shard": {"description": "crc32(store) modulo the number of shards, decimal"},
            "store": {"description": "the store's id"},
        },
        "messages": {
            str(channel.part): {
                "summary": (channel.model.__doc__ or "").splitlines()[0],
                "contentType": media_type(channel.part),
                "payload": {
                    "schemaFormat": "application/schema+json;version=draft-2020-12",
                    "schema": {"$ref": f"./schema/{channel.part}.json"},
                },
            }
        },
    }


def _operation(channel: Channel) -> Json:
    mqtt: dict[str, Json] = {"qos": channel.qos, "retain": channel.retained}
    if channel.part in EXPIRY_SECONDS:
        mqtt |= {"messageExpiryInterval": EXPIRY_SECONDS[channel.part], "bindingVersion": "0.2.0"}
    operation: dict[str, Json] = {
        "action": "send" if channel.from_store else "receive",
        "channel": {"$ref": f"#/channels/{channel.part}"},
        "bindings": {"mqtt": mqtt},
    }
    if channel.part is Part.COMMAND:
        operation["reply"] = {"channel": {"$ref": f"#/channels/{Part.ANSWER}"}}
    return operation
