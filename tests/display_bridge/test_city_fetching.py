"""One GET against a server that misbehaves, over a real loopback socket; and that no key is ever told to anybody."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from display_bridge.city_data.clock import RealClock
from display_bridge.city_data.feeds import SourceFailed
from display_bridge.city_data.fetching import HttpFetch, retry_after, same_place
from display_bridge.city_data.limits import Quota
from display_bridge.city_data.redaction import REDACTOR, Secret
from tests.display_bridge.city_fakes import START, Upstream, dice, plain, source, upstream

KEY = "k3y/With+signs==&더"
SPELLINGS = (KEY, quote(KEY, safe=""), quote(KEY), quote(quote(KEY, safe=""), safe=""))


@pytest.fixture
async def far() -> AsyncIterator[Upstream]:
    async with upstream() as made:
        yield made


async def slow_body(writer: asyncio.StreamWriter, _: str) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def silence(writer: asyncio.StreamWriter, _: str) -> None:
    await asyncio.sleep(5)


async def reset(writer: asyncio.StreamWriter, _: str) -> None:
    writer.transport.abort()


async def endless(writer: asyncio.StreamWriter, _: str) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x" * 65_536)
        await writer.drain()


async def echo_redirect(writer: asyncio.StreamWriter, head: str) -> None:
    target = head.split(" ")[1]
    writer.write(plain(b"", status="302 Found", headers={"Location": f"http://elsewhere.invalid{target}"}))
    await writer.drain()


async def echo_header(writer: asyncio.StreamWriter, head: str) -> None:
    writer.write(plain(head.encode(), status="500 Oh", headers={"X-Asked": head.split(" ")[1], "X-Key": quote(KEY)}))
    await writer.drain()


def fetch_of(far: Upstream, *, timeout_s: float = 120.0, **changes: Any) -> HttpFetch:
    made = source(timeout_s=timeout_s, most_bytes=100_000, **changes)
    return HttpFetch(made, far.url, Secret(KEY), RealClock(), dice(), Quota(None))


FAULTS: list[tuple[str, Any, str, bool]] = [
    ("slow", slow_body, "timeout", True),
    ("silent", silence, "timeout", True),
    ("reset", reset, "connection", True),
    ("500", plain(b"no", status="500 Error"), "http-500", True),
    ("echo", echo_header, "http-500", True),
    ("404", plain(b"no", status="404 Not Found"), "http-404", False),
    ("204", plain(b"", status="204 No Content"), "http-204", False),
    ("401", plain(b"no", status="401 Unauthorized"), "bad-key", False),
    ("truncated", plain(b"{", headers={"Content-Length": "50"}), "cut-short", True),
    ("huge", plain(b"", headers={"Content-Length": "100001"}), "too-large", False),
    ("endless", endless, "too-large", False),
    ("gzip", plain(b"no gzip", headers={"Content-Encoding": "gzip"}), "unreadable", True),
    ("garbage", b"SSH-2.0-OpenSSH_9\r\n", "cut-short", True),
    ("away", echo_redirect, "redirected", False),
    ("circle", plain(b"", status="302 Found", headers={"Location": "/circle"}), "redirected", False),
]


@pytest.mark.parametrize(("path", "route", "code", "retry"), FAULTS, ids=[f[0] for f in FAULTS])
async def test_a_fault_is_a_typed_failure(
    far: Upstream, path: str, route: Any, code: str, retry: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("display_bridge.city_data.fetching.ATTEMPTS", 1)
    far.routes[f"/{path}"] = route
    fetch = fetch_of(far, timeout_s=0.3 if code == "timeout" else 120.0)
    with pytest.raises(SourceFailed) as caught:
        await fetch(path)
    if path == "reset":
        assert caught.value.code in ("connection", "cut-short")
    else:
        assert caught.value.code == code
    assert caught.value.retry is retry
    assert fetch.quota.calls == 1
    await fetch.close()


async def test_nobody_listens() -> None:
    async with upstream() as far:
        fetch = fetch_of(far)
    with pytest.raises(SourceFailed) as caught:
        await fetch("x")
    assert caught.value.code == "unreachable"
    assert fetch.quota.calls == 3
    await fetch.close()


async def test_the_key_goes_where_it_belongs(far: Upstream) -> None:
    far.routes["/"] = plain(b"[]")
    for place, needle in (
        ("path", f"GET /a/{quote(KEY, safe='')}/json/x%C2%B7y HTTP"),
        ("query", f"GET /a?serviceKey={quote(KEY, safe='')}&sidoName=%EC%84%9C%EC%9A%B8 HTTP"),
        ("bearer", "GET /a HTTP"),
    ):
        secret = "plain-token" if place == "bearer" else KEY
        fetch = HttpFetch(source(key_place=place), far.url, Secret(secret), RealClock(), dice(), Quota(None))
        if place == "path":
            await fetch("a/{key}/json/x%C2%B7y")
        elif place == "query":
            await fetch("a", {"sidoName": "서울"})
        else:
            await fetch("a")
            assert "Authorization: Bearer plain-token" in far.asked[-1]
        assert needle in far.asked[-1]
        await fetch.close()


def test_a_key_given_percent_encoded_is_the_same_key() -> None:
    assert Secret(quote(KEY, safe="")).reveal() == Secret(KEY + "\n").reveal() == KEY
    assert not Secret("  ")


async def test_an_answer_that_has_not_changed_is_used_again(far: Upstream) -> None:
    async def tagged(writer: asyncio.StreamWriter, head: str) -> None:
        same = 'If-None-Match: "v1"' in head
        writer.write(
            plain(b"", status="304 Not Modified", headers={"ETag": '"v1"'})
            if same
            else plain(b'{"n": 1}', headers={"ETag": '"v1"'})
        )
        await writer.drain()

    far.routes["/"] = tagged
    fetch = fetch_of(far)
    assert [await fetch("x") for _ in range(3)] == [b'{"n": 1}'] * 3
    assert ["If-None-Match" in head for head in far.asked] == [False, True, True]
    assert await fetch("y") == b'{"n": 1}'
    assert "If-None-Match" not in far.asked[-1]
    await fetch.close()


@pytest.mark.parametrize("encoding", ["euc-kr", "utf-8"])
async def test_what_the_header_calls_korean_comes_in_utf8(far: Upstream, encoding: str) -> None:
    words = '{"측정소": "종로구", "상태": "점검중"}'

    headers = {"Content-Type": "application/json;charset=EUC-KR"}
    far.routes["/"] = plain(words.encode(encoding), headers=headers)
    fetch = fetch_of(far)
    assert (await fetch("air")).decode() == words
    await fetch.close()


async def test_a_redirect_on_the_same_host_is_followed(far: Upstream) -> None:
    far.routes["/old"] = plain(b"", status="301 Moved", headers={"Location": "/new"})
    far.routes["/new"] = plain(b"here")
    fetch = fetch_of(far)
    assert await fetch("old") == b"here"
    await fetch.close()


def test_which_redirects_stay() -> None:
    here = "http://a.kr/x"
    assert same_place(here, "http://a.kr/y")
    assert same_place(here, "https://a.kr/y")
    assert not same_place("https://a.kr/x", "http://a.kr/x")
    for there in ("http://b.kr/x", "http://a.kr:81/x", "http://a.kr.b.kr/x", "ftp://a.kr/x", "http://[/", "//b.kr/x"):
        assert not same_place(here, there), there


def test_retry_after_is_seconds_or_a_date() -> None:
    assert retry_after("120", START) == 120
    assert retry_after("Sat, 28 Nov 2026 03:01:00 GMT", START) == 60
    assert retry_after("Sat, 28 Nov 2026 02:01:00 GMT", START) == 0
    assert retry_after("soon", START) is None
    assert retry_after("", START) is None


async def test_no_fault_tells_the_key(
    far: Upstream, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("display_bridge.city_data.fetching.ATTEMPTS", 1)
    for name in ("", "httpx", "httpcore", "httpcore.http11", "httpcore.connection", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name or None)
    told: list[str] = []
    far.routes |= {f"/{path}": route for path, route, _, _ in FAULTS} | {"/fine": plain(b"[]")}
    for place in ("path", "query"):
        fetch = fetch_of(far, timeout_s=0.3, key_place=place)
        told.append(repr(fetch))
        for path in ("fine", *(fault[0] for fault in FAULTS)):
            try:
                await fetch(f"{path}/{{key}}" if place == "path" else path, {"q": "서울"})
            except SourceFailed as error:
                chain: BaseException | None = error
                while chain is not None:
                    told += [
                        "".join(traceback.format_exception(chain)),
                        repr(chain),
                        str(getattr(chain, "request", "")),
                    ]
                    chain = chain.__cause__ or chain.__context__
        await fetch.close()
    told += [caplog.text, *(str(record.args) + record.getMessage() for record in caplog.records)]
    assert any("httpx" in record.name for record in caplog.records)  # the logs were really listened to
    assert any("httpcore" in record.name for record in caplog.records)
    everything = "\n".join(told)
    for spelling in SPELLINGS:
        assert spelling not in everything
        assert spelling.lower() not in everything.lower()
    assert any(quote(KEY, safe="") in head for head in far.asked)  # and the key was really sent
    assert REDACTOR.clean(f"x{KEY}y{quote(KEY)}z") == "x***y***z"
