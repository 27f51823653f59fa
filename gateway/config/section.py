"""What the tables of `store.toml` are made of: values by kind, each checked by itself.

Durations are seconds, sizes bytes. An optional text that is empty is None.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from gateway.config import values

_ID = r"^[A-Za-z0-9-]{1,32}$"
_DEVICE = r"^[A-Za-z0-9_.-]{1,64}$"


def none_if_empty(value: object) -> object:
    """An empty text is as good as none."""
    return None if value == "" else value


StoreId: TypeAlias = Annotated[str, Field(pattern=_ID)]
Name: TypeAlias = Annotated[str, Field(pattern=_DEVICE)]
Optional: TypeAlias = Annotated[str | None, BeforeValidator(none_if_empty)]
Secret: TypeAlias = Annotated[str | None, BeforeValidator(none_if_empty), Field(repr=False)]
Duration: TypeAlias = Annotated[float, BeforeValidator(values.duration)]
Size: TypeAlias = Annotated[int, BeforeValidator(values.size)]
Gtin: TypeAlias = Annotated[str, AfterValidator(values.gtin)]
Gln: TypeAlias = Annotated[str, AfterValidator(values.gln)]
Address: TypeAlias = Annotated[str, AfterValidator(values.address)]
Currency: TypeAlias = Annotated[str, AfterValidator(values.currency)]
TillBroker: TypeAlias = Annotated[str, AfterValidator(values.till_broker_url)]
Raw: TypeAlias = Annotated[int, Field(ge=-0x80_0000, le=0x7F_FFFF)]
"""A reading of a load cell's 24 bits."""
Hours: TypeAlias = Annotated[values.Opening, BeforeValidator(values.opening)]
Date: TypeAlias = Annotated[date, BeforeValidator(values.day)]
Day: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Section(BaseModel):
    """What all tables of the file share: frozen, and no key that we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
