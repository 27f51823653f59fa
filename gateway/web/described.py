"""OpenAPI's words for bodies that are read by hand (strictly, bounded) and not by the framework."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gateway.web.models import (
    AlertBody,
    DeliveryBody,
    HoldBody,
    OccupancyBody,
    ProblemDetails,
    SetupBody,
    StocktakeBody,
    TillBody,
)
from gateway.web.models_people import ManualBody
from gateway.web.models_walk import WalkBody
from gateway.web.problems import PROBLEM_JSON

READ_BY_HAND: tuple[type[BaseModel], ...] = (
    TillBody,
    DeliveryBody,
    StocktakeBody,
    HoldBody,
    AlertBody,
    OccupancyBody,
    ManualBody,
    WalkBody,
    SetupBody,
    ProblemDetails,
)
_SCHEMAS = "#/components/schemas/"


def takes(model: type[BaseModel], *, required: bool = True) -> dict[str, Any]:
    """The OpenAPI words for a route that takes `model` (one of `READ_BY_HAND`) as its body."""
    schema = {"$ref": _SCHEMAS + model.__name__}
    return {
        "requestBody": {"required": required, "content": {"application/json": {"schema": schema}}}
    }


def describe(app: FastAPI) -> None:
    """Complete the app's OpenAPI document: shapes read by hand, problems by their media type."""
    plain = app.openapi

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(plain())
        return app.openapi_schema

    # FastAPI's documented way of extending the document is to put a function in this place.
    app.openapi = whole  # type: ignore[method-assign]


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    _, shapes = models_json_schema(
        [(model, "validation") for model in READ_BY_HAND], ref_template=_SCHEMAS + "{model}"
    )
    components = document.setdefault("components", {})
    components.setdefault("schemas", {}).update(shapes["$defs"])
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"token": []}, {}]
    for path in document["paths"].values():
        for operation in path.values():
            _problems(operation["responses"])
    return document


def _problems(responses: dict[str, Any]) -> None:
    problem = {PROBLEM_JSON: {"schema": {"$ref": _SCHEMAS + ProblemDetails.__name__}}}
    for status, response in responses.items():
        if status >= "400":
            response["content"] = problem
        elif status == "304":
            response.pop("content", None)
            response["description"] = "what the caller has is still true"
