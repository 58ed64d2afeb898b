"""Settings of the tests in a browser."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.browser import PATIENCE_MS

expect.set_options(timeout=PATIENCE_MS)
