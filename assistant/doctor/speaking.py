"""The voice, and where its sound comes out."""

from __future__ import annotations

import tempfile
from pathlib import Path

from assistant.contracts.errors import Unavailable
from assistant.doctor.probe import ask, ask_python
from assistant.doctor.row import Row
from assistant.settings import Settings

NEURAL_S = 60.0
"""For loading the neural voice and two sentences, on a busy machine."""
_SILENT = "화면의 글 안내는 됩니다 / the screens' texts go on"


_KOKORO = """
import sys
from assistant.contracts import SeoulaError
from assistant.speaking.engines import kokoro
try:
    print(kokoro(judge_speed=sys.argv[1] == "auto").name)
except SeoulaError as error:
    sys.exit(f"{error.code}: {error.message}")
"""


def voice(settings: Settings) -> Row:
    """The neural voice says a sentence, and espeak-ng a word into a file; pyttsx3 is there to drive it."""
    if settings.speaking.output == "off":
        return Row("voice", "ok", "switched off by speaking.output")
    try:
        with tempfile.TemporaryDirectory() as folder:
            spoken = Path(folder) / "spoken.wav"
            ask(["espeak-ng", "-v", "ko", "-w", str(spoken), "서울"])
            size = spoken.stat().st_size
        version = ask_python("import importlib.metadata as m; print(m.version('pyttsx3'))")
    except (Unavailable, OSError) as error:
        return Row("voice", "degraded", str(error), f"sudo apt-get install espeak-ng; {_SILENT}")
    if size < 1000:
        return Row("voice", "degraded", "espeak-ng gives no Korean sound", f"sudo apt-get install espeak-ng; {_SILENT}")
    espeak = f"espeak-ng Korean through pyttsx3 {version}"
    if settings.speaking.engine == "espeak":
        return Row("voice", "ok", f"{espeak} (speaking.engine)")
    try:
        neural = ask_python(_KOKORO, settings.speaking.engine, timeout_s=NEURAL_S).strip()
    except Unavailable as error:
        fix = "make setup, 또는 speaking.engine을 espeak으로 / make setup, or set speaking.engine to espeak"
        return Row("voice", "degraded", f"{espeak} speaks; the neural voice does not: {error.message}", fix)
    return Row("voice", "ok", f"{neural}; if it fails, {espeak}")


def output(settings: Settings) -> Row:
    """Where the settings send the sound."""
    if settings.speaking.output == "off":
        return Row("sound output", "ok", "switched off by speaking.output")
    if settings.speaking.output == "screen":
        return Row("sound output", "ok", "the screens play it; a browser needs one touch before it may")
    fix = "스피커를 연결하거나 speaking.output을 screen으로 / connect a loudspeaker or set speaking.output to screen"
    try:
        cards = [line for line in ask(["aplay", "-l"]).splitlines() if line.startswith("card ")]
    except Unavailable as error:
        return Row("sound output", "degraded", error.message, fix)
    if not cards:
        return Row("sound output", "degraded", "no loudspeaker", fix)
    return Row("sound output", "ok", cards[0])
