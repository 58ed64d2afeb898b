"""Replays: recordings through the real chain in their own time, and run records through gate and actions again."""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actions.panels_of import PANEL_OF
from assistant.contracts import (
    Command,
    SeoulaError,
    ShowPanel,
    Source,
    StreamEnded,
    StreamMode,
    Understanding,
    decode,
    encode,
    type_name,
)
from assistant.gate import Gate, ScreenStanding, Trust
from assistant.hearing.replay import FileBegins, FileFailed, Replay, ReplayEvent, nothing_to_hear, replay_line
from assistant.models_manifest import locate, named
from assistant.ports import Answer, Ports, Showing
from assistant.room import Room
from assistant.runs import RunRecord
from assistant.session import FOLLOW_UP_S, ShowPhase
from assistant.settings import Settings
from assistant.telephone import NoTelephone
from assistant.understanding.line import as_line
from assistant.understanding.service import UnderstandingContext
from content_registry.private_names import PrivateNames
from content_registry.schema import Registry

if TYPE_CHECKING:
    from assistant.hearing.engine import HearingEngine
    from assistant.hearing.phrases import Phrase

Write = Callable[[dict[str, Any]], None]
Understand = Callable[[str, UnderstandingContext], Coroutine[Any, Any, Understanding]]


@dataclass(slots=True)
class PaperScreen:
    """The room's paired wall, which paints at once: a replay tests the decisions, not the picture."""

    trust: Trust = Trust.INTERNAL
    commands: list[Command] = field(default_factory=list)

    def standing(self, display: str) -> ScreenStanding:
        """A paired wall."""
        return ScreenStanding("wall", self.trust)

    def showing(self, display: str) -> Showing:
        """The last panel shown."""
        shown = [c for c in self.commands if isinstance(c, ShowPanel)]
        return Showing(shown[-1].panel, shown[-1].args.get("district")) if shown else Showing("home")

    def apply(self, command: Command) -> int:
        """Note the command."""
        self.commands.append(command)
        return len(self.commands)

    async def rendered(self, display: str, seq: int, timeout_s: float) -> str:
        """Always."""
        return "rendered"

    def show_phase(self, display: str, effect: ShowPhase) -> None:
        """Nobody looks."""

    def chime(self, display: str, name: str) -> None:
        """Nobody listens."""


class _SilentVoice:
    async def say(self, display: str, text: str, language: str) -> bool:
        return False

    def hush(self, display: str) -> None:
        pass


@dataclass(slots=True)
class _PipelineEar:
    """The recording's pipeline; None when there is no sound to hear."""

    replay: Replay | None

    def listen(self, display: str, seconds: float) -> None:
        if self.replay and self.replay.pipeline:
            self.replay.pipeline.listen(seconds)

    def cancel(self, display: str) -> None:
        if self.replay and self.replay.pipeline:
            self.replay.pipeline.cancel()


class ReplayRoom:
    """A room in a recording's own time; writes an `intent` and an `outcome` line for every run."""

    def __init__(
        self,
        registry: Registry,
        replay: Replay | None,
        understand: Understand,
        write: Write,
        follow_up_s: float = FOLLOW_UP_S,
    ) -> None:
        self.now = 0.0
        self.screen = PaperScreen()
        self.ended = 0
        self._write, self._understand_text = write, understand
        self._tasks: list[asyncio.Task[None]] = []
        numbers = itertools.count(1)
        ports = Ports(
            understand=self._understand,
            screen=self.screen,
            voice=_SilentVoice(),
            ear=_PipelineEar(replay),
            calls=NoTelephone(lambda: registry),
            answer=lambda asked: Answer(registry.panels[asked.panel].name_ko, registry.panels[asked.panel].name_en),
            save=self._ended,
            spawn=self._spawn,
            names_private=PrivateNames(registry).near,
        )
        gate = Gate(registry, PANEL_OF)
        new_run = lambda: f"replay-{next(numbers)}"  # noqa: E731
        self.room = Room("main", registry, gate, ports, new_run, lambda: self.now, follow_up_s=follow_up_s)

    async def hear(self, event: ReplayEvent, push_to_talk: bool) -> None:
        """One event of the pipeline, at its time."""
        if isinstance(event, FileFailed):
            self.ended += 1  # it says itself how this file ended
        if isinstance(event, FileBegins | FileFailed):
            return
        self.now = max(self.now, event.t)
        self.room.tick()
        if push_to_talk and self.room.session.run is None and not isinstance(event, StreamEnded):
            self.room.push_to_talk()
        self.room.hear(event)
        await self.settle()

    async def settle(self) -> None:
        """Let everything that was begun finish."""
        while self._tasks:
            await asyncio.gather(*[self._tasks.pop() for _ in range(len(self._tasks))])

    def _spawn(self, work: Coroutine[Any, Any, None]) -> object:
        task = asyncio.ensure_future(work)
        self._tasks.append(task)
        return task

    async def _understand(self, text: str, asked: UnderstandingContext) -> Understanding:
        result = await self._understand_text(text, asked)
        self._write({"t": round(self.now, 3), "type": "intent", **as_line(result)})
        return result

    def close(self) -> None:
        """The recording is over: a file in which nobody called ends with an outcome too."""
        if not self.ended:
            text = "호출어를 듣지 못했습니다."
            row = {"code": "not_heard", "text_ko": text, "text_en": "Nobody called.", "reason": "no-wake-word"}
            self._write({"t": round(self.now, 3), "type": "outcome", **row})

    def _ended(self, record: RunRecord) -> None:
        if self.ended and record.overheard:
            return  # after a command: nobody called, so nobody is answered here either
        self.ended += 1
        outcome = encode(record.outcome)
        outcome.pop("type")
        self._write({"t": round(self.now, 3), "type": "outcome", **outcome})


