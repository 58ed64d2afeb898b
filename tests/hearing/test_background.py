from __future__ import annotations

import threading

import numpy as np
import pytest

from assistant.hearing.audio import Samples
from assistant.hearing.background import BackgroundRecogniser
from tests.hearing.fakes import ScriptedRecogniser

FRAME = np.zeros(1280, np.int16)


def test_the_words_are_those_of_the_inner_recogniser() -> None:
    recogniser = BackgroundRecogniser(ScriptedRecogniser({0.0: "따릉이"}))
    recogniser.start()
    recogniser.feed(FRAME)
    assert recogniser.finish() == "따릉이"
    assert recogniser.hypothesis() == "따릉이"
    recogniser.start()
    assert recogniser.hypothesis() == ""
    recogniser.close()


def test_a_slow_decoder_does_not_hold_up_the_feeding() -> None:
    release = threading.Event()

    class Slow(ScriptedRecogniser):
        def feed(self, samples: Samples) -> None:
            release.wait(120)
            super().feed(samples)

    recogniser = BackgroundRecogniser(Slow({0.0: "따릉이"}))
    recogniser.start()
    for _ in range(100):
        recogniser.feed(FRAME)
    assert recogniser.hypothesis() == ""
    release.set()
    assert recogniser.finish() == "따릉이"
    recogniser.close()


def test_an_error_while_decoding_reaches_the_caller_once() -> None:
    class Broken(ScriptedRecogniser):
        broken = True

        def feed(self, samples: Samples) -> None:
            if self.broken:
                raise RuntimeError("decoder died")
            super().feed(samples)

    inner = Broken({0.0: "따릉이"})
    recogniser = BackgroundRecogniser(inner)
    recogniser.start()
    recogniser.feed(FRAME)
    with pytest.raises(RuntimeError, match="decoder died"):
        recogniser.finish()
    inner.broken = False
    recogniser.start()
    recogniser.feed(FRAME)
    assert recogniser.finish() == "따릉이"
    recogniser.close()


class Moody(ScriptedRecogniser):
    """Fails where it is told to."""

    fails = ""

    def feed(self, samples: Samples) -> None:
        if self.fails == "feed":
            raise RuntimeError("decoder died")
        super().feed(samples)

    def finish(self) -> str:
        if self.fails == "finish":
            raise RuntimeError("decoder died at the end")
        return super().finish()


def test_an_error_at_the_end_reaches_the_caller_and_the_next_utterance_is_heard() -> None:
    inner = Moody({0.0: "따릉이"})
    recogniser = BackgroundRecogniser(inner)
    inner.fails = "finish"
    recogniser.start()
    recogniser.feed(FRAME)
    with pytest.raises(RuntimeError, match="at the end"):
        recogniser.finish()
    inner.fails = ""
    recogniser.start()
    recogniser.feed(FRAME)
    assert recogniser.finish() == "따릉이"
    recogniser.close()


def test_an_error_of_a_cancelled_utterance_does_not_concern_the_next() -> None:
    failed = threading.Event()

    class Fails(Moody):
        def feed(self, samples: Samples) -> None:
            try:
                super().feed(samples)
            finally:
                failed.set()

    inner = Fails({0.0: "따릉이"})
    inner.fails = "feed"
    recogniser = BackgroundRecogniser(inner)
    recogniser.start()
    recogniser.feed(FRAME)
    assert failed.wait(120)
    inner.fails = ""
    recogniser.start()  # the utterance before was cancelled: nobody asked for its words
    recogniser.feed(FRAME)
    assert recogniser.finish() == "따릉이"
    recogniser.close()


def test_what_is_queued_of_an_older_utterance_changes_nothing_in_the_newer() -> None:
    decoding, release = threading.Event(), threading.Event()

    class Slow(ScriptedRecogniser):
        feeds = 0

        def feed(self, samples: Samples) -> None:
            self.feeds += 1
            decoding.set()
            assert release.wait(120)
            super().feed(samples)

    inner = Slow({0.0: "따릉이"})
    recogniser = BackgroundRecogniser(inner)
    recogniser.start()
    recogniser.feed(FRAME)
    recogniser.feed(FRAME)
    assert decoding.wait(120)
    recogniser.start()  # while the first frame is decoded and the second waits
    release.set()
    assert recogniser.finish() == ""
    assert recogniser.hypothesis() == ""
    assert inner.feeds == 1
    recogniser.close()
