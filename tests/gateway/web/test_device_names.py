"""Faults and facts of devices by their names, in the reader's language."""

from __future__ import annotations

import httpx

from tests.gateway.web.conftest import Bench


async def test_faults_and_facts_are_named_in_french(bench: Bench, here: httpx.AsyncClient) -> None:
    status = bench.desk.board.device("door-main")
    status.faults.update(lost_frames=3, a_new_fault=1)
    status.facts["clock skew"] = "+3 s"
    french = (await here.get("/devices?lang=fr")).text
    assert "<span>trames perdues</span> <b>3</b>" in french
    assert "<span>écart d’horloge</span>" in french
    assert '<span lang="en">a new fault</span>' in french
    english = (await here.get("/devices?lang=en")).text
    assert "<span>lost frames</span> <b>3</b>" in english
    assert "<span>clock skew</span>" in english
