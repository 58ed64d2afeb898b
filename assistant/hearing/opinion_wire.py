"""Questions to the second opinion and its answers as messages of the workers' links."""

from __future__ import annotations

import base64
import binascii
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.contracts.errors import BadInput, Unavailable
from assistant.hearing.audio import SAMPLE_RATE, Samples
from assistant.hearing.opinion import LONGEST_S, Opinion

MOST_CANDIDATES = 64
_LONGEST_CANDIDATE = 200


@dataclass(frozen=True, slots=True)
class Question:
    """One utterance to judge. within_s: later than this after it was asked nobody waits for the answer."""

    id: str
    sound: Samples
    candidates: tuple[str, ...]
    within_s: float


def question_message(question: Question) -> dict[str, Any]:
    """The form that `read_question` reads: the sound as base64 of s16le."""
    return {
        "type": "opinion_wanted",
        "id": question.id,
        "sound": base64.b64encode(question.sound.astype("<i2").tobytes()).decode("ascii"),
        "candidates": list(question.candidates),
        "within_s": round(question.within_s, 3),
    }


def read_question(message: dict[str, Any]) -> Question:
    """Raises BadInput `bad-question`."""
    name, sound, candidates = message.get("id"), message.get("sound"), message.get("candidates")
    within_s = message.get("within_s")
    if not isinstance(name, str) or not isinstance(sound, str) or not isinstance(within_s, int | float):
        raise BadInput("bad-question", "a question has an id, a sound and a time")
    if not isinstance(candidates, list) or len(candidates) > MOST_CANDIDATES:
        raise BadInput("bad-question", f"candidates is a list of {MOST_CANDIDATES} texts at most")
    if not all(isinstance(c, str) and 0 < len(c) <= _LONGEST_CANDIDATE for c in candidates):
        raise BadInput("bad-question", "a candidate is a text")
    try:
        pcm = base64.b64decode(sound, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInput("bad-question", "the sound is not base64") from error
    if not pcm or len(pcm) % 2 or len(pcm) > LONGEST_S * SAMPLE_RATE * 2:
        raise BadInput("bad-question", f"the sound is s16le, {LONGEST_S:.0f} s at the most")
    return Question(name, np.frombuffer(pcm, "<i2").astype(np.int16), tuple(candidates), float(within_s))


def opinion_message(name: str, opinion: Opinion) -> dict[str, Any]:
    """An answer."""
    return {
        "type": "opinion",
        "id": name,
        "text": opinion.text,
        "fit": opinion.fit,
        "no_speech": opinion.no_speech,
        "candidates": list(opinion.candidates),
        "unheard": list(opinion.unheard),
    }


def no_opinion_message(name: str, code: str) -> dict[str, Any]:
    """An answer too: there is none to be had, and why."""
    return {"type": "no_opinion", "id": name, "code": code}


class LinkedOpinion:
    """SecondOpinion of a worker behind a link. send: hands a message over, from any thread, without waiting."""

    def __init__(self, send: Callable[[dict[str, Any]], None]) -> None:
        self._send = send
        self._numbers = itertools.count(1)
        self._open: dict[str, Future[Opinion]] = {}
        self._lock = threading.Lock()

    def ask(self, sound: Samples, candidates: tuple[str, ...], within_s: float) -> Future[Opinion]:
        answer: Future[Opinion] = Future()
        name = str(next(self._numbers))
        with self._lock:
            self._open[name] = answer
        answer.add_done_callback(lambda _: self._forget(name))  # cancelled ones too
        self._send(question_message(Question(name, sound, candidates, within_s)))
        return answer

    def answered(self, message: dict[str, Any]) -> None:
        """An `opinion` or `no_opinion` has come; one that nobody waits for (any more) is nothing."""
        with self._lock:
            answer = self._open.get(str(message.get("id")))
        if answer is None or not answer.set_running_or_notify_cancel():
            return
        try:
            answer.set_result(_read_opinion(message))
        except (BadInput, Unavailable) as error:
            answer.set_exception(error)

    def _forget(self, name: str) -> None:
        with self._lock:
            self._open.pop(name, None)


def _read_opinion(message: dict[str, Any]) -> Opinion:
    if message.get("type") != "opinion":
        raise Unavailable(str(message.get("code") or "no-opinion"), "there is no second opinion")
    text, fit, no_speech = message.get("text"), message.get("fit"), message.get("no_speech")
    heard, unheard = _numbers(message.get("candidates")), _numbers(message.get("unheard"))
    if not isinstance(text, str) or not isinstance(fit, int | float) or not isinstance(no_speech, int | float):
        raise BadInput("bad-opinion", "an opinion has a text and two numbers")
    if len(heard) != len(unheard):
        raise BadInput("bad-opinion", "each candidate has two numbers")
    return Opinion(text, float(fit), float(no_speech), heard, unheard)


def _numbers(value: object) -> tuple[float, ...]:
    if not isinstance(value, list) or not all(isinstance(n, int | float) for n in value):
        raise BadInput("bad-opinion", "candidates are numbers")
    return tuple(float(n) for n in value)
