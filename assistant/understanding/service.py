"""Understanding as one object: a sentence in, an Understanding out. Fast path, then model, then decision."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from assistant.contracts import (
    BadInput,
    Intent,
    IntentName,
    Media,
    Unavailable,
    Understanding,
    UnderstandingOutcome,
    UnderstandingPath,
)
from assistant.understanding.books import BookTitles
from assistant.understanding.decide import (
    OUTSIDE_SEOUL,
    TUNED,
    Decision,
    Thresholds,
    ask_several,
    decide,
    decide_by_names,
)
from assistant.understanding.fastpath import FastPath
from assistant.understanding.followup import Before, follow_up, goes_elsewhere
from assistant.understanding.hygiene import clean
from assistant.understanding.model import IntentModel
from assistant.understanding.reading import Reading
from assistant.understanding.refusals import (
    NEGATED,
    NOT_A_SENTENCE,
    VOLUME,
    is_about_loudness,
    is_machine_syntax,
    negation_forbids,
    says_nothing,
)
from assistant.understanding.selfcorrection import corrected
from assistant.understanding.statements import without_complaint
from content_registry.jamo import normalized_distance
from content_registry.schema import Registry

MODEL_UNAVAILABLE = "model-unavailable"
_SAME_LABEL = 0.25  # jamo distance up to which words are taken for a choice's label


@runtime_checkable
class LivingModel(Protocol):
    """A model that is started and ended."""

    async def start(self, *, watch: bool = True) -> None: ...
    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class UnderstandingContext:
    """What the assistant asked last, and what went before. `choices`: the labels on the screen, in order;
    `department_for`: a call waits for its department and would be placed by this medium (`awaits_department` says so).
    """

    choices: tuple[str, ...] = ()
    awaits_department: bool = False
    department_for: Media | None = None
    before: Before = Before()


class Understander:
    """Understands sentences against one registry; `model` None means the fast path alone."""

    def __init__(
        self,
        registry: Registry,
        model: IntentModel | None,
        *,
        limits: Thresholds = TUNED,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._registry, self._model, self._limits, self._clock = registry, model, limits, clock
        self._fast = FastPath(registry)
        self.books: BookTitles | None = None
        """The bookcase's titles, where the room has one."""

    @property
    def state(self) -> str:
        """The model's state: off, starting, ok or down."""
        return getattr(self._model, "state", "ok") if self._model is not None else "off"

    async def start(self, *, watch: bool = True) -> None:
        """Makes the model ready, where it has a life of its own. Raises Unavailable; the fast path serves anyhow."""
        if isinstance(self._model, LivingModel):
            await self._model.start(watch=watch)

    async def close(self) -> None:
        """Ends what `start` started."""
        if isinstance(self._model, LivingModel):
            await self._model.close()

    def use_registry(self, registry: Registry) -> None:
        """Takes a changed registry into use."""
        self._registry, self._fast = registry, FastPath(registry)

    async def understand(self, text: str, *, context: UnderstandingContext | None = None) -> Understanding:
        """What a sentence wants. Never raises for what was said: unusable text is not_understood, with its code in
        `notes`. `ms` is the time it took, the model included."""
        begun = self._clock()
        understood = await self._understand(text, context)
        return replace(understood, ms=(self._clock() - begun) * 1000.0)

    async def _understand(self, text: str, context: UnderstandingContext | None) -> Understanding:
        try:
            line = clean(text)
        except BadInput as error:
            shown = text if isinstance(text, str) else ""
            return Understanding(_printable(shown), UnderstandingOutcome.NOT_UNDERSTOOD, notes=(error.code,))
        if is_machine_syntax(text):
            return Understanding(line, UnderstandingOutcome.NOT_UNDERSTOOD, notes=(NOT_A_SENTENCE,))
        if is_about_loudness(line):
            return Understanding(line, UnderstandingOutcome.NOT_UNDERSTOOD, notes=(VOLUME,))
        if self.books is not None and (book := self.books.wish(line)) is not None and not negation_forbids(book, line):
            return Understanding(line, UnderstandingOutcome.ACCEPTED, book, 1.0, path=UnderstandingPath.FAST)
        reading = self._read(line)
        known = self._in_context(reading, context)
        fast = self._fast.match(reading) if known is None else None
        if known is not None or fast is not None:
            intent = known or (fast.intent if fast else None)
            assert intent is not None
            if known is None and negation_forbids(intent, line):
                return Understanding(line, UnderstandingOutcome.NOT_UNDERSTOOD, notes=(NEGATED,))
            confidence = fast.confidence if fast else 1.0
            return Understanding(line, UnderstandingOutcome.ACCEPTED, intent, confidence, path=UnderstandingPath.FAST)
        if context is not None and goes_elsewhere(reading, context.before):
            return Understanding(line, UnderstandingOutcome.NOT_UNDERSTOOD, notes=(OUTSIDE_SEOUL,))
        if says_nothing(line):
            return Understanding(line, UnderstandingOutcome.NOT_UNDERSTOOD)
        if several := self._fast.several(reading):
            return _told(line, ask_several(several, self._registry), UnderstandingPath.FAST)
        if self._model is None:
            return self._without_model(reading)
        try:
            result = await self._model.parse(reading.text)
        except Unavailable:
            return self._without_model(reading)
        return _told(line, decide(reading, result, self._registry, self._limits), UnderstandingPath.MODEL)

    def _without_model(self, reading: Reading) -> Understanding:
        decision = decide_by_names(reading, self._registry)
        notes = (MODEL_UNAVAILABLE, *((OUTSIDE_SEOUL,) if reading.elsewhere else ()), *decision.notes)
        answered = decision.outcome is not UnderstandingOutcome.NOT_UNDERSTOOD
        path = UnderstandingPath.FAST if answered else UnderstandingPath.NONE
        return _told(reading.text, replace(decision, notes=notes), path)

    def _read(self, line: str) -> Reading:
        """The sentence as it was meant, corrections carried out."""
        line = without_complaint(line)
        reading = self._fast.read(line)
        meant = corrected(line, reading.mentions)
        return reading if meant == line else self._fast.read(meant)

    def _in_context(self, reading: Reading, context: UnderstandingContext | None) -> Intent | None:
        if context is None:
            return None
        if context.awaits_department and reading.department is not None and not reading.panels:
            return Intent(IntentName.CALL, department=reading.department, media=context.department_for)
        near = [(normalized_distance(reading.text, label), n) for n, label in enumerate(context.choices, 1)]
        if near and min(near)[0] <= _SAME_LABEL:
            return Intent(IntentName.CHOOSE, choice=min(near)[1])
        if context.before == Before():
            return None
        if not reading.mentions:
            reading = self._fast.read(reading.text, ordinary=True)
        return follow_up(reading, context.before)


def _told(text: str, decision: Decision, path: UnderstandingPath) -> Understanding:
    return Understanding(
        text, decision.outcome, decision.intent, decision.confidence, decision.alternatives, path, notes=decision.notes
    )


def _printable(text: str) -> str:
    """Text that any JSON encoder takes: lone surrogates replaced, at most 300 characters."""
    return text[:300].encode("utf-8", "replace").decode("utf-8")
