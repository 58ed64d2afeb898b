"""The application in process, for the tests of the HTTP edge."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.assistant.api_app import Application, running


@pytest.fixture
async def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Application]:
    """Started, without workers and without a language model."""
    async with running(tmp_path, monkeypatch) as application:
        yield application
