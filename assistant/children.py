"""The command lines of the child processes that the settings ask for."""

from __future__ import annotations

import sys
from pathlib import Path

import structlog

from assistant.contracts import Unavailable
from assistant.models_manifest import locate, named
from assistant.settings import Settings
from assistant.sounds import sound_folders
from assistant.supervise import ChildSpec
from assistant.wake_words import wake_people, wake_rules

log = structlog.get_logger(__name__)

AUDIO_KEY = "SEOULA_AUDIO_KEY"


def child_specs(settings: Settings, core: str, env: dict[str, str]) -> list[ChildSpec]:
    """The workers that these settings ask for."""
    hearing, speaking, logs = settings.hearing, settings.speaking, settings.state_dir / "log"
    devices = [its.device for its in settings.microphones().values()] if hearing.microphone else ["off"]
    microphone = [part for device in devices for part in ("--mic", device)]
    if hearing.microphone_file is not None:
        microphone = ["--mic-file", str(hearing.microphone_file)]
    ears = {name: value for name, value in env.items() if name != AUDIO_KEY}  # only the voice signs what it says
    specs = [
        ChildSpec(
            "hearing",
            (sys.executable, "-m", "assistant.hearing.worker", "--core", f"{core}/hearing", *microphone)
            + ("--wake-model", str(hearing.wake_model), *_wake(settings))
            + (*_kept_sound(settings), *_voices(settings), *_noise(settings))
            + (("--opinion-within", str(settings.opinion.deadline_s)) if settings.opinion.enabled else ()),
            ears,
            hearing.start_timeout_s,
            hearing.memory_limit_mb,
            logs / "hearing.log",
        )
    ]
    if settings.opinion.enabled and (model := opinion_model()) is not None:
        specs.append(
            ChildSpec(
                "opinion",
                (sys.executable, "-m", "assistant.hearing.opinion_worker", "--core", f"{core}/opinion")
                + ("--model", str(model), "--threads", str(settings.opinion.threads)),
                ears,
                settings.opinion.start_timeout_s,
                settings.opinion.memory_limit_mb,
                logs / "opinion.log",
            )
        )
    if speaking.output != "off":
        options: tuple[str, ...] = ("--folder", str(_audio(settings)), "--rate", str(speaking.rate_wpm))
        options += ("--engine", speaking.engine)
        if speaking.stock:
            options += ("--stock", str(settings.state_dir / "voice"))
        specs.append(
            ChildSpec(
                "speaking",
                (sys.executable, "-m", "assistant.speaking.worker", "--core", f"{core}/speaking", *options)
                + ("--entries", str(speaking.cache_entries)),
                env,
                speaking.start_timeout_s,
                speaking.memory_limit_mb,
                logs / "speaking.log",
            )
        )
    return specs


def _wake(settings: Settings) -> list[str]:
    people = [part for path in wake_people(settings) for part in ("--wake-person", str(path))]
    return [*people, "--wake-rules", wake_rules(settings).as_json()]


def _kept_sound(settings: Settings) -> list[str]:
    """A folder is named to the worker only where somebody has opted in: without a name it cannot write."""
    kept = [(folder.kind, folder.path) for folder in sound_folders(settings) if folder.wanted]
    return [part for kind, path in kept for part in (f"--keep-{kind}", str(path))]


def _voices(settings: Settings) -> list[str]:
    """Where our own voice's sounds lie, for a worker that is to take their echo out."""
    wanted = settings.hearing.echo_cancellation and settings.speaking.output != "off"
    return ["--voices", str(_audio(settings))] if wanted else []


def _noise(settings: Settings) -> list[str]:
    return ["--noise-suppression"] if settings.hearing.noise_suppression else []


def opinion_model() -> Path | None:
    """The folder of the second opinion's model; None when it is not here, which is said in the log."""
    try:
        return locate(named("whisper-base"))
    except Unavailable as error:
        log.warning("no second opinion", code=error.code, message=error.message)
        return None


def _audio(settings: Settings) -> Path:
    return settings.state_dir / "audio"
