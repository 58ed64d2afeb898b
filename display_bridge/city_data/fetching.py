"""One GET of a source over HTTP, as the adapters see it: within its quota, interval, time, size and breaker.

The key is put into the request here and nowhere else. No failure, log, metric or repr holds it or the address: what
httpx raises is read for its kind and dropped, and its loggers go through the redactor.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlencode, urljoin, urlsplit

import httpx

from display_bridge.city_data.clock import Clock
from display_bridge.city_data.feeds import SourceFailed
from display_bridge.city_data.limits import Breaker, Quota, day_of, jittered
from display_bridge.city_data.redaction import REDACTOR, Secret, guard_logs
from display_bridge.city_data.sources import Source

ATTEMPTS = 3
"""Requests of one fetch at most; only failures that may pass are asked again."""
RETRY_PAUSE_S = 0.6
MOST_RETRY_AFTER_S = 3600.0
MOST_REDIRECTS = 3
MOST_KEPT_BYTES = 8_000_000
"""Of answers with an ETag, kept to be used again after a 304."""
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_KOREAN = frozenset({"euc-kr", "ks_c_5601-1987", "cp949", "ms949", "x-windows-949"})


class HttpFetch:
    """A Fetch of one source. Counts every request it sends."""

    def __init__(
        self,
        source: Source,
        base_url: str,
        key: Secret,
        clock: Clock,
        rng: random.Random,
        quota: Quota,
        *,
        client: httpx.AsyncClient | None = None,
        counted: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.quota, self.breaker = quota, Breaker()
        self._source, self._base, self._key = source, base_url.rstrip("/"), key
        self._clock, self._rng, self._counted = clock, rng, counted
        self._client = client or httpx.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(source.timeout_s),
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=2),
        )
        self._why = "resting"
        self._next_at = 0.0
        self._not_before = 0.0
        self._kept: OrderedDict[str, tuple[str, bytes]] = OrderedDict()
        REDACTOR.know(key)
        guard_logs()

    def __repr__(self) -> str:
        return f"HttpFetch({self._source.id})"

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def waits(self) -> float:
        """Seconds until the source may be asked again: it said when, or its breaker is open. 0: now."""
        now = self._clock.monotonic()
        until = self._not_before
        if self.breaker.open(now):
            until = max(until, self.breaker.until)
        return max(0.0, until - now)

    async def __call__(self, path: str, params: Mapping[str, str] | None = None) -> bytes:
        """The body of a 200 answer. Raises SourceFailed."""
        failed: SourceFailed | None = None
        for attempt in range(ATTEMPTS):
            if self.waits() > 0:
                # At rest because of what went wrong before: its code is what an operator must read.
                raise failed or SourceFailed(self._why, "the source failed too often or asked for a pause")
            if not self.quota.allows(day_of(self._clock.now())):
                raise SourceFailed("quota", "the calls of the day are used up", retry=False)
            found = await self._once(path, dict(params or {}))
            if isinstance(found, bytes):
                self.breaker = self.breaker.succeeded()
                return found
            failed, self._why = found, found.code
            if failed.retry or failed.code in ("bad-key", "redirected"):
                self.breaker = self.breaker.failed(self._clock.monotonic())
            if not failed.retry or attempt + 1 == ATTEMPTS:
                break
            await self._clock.sleep(jittered(RETRY_PAUSE_S * 2**attempt, self._rng))
        assert failed is not None
        raise failed

    async def _once(self, path: str, params: dict[str, str]) -> bytes | SourceFailed:
        """One request; a failure is returned, not raised, so that nothing of httpx hangs on to it."""
        now = self._clock.monotonic()
        start = max(now, self._next_at)
        self._next_at = start + self._source.min_interval_s
        if start > now:
            await self._clock.sleep(start - now)
        self.quota = self.quota.spent(day_of(self._clock.now()))
        found: bytes | SourceFailed
        try:
            async with asyncio.timeout(self._source.timeout_s):
                found = await self._get(self._address(path, params))
        except (TimeoutError, httpx.TimeoutException):
            found = SourceFailed("timeout", f"no answer within {self._source.timeout_s:g} s")
        except httpx.ConnectError:
            found = SourceFailed("unreachable", "the source cannot be reached")
        except httpx.RemoteProtocolError:
            found = SourceFailed("cut-short", "the answer broke off")
        except httpx.DecodingError:
            found = SourceFailed("unreadable", "the answer is compressed wrongly")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            found = SourceFailed("connection", f"the connection failed ({type(error).__name__})")
        self._counted("ok" if isinstance(found, bytes) else found.code)
        return found

    def _address(self, path: str, params: dict[str, str]) -> str:
        key, place = self._key.reveal(), self._source.key_place
        if place == "path":
            path = path.replace("{key}", quote(key, safe=""))
        if place == "query" and key:
            params = {self._source.key_param: key, **params}
        query = urlencode(params, quote_via=quote)
        return f"{self._base}/{path.lstrip('/')}" + (f"?{query}" if query else "")

    async def _get(self, address: str) -> bytes | SourceFailed:
        tag, held = self._kept.get(address, ("", b""))
        headers = {"Accept": "application/json, application/xml;q=0.9, */*;q=0.5", "User-Agent": "seoula"}
        if self._source.key_place == "bearer" and self._key:
            headers["Authorization"] = f"Bearer {self._key.reveal()}"
        if tag:
            headers["If-None-Match"] = tag
        current = address
        for _ in range(MOST_REDIRECTS + 1):
            async with self._client.stream("GET", current, headers=headers) as answer:
                if answer.status_code in (301, 302, 303, 307, 308):
                    onward = urljoin(current, answer.headers.get("location", ""))
                    if not same_place(current, onward):
                        return SourceFailed("redirected", "the source sends elsewhere; not followed", retry=False)
                    current = onward
                    continue
                if answer.status_code == 304 and tag:
                    self._kept.move_to_end(address)
                    return held
                if answer.status_code != 200:
                    return self._refused(answer)
                body = await self._body(answer)
                if isinstance(body, bytes):
                    self._keep(address, answer.headers.get("etag", ""), body)
                return body
        return SourceFailed("redirected", "the source sends round in circles", retry=False)

    async def _body(self, answer: httpx.Response) -> bytes | SourceFailed:
        most = self._source.most_bytes
        too_large = SourceFailed("too-large", f"the answer has more than {most} bytes", retry=False)
        declared = answer.headers.get("content-length", "")
        if re.fullmatch(r"[0-9]{1,15}", declared) and int(declared) > most:
            return too_large
        parts, size = [], 0
        async for part in answer.aiter_bytes(65_536):
            size += len(part)
            if size > most:
                return too_large
            parts.append(part)
        return in_utf8(b"".join(parts), answer.charset_encoding or "")

    def _refused(self, answer: httpx.Response) -> SourceFailed:
        status = answer.status_code
        if status in (401, 403):
            return SourceFailed("bad-key", f"the source refuses the key (HTTP {status})", retry=False)
        if status in _AGAIN:
            pause = retry_after(answer.headers.get("retry-after", ""), self._clock.now())
            if pause is not None:
                self._not_before = self._clock.monotonic() + min(pause, MOST_RETRY_AFTER_S)
            return SourceFailed(f"http-{status}", f"the source answered HTTP {status}")
        return SourceFailed(f"http-{status}", f"the source answered HTTP {status}", retry=False)

    def _keep(self, address: str, tag: str, body: bytes) -> None:
        self._kept.pop(address, None)
        if not tag or len(tag) > 200:
            return
        self._kept[address] = (tag, body)
        while sum(len(kept) for _, kept in self._kept.values()) > MOST_KEPT_BYTES:
            self._kept.popitem(last=False)


def in_utf8(body: bytes, charset: str) -> bytes:
    """A body in UTF-8 where its header names the older Korean encoding. One that is in UTF-8 all the same, or in
    neither, stays as it is: whoever reads it says so."""
    if charset.lower() not in _KOREAN:
        return body
    for encoding in ("utf-8", "cp949"):
        with contextlib.suppress(UnicodeDecodeError):
            return body.decode(encoding).encode()
    return body


def same_place(asked: str, onward: str) -> bool:
    """Whether a redirect stays on the host that was asked; https never becomes http, the port never changes."""
    try:
        a, b = urlsplit(asked), urlsplit(onward)
        ports = {"http": 80, "https": 443}
        here, there = a.port or ports.get(a.scheme), b.port or ports.get(b.scheme)
    except ValueError:
        return False
    if a.hostname != b.hostname or b.scheme not in ports:
        return False
    return (a.scheme == b.scheme and here == there) or (
        (a.scheme, b.scheme) == ("http", "https") and (here, there) == (80, 443)
    )


def retry_after(text: str, now: datetime) -> float | None:
    """The seconds of a Retry-After header, which holds seconds or a date; None where it holds neither."""
    if re.fullmatch(r"[0-9]{1,9}", text.strip()):
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())
