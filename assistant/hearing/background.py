"""A recogniser in a thread of its own, so that a slow moment of decoding never holds up the frame loop."""

from __future__ import annotations

import functools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

import structlog

from assistant.hearing.audio import Samples
from assistant.hearing.recogniser import Recogniser
from assistant.hearing.spelling import Grammar

log = structlog.get_logger(__name__)


class BackgroundRecogniser:
    """The same Recogniser, fed through a queue. `hypothesis` is the newest known; `finish` waits for what is queued.

    An error of the inner recogniser is raised by the `finish` of the same utterance, and concerns no other one.
    One thread calls `start`, `feed` and `finish`. `close` ends the thread.
    """

    def __init__(self, inner: Recogniser) -> None:
        self._inner = inner
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._utterance = 0
        self._words = (0, "")  # one object with its utterance's number, since two threads look at it
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="recogniser", daemon=True)
        self._thread.start()

    def start(self, skip: float = 0.0) -> None:
        self._utterance += 1
        self._jobs.put(functools.partial(self._begin, skip))

    def feed(self, samples: Samples) -> None:
        self._jobs.put(functools.partial(self._feed, self._utterance, samples))

    def hypothesis(self) -> str:
        utterance, words = self._words
        return words if utterance == self._utterance else ""

    def finish(self) -> str:
        done: Future[str] = Future()
        self._jobs.put(functools.partial(self._finish, done))
        return done.result()

    def use(self, grammar: Grammar) -> None:
        self._jobs.put(functools.partial(self._inner.use, grammar))

    def close(self) -> None:
        """Ends the thread after what is queued; waits for it."""
        self._jobs.put(None)
        self._thread.join()

    def _begin(self, skip: float) -> None:
        self._error = None
        self._inner.start(skip)

    def _feed(self, utterance: int, samples: Samples) -> None:
        if self._error is None and utterance == self._utterance:  # of a cancelled utterance nothing is wanted any more
            self._inner.feed(samples)
            self._words = (utterance, self._inner.hypothesis())

    def _finish(self, done: Future[str]) -> None:
        try:
            if self._error is not None:
                raise self._error
            done.set_result(self._inner.finish())
        except Exception as error:
            done.set_exception(error)
        finally:
            self._error = None

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception as error:  # handed to the caller by finish
                log.warning("recogniser failed", error=type(error).__name__)
                self._error = error
