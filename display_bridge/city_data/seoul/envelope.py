"""The envelopes of Seoul's open data: four shapes, their result codes, and pages of at most a thousand rows.

    {"Service": {"list_total_count": 25, "RESULT": {"CODE": "INFO-000"}, "row": [...]}}       classic, JSON and XML
    {"RESULT": {"CODE": "INFO-200"}}                                                          classic error, bare
    {"SeoulRtd.citydata_ppltn": [...], "RESULT": {"RESULT.CODE": "INFO-000"}}                 city data, dotted keys
    {"errorMessage": {"status": 200, "code": "INFO-000"}, "realtimeArrivalList": [...]}       subway

A wrong key is answered in XML (<RESULT><CODE>INFO-100</CODE>...) though JSON was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from display_bridge.city_data.feeds import Fetch, SourceFailed
from display_bridge.city_data.wire import count, decoded, inner, records, said, unreadable, walk

PAGE = 1000
"""The most rows that one call may ask for (ERROR-336 beyond)."""

OK, EMPTY = "INFO-000", "INFO-200"
_FAILURES: dict[str, tuple[str, str, bool]] = {
    "INFO-100": ("bad-key", "the key is not valid", False),
    "INFO-300": ("bad-key", "the key may not be used", False),
    "INFO-400": ("INFO-400", "the service refused the request", False),
    "INFO-500": ("INFO-500", "the service failed", True),
    "ERROR-300": ("ERROR-300", "a required argument is missing", False),
    "ERROR-301": ("ERROR-301", "the format of the file is wrong", False),
    "ERROR-310": ("ERROR-310", "there is no such service", False),
    "ERROR-331": ("ERROR-331", "the first row's number is wrong", False),
    "ERROR-332": ("ERROR-332", "the last row's number is wrong", False),
    "ERROR-333": ("ERROR-333", "a row's number is not a whole number", False),
    "ERROR-334": ("ERROR-334", "the first row is after the last", False),
    "ERROR-335": ("ERROR-335", "a sample key gets no more than 5 rows", False),
    "ERROR-336": ("ERROR-336", "no more than 1000 rows can be asked for", False),
    "ERROR-337": ("quota", "the calls of the day are used up", False),
    "ERROR-500": ("ERROR-500", "the service's server failed", True),
    "ERROR-600": ("ERROR-600", "the service's database failed", True),
    "ERROR-601": ("ERROR-601", "the service's query failed", True),
}
"""Result code -> our code, what it means (ours: theirs may repeat the request, key included), worth trying again."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one answer, and how many the service says there are in all (of bikeList: in this page)."""

    rows: tuple[dict[str, Any], ...]
    total: int | None = None


def failure(code: str) -> SourceFailed:
    """The failure of a result code that is neither success nor an empty answer."""
    ours, meaning, retry = _FAILURES.get(code, (_plain(code), "the service refused", True))
    return SourceFailed(ours, f"{code if code in _FAILURES else _plain(code)}: {meaning}", retry=retry)


def _plain(code: str) -> str:
    """An unknown code, if it looks like one."""
    fine = len(code) <= 12 and code.isascii() and code.replace("-", "").isalnum()
    return code if code and fine else "unreadable"


def result_code(value: Any) -> str | None:
    """The result code of an answer, wherever its shape has it; None where there is none."""
    for entry in walk(value):
        for name in ("RESULT", "errorMessage", "result"):
            if isinstance(entry.get(name), dict) and (code := _code(entry[name])):
                return code
        if code := _code(entry):
            return code
    return None


def _code(value: dict[str, Any]) -> str:
    """A code beside its message: CODE, RESULT.CODE or code, which only counts when it looks like one."""
    for name in ("CODE", "RESULT.CODE", "code"):
        code = said(value.get(name)).upper()
        if code.startswith(("INFO-", "ERROR-")):
            return code
    return ""


def page(body: bytes, root: str) -> Page:
    """The rows under a root (the service's name; bikeList: rentBikeStatus). INFO-200 is no rows, not a failure.

    Raises SourceFailed: the code's own, or "unreadable" for a body without the root and without a code.
    """
    value = decoded(body)
    code = result_code(value)
    if code == EMPTY:
        return Page((), 0)
    if code not in (None, OK):
        raise failure(str(code))
    held = inner(value, root)
    if isinstance(held, list):  # city data and the subway: the rows themselves
        return Page(tuple(records(held)), count(inner(value, "errorMessage", "total")))
    if not isinstance(held, dict):
        raise unreadable(f"it holds no {root}")
    if "row" not in held and "list_total_count" not in held and code is None:
        raise unreadable(f"{root} holds no rows")
    return Page(tuple(records(held.get("row"))), count(held.get("list_total_count")))


def path(service: str, first: int, last: int, *arguments: str, form: str = "json") -> str:
    """The path of a call below the base: arguments are percent-encoded whole (강남역, 광화문·덕수궁)."""
    tail = "".join(f"/{quote(argument, safe='')}" for argument in arguments)
    return f"{{key}}/{form}/{service}/{first}/{last}{tail or '/'}"


async def pages(
    fetch: Fetch,
    service: str,
    *arguments: str,
    root: str | None = None,
    most: int = 1,
    whole: bool = True,
    form: str = "json",
) -> tuple[dict[str, Any], ...]:
    """All rows of a service, page by page until one is not full, at most `most` pages.

    The total is only checked at the end, because bikeList counts the rows of the page. whole: whether a last page
    that is full, or fewer rows than the service counted, is a failure ("too-many-rows", "incomplete").
    """
    found: list[dict[str, Any]] = []
    for number in range(most):
        start = number * PAGE + 1
        body = await fetch(path(service, start, start + PAGE - 1, *arguments, form=form))
        answer = page(body, root or service)
        found += answer.rows
        if len(answer.rows) < PAGE:
            if whole and answer.total is not None and len(found) < answer.total:
                raise SourceFailed("incomplete", f"{service} sent {len(found)} of {answer.total} rows")
            return tuple(found)
    if whole:
        raise SourceFailed("too-many-rows", f"{service} has more than {most * PAGE} rows", retry=False)
    return tuple(found)
