"""What people keep of runs: their sound where they opted in, the wake-ups they called false, and what was meant."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import structlog

from assistant.contracts import BadInput, Intent, IntentName, SeoulaError
from assistant.metrics import Metrics
from assistant.runs import RunRecord, RunStore
from assistant.settings import NLU_DATA, Settings
from assistant.sounds import SoundFolder, Stretch, sound_folders, stretch_of_run, stretch_of_wake, wake_part
from assistant.understanding import corrections
from assistant.understanding.corrections import Correction
from assistant.understanding.decide import label_texts
from assistant.understanding.labels import intent_of
from assistant.understanding.model import PANEL_PREFIX
from assistant.understanding.sentences import handwritten
from assistant.wake_up import WakeUp
from content_registry.schema import Registry

log = structlog.get_logger(__name__)

PRUNE_EVERY_S = 60.0
Keep = Callable[[str, str, Stretch], None]


@dataclass(slots=True)
class Keeping:
    """keep: asks the hearing worker to write a stretch (kind, name, stretch); forget: to forget what it has heard so
    far. unlocked: the displays where private content is open now. clock: seconds since the epoch.

    A stretch reaches back before its run: it must not reach into what was said while private content was open, nor into
    a run that is kept nowhere. So whenever private content opens or closes, and after such a run, all is forgotten.

    What touches files or the database blocks for milliseconds: `prune`, `sound`, `mark_false_wake` and `correct` are
    called from a thread.
    """

    settings: Settings
    store: RunStore
    metrics: Metrics
    keep: Keep
    forget: Callable[[], None]
    unlocked: Callable[[], frozenset[str]]
    clock: Callable[[], float] = time.time
    _runs: SoundFolder = field(init=False)
    _false_wakes: SoundFolder = field(init=False)
    _pruned: float = 0.0
    _open: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._runs, self._false_wakes = sound_folders(self.settings)

    def tick(self) -> bool:
        """Whether it is time to `prune`. To be called often: it looks where private content is open, too."""
        self._look()
        now = self.clock()
        if now - self._pruned < PRUNE_EVERY_S:
            return False
        self._pruned = now
        return True

    def prune(self) -> None:
        """Delete what has expired, and all where nobody opts in any more."""
        for folder in (self._runs, self._false_wakes):
            try:
                folder.prune(self.clock())
            except OSError as error:
                log.error("kept sound could not be deleted", kind=folder.kind, error=error.strerror)

    # -- sound -----------------------------------------------------------------------------------------------

    def run_ended(self, record: RunRecord) -> None:
        """Keep its sound, where somebody opted in and nothing private was about, on any screen: another one's
        microphone may have heard it."""
        self._look()
        stretch = stretch_of_run(record) if self._runs.wanted and not self._open else None
        if stretch is not None:
            self.keep(self._runs.kind, record.id, stretch)
        if record.private:
            self._forget()

    def _look(self) -> None:
        before, self._open = self._open, self.unlocked()
        if self._open != before:
            self._forget()

    def _forget(self) -> None:
        if self._runs.wanted or self._false_wakes.wanted:  # else nothing is remembered
            self.forget()

    def sound(self, run: str) -> Path | None:
        """The kept sound of a run."""
        return self._runs.file(run, self.clock())

    # -- false wakes -----------------------------------------------------------------------------------------

    def false_wake(self, display: str, woken: WakeUp) -> None:
        """A wake-up that a person called false at the screen: counted, and kept where somebody opted in."""
        self._look()
        self.metrics.false_wakes.labels(display).inc()
        if self._false_wakes.wanted and not woken.private and not self._open:
            self.keep(self._false_wakes.kind, woken.run, stretch_of_wake(woken.wake))

    def mark_false_wake(self, run: str) -> None:
        """Note it in the run's record."""
        self.store.mark(run, "false_wake", True)

    def false_wake_of_record(self, run: str) -> None:
        """The same for a run that is long over: of its sound only what was kept anyhow is there. Raises BadInput:
        `no-wake` when the wake word did not begin it; SeoulaError `run-not-found`."""
        record = self.store.get(run)
        if not any(event["type"] == "wake" for event in record["events"]):
            raise BadInput("no-wake", "the wake word did not begin this run")
        if record["marks"].get("false_wake"):
            return
        self.metrics.false_wakes.labels(record["display"]).inc()
        sound = self.sound(run)
        if self._false_wakes.wanted and sound is not None:
            self._write_false_wake(run, wake_part(sound))
        self.mark_false_wake(run)

    def _write_false_wake(self, run: str, wav: bytes) -> None:
        folder = self._false_wakes.path
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = folder / f".{run}.part"
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(wav)
        part.replace(folder / f"{run}.wav")

    # -- corrections -----------------------------------------------------------------------------------------

    def meanings(self, registry: Registry) -> dict[str, Any]:
        """What a correction can name: panels, the commands that have sentences to learn beside, departments."""
        labels = (label for label in sorted(_labels()) if not label.startswith(PANEL_PREFIX))
        bare = [intent for label in labels if (intent := intent_of(label)) is not None]
        commands = [(i, label_texts(i, registry)) for i in bare if i.name is not IntentName.CHOOSE]
        return {
            "panels": [
                {"panel": p.id, "ko": p.name_ko, "en": p.name_en, "menu_ko": menu.ko, "menu_en": menu.en}
                for p in registry.panels.values()
                for menu in (registry.menus[p.menu],)
            ],
            "commands": [{"intent": i.name, "direction": i.direction, "ko": ko, "en": en} for i, (ko, en) in commands],
            "departments": [
                {"id": d.id, "name_ko": d.name_ko_current, "name_en": d.name_en} for d in registry.departments.values()
            ],
        }

    def correct(self, run: str, meant: Intent | None, registry: Registry) -> dict[str, Any]:
        """Store what the run's words meant, for the next training; returns the note made in its record.

        Raises BadInput: `private-run`, `no-words`, `bad-correction`; SeoulaError `run-not-found`.
        """
        record = self.store.get(run)
        if record["private"]:
            raise BadInput("private-run", "the words of a run that touched private content are not kept")
        if not record["text"].strip():
            raise BadInput("no-words", "nothing was said in this run")
        correction = Correction(record["text"], meant, self.clock())
        labelled = corrections.checked(correction, registry, _labels())
        corrections.write(self.settings.state_dir / corrections.FILE, correction)
        path = next((e["data"].get("path") for e in record["events"] if e["type"] == "understanding"), None)
        note = {"label": labelled.label, "at": correction.at, "by_name": path == "fast"}
        self.store.mark(run, "correction", note)
        return note


@cache
def _labels() -> frozenset[str]:
    return frozenset(line.label for line in handwritten(NLU_DATA / "handwritten"))


async def quietly(work: Callable[[], None], what: str) -> None:
    """Work in a thread whose failure must not reach who asked: it is logged, without words."""
    try:
        await asyncio.to_thread(work)
    except (SeoulaError, OSError) as error:
        log.error(what, error=getattr(error, "code", type(error).__name__))
