"""What the screens need: city data, the browser's libraries, the map, fonts."""

from __future__ import annotations

import json

from assistant.contracts.errors import Unavailable
from assistant.doctor.probe import ask
from assistant.doctor.row import Row
from assistant.settings import PROJECT, Settings

DISTRICTS = 25


def city_data(settings: Settings) -> Row:
    """This version has only the embedded provider."""
    return Row(
        "city data",
        "ok",
        f"simulated (seed {settings.city_data.seed}); every panel is labelled 모의 데이터 / simulated data",
    )


def libraries(settings: Settings) -> Row:
    """The npm packages in the versions that the lock file names."""
    lock = json.loads((PROJECT / "package-lock.json").read_text(encoding="utf-8"))
    wrong = []
    for folder, entry in lock["packages"].items():
        if not folder:
            continue
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
