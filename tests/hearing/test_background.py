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
            release.wait(5)
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
