"""Builds an Understander from settings, and opens one for a command line that ends again."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from assistant.contracts import Unavailable
from assistant.understanding.keeper import ModelKeeper
from assistant.understanding.service import Understander
from content_registry.schema import Registry

PROJECT = Path(__file__).resolve().parents[2]


class RasaOptions(Protocol):
    """The settings of the NLU server."""

    @property
    def port(self) -> int: ...
    @property
    def python(self) -> Path | None: ...
    @property
    def enabled(self) -> bool: ...
    @property
    def start_timeout_s(self) -> float: ...
    @property
    def memory_limit_mb(self) -> int: ...


class Options(Protocol):
    """The part of the app's settings that understanding reads."""

    @property
    def state_dir(self) -> Path: ...
    @property
    def rasa(self) -> RasaOptions: ...


def build_keeper(registry: Registry, options: Options) -> ModelKeeper:
    """The keeper of these settings' model; not started."""
    rasa = options.rasa
    return ModelKeeper(
        registry,
        PROJECT,
        options.state_dir,
        python=rasa.python,
        port=rasa.port,
        start_timeout_s=rasa.start_timeout_s,
        memory_limit_mb=rasa.memory_limit_mb,
    )


def build_understander(registry: Registry, options: Options) -> Understander:
    """An Understander that works by its fast path until `start()` has its model ready."""
    return Understander(registry, build_keeper(registry, options) if options.rasa.enabled else None)


@asynccontextmanager
async def open_understander(
    registry: Registry, options: Options, *, report: Callable[[str], None] = lambda line: print(line, file=sys.stderr)
) -> AsyncIterator[Understander]:
    """An Understander with its model ready: trained if need be, on a running server or one of its own, which ends with
    the context. Where Rasa is missing, `report` is told and answers that need it note `model-unavailable`."""
    understander = build_understander(registry, options)
    try:
        try:
            await understander.start(watch=False)
        except Unavailable as error:
            report(f"{error.code}: {error.message}")
        yield understander
    finally:
        await understander.close()
