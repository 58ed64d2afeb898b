"""Runs the checks side by side, each with a time limit, so that a component that hangs costs only its own row."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from assistant.contracts.errors import SeoulaError
from assistant.doctor import (
    calls,
    hearing,
    livekit,
    machine,
    meetings,
    phones,
    screens,
    seeing,
    speaking,
    understanding,
)
from assistant.doctor.row import Row, State
from assistant.settings import Settings
from assistant.settings_seeing import SeeingCamera


@dataclass(frozen=True, slots=True)
class Check:
    """`look` gives the row. essential: without this component the product is of no use (typed text on a screen).

    timeout_s: for the look alone. heavy: it loads a model or starts a worker, and keeps a processor busy for seconds.
    """

    component: str
    look: Callable[[Settings], Row]
    essential: bool = False
    timeout_s: float = 20.0
    heavy: bool = False


CHECKS: tuple[Check, ...] = (
    Check("microphone", hearing.microphone),
    Check("wake word", hearing.wake_word),
    Check("recogniser", hearing.recogniser, timeout_s=60.0, heavy=True),
    Check("second opinion", hearing.second_opinion, timeout_s=60.0, heavy=True),
    Check("voice activity", hearing.voice_activity, heavy=True),
    Check("echo and noise", hearing.echo_and_noise),
    Check("rasa environment", understanding.environment, essential=True),
    Check("rasa model", understanding.model, essential=True),
    Check("content registry", understanding.registry, essential=True),
    Check("voice", speaking.voice, timeout_s=90.0, heavy=True),
    Check("sound output", speaking.output),
    Check("cameras", hearing.cameras),
    Check("hands", seeing.hands, timeout_s=60.0, heavy=True),
    Check("face", seeing.face, timeout_s=60.0, heavy=True),
    Check("spine reader", seeing.spine_reader),
    Check("bookcase", seeing.bookcase),
    Check("city data", screens.city_data, essential=True),
    *(
        Check(f"city data: {source}", partial(screens.city_source, source), timeout_s=40.0)
        for source in screens.SOURCE_IDS
    ),
    Check("documents", screens.documents, essential=True, timeout_s=40.0),
    Check("web libraries", screens.libraries, essential=True),
    Check("map", screens.seoul_map, essential=True),
    Check("fonts", screens.fonts),
    Check("calls", calls.departments),
    Check("calls (TURN)", calls.turn, timeout_s=60.0),
    Check("calls (media)", phones.worker, timeout_s=90.0, heavy=True),
    Check("calls (Janus)", phones.janus, timeout_s=45.0, heavy=True),
    Check("telephone line", phones.line),
    Check("calls (LiveKit)", livekit.server),
    Check("meetings", meetings.rooms),
    Check("captions", meetings.captions),
    Check("secrets", machine.secrets),
    Check("disk", machine.disk, essential=True),
    Check("port", machine.port, essential=True),
)


def run_checks(settings: Settings, checks: Sequence[Check] | None = None) -> Iterator[Row]:
    """A row per check, in order; a check that fails or takes too long gives a row that says so.

    All begin at once, but of the heavy ones as many as there are processors, so that they do not make each other late.
    checks: None for all of them, with one for each camera of the settings."""
    if checks is None:
        checks = (*CHECKS, *(_camera(camera) for camera in settings.seeing.cameras))
    looks = [_Look(check, settings) for check in checks]
    heavy = deque(look for look in looks if look.check.heavy)
    for look in looks:
        if not look.check.heavy:
            _begin(deque([look]))
    for _ in os.sched_getaffinity(0):
        _begin(heavy)
    for look in looks:
        row = look.row()
        if row is None and look.check.heavy:
            _begin(heavy)  # in the place of the one that hangs
        yield row or _silent(look.check)


class _Look:
    """A check, when it began, and its row."""

    def __init__(self, check: Check, settings: Settings) -> None:
        self.check, self._settings = check, settings
        self._begun, self._done = threading.Event(), threading.Event()
        self._began_at = 0.0
        self._row: Row | None = None

    def look(self) -> None:
        """Make the row, whatever happens."""
        self._began_at = time.monotonic()
        self._begun.set()
        try:
            self._row = self.check.look(self._settings)
        except Exception as error:  # whatever breaks a check is what its row has to say
            message = error.message if isinstance(error, SeoulaError) else f"{type(error).__name__}: {error}"
            self._row = Row(self.check.component, _without(self.check), message, _AGAIN)
        self._done.set()

    def row(self) -> Row | None:
        """The row; None if there is none in the check's time, which counts from when it began."""
        self._begun.wait()
        left = self._began_at + self.check.timeout_s - time.monotonic()
        return self._row if self._done.wait(max(0.0, left)) else None


def _begin(queue: deque[_Look]) -> None:
    """One after another in a thread of its own, as long as there are any."""

    def work() -> None:
        while True:
            try:
                one = queue.popleft()
            except IndexError:
                return
            one.look()

    # A daemon: the program can end although a check hangs in a device driver.
    threading.Thread(target=work, name="doctor", daemon=True).start()


def _camera(camera: SeeingCamera) -> Check:
    return Check(f"camera {camera.name}", lambda _: seeing.camera(camera), timeout_s=40.0)


_AGAIN = "설치를 다시 실행하세요 / run the set-up again: make setup"


def _silent(check: Check) -> Row:
    return Row(
        check.component, _without(check), f"no answer within {check.timeout_s:g} s", "다시 시도하세요 / try again"
    )


def _without(check: Check) -> State:
    return "missing" if check.essential else "degraded"
