"""Reads the simulation's own data files (names, coordinates, magnitudes), which are packaged beside the code."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from assistant.contracts import ConfigError


def _text(name: str) -> str:
    return (files("display_bridge.city_data") / "data" / name).read_text("utf-8")


@cache
def rows(name: str, columns: int) -> tuple[tuple[str, ...], ...]:
    """The rows of a tab-separated file. Raises ConfigError naming file and line for a wrong number of columns."""
    result = []
    for number, line in enumerate(_text(name).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = tuple(cell.strip() for cell in line.split("\t"))
        if len(cells) != columns:
            raise ConfigError("bad-row", f"{name}:{number}: {columns} columns are needed, got {len(cells)}")
        result.append(cells)
    return tuple(result)


@cache
def document(name: str) -> Any:
    """A YAML file as plain values; shared, so callers must not change it."""
    return yaml.safe_load(_text(name))
