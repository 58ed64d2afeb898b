"""What the screens need: city data, the browser's libraries, the map, fonts."""

from __future__ import annotations

import asyncio
import json

import httpx

from assistant.city_service import sources_of
from assistant.contracts.errors import ConfigError, Unavailable
from assistant.doctor.probe import ask
from assistant.doctor.row import Row
from assistant.service import SERVICE_CARD
from assistant.settings import PROJECT, Settings
from display_bridge.city_data.collector import Collector, access_of
from display_bridge.city_data.public_sources import public_sources
from display_bridge.city_data.remote import ID as SHARED
from display_bridge.papers.shelf import INDEX, Shelf

DISTRICTS = 25
MOST_TOLD = 5
"""Problems of documents that a row names."""
SOURCE_IDS = (SHARED, *(source.id for source in public_sources()))
"""Every source that this version knows."""


def city_data(settings: Settings) -> Row:
    """Which sources are configured. What none of them serves is simulated, so this never stops the product."""
    sources = sources_of(settings)
    keys = settings.city_data.keys()
    used = [s.id for s in sources if access_of(s, keys, settings.city_data.base_urls, {}).configured]
    simulated = f"simulated (seed {settings.city_data.seed}), labelled 모의 데이터 on every panel"
    if not used:
        return Row("city data", "ok", simulated)
    if not settings.city_data.poll:
        return Row(
            "city data", "degraded", "switched off by city_data.poll: old data only", "SEOULA_CITY_DATA__POLL=true"
        )
    return Row("city data", "ok", f"{', '.join(used)}; what they do not serve is {simulated}")


def city_source(source: str, settings: Settings) -> Row:
    """One source: without its key simulated, with it asked once, or as the running service found it."""
    component = f"city data: {source}"
    given, found = settings.city_data, next((s for s in sources_of(settings) if s.id == source), None)
    setting = "SEOULA_CITY_DATA__" + (found.key_name if found and source != SHARED else "remote_url").upper()
    if found is None or not access_of(found, given.keys(), given.base_urls, {}).configured:
        return Row(component, "ok", f"not used, its datasets are simulated; {setting} switches it on")
    if not given.poll:
        return Row(component, "degraded", "not asked (city_data.poll)", "SEOULA_CITY_DATA__POLL=true")
    state, error = _as_running(settings, source) or ("", asyncio.run(_asked(settings, source)))
    error = error if state not in ("ok", "starting") else ""
    if not error:
        return Row(component, "ok", f"{found.title_ko} / {found.title_en} answers")
    fix = _FIXES.get(error, _ANY_FIX)
    return Row(component, "degraded", f"{found.title_en}: {error}; its last good data stays, marked old", fix)


_FIXES = {
    "bad-key": "키를 확인하세요 / check the key: registered for this service, not expired",
    "quota": "오늘 호출 한도를 다 썼습니다 / the calls of the day are used up; it goes on after midnight in Seoul",
    "unreachable": "네트워크와 주소를 확인하세요 / check the network and city_data.base_urls",
    "timeout": "네트워크와 주소를 확인하세요 / check the network and city_data.base_urls",
}
_ANY_FIX = "잠시 뒤 다시 시도하세요 / try again later; the service may be down, or answer something new"


def _as_running(settings: Settings, source: str) -> tuple[str, str] | None:
    """State and last error of a source in the running service; None where none runs, or it tells nothing."""
    try:
        origin = json.loads((settings.state_dir / SERVICE_CARD).read_text(encoding="utf-8"))["origin"]
        answer = httpx.get(f"{origin}/api/v1/sources", timeout=3, trust_env=False).json()
        row = next(one for one in answer["sources"] if one["id"] == source)
        return str(row["state"]), str(row["last_error_code"])
    except (OSError, ValueError, KeyError, TypeError, StopIteration, httpx.HTTPError):
        return None


async def _asked(settings: Settings, source: str) -> str:
    """The failure of one reading, "" for none."""
    given = settings.city_data
    collector = Collector(
        [s for s in sources_of(settings) if s.id == source], keys=given.keys(), folder=None, base_urls=given.base_urls
    )
    try:
        return await collector.probe(source)
    finally:
        await collector.stop()


def documents(settings: Settings) -> Row:
    """The site's own documents: how many, and which files cannot be used. A folder that is not there stops a start."""
    folder = settings.documents.folder
    if folder is None:
        return Row("documents", "ok", "no folder set (documents.folder); the panels list those of the city's sources")
    try:
        shelf = Shelf(folder, quiet=True)
    except ConfigError as error:
        return Row(
            "documents", "missing", error.message, f"{folder}: 폴더와 {INDEX} 확인 / check the folder and {INDEX}"
        )
    found = f"{len(shelf.papers())} in {folder}"
    if not shelf.problems:
        return Row("documents", "ok", found)
    more = f"; and {len(shelf.problems) - MOST_TOLD} more" if len(shelf.problems) > MOST_TOLD else ""
    told = "; ".join(shelf.problems[:MOST_TOLD]) + more
    fix = f"파일이나 {INDEX}을(를) 고치세요, 재시작은 필요 없습니다 / mend the files or {INDEX}; no restart is needed"
    return Row("documents", "degraded", f"{found}; not used: {told}", fix)


def libraries(settings: Settings) -> Row:
    """The npm packages in the versions that the lock file names."""
    lock = json.loads((PROJECT / "package-lock.json").read_text(encoding="utf-8"))
    wrong = []
    for folder, entry in lock["packages"].items():
        if not folder or entry.get("optional") or entry.get("dev"):
            continue  # what only Node or the tests load
        try:
            found = json.loads((PROJECT / folder / "package.json").read_text(encoding="utf-8"))["version"]
        except (OSError, ValueError, KeyError):
            found = "missing"
        if found != entry["version"]:
            wrong.append(f"{folder.removeprefix('node_modules/')} {found} (needs {entry['version']})")
    if wrong:
        return Row("web libraries", "missing", ", ".join(wrong), "make setup")
    return Row("web libraries", "ok", ", ".join(sorted(lock["packages"][""]["dependencies"])))


def seoul_map(settings: Settings) -> Row:
    """The district map that set-up builds."""
    file = settings.state_dir / "web" / "seoul-map.json"
    try:
        found = len(json.loads(file.read_text(encoding="utf-8"))["districts"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        return Row("map", "missing", f"{file}: {type(error).__name__}", "python -m scripts.build_map --force")
    if found != DISTRICTS:
        return Row("map", "missing", f"{file}: {found} districts", "python -m scripts.build_map --force")
    return Row("map", "ok", f"{found} districts")


def fonts(settings: Settings) -> Row:
    """A Korean font of the system. The screens bring their own; other signs fall back to this one."""
    fix = "sudo apt-get install fonts-noto-cjk"
    try:
        families = ask(["fc-list", ":lang=ko", "family"]).splitlines()
    except Unavailable as error:
        return Row("fonts", "degraded", f"Korean fonts of this machine not known: {error.message}", fix)
    if not families:
        return Row("fonts", "degraded", "no Korean font on this machine; the screens bring Pretendard themselves", fix)
    return Row("fonts", "ok", f"Pretendard from npm; on this machine {families[0]} and {len(families) - 1} more")