async def play_files(
    registry: Registry,
    replay: Replay,
    understand: Understand,
    files: Sequence[Path],
    push_to_talk: bool,
    write: Write,
    follow_up_s: float = FOLLOW_UP_S,
) -> bool:
    """Play files; True when all could be read to their end."""
    room: ReplayRoom | None = None
    async for event in replay.aevents(files):
        if isinstance(event, FileBegins):
            if room:
                room.close()
            room = None
        room = room or ReplayRoom(registry, replay, understand, write, follow_up_s)
        line = replay_line(event)
        if line is not None:
            write(line)
        await room.hear(event, push_to_talk)
    if room:
        room.close()
    return not replay.failed


async def replay_microphone(
    settings: Settings, files: Sequence[Path], push_to_talk: bool, phrases: Path | None, write: Write
) -> bool:
    """`seoula replay FILE… --as mic`. Raises SeoulaError when a component is missing."""
    from assistant.app import open_understander
    from assistant.hearing.engine import HearingEngine
    from assistant.hearing.vocabulary import file_phrases
    from assistant.wake_words import wake_people, wake_rules
    from content_registry.loader import load_registry

    if failures := await asyncio.to_thread(nothing_to_hear, files):
        for event in failures:
            line = replay_line(event)
            if line is not None:
                write(line)
        return False
    if phrases is not None:
        engine = await asyncio.to_thread(
            HearingEngine,
            file_phrases(phrases),
            only_phrases=True,
            noise_suppression=settings.hearing.noise_suppression,
        )
        await asyncio.to_thread(consult, engine, settings)
        for phrase in engine.unspeakable:
            print(f"seoula: the recogniser cannot know {phrase!r}", file=sys.stderr)
        replay = Replay(engine, StreamMode.PUSH_TO_TALK, measuring=True)
        async for event in replay.aevents(files):
            line = replay_line(event, measuring=True)
            if line is not None:
                write(line)
        return not replay.failed
    engine = await asyncio.to_thread(
        HearingEngine,
        expected_phrases(settings),
        wake_model=settings.hearing.wake_model,
        noise_suppression=settings.hearing.noise_suppression,
        wake_people=wake_people(settings),
        wake_rules=wake_rules(settings),
    )
    await asyncio.to_thread(consult, engine, settings)
    mode = StreamMode.PUSH_TO_TALK if push_to_talk else StreamMode.WAKE
    async with open_understander(settings) as understander:

        async def understand(text: str, asked: UnderstandingContext) -> Understanding:
            return await understander.understand(text, context=asked)

        follow_up_s = settings.conversation.follow_up_s
        return await play_files(
            load_registry(), Replay(engine, mode), understand, files, push_to_talk, write, follow_up_s
        )


def expected_phrases(settings: Settings) -> tuple[Phrase, ...]:
    """What the recogniser of these settings' room expects: the registry's phrases, and the titles of the books where a
    camera looks at a bookcase. Raises ConfigError."""
    from assistant.hearing.vocabulary import registry_phrases, wire_phrases
    from assistant.shelf_enrolling import catalogue
    from content_registry.generator import book_phrases

    known = registry_phrases()
    if all(camera.shelf is None for camera in settings.seeing.cameras):
        return known
    new = book_phrases(catalogue(settings.seeing.books).values(), {phrase.text for phrase in known})
    return (*known, *wire_phrases([asdict(phrase) for phrase in new])) if new else known


def consult(engine: HearingEngine, settings: Settings) -> bool:
    """Give a replay's engine the second opinion, which it waits for: the same recording gives the same words. False,
    said on stderr, where there is none."""
    from assistant.hearing.whisper import LocalOpinion, Whisper

    if not settings.opinion.enabled:
        return False
    try:
        whisper = Whisper(locate(named("whisper-base")), settings.opinion.threads)
    except SeoulaError as error:
        print(f"seoula: no second opinion ({error.code}): {error.message}", file=sys.stderr)
        return False
    engine.consult(LocalOpinion(whisper), None)
    return True


def replay_record(record: Mapping[str, Any], registry: Registry, trust: Trust = Trust.INTERNAL) -> list[str]:
    """The commands and the outcome that today's gate and actions give for a recorded run's understanding.

    Returns what a golden record holds in its `plan` event: command names, then the outcome's code. A difference to
    the recorded plan is a change of behaviour, meant or not.
    """
    data = next(e["data"] for e in record["events"] if e["type"] == "understanding")
    understood: Understanding = decode({"type": "understanding", **data})
    rows: list[dict[str, Any]] = []

    async def constant(_: str, __: UnderstandingContext) -> Understanding:
        return understood

    async def work() -> list[Command]:
        room = ReplayRoom(registry, None, constant, rows.append)
        room.screen.trust = trust
        room.room.enter(understood.text or "-", Source(record["source"]))
        await room.settle()
        return room.screen.commands

    commands = asyncio.run(work())
    return [type_name(c) for c in commands] + [row["code"] for row in rows if row["type"] == "outcome"]
