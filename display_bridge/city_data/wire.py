"""Bodies of public services as plain values, and the values in them: pure, and without trust in what was sent.

A body that cannot be read raises SourceFailed("unreadable"); a value that cannot be read is None, never a guess.
"""

from __future__ import annotations

import json
import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from display_bridge.city_data.feeds import SourceFailed
from display_bridge.city_data.metrics import KST

LARGEST = 48_000_000
"""Bytes of a body that is still read: a page of citydata is below 2 MB, a thousand rows below 1 MB."""
DEEPEST = 24
"""Elements inside one another; the services use at most eight."""
LARGEST_XML = 4_000_000
"""Bytes of XML, which takes ten times as long to read as JSON; a thousand incidents are below 1 MB."""
LONGEST = 4000
"""Characters of a text that are kept."""

_KOREAN = re.compile(
    rb"""\s*<\?xml[^>]{0,80}\bencoding\s*=\s*["'](?:euc-kr|ks_c_5601-1987|cp949|ms949|x-windows-949)["']""", re.I
)
"""A declaration of the older Korean encoding, as some gateways write their errors."""
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,18})(?:\.\d{1,12})?\Z|[+-]?\.\d{1,12}\Z", re.ASCII)
_STAMPS = (
    re.compile(r"(\d{4})(\d{2})(\d{2})(?:[ T]?(\d{2})(?::?(\d{2})(?::?(\d{2}))?)?)?\Z", re.ASCII),
    re.compile(
        r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T](\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.\d{1,9})?)?)?)?\Z", re.ASCII
    ),
)


def unreadable(what: str) -> SourceFailed:
    """The failure of a body that is not what was asked for."""
    return SourceFailed("unreadable", f"the answer could not be read: {what}")


def decoded(body: bytes) -> Any:
    """A JSON or XML body as dicts, lists and plain values; XML has the root's name as its one key.

    The services answer key errors in XML though JSON was asked, so the body says what it is, not the request.
    """
    if len(body) > LARGEST:
        raise unreadable("too large")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _korean(body)
    start = text.lstrip()[:1]
    if start == "<" and len(body) > LARGEST_XML:
        raise unreadable("too large")
    if start == "<":
        return _xml(text.strip())
    if start not in ("{", "["):
        raise unreadable("neither JSON nor XML")
    try:
        found = json.loads(text)
        if "\\ud" in text.lower():
            json.dumps(found, ensure_ascii=False).encode()  # half a character could be neither kept nor sent on
        return found
    except (ValueError, RecursionError):
        raise unreadable("broken JSON") from None


def _korean(body: bytes) -> str:
    """The text of XML that declares the older Korean encoding; what declares none is not guessed at."""
    try:
        if _KOREAN.match(body):
            return body.decode("cp949")
    except UnicodeDecodeError:
        pass
    raise unreadable("not UTF-8")


def _xml(text: str) -> dict[str, Any]:
    # No service sends a document type; without one there are no entities that could expand or fetch anything.
    head = text[:2000].lower()
    if "<!doctype" in text.lower() or "<!entity" in text.lower() or head.startswith("<html") or "<html" in head:
        raise unreadable("not the service's XML")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, RecursionError):
        raise unreadable("broken XML") from None
    return {_local(root.tag): _element(root, 0)}


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _element(element: ElementTree.Element, depth: int) -> Any:
    """Text of a leaf; otherwise its children by name, a repeated name as a list."""
    if depth > DEEPEST:
        raise unreadable("too deep")
    children = list(element)
    if not children:
        return (element.text or "").strip()
    result: dict[str, Any] = {}
    for child in children:
        name, value = _local(child.tag), _element(child, depth + 1)
        if name not in result:
            result[name] = value
        elif isinstance(result[name], _Repeated):
            result[name].append(value)
        else:
            result[name] = _Repeated([result[name], value])
    return result


class _Repeated(list[Any]):
    """Values of a repeated element; a list of its own, since a single value may not be mistaken for one."""


def records(value: Any) -> list[dict[str, Any]]:
    """What should be a list of objects: a list, the single object, or "" and null for none. Others are left out."""
    if isinstance(value, dict):
        return [value]
    if isinstance(value, list):
        return [entry for entry in value if isinstance(entry, dict)]
    return []


def inner(value: Any, *names: str) -> Any:
    """The value under names inside one another; None where there is none."""
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def said(value: Any) -> str:
    """A value as text, whole and printable; "" for missing values and for what is not a text or number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, int) and abs(value) >= 10**18:
        return ""
    text = str(value).encode("utf-8", "ignore").decode("utf-8")[:LONGEST]
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return "" if text.lower() in ("-", "null", "none", "nan") else text


def figure(value: Any) -> float | None:
    """A number, or the text of one; None for missing ("-", "", null, 점검중) and for what is no finite number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e18 and math.isfinite(value) else None
    if not isinstance(value, str):
        return None
    text = value.strip()
    return float(text.replace(",", "")) if _NUMBER.match(text) else None


def measured(value: Any, low: float = 0.0, high: float = 1e12) -> float | None:
    """A figure within what the quantity can be; services write -99 or -999 for a missing one."""
    number = figure(value)
    return number if number is not None and low <= number <= high else None


def count(value: Any) -> int | None:
    """A whole number of zero or more; "12.0" is 12."""
    number = measured(value)
    return int(number) if number is not None and number == int(number) else None


def kst(value: Any) -> datetime | None:
    """A time of the services, which is always Seoul's: 202611281300, 20261128 13:00, 2026-11-28 13:00:05,
    2026/11/28 13:00. Hour 24 is the next day's midnight, as the air services write it."""
    text = said(value)
    match = next((found for stamp in _STAMPS if (found := stamp.match(text))), None)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in match.groups())
    try:
        if hour == 24 and not minute and not second:
            return datetime(year, month, day, tzinfo=KST) + timedelta(days=1)
        return datetime(year, month, day, hour, minute, second, tzinfo=KST)
    except (ValueError, OverflowError):
        return None


def position(lon: Any, lat: Any) -> tuple[float, float] | None:
    """Longitude and latitude in and around Seoul; swapped ones are put right, others (0, 0 or abroad) are None."""
    x, y = figure(lon), figure(lat)
    if x is None or y is None:
        return None
    if _around(x, y):
        return round(x, 6), round(y, 6)
    return (round(y, 6), round(x, 6)) if _around(y, x) else None


def _around(lon: float, lat: float) -> bool:
    return 126.5 <= lon <= 127.6 and 37.2 <= lat <= 37.95


def walk(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every object of a body down to a few levels: where to look for an error that may be anywhere."""
    if depth > 3:
        return
    if isinstance(value, dict):
        yield value
        for entry in value.values():
            yield from walk(entry, depth + 1)
