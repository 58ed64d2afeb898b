"""The microphone as frames, through PortAudio (sounddevice); opened again for ever when the device goes away."""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.contracts.errors import Unavailable
from assistant.hearing.audio import FRAME_SAMPLES, FRAME_SECONDS, SAMPLE_RATE, Frame, SourceProblem

_QUEUE_FRAMES = 64
"""5 s of sound may wait; after that the oldest is dropped, since a live microphone must not fall behind."""
_STALL_SECONDS = 2.0
_RETRY_FIRST, _RETRY_LAST = 0.5, 15.0


class OpenDevice(Protocol):
    """An open input device."""

    @property
    def active(self) -> bool: ...

    def close(self) -> None: ...


DeviceOpener = Callable[[Callable[[NDArray[np.int16]], None]], OpenDevice]
"""Opens the input and calls back with int16[1280] blocks from a thread of its own. Raises Unavailable."""


class MicrophoneSource:
    """Frames of a live microphone until `close`. The callback's thread only puts blocks into a bounded queue.

    Time goes on while the device is away, so that `t` stays on the clock of the room. `state` is `ok`,
    `missing` (being opened again with growing pauses) or `starting`; `detail` says why.
    """

    def __init__(
        self,
        device: str | None = None,
        *,
        opener: DeviceOpener | None = None,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._opener = opener or (lambda on_block: _open_portaudio(device, on_block))
        self._clock = clock
        self._closed = threading.Event()
        self._wait = wait or self._closed.wait
        self._queue: queue.Queue[tuple[float, NDArray[np.int16]]] = queue.Queue(_QUEUE_FRAMES)
        self._dropped = 0
        self.live = True
        self.state = "starting"
        self.detail = ""

    @property
    def problems(self) -> tuple[SourceProblem, ...]:
        return ()

    @property
    def dropped(self) -> int:
        return self._dropped

    def close(self) -> None:
        self._closed.set()

    def frames(self) -> Iterator[Frame]:
        began = self._clock()
        pause = _RETRY_FIRST
        while not self._closed.is_set():
            number = round((self._clock() - began) / FRAME_SECONDS)
            try:
                device = self._opener(self._collector(number))
            except Unavailable as error:
                self.state, self.detail = "missing", error.message
                self._wait(pause * random.uniform(0.8, 1.2))
                pause = min(pause * 2, _RETRY_LAST)
                continue
            self.state, self.detail = "ok", ""
            try:
                for frame in self._read(device):
                    pause = _RETRY_FIRST
                    yield frame
            finally:
                device.close()
            if not self._closed.is_set():
                self.state, self.detail = "missing", "the microphone stopped giving sound"
                self._wait(pause * random.uniform(0.8, 1.2))
                pause = min(pause * 2, _RETRY_LAST)

    def _collector(self, first: int) -> Callable[[NDArray[np.int16]], None]:
        number = first

        def collect(block: NDArray[np.int16]) -> None:
            nonlocal number
            start = number * FRAME_SECONDS
            number += 1
            while True:
                try:
                    self._queue.put_nowait((start, block))
                    return
                except queue.Full:
                    try:
                        self._queue.get_nowait()
                        self._dropped += 1
                    except queue.Empty:
                        pass

        return collect

    def _read(self, device: OpenDevice) -> Iterator[Frame]:
        """Frames until the device stalls, stops or `close` is called."""
        while not self._closed.is_set():
            try:
                start, block = self._queue.get(timeout=_STALL_SECONDS)
            except queue.Empty:
                return
            yield Frame(start, block)
            if not device.active and self._queue.empty():
                return


class _OpenStream:
    """An open PortAudio stream."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    @property
    def active(self) -> bool:
        return bool(self._stream.active)

    def close(self) -> None:
        with _opening:
            _open_streams.discard(self)
            self._stream.close()


_opening = threading.RLock()
_open_streams: set[_OpenStream] = set()


def _open_portaudio(device: str | None, on_block: Callable[[NDArray[np.int16]], None]) -> OpenDevice:
    """Opens an input; one at a time, since PortAudio is one for the whole process. Raises Unavailable."""
    with _opening:
        return _open_input(device, on_block)


def _open_input(device: str | None, on_block: Callable[[NDArray[np.int16]], None]) -> OpenDevice:
    """Opens the named (part of a name or number) or default input at 16 kHz, or at its own rate with resampling.

    Raises Unavailable: `portaudio-missing`, `no-microphone`.
    """
    try:
        import sounddevice
    except OSError as error:  # the wheel has no PortAudio inside on Linux
        raise Unavailable("portaudio-missing", f"the system library PortAudio is missing ({error})") from error
    try:
        # PortAudio lists devices once, at its start: start it anew, or a device plugged in later is never found. Not
        # while another microphone is open, whose stream would end with it.
        if not _open_streams:
            sounddevice._terminate()
            sounddevice._initialize()
        wanted: str | int | None = int(device) if device and device.isdigit() else device
        own_rate = int(sounddevice.query_devices(wanted, "input")["default_samplerate"])
    except (sounddevice.PortAudioError, ValueError) as error:
        raise Unavailable("no-microphone", f"no microphone can be opened ({error})") from error
    failure: Exception | None = None
    for rate in dict.fromkeys((SAMPLE_RATE, own_rate)):
        try:
            stream: Any = sounddevice.RawInputStream(
                samplerate=rate,
                channels=1,
                dtype="int16",
                device=wanted,
                blocksize=int(rate * FRAME_SECONDS),
                callback=_block_callback(rate, on_block),
            )
            stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            failure = error
            continue
        opened = _OpenStream(stream)
        _open_streams.add(opened)
        return opened
    raise Unavailable("no-microphone", f"no microphone can be opened ({failure})") from failure


def _block_callback(rate: int, on_block: Callable[[NDArray[np.int16]], None]) -> Callable[..., None]:
    """PortAudio's callback: cuts what comes into int16[1280] blocks of 16 kHz."""
    import soxr

    resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="int16") if rate != SAMPLE_RATE else None
    rest: NDArray[np.int16] = np.zeros(0, np.int16)

    def callback(data: Any, _frames: int, _time: Any, _status: Any) -> None:
        nonlocal rest
        block = np.frombuffer(bytes(data), dtype=np.int16)
        if resampler is not None:
            block = resampler.resample_chunk(block)
        rest = np.concatenate((rest, block))
        while len(rest) >= FRAME_SAMPLES:
            on_block(rest[:FRAME_SAMPLES].copy())
            rest = rest[FRAME_SAMPLES:]

    return callback
