"""For those who watch the gateway: `/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.responses import Response

from gateway.desk import Sample
from gateway.web.context import AWeb, Web
from gateway.web.guard import READING
from gateway.web.models import Health, ProblemDetails, Readiness
from gateway.web.problems import Problem

PREFIX = "shelfcast_"
TEXT = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus text exposition format 0.0.4, which every scraper reads."""

_COUNTED = {
    "unknown_gtin_total": ("kind", "lines taken for GTINs that the catalogue does not have"),
    "too_many_writes_total": ("", "writes refused because a client wrote too often"),
    "listeners_refused_total": ("", "live streams refused because too many were open"),
    "listeners_dropped_total": ("", "live streams ended because they were too slow"),
    "requests_total": ("status", "requests answered, by class of status"),
}

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Health:
    """The program runs and answers."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": ProblemDetails}})
async def readyz(web: AWeb) -> Readiness:
    """The answers can be trusted; 503 with what is `missing` when not."""
    missing = list(web.desk.ready())
    if missing:
        detail = "not ready: " + "; ".join(missing)
        raise Problem(503, "not_ready", detail, more={"ready": False, "missing": missing})
    return Readiness(ready=True, missing=[])


@router.get(
    "/metrics",
    dependencies=READING,
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(web: AWeb) -> Response:
    """Every counter and gauge of the program, Prometheus text."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Samples(web))
    return Response(generate_latest(registry), media_type=TEXT)


class _Samples(Collector):
    """The program's samples and the web's own, as Prometheus families."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def collect(self) -> Iterator[Metric]:
        """One family a name."""
        samples = [*self._web.desk.samples(), *web_samples(self._web)]
        for _, same in groupby(sorted(samples, key=attrgetter("name")), attrgetter("name")):
            yield _family(list(same))


def web_samples(web: Web) -> Iterable[Sample]:
    """What the web counts of itself."""
    yield Sample("web_listeners", "gauge", "live streams that are open", web.listeners)
    for (name, value), count in sorted(web.counts.items()):
        label, text = _COUNTED[name]
        labels = ((label, value),) if label else ()
        yield Sample(f"web_{name}", "counter", text, count, labels)


def _family(samples: list[Sample]) -> Metric:
    first = samples[0]
    labels = [label for label, _ in first.labels]
    kind = CounterMetricFamily if first.kind == "counter" else GaugeMetricFamily
    family = kind(PREFIX + first.name, first.help, labels=labels)
    for sample in samples:
        given = dict(sample.labels)
        family.add_metric([given.get(label, "") for label in labels], sample.value)
    return family
