"""The rooms' Screen port and the voice's SpeechScreen over the display bridge."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from assistant.contracts import (
    AnswerValue,
    Command,
    LockScreen,
    NotPermitted,
    OpenOverlay,
    SwitchHands,
    UnlockScreen,
    plain,
)
from assistant.gate import ScreenStanding, Trust
from assistant.ports import Answer, Showing
from assistant.session import ShowPhase
from assistant.wording import comparison, sentence
from content_registry.schema import Registry
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.hub import DisplayHub
from display_bridge.pairing import Device, Pairing
from display_bridge.public_snapshot import public_snapshot
from display_bridge.trust import Identity
from display_bridge.views import value_of

NOTICES: dict[str, tuple[str, str]] = {
    "hearing-unavailable": ("음성 인식을 준비하고 있습니다. 화면을 눌러 주세요.", "Hearing is starting; touch works."),
    "speaking-unavailable": ("음성 안내를 준비하고 있습니다.", "The voice is starting."),
    "face-demonstration": (
        "시연 설정입니다. 녹화된 얼굴로도 비공개 모드가 열립니다.",
        "Demonstration: a recorded face opens private mode, too.",
    ),
    "model-unavailable": ("지금은 화면 이름만 알아듣습니다.", "Only panel names are understood now."),
    "hands-unavailable": (
        "카메라가 연결되지 않았습니다. 화면을 눌러 사용해 주세요.",
        "The camera is not connected; touch works.",
    ),
}
"""A component that is not named here (captions, media) is missed in meetings alone, and is told there."""
WARN_EVERY_S = 600.0
"""That the data is simulated stands on every panel; the voice repeats it this often."""
MOST_SOUNDS = 4096
"""Of private answers whose names are remembered; far fewer files are kept."""
PRIVATE_MODE = "private-mode"
"""The overlay in which the face check is followed."""


class PrivateMode(Protocol):
    """Who opens and ends private mode."""

    def ask(self, display: str) -> None:
        """Somebody wants it open: begin the check, or say why not."""

    def opened(self, display: str) -> None:
        """The gate has let an unlocking through. Raises NotPermitted where none is under way."""

    def off(self, display: str) -> None:
        """Somebody wants it off: end it at once."""


Touched = Callable[[str, str, Mapping[str, Any], Identity], Awaitable[None] | None]


class Screens:
    """What the rooms and the voice do to screens, and what screens tell them."""

    def __init__(self, hub: DisplayHub, registry: Registry, provider: CityDataProvider, pairing: Pairing) -> None:
        self._hub, self.registry, self.provider, self._pairing = hub, registry, provider, pairing
        self._notices: dict[str, dict[str, str]] = {}
        self._own_notices: dict[str, dict[str, dict[str, str]]] = {}
        self._microphone = "missing"
        self._displays: set[str] = set()
        self._warned_at = -WARN_EVERY_S
        self._private_sounds: dict[str, str] = {}
        self.private: PrivateMode | None = None
        self._hands: dict[str, str] = {}
        self.on_hands: Callable[[str, bool], None] = lambda display, on: None
        """Switches the motion mouse of a display on or off; set by the owner."""

    def public_snapshot(self, panel: str, now: float) -> dict[str, Any]:
        """A public panel as it is now; raises BadInput for any other."""
        return public_snapshot(panel, self.registry, self.provider, now)

    def follow(self, touched: Touched, played: Callable[[str, str], None]) -> None:
        """Whom a screen's commands and its reports of finished playback (utterance, display) go to."""
        self._hub.on_command = touched
        self._hub.on_playback = lambda display, utterance, _: played(utterance, display)

    # -- the rooms' Screen port ------------------------------------------------------------------------------

    def standing(self, display: str) -> ScreenStanding:
        """Role, and the trust of the display's most trusted connected screen."""
        return ScreenStanding(self._hub.role(display), Trust[self._hub.trust(display).word.upper()])

    def unlocked(self) -> frozenset[str]:
        """The displays where private content is open, or may be opened, now."""
        return frozenset(d for d in self._hub.displays() if self.standing(d).trust is Trust.PRIVATE)

    def showing(self, display: str) -> Showing:
        """What the display shows."""
        entry = self._hub.shown(display)
        incident = entry.args.get("incident", "")
        return Showing(entry.panel, entry.args.get("district"), incident, self._hub.desk.department(incident))

    def apply(self, command: Command) -> int:
        """Change the display."""
        if isinstance(command, LockScreen):
            self._hub.unlock(command.display, None)
            if self.private is not None:
                self.private.off(command.display)
            return self._hub.seq(command.display)
        if isinstance(command, SwitchHands):
            self.on_hands(command.display, command.on)
            return self._hub.seq(command.display)
        if isinstance(command, UnlockScreen):
            if self.private is None:
                raise NotPermitted("not-verified", "nobody checks faces here")
            self.private.opened(command.display)
            return self._hub.seq(command.display)
        seq = self._hub.apply(command)
        if isinstance(command, OpenOverlay) and command.overlay == PRIVATE_MODE and self.private is not None:
            self.private.ask(command.display)
            return self._hub.seq(command.display)
        return seq

    async def rendered(self, display: str, seq: int, timeout_s: float) -> str:
        """How that state fared on the screen."""
        return await self._hub.rendered(display, seq, timeout_s)

    def show_phase(self, display: str, effect: ShowPhase) -> None:
        """The assistant area. Session times are monotonic, the screen's are epoch seconds."""
        now = time.time()
        until = None if effect.until is None else now + effect.until - time.monotonic()
        self._introduce(display)
        self._hub.show_assistant(
            display,
            phase=effect.phase.value,
            since=now,
            until=until,
            text=effect.text,
            outcome=None if effect.outcome is None else plain(effect.outcome),
            run=effect.run,
            woken=effect.woken or None,
        )

    def chime(self, display: str, name: str) -> None:
        """A short sound, made by the screen itself."""
        self._hub.send(display, {"t": "chime", "name": name})

    # -- the voice's port ------------------------------------------------------------------------------------

    def set_speech(self, display: str, utterance: str, urls: Sequence[str], complete: bool, text: str) -> bool:
        """Let the display's screens play what is there of an utterance; False when none is connected."""
        if display not in self._hub.displays():
            return False
        private = self.standing(display).trust is Trust.PRIVATE
        for name in (url.rpartition("/")[2] for url in urls):
            self._private_sounds.pop(name, None)
            if private:
                self._private_sounds[name] = display
        while len(self._private_sounds) > MOST_SOUNDS:
            del self._private_sounds[next(iter(self._private_sounds))]
        speech = {"utterance": utterance, "urls": list(urls), "complete": complete, "text": text}
        self._hub.set_speech(display, speech)
        return True

    def person_of(self, device: str) -> str:
        """The person a paired device belongs to, by the device's id; "" for nobody's."""
        return next((d.person for d in self._pairing.devices() if device and d.id == device), "")

    def watches(self, display: str, person: str) -> bool:
        """Whether a watch of this person is paired for a display."""
        wanted = ("watch", display, person)
        return bool(person) and any((d.role, d.display, d.person) == wanted for d in self._pairing.devices())

    def may_be_heard(self, name: str) -> bool:
        """Whether a spoken sound may be fetched: one that an unlocked screen was told, only while it is unlocked."""
        display = self._private_sounds.get(name)
        return display is None or self.standing(display).trust is Trust.PRIVATE

    def clear_speech(self, display: str) -> None:
        """Silence."""
        if self._hub.exists(display):
            self._hub.set_speech(display, None)

    # -- what every screen is told ---------------------------------------------------------------------------

    def greet(self) -> None:
        """Displays that have joined since the last call learn the notices that stand."""
        for display in self._hub.displays():
            self._introduce(display)

    def notice(self, code: str, standing: bool) -> None:
        """Put up or take down a notice on every display."""
        if code not in NOTICES or standing == (code in self._notices):
            return
        if standing:
            self._notices[code] = _notice(code)
        else:
            del self._notices[code]
        self._tell_all()

    def own_notice(self, display: str, code: str, text_ko: str = "", text_en: str = "") -> None:
        """Put up a notice on one display, or take it down (no text)."""
        own = self._own_notices.setdefault(display, {})
        before = own.pop(code, None)
        if text_ko:
            own[code] = {"code": code, "text_ko": text_ko, "text_en": text_en}
        if own.get(code) != before and self._hub.exists(display):
            self._displays.add(display)
            self._tell(display)

    def set_microphone(self, state: str) -> None:
        """`on`, `off` or `missing`, shown beside the voice pill."""
        if state != self._microphone:
            self._microphone = state
            self._tell_all()

    def set_hands(self, display: str, state: str) -> None:
        """Of a display before which a camera watches for hands: `on`, `off` or `missing`."""
        self._hands[display] = state
        if self._hub.exists(display):
            self._tell(display)

    def use_registry(self, registry: Registry) -> None:
        """Take a changed registry into use."""
        self.registry = registry
        self._hub.use_registry(registry)

    def answer(self, command: AnswerValue) -> Answer:
        """The spoken value of a panel: of a place or of several beside one another, now or in a period."""
        entry, now = self.registry.panels[command.panel], datetime.now(UTC)
        places = list(dict.fromkeys((command.district, *command.compare)))
        values = [value_of(entry, p, self.registry, self.provider, now, command.period) for p in places]
        warn = time.monotonic() - self._warned_at > WARN_EVERY_S
        if values[0].simulated and warn:
            self._warned_at = time.monotonic()
        return comparison(values, warn=warn) if len(values) > 1 else sentence(values[0], warn=warn)

    def device(self, token: str) -> Device | None:
        """The paired device of a token."""
        return self._pairing.device(token) if token else None

    def wall_token(self, display: str, file: Path) -> str:
        """The pairing token of this machine's own wall, kept in `file` (readable by its owner only)."""
        if file.is_file():
            token = file.read_text(encoding="ascii", errors="replace").strip()
            device = self._pairing.device(token)
            if device is not None and device.display == display:
                return token
            file.unlink()
        token, _ = self._pairing.issue(role="wall", display=display, name="this machine's wall")
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(token)
        return token

    def _introduce(self, display: str) -> None:
        if display not in self._displays:
            self._displays.add(display)
            self._tell(display)

    def _tell_all(self) -> None:
        self._displays = {display for display in self._displays if self._hub.exists(display)}
        for display in self._displays:
            self._tell(display)

    def _tell(self, display: str) -> None:
        own, hands = self._own_notices.get(display, {}), self._hands.get(display)
        notices = [*self._notices.values(), *own.values()]
        if hands == "missing":
            notices.append(_notice("hands-unavailable"))
        self._hub.show_assistant(display, notices=notices, mic=self._microphone, hands=hands)


def _notice(code: str) -> dict[str, str]:
    ko, en = NOTICES[code]
    return {"code": code, "text_ko": ko, "text_en": en}
