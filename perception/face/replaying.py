"""Recordings seen by the face check, in their own time: what `seoula replay --as face` prints.

A recording cannot obey a challenge by chance, so the order that it was made with may be given. Without one the
challenge is random, as for a camera, and a recording fails it: that is what an attacker with a film would have.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator, Sequence

from assistant.contracts.errors import BadInput
from perception.face.challenge import Plan, fixed_plan, random_plan
from perception.face.detector import Eyes, RealEyes
from perception.face.events import Ask, FaceEvent, Here, Left, Onlooker, Verified
from perception.face.profiles import Profiles
from perception.face.seeing import FaceSeeing
from perception.face.settings import MOST_STEPS, FaceSettings
from perception.frames import FrameSource


def steps_of(text: str) -> tuple[Ask, ...]:
    """From "left,right,blink". Raises BadInput `bad-challenge`."""
    try:
        steps = tuple(Ask(part.strip()) for part in text.split(","))
    except ValueError as error:
        raise BadInput("bad-challenge", f"a challenge is made of {', '.join(Ask)}, with commas between") from error
    if not 1 <= len(steps) <= MOST_STEPS:
        raise BadInput("bad-challenge", f"a challenge has 1 to {MOST_STEPS} steps")
    return steps


def replay(
    source: FrameSource,
    settings: FaceSettings,
    people: Sequence[str] | None = None,
    steps: Sequence[Ask] | None = None,
    *,
    away_s: float | None = None,
    debug: bool = False,
    eyes: Callable[[FaceSettings], Eyes] = RealEyes,
    chance: random.Random | None = None,
) -> Iterator[FaceEvent]:
    """One check from the first frame on; after `verified` the person is watched over until he has left or the recording
    ends. people: who may be recognised; None: all. Closes the source.

    Raises BadInput where the source cannot be read on or nobody is enrolled, ConfigError, Unavailable `model-missing`.
    """
    luck = chance or secrets.SystemRandom()

    def plan() -> Plan:
        return fixed_plan(steps) if steps else random_plan(luck, settings.challenge)

    try:
        opened = eyes(settings)
        seeing = FaceSeeing(opened, settings, debug=debug)
        try:
            known = Profiles(settings).known(people, opened.embedder)
            seeing.begin("", known.people, plan)
            while seeing.busy and (frame := source.read()) is not None:
                for event in seeing.see(frame):
                    again = isinstance(event, Onlooker) and event.again
                    if not (again or isinstance(event, Here)):  # for whoever keeps something open, or hidden
                        yield event
                    if isinstance(event, Verified):
                        seeing.watch("", known.people[event.person], away_s, onlookers=True)
                    elif isinstance(event, Left):
                        break
            yield from seeing.broken_off()
            while source.read() is not None:  # so that a file that breaks off later is noticed too
                pass
        finally:
            seeing.close()
    finally:
        source.close()
