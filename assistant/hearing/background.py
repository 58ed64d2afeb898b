"""A recogniser in a thread of its own, so that a slow moment of decoding never holds up the frame loop."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

from assistant.hearing.audio import Samples
from assistant.hearing.recogniser import Recogniser
from assistant.hearing.spelling import Grammar


class BackgroundRecogniser:
    """The same Recogniser, fed through a queue. `hypothesis` is the newest known; `finish` waits for what is queued.

    An error of the inner recogniser is raised by the next `finish`. `close` ends the thread.
    """

    def __init__(self, inner: Recogniser) -> None:
        self._inner = inner
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._words = ""
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="recogniser", daemon=True)
        self._thread.start()

    def start(self, skip: float = 0.0) -> None:
        self._words = ""
        self._jobs.put(lambda: self._begin(skip))

    def feed(self, samples: Samples) -> None:
        self._jobs.put(lambda: self._feed(samples))

    def hypothesis(self) -> str:
        return self._words

    def finish(self) -> str:
        done: Future[str] = Future()
        self._jobs.put(lambda: done.set_result("" if self._error else self._inner.finish()))
        words = done.result()
        error, self._error = self._error, None
        if error is not None:
            raise error
        return words

    def use(self, grammar: Grammar) -> None:
        self._jobs.put(lambda: self._inner.use(grammar))

    def close(self) -> None:
        """Ends the thread after what is queued; waits for it."""
        self._jobs.put(None)
        self._thread.join()

    def _begin(self, skip: float) -> None:
        self._words = ""
        self._inner.start(skip)

    def _feed(self, samples: Samples) -> None:
        if self._error is None:
            self._inner.feed(samples)
            self._words = self._inner.hypothesis()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception as error:  # handed to the caller by finish
                self._error = error
