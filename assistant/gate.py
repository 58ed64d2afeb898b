"""The policy, pure: may this proposal happen on this screen, now? Accept, or refuse with a reason.

It judges exposure (the panel's visibility against the screen's trust and role), the risk class of the intent
(view < call < unlock), and the rate. Voice alone never unlocks: private mode opens only for a proposal of the face
check that was announced here for this very display, once; from every other source the wish only asks for that check.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from assistant.contracts import Direction, Intent, IntentName, IntentProposed, Outcome, OutcomeCode, Source
from content_registry.schema import Registry, Visibility


class Trust(IntEnum):
    """What a screen may receive. PUBLIC: any; INTERNAL: paired; PRIVATE: paired and unlocked by a recognised person."""

    PUBLIC = 0
    INTERNAL = 1
    PRIVATE = 2


class Risk(StrEnum):
    """The risk class of an intent, lowest first."""

    VIEW = "view"
    CALL = "call"
    UNLOCK = "unlock"


RATE_LIMITS: dict[Risk, tuple[int, float]] = {Risk.VIEW: (200, 10.0), Risk.CALL: (6, 60.0), Risk.UNLOCK: (10, 60.0)}
"""Proposals allowed per display: (count, within seconds). A person cannot reach them; a stuck sender does."""

_NEEDED: dict[Visibility, Trust] = {
    Visibility.PUBLIC: Trust.PUBLIC,
    Visibility.INTERNAL: Trust.INTERNAL,
    Visibility.PRIVATE: Trust.PRIVATE,
}
_REACHES_OTHERS = (IntentName.CALL, IntentName.CONFERENCE, IntentName.WORK_ORDER)
_SHOWS_ITS_PANEL = (
    IntentName.SHOW_PANEL,
    IntentName.ASK_VALUE,
    IntentName.OPEN_DOCUMENT,
    IntentName.OPEN_REPORT,
)


@dataclass(frozen=True, slots=True)
class ScreenStanding:
    """A display as the gate sees it: its role (wall, tv, ...) and its trust."""

    role: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class Verdict:
    """allowed, or the outcome that refuses."""

    refusal: Outcome | None = None

    @property
    def allowed(self) -> bool:
        """True when nothing speaks against it."""
        return self.refusal is None


def risk_of(intent: Intent) -> Risk:
    """The risk class of an intent."""
    if intent.name in _REACHES_OTHERS:
        return Risk.CALL if intent.direction is None else Risk.VIEW  # a call that there is may be ended at any time
    # To lock is never too much.
    unlocks = intent.name is IntentName.PRIVATE_MODE and intent.direction is not Direction.OFF
    return Risk.UNLOCK if unlocks else Risk.VIEW


def exposure(panel: str | None, registry: Registry, screen: ScreenStanding) -> Outcome | None:
    """Why `panel` may not be on the screen, or None."""
    entry = registry.panels.get(panel or "")
    if entry is None:
        return None
    if screen.role not in entry.surfaces:
        return _refuse("not-on-this-screen", "이 화면에는 표시할 수 없습니다.", "Not on this screen.")
    if screen.trust >= _NEEDED[entry.visibility]:
        return None
    if entry.visibility is Visibility.PRIVATE:
        return _refuse(
            "locked", "비공개 자료입니다. 얼굴 확인 후에 볼 수 있습니다.", "Private content needs a face check first."
        )
    return _refuse(
        "not-paired",
        "내부 자료입니다. 연결이 승인된 화면에서만 볼 수 있습니다.",
        "Internal content needs a paired screen.",
    )


def _refuse(reason: str, ko: str, en: str) -> Outcome:
    return Outcome(OutcomeCode.NOT_PERMITTED, ko, en, reason)


_NOT_VERIFIED = _refuse("not-verified", "얼굴이 확인되지 않았습니다.", "No face has been verified.")


@dataclass(frozen=True, slots=True)
class Faced:
    """How a face check at a display has ended: with a person, or with the outcome that refuses."""

    person: str | None
    refusal: Outcome | None = None


@dataclass(slots=True)
class Gate:
    """The policy with its only memory: when each display last proposed what, seconds on the caller's clock, and how
    the face check ended that is about to be proposed."""

    registry: Registry
    panel_of: dict[IntentName, str]
    """Intents that open one fixed panel, so that the panel's visibility rules them too."""
    _history: dict[tuple[str, Risk], deque[float]] = field(default_factory=dict)
    _faced: dict[str, Faced] = field(default_factory=dict)

    def face(self, display: str, faced: Faced | None) -> None:
        """Announce how the check at a display ended; it holds for one proposal. None: what was announced holds no
        more."""
        self._faced.pop(display, None)
        if faced is not None:
            self._faced[display] = faced

    def judge(self, proposal: IntentProposed, screen: ScreenStanding, now: float) -> Verdict:
        """Decide on one proposal whose intent is already resolved (a choice is judged as what it chose)."""
        seen = proposal.source is Source.FACE  # what is seen has limits of its own (attempts.py)
        if not seen and self._too_many(proposal.display, risk_of(proposal.intent), now):
            return Verdict(_refuse("too-many", "잠시 뒤에 다시 말씀해 주세요.", "Too many requests; wait a moment."))
        refusal = self.objection(proposal.intent, screen)
        if seen and risk_of(proposal.intent) is Risk.UNLOCK:
            faced = self._faced.pop(proposal.display, None)
            if faced is None or faced.person is None or faced.person != proposal.person:
                refusal = (faced and faced.refusal) or refusal or _NOT_VERIFIED
        return Verdict(refusal)

    def objection(self, intent: Intent, screen: ScreenStanding) -> Outcome | None:
        """Why this intent may not happen on this screen, the rate apart; None: nothing speaks against it."""
        if intent.name in _REACHES_OTHERS and screen.role in ("kiosk", "web"):
            return _refuse("not-on-this-screen", "이 화면에서는 쓸 수 없습니다.", "Not available on this screen.")
        if risk_of(intent) is Risk.UNLOCK and screen.trust < Trust.INTERNAL:
            return _refuse(
                "not-paired",
                "비공개 모드는 연결이 승인된 화면에서만 열 수 있습니다.",
                "Private mode opens only on a paired screen.",
            )
        refused = exposure(self.panel_behind(intent), self.registry, screen)
        if refused is None and intent.name is IntentName.CALL and exposure("fn-voice-call", self.registry, screen):
            return _refuse(
                "not-paired", "통화는 연결이 승인된 화면에서만 걸 수 있습니다.", "Calls need a paired screen."
            )
        return refused

    def panel_behind(self, intent: Intent) -> str | None:
        """The panel whose visibility rules the intent, or None."""
        if intent.panel and intent.name in _SHOWS_ITS_PANEL:
            return intent.panel
        return self.panel_of.get(intent.name)

    def needs(self, intent: Intent) -> Trust:
        """The trust that what this intent shows or says asks for."""
        entry = self.registry.panels.get(self.panel_behind(intent) or "")
        return Trust.PUBLIC if entry is None else _NEEDED[entry.visibility]

    def _too_many(self, display: str, risk: Risk, now: float) -> bool:
        count, within = RATE_LIMITS[risk]
        times = self._history.setdefault((display, risk), deque())
        while times and times[0] <= now - within:
            times.popleft()
        if len(times) >= count:
            return True
        times.append(now)
        return False
