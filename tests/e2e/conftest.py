"""Settings of the tests in a browser, and the browser that a module's tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import PATIENCE_MS, Pages, one_browser

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    """Makes pages of one browser, which is started once for a module: that costs more than most of its tests."""
    with one_browser() as made:
        yield made
