"""Runs the checks side by side, each with a time limit, so that a component that hangs costs only its own row."""

from __future__ import annotations

import threading
import time
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
    """`look` gives the row. essential: without this component the product is of no use (typed text on a screen)."""

    component: str
    look: Callable[[Settings], Row]
    essential: bool = False
    timeout_s: float = 20.0


CHECKS: tuple[Check, ...] = (
    Check("microphone", hearing.microphone),
    Check("wake word", hearing.wake_word),
    Check("recogniser", hearing.recogniser, timeout_s=60.0),
    Check("second opinion", hearing.second_opinion, timeout_s=60.0),
    Check("voice activity", hearing.voice_activity),
    Check("echo and noise", hearing.echo_and_noise),
    Check("rasa environment", understanding.environment, essential=True),
    Check("rasa model", understanding.model, essential=True),
    Check("content registry", understanding.registry, essential=True),
    Check("voice", speaking.voice, timeout_s=45.0),
    Check("sound output", speaking.output),
    Check("cameras", hearing.cameras),
    Check("hands", seeing.hands, timeout_s=60.0),
    Check("face", seeing.face, timeout_s=60.0),
    Check("spine reader", seeing.spine_reader),
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
    Check("calls (media)", phones.worker, timeout_s=90.0),
    Check("calls (Janus)", phones.janus, timeout_s=45.0),
    Check("telephone line", phones.line),
    Check("calls (LiveKit)", livekit.server),
    Check("meetings", meetings.rooms),
    Check("captions", meetings.captions),
    Check("secrets", machine.secrets),
    Check("disk", machine.disk, essential=True),
    Check("port", machine.port, essential=True),
)


def run_checks(settings: Settings, checks: Sequence[Check] | None = None) -> Iterator[Row]:
    """A row per check, in order. All run at once; a check that fails or takes too long gives a row that says so.
    checks: None for all of them, with one for each camera of the settings."""
    started = time.monotonic()
    if checks is None:
        checks = (*CHECKS, *(_camera(camera) for camera in settings.seeing.cameras))
    pending = [(check, *_begin(check, settings)) for check in checks]
    for check, thread, rows in pending:
        thread.join(max(0.0, started + check.timeout_s - time.monotonic()))
        yield rows[0] if rows else _silent(check)


def _begin(check: Check, settings: Settings) -> tuple[threading.Thread, list[Row]]:
    rows: list[Row] = []

    def look() -> None:
        try:
            rows.append(check.look(settings))
        except Exception as error:  # whatever breaks a check is what its row has to say
            message = error.message if isinstance(error, SeoulaError) else f"{type(error).__name__}: {error}"
            rows.append(Row(check.component, _without(check), message, _AGAIN))

    # A daemon: the program can end although a check hangs in a device driver.
    thread = threading.Thread(target=look, name=f"doctor {check.component}", daemon=True)
    thread.start()
    return thread, rows


def _camera(camera: SeeingCamera) -> Check:
    return Check(f"camera {camera.name}", lambda _: seeing.camera(camera), timeout_s=40.0)


_AGAIN = "설치를 다시 실행하세요 / run the set-up again: make setup"


def _silent(check: Check) -> Row:
    return Row(
        check.component, _without(check), f"no answer within {check.timeout_s:g} s", "다시 시도하세요 / try again"
    )


def _without(check: Check) -> State:
    return "missing" if check.essential else "degraded"
