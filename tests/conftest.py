"""Markers that every test may use."""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes is up to who else computes; what takes too long has a test of its own.
settings.register_profile("shelfcast", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shelfcast")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip loudly what needs a program that is not here; in CI nothing may be skipped."""
    for item in items:
        for marker in item.iter_markers("needs"):
            missing = [
                tool for tool in marker.args if shutil.which(tool, path=_search_path()) is None
            ]
            if missing and not os.environ.get("CI"):
                item.add_marker(pytest.mark.skip(reason=f"not installed: {', '.join(missing)}"))


def _search_path() -> str:
    """Debian keeps servers out of an ordinary user's PATH."""
    return os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
