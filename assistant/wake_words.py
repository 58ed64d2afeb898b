"""What the settings say about the wake word: whose heads listen, and by which rules."""

from __future__ import annotations

from pathlib import Path

from assistant.contracts.errors import ConfigError
from assistant.hearing.wake_people import file_name, people_in
from assistant.hearing.wake_rules import WakeRules
from assistant.settings import Settings, wake_people_folder


def wake_people(settings: Settings, *, all_there: bool = True) -> list[Path]:
    """The enrolled heads that are used. Raises ConfigError `no-such-person` for a name that nobody enrolled, unless
    those that are there will do (`all_there` false: somebody was removed since)."""
    chosen = settings.hearing.wake_people
    found = people_in(wake_people_folder(settings))
    if isinstance(chosen, bool):
        return found if chosen else []
    by_name = {path.stem: path for path in found}
    names = [file_name(name) for name in chosen]
    missing = [name for name in names if name not in by_name]
    if missing and all_there:
        raise ConfigError("no-such-person", f"hearing.wake_people: nobody enrolled as {', '.join(missing)}")
    return [by_name[name] for name in names if name in by_name]


def wake_rules(settings: Settings) -> WakeRules:
    hearing = settings.hearing
    return WakeRules(
        hearing.wake_threshold,
        hearing.wake_patience_frames,
        hearing.wake_refractory_s,
        hearing.wake_twice_within_s,
        hearing.wake_voice_gate,
        hearing.wake_ask_from,
    )
