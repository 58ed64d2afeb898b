"""Who may read which dataset, and answers that caches and other instances can keep."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable
from datetime import datetime

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel

from assistant.api.access import bearer, check_origin, paired, service_of
from assistant.api.city_bodies import dataset_body
from assistant.api.city_models import DatasetBody
from assistant.contracts import BadInput, NotPermitted
from content_registry.schema import Registry, Visibility
from display_bridge.city_data.datasets import Dataset, datasets
from display_bridge.city_data.metrics import KST

MAX_AGE_S = 2


def now() -> datetime:
    """The time in Seoul."""
    return datetime.fromtimestamp(time.time(), KST)


def may_read(request: Request) -> frozenset[Visibility]:
    """What the caller may read: public data, and internal data with the token of a paired office device. Private data
    is never given here: it belongs to a screen that a recognised person has unlocked. Raises NotPermitted for a token
    that is none."""
    check_origin(request)
    if bearer(request) and paired(request) is None:
        raise NotPermitted("bad-token", "this device token is not known")
    return _allowed(request)


def _allowed(request: Request) -> frozenset[Visibility]:
    device = paired(request)
    internal = device is not None and device.internal
    return frozenset({Visibility.PUBLIC, Visibility.INTERNAL} if internal else {Visibility.PUBLIC})


def readable(request: Request) -> dict[str, Dataset]:
    """The datasets that the caller may read, by id. Raises as `may_read`."""
    return _those_of(request, may_read(request))


def _those_of(request: Request, allowed: frozenset[Visibility]) -> dict[str, Dataset]:
    found = datasets(service_of(request).registry)
    return {name: dataset for name, dataset in found.items() if dataset.visibility in allowed}


def dataset_of(request: Request, name: str) -> Dataset:
    """A dataset that the caller may read. Raises BadInput (unknown-dataset) for any other, be it there or not."""
    found = readable(request).get(name)
    if found is None:
        raise BadInput("unknown-dataset", "there is no such dataset")
    return found


def offered(request: Request) -> list[DatasetBody]:
    """The catalogue's datasets; as for its panels, a token that is none is no error."""
    city, at = service_of(request).city, now()
    serving = {name: city.collector.serving(name) for name in city.collector.datasets()}
    refresh = {name: min(feed.refresh_s for _, feed in feeds) for name, feeds in serving.items() if feeds}
    return [
        dataset_body(dataset, city.provider, refresh, at) for dataset in _those_of(request, _allowed(request)).values()
    ]


def district_of(registry: Registry, asked: str | None) -> str | None:
    """The official Korean name of a district given by name or code. Raises BadInput."""
    if asked is None:
        return None
    for district in registry.districts.values():
        if asked in (district.code, district.ko) or asked.lower() == district.en.lower():
            return district.ko
    raise BadInput("no-such-district", "there is no such district of Seoul; give its code or its Korean name")


async def cached(request: Request, make: Callable[[], BaseModel]) -> Response:
    """The answer with an ETag, 304 where the caller has it already. Shared caches keep only what is public."""
    body = (await asyncio.to_thread(make)).model_dump_json().encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    kept = "private" if bearer(request) else "public"
    headers = {"ETag": tag, "Cache-Control": f"{kept}, max-age={MAX_AGE_S}", "Vary": "Authorization"}
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
