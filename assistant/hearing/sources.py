"""Recorded and streamed audio as frames: files of any usual format, and chunks that arrive from a WebSocket."""

from __future__ import annotations

import queue
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assistant.contracts.errors import BadInput
from assistant.hearing.audio import SAMPLE_RATE, Frame, Samples, SourceProblem
from assistant.hearing.framing import Framer

if TYPE_CHECKING:
    import soundfile

_BLOCK_SECONDS = 0.5
_SLOWEST, _FASTEST = 1_000, 768_000
"""Sample rates that sound is recorded with, Hz; a header that says otherwise is damaged, or meant to stall us."""
_UPPER_BAND_NOISE = 3 / 32768
_LOG_TRUNCATED = re.compile(r"(?m)^(?:data|SSND|RIFF|FORM)\s*: (\d+) \(should be (\d+)\)")
_LOG_OGG_OPEN = "Last page lacks an end-of-stream bit"
_STREAMED_SIZES = (0, 0xFFFFFFFF, 0x7FFFFFFF)
"""Sizes that a program writing WAV into a pipe leaves in the header: the length is unknown, not cut."""


class FileSource:
    """Reads wav, flac, ogg, mp3 (whatever libsndfile reads) of any rate, channels and length, as fast as it is asked.

    Memory does not grow with the length: half a second is decoded, mixed to mono and resampled (soxr) at a time.
    Raises BadInput when opened: `no-such-file`, `not-a-file`, `unreadable-file`, `empty-audio` (0 bytes or no
    samples), `not-audio`. Reads what is there of a cut or damaged file and lists `truncated-audio`; NaN and infinite
    samples are heard as silence and listed as `not-finite-samples`.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._problems: list[SourceProblem] = []
        self._closed = False
        self._file = self._open()

    @property
    def problems(self) -> tuple[SourceProblem, ...]:
        return tuple(self._problems)

    @property
    def dropped(self) -> int:
        return 0

    def frames(self) -> Iterator[Frame]:
        import soxr

        rate = self._file.samplerate
        resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32") if rate != SAMPLE_RATE else None
        framer = Framer()
        empty: NDArray[np.float32] = np.zeros(0, np.float32)
        noise = np.random.default_rng(0)
        try:
            for block in self._blocks():
                if self._closed:
                    return
                mono = block.mean(axis=1, dtype=np.float32) if block.shape[1] > 1 else block[:, 0]
                sound = resampler.resample_chunk(mono) if resampler else mono
                if rate < SAMPLE_RATE:  # an upper band without any sound is not of this world to the recogniser
                    sound = sound + noise.normal(0, _UPPER_BAND_NOISE, len(sound))
                yield from framer.push(_to_int16(sound))
            if resampler:
                yield from framer.push(_to_int16(resampler.resample_chunk(empty, last=True)))
            yield from framer.flush()
        finally:
            self._file.close()

    def close(self) -> None:
        self._closed = True

    def _open(self) -> soundfile.SoundFile:
        import soundfile

        path = self._path
        if not path.exists():
            raise BadInput("no-such-file", f"{path.name}: there is no such file")
        if not path.is_file():
            raise BadInput("not-a-file", f"{path.name}: this is not a file")
        try:
            if path.stat().st_size == 0:
                raise BadInput("empty-audio", f"{path.name}: the file has no bytes")
            file = soundfile.SoundFile(str(path))
        except PermissionError as error:
            raise BadInput("unreadable-file", f"{path.name}: no right to read it") from error
        except (soundfile.SoundFileError, TypeError) as error:
            # TypeError: soundfile takes a .raw name for headerless audio, whose rate nobody told us
            raise BadInput("not-audio", f"{path.name}: no audio that can be read ({error})") from error
        if not _SLOWEST <= file.samplerate <= _FASTEST:
            file.close()
            raise BadInput("not-audio", f"{path.name}: {file.samplerate} samples a second cannot be sound")
        if not file.frames and not _length_unknown(file.extra_info):
            file.close()
            raise BadInput("empty-audio", f"{path.name}: the audio has no samples")
        return file

    def _blocks(self) -> Iterator[NDArray[np.float32]]:
        """float32 blocks [n, channels]; ends early, with a problem, where the file is damaged."""
        import soundfile

        size = max(1, int(self._file.samplerate * _BLOCK_SECONDS))
        read = 0
        while True:
            try:
                block: NDArray[np.float32] = self._file.read(size, dtype="float32", always_2d=True)
            except soundfile.SoundFileError as error:
                self._report("truncated-audio", f"damaged after {read / self._file.samplerate:.2f} s ({error})")
                return
            if not len(block):
                break
            read += len(block)
            finite = np.isfinite(block)
            if not finite.all():
                self._report("not-finite-samples", "samples that are not numbers are heard as silence")
                block = np.where(finite, block, np.float32(0.0))
            yield block
        log = self._file.extra_info
        cut = any(int(is_) not in _STREAMED_SIZES and int(is_) > int(at) for is_, at in _LOG_TRUNCATED.findall(log))
        if cut or _LOG_OGG_OPEN in log or read < self._file.frames:
            self._report("truncated-audio", f"the file ends early, after {read / self._file.samplerate:.2f} s")

    def _report(self, code: str, message: str) -> None:
        if all(p.code != code for p in self._problems):
            self._problems.append(SourceProblem(code, f"{self._path.name}: {message}"))


def _length_unknown(log: str) -> bool:
    return any(int(is_) in _STREAMED_SIZES for is_, _ in _LOG_TRUNCATED.findall(log))


def _to_int16(samples: NDArray[Any]) -> NDArray[np.int16]:
    """Full scale 1.0 becomes 32767; louder is clipped."""
    scaled: NDArray[np.int16] = np.clip(np.rint(samples * 32767.0), -32768, 32767).astype(np.int16)
    return scaled


def samples_of(path: Path) -> Samples:
    """A whole file, int16, mono, 16 kHz. Raises BadInput as FileSource does."""
    return np.concatenate([silence(), *(frame.samples for frame in FileSource(path).frames())])


def silence() -> Samples:
    """No samples at all."""
    return np.zeros(0, np.int16)


class StreamSource:
    """Audio that another part feeds in: little-endian s16, mono, 16 kHz, in chunks of any size, from any thread.

    What has not been taken yet may grow to `backlog_seconds`; more than that ends the stream with BadInput
    `recording-too-long`, because to drop words in the middle of a sentence would be to hear something else.
    """

    def __init__(self, backlog_seconds: float = 60.0) -> None:
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._limit = int(backlog_seconds * SAMPLE_RATE * 2)
        self._fed = 0
        self._taken = 0
        self._closed = False

    @property
    def problems(self) -> tuple[SourceProblem, ...]:
        return ()

    @property
    def dropped(self) -> int:
        return 0

    def feed(self, pcm: bytes) -> None:
        """Raises BadInput `stream-closed` after `close`, `recording-too-long` when nobody keeps up."""
        if self._closed:
            raise BadInput("stream-closed", "the stream has ended")
        if self._fed - self._taken + len(pcm) > self._limit:
            self.close()
            raise BadInput("recording-too-long", "more audio came than can wait to be heard")
        self._fed += len(pcm)
        self._queue.put(pcm)

    def frames(self) -> Iterator[Frame]:
        framer = Framer()
        while (chunk := self._queue.get()) is not None:
            self._taken += len(chunk)
            yield from framer.push_bytes(chunk)
        yield from framer.flush()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._queue.put(None)
