"""Rooms, noises and levels: makes a dry clip sound as a microphone in an office hears it."""

from __future__ import annotations

import numpy as np
from scipy.signal import fftconvolve, lfilter

from assistant.hearing.audio import Samples
from assistant.hearing.enrolment.signals import RATE, Signal, resample, rms

Rng = np.random.Generator
NOISES = ("white", "pink", "brown", "hum", "clicks", "music", "babble")


def warp(x: Signal, rng: Rng, most: float = 1.15) -> Signal:
    """Plays the clip faster or slower, which moves pitch, formants and tempo together."""
    factor = float(np.exp(rng.uniform(-np.log(most), np.log(most))))
    return resample(x, RATE, RATE / factor)


def tilt(x: Signal, rng: Rng) -> Signal:
    """A microphone's or loudspeaker's colour: spectral tilt, sometimes a narrow band."""
    y = lfilter([1.0, float(rng.uniform(-0.5, 0.5))], [1.0], x)
    if rng.random() < 0.3:
        low, high = rng.uniform(60, 350), rng.uniform(3400, 7600)
        spectrum = np.fft.rfft(y)
        freq = np.fft.rfftfreq(len(y), 1 / RATE)
        spectrum *= 1 / np.sqrt(1 + (low / np.maximum(freq, 1)) ** 4) / np.sqrt(1 + (freq / high) ** 8)
        y = np.fft.irfft(spectrum, len(y))
    return np.asarray(y, np.float32)


def room(x: Signal, rng: Rng, reverberation: float | None = None) -> Signal:
    """Convolves with a simulated room: direct sound, six early reflections, an exponentially decaying tail.

    reverberation: RT60 in seconds, drawn from 0.12..0.9 when not given. The result keeps the clip's length and timing.
    """
    rt60 = float(rng.uniform(0.12, 0.9)) if reverberation is None else reverberation
    n = int(rt60 * RATE)
    tail = rng.standard_normal(n) * 10 ** (-3 * np.arange(n) / n)
    tail[: int(0.004 * RATE)] = 0
    tail *= 10 ** (-float(rng.uniform(-2, 14)) / 20) / np.sqrt(np.sum(tail**2) + 1e-9)
    tail[0] = 1.0
    for _ in range(6):
        tail[int(rng.integers(16, 640)) % n] += rng.uniform(-0.5, 0.5)
    return np.asarray(fftconvolve(x, tail)[: len(x)], np.float32)


def codec(x: Signal, rng: Rng) -> Signal:
    """A telephone's or a cheap link's sound: mu-law samples at 8 kHz, or 16 kHz in a few bits."""
    if rng.random() < 0.5:
        peak = float(np.max(np.abs(x), initial=1e-9))
        narrow = resample(x / peak, RATE, 8000)
        coded = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
        wide = resample(np.sign(coded) * np.expm1(np.abs(coded) * np.log(256)) / 255, 8000, RATE)
        return np.asarray(np.resize(wide, len(x)) * peak, np.float32)
    step = float(np.max(np.abs(x), initial=1e-9)) / 2 ** int(rng.integers(6, 10))
    return np.asarray(np.round(x / step + rng.uniform(-0.5, 0.5, len(x))) * step, np.float32)


def noise(kind: str, n: int, rng: Rng, voices: list[Signal]) -> Signal:
    """n samples of a noise at rms 1. babble sums five of `voices`, music is a few decaying chords."""
    if kind in ("white", "pink", "brown"):
        slope = {"white": 0.0, "pink": 0.5, "brown": 1.0}[kind]
        spectrum = np.fft.rfft(rng.standard_normal(n))
        y = np.fft.irfft(spectrum / np.maximum(np.arange(len(spectrum)), 4) ** slope, n)
    elif kind == "hum":
        t = np.arange(n) / RATE
        base = float(rng.choice([50, 60, 100, 120])) * float(rng.uniform(0.99, 1.01))
        y = sum(np.sin(2 * np.pi * base * k * t + rng.uniform(0, 6)) * rng.uniform(0.1, 1) / k for k in range(1, 12))
        y = y + 0.05 * rng.standard_normal(n)
    elif kind == "clicks":
        y = 0.003 * rng.standard_normal(n)
        for at in rng.integers(0, max(1, n - 400), size=max(1, int(n / RATE * rng.uniform(2, 9)))):
            length = int(rng.integers(40, 400))
            y[at : at + length] += rng.standard_normal(length) * np.exp(-np.arange(length) / (length / 5))
    elif kind == "music":
        t = np.arange(n) / RATE
        y = np.zeros(n)
        for at in np.arange(0, n / RATE, float(rng.uniform(0.2, 0.6))):
            for _ in range(int(rng.integers(1, 4))):
                freq = 110 * 2 ** (int(rng.integers(0, 36)) / 12)
                on = t >= at
                wave = sum(np.sin(2 * np.pi * freq * k * (t[on] - at)) / k for k in range(1, 5))
                y[on] += wave * np.exp(-(t[on] - at) * float(rng.uniform(1, 6)))
    elif kind == "babble":
        y = np.zeros(n)
        for _ in range(5):
            y += loop(voices[int(rng.integers(len(voices)))], n, rng)
    else:
        raise ValueError(kind)
    return np.asarray(y / (rms(y) + 1e-9), np.float32)


def loop(x: Signal, n: int, rng: Rng) -> Signal:
    """n samples of x from a random place, repeated as needed, at rms 1."""
    start = int(rng.integers(len(x)))
    y = np.resize(np.roll(x, -start), n)
    return np.asarray(y / (rms(y) + 1e-9), np.float32)


def mix(x: Signal, noise_signal: Signal, snr_db: float, speech_rms: float) -> Signal:
    """Adds noise of rms 1 so that speech of rms `speech_rms` stands `snr_db` above it."""
    return x + noise_signal * speech_rms * 10 ** (-snr_db / 20)


def to_int16(x: Signal, peak_dbfs: float) -> Samples:
    """Scales to the peak and rounds to 16 bits. Above 0 dBFS it clips, as a microphone does."""
    peak = float(np.max(np.abs(x), initial=1e-9))
    whole = np.round(x / peak * 32767 * 10 ** (peak_dbfs / 20))
    return np.asarray(np.clip(whole, -32768, 32767), np.int16)
