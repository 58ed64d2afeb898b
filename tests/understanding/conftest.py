"""The packaged registry, loaded once."""

from __future__ import annotations

import pytest

from assistant.understanding.fastpath import FastPath
from content_registry.loader import load_registry
from content_registry.schema import Registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry(strict=True)


@pytest.fixture(scope="session")
def fast_path(registry: Registry) -> FastPath:
    return FastPath(registry)
