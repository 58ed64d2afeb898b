"""The last good reading of a feed and its course, as a file of the state folder: atomic, and never trusted blindly."""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
import re
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.private_files import write_private
from display_bridge.city_data.derived import whole
from display_bridge.city_data.feeds import CLOCKS_APART, Reading, SourceFailed
from display_bridge.city_data.history import Course, History
from display_bridge.city_data.provider import (
    Document,
    Event,
    Indicator,
    Line,
    Observation,
    Place,
    Project,
    Provenance,
    Series,
    Table,
)

log = logging.getLogger(__name__)

VERSION = 1


@dataclass(frozen=True, slots=True)
class Part:
    """What a feed last said of one dataset. observed_at: the source's; fetched_at: ours. Sections that the dataset
    does not have are None, so that "no events" is not the same as "no answer about events"."""

    observed_at: datetime
    fetched_at: datetime
    city: Observation | None = None
    districts: tuple[Observation, ...] | None = None
    series: tuple[tuple[str | None, Series], ...] = ()
    places: tuple[Place, ...] | None = None
    lines: tuple[Line, ...] | None = None
    events: tuple[Event, ...] | None = None
    table: Table | None = None
    documents: tuple[Document, ...] | None = None
    shares: tuple[tuple[str, float], ...] | None = None
    indicator: Indicator | None = None
    project: Project | None = None
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True)
class _File:
    version: int
    parts: dict[str, Part]
    courses: tuple[tuple[str, str | None, Course], ...] = ()


_ADAPTER: TypeAdapter[_File] = TypeAdapter(_File)


@dataclass
class Kept:
    """What is known of one feed: its parts by dataset and the course of its metrics."""

    parts: dict[str, Part] = field(default_factory=dict)
    history: History = field(default_factory=History)
    damaged: bool = False
    """The file could not be read when it was opened; it was set aside."""

    def take(self, reading: Reading, now: datetime) -> None:
        """A new reading. A dataset that it does not speak of keeps what was said before.

        Raises SourceFailed (unreadable) for one from the future, which would count as fresh until then.
        """
        if reading.observed_at > now + CLOCKS_APART:
            raise SourceFailed("unreadable", "the figures are of the future")
        parts = parts_of(reading, now)
        for dataset, part in parts.items():
            before = self.parts.get(dataset)
            if before is not None and before.series and not part.series:
                part = replace(part, series=before.series)
            at = int((part.provenance.observed_at if part.provenance else part.observed_at).timestamp())
            city = part.city or (whole(dataset, part.districts) if part.districts else None)
            self.history.add(at, [o for o in (city, *(part.districts or ())) if o is not None])
            parts[dataset] = part
        self.history.forget(int(now.timestamp()))
        self.parts = {**self.parts, **parts}  # whoever reads the old one in another thread goes on with it


def parts_of(reading: Reading, now: datetime) -> dict[str, Part]:
    """A reading by dataset. Raises ValueError for a figure that is not finite or a time without a zone."""
    if reading.observed_at.tzinfo is None:
        raise ValueError("a reading needs a time with a zone")
    sections: dict[str, dict[str, Any]] = {}
    for section, mapping in (
        ("city", reading.city),
        ("districts", reading.districts),
        ("places", reading.places),
        ("lines", reading.lines),
        ("events", reading.events),
        ("table", reading.tables),
        ("documents", reading.documents),
        ("shares", reading.shares),
        ("indicator", reading.indicators),
        ("project", reading.projects),
    ):
        for dataset, value in mapping.items():
            sections.setdefault(dataset, {})[section] = value
    for (metric, area), series in reading.series.items():
        part = sections.setdefault(metric, {})
        part["series"] = (*part.get("series", ()), (area, series))
    found = {}
    for dataset, values in sections.items():
        if not finite(values):
            raise ValueError(f"a figure of {dataset} is not finite")
        found[dataset] = Part(reading.observed_at, now, **values, provenance=reading.provenance.get(dataset))
    return found


def finite(value: Any) -> bool:
    """Whether every number inside is finite."""
    if value is None or isinstance(value, str | int | datetime):
        return True
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(finite(inner) for inner in value.values())
    if isinstance(value, list | tuple | frozenset):
        return all(finite(inner) for inner in value)
    names = _fields(type(value))  # type: ignore[arg-type]
    return all(finite(getattr(value, name)) for name in names)


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind)) if is_dataclass(kind) else ()


def file_of(folder: Path, feed: str) -> Path:
    """Where a feed is kept."""
    return folder / (re.sub(r"[^A-Za-z0-9._-]", "_", feed)[:100] + ".json")


def load(folder: Path, feed: str) -> Kept:
    """What was kept of a feed; empty without a file, or with one that cannot be read, which is set aside."""
    path = file_of(folder, feed)
    try:
        found = _ADAPTER.validate_json(path.read_bytes())
        if found.version != VERSION or not finite(found.parts) or not finite(found.courses):
            raise ValueError("another version, or figures that are none")
        if any(part.observed_at.tzinfo is None or part.fetched_at.tzinfo is None for part in found.parts.values()):
            raise ValueError("a time without a zone")
    except FileNotFoundError:
        return Kept()
    except (OSError, ValueError, ValidationError, RecursionError) as error:
        set_aside(path, "damaged-city-data", error)
        return Kept(damaged=True)
    return Kept(found.parts, History({(metric, area): course for metric, area, course in found.courses}))


def save(folder: Path, feed: str, kept: Kept) -> None:
    """Write what is known of a feed. Raises OSError."""
    courses = tuple((metric, area, course) for (metric, area), course in kept.history.courses().items())
    write_private(file_of(folder, feed), _ADAPTER.dump_json(_File(VERSION, kept.parts, courses)))


def read_json(path: Path, code: str) -> Any:
    """A JSON file's value; None without one, or with one that cannot be read, which is set aside."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        set_aside(path, code, error)
        return None


def set_aside(path: Path, code: str, error: Exception) -> None:
    """Keep a file that cannot be used, under another name, and say so."""
    aside = path.with_suffix(".damaged")
    with contextlib.suppress(OSError):
        os.replace(path, aside)
    log.warning("%s: %s could not be used (%s); kept as %s", code, path.name, type(error).__name__, aside.name)
