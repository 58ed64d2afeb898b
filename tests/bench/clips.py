"""Clips to measure hearing with: a folder of somebody's, or our own of synthetic voices held out from training.

A folder holds FAMILY_SPEAKER_*.wav (or flac, ogg, mp3) and their texts: *.tsv (`name<TAB>text`) or *.trans.txt
(`name text`). A text of the wake word alone measures the wake word, one that begins with it a command in one breath,
any other a command after the button.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from assistant.contracts import BadInput, Unavailable
from content_registry.schema import Registry, Visibility

RATE = 16_000
WAKE = "서울아"
SOUNDS = (".wav", ".flac", ".ogg", ".mp3")
TEXTS = 12
"""Commands of our own clips: so many of the public panels' names, evenly spread, with a verb."""
VERBS = ("보여줘", "띄워줘", "어때", "알려줘")
Signal = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Clip:
    """A dry clip. sound: float32 mono at 16 kHz."""

    family: str
    speaker: str
    text: str
    sound: Signal

    @property
    def kind(self) -> str:
        """wake, breath (the wake word and a command) or command."""
        if self.text == WAKE:
            return "wake"
        return "breath" if self.text.startswith(f"{WAKE} ") else "command"

    @property
    def command(self) -> str:
        """The text without the wake word."""
        return self.text.removeprefix(WAKE).strip()


def read_sound(path: Path) -> Signal:
    """A file as float32 mono at 16 kHz. Raises BadInput `not-audio`."""
    try:
        data, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise BadInput("not-audio", f"{path}: {error}") from error
    mono = data.mean(axis=1, dtype=np.float32)
    return mono if rate == RATE else soxr.resample(mono, rate, RATE).astype(np.float32)


def sounds_of(folder: Path) -> list[Path]:
    """Every sound file below the folder. Raises BadInput `no-sounds`."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SOUNDS)
    if not found:
        raise BadInput("no-sounds", f"{folder}: there are no sound files")
    return found


def texts_of(folder: Path) -> dict[str, str]:
    """name (without its ending) -> text."""
    texts = {}
    for file in sorted(folder.rglob("*.tsv")):
        rows = (line.split("\t") for line in file.read_text("utf-8").splitlines() if line.strip())
        texts.update({Path(row[0].strip()).stem: row[1].strip() for row in rows if len(row) >= 2})
    for file in sorted(folder.rglob("*.trans.txt")):
        pairs = (line.partition(" ") for line in file.read_text("utf-8").splitlines() if line.strip())
        texts.update({name: text.strip() for name, _, text in pairs if text.strip()})
    return texts


def read_clips(folder: Path, taught: frozenset[str]) -> list[Clip]:
    """The clips of a folder. taught: SHA-256 of files that the wake word was trained on.

    Raises BadInput: `no-sounds`, `bad-name`, `no-text`, `trained-on` with the files.
    """
    files, texts = sounds_of(folder), texts_of(folder)
    known = [file for file in files if hashlib.sha256(file.read_bytes()).hexdigest() in taught]
    if known:
        raise BadInput(
            "trained-on", f"{len(known)} clips were used in training: {', '.join(f.name for f in known[:5])}"
        )
    clips = []
    for file in files:
        family, _, rest = file.stem.partition("_")
        speaker = rest.partition("_")[0]
        if not family or not speaker:
            raise BadInput("bad-name", f"{file}: a clip is named FAMILY_SPEAKER_...")
        if file.stem not in texts:
            raise BadInput("no-text", f"{file}: its text stands in no .tsv or .trans.txt")
        clips.append(Clip(family, speaker, texts[file.stem], read_sound(file)))
    return clips


def training_hashes(head: Path, state_dir: Path) -> tuple[frozenset[str], str]:
    """SHA-256 of the files the head was trained on, and where that is known from: the list beside the head
    (HEAD.clips.sha256, one a line), and what lies in STATE_DIR/wake but for the trainer's own test split."""
    hashes: set[str] = set()
    sources = []
    listed = head.with_suffix(".clips.sha256")
    if listed.is_file():
        hashes.update(line.split()[0] for line in listed.read_text("utf-8").splitlines() if line.strip())
        sources.append(listed.name)
    local = [path for path in (state_dir / "wake").rglob("*") if path.suffix.lower() in SOUNDS]
    tested = _test_split(state_dir / "wake" / "clips" / "index.jsonl")
    hashes.update(hashlib.sha256(path.read_bytes()).hexdigest() for path in local if path.name not in tested)
    if local:
        sources.append(str(state_dir / "wake"))
    return frozenset(hashes), " and ".join(sources)


def _test_split(index: Path) -> frozenset[str]:
    if not index.is_file():
        return frozenset()
    rows = (json.loads(line) for line in index.read_text("utf-8").splitlines() if line.strip())
    return frozenset(Path(str(row.get("path", ""))).name for row in rows if row.get("split") == "test")


def commands_of(registry: Registry, count: int = TEXTS) -> list[str]:
    """Commands to say: public panels' names, evenly spread over the registry, each with one of the verbs."""
    names = [p.name_ko for p in registry.panels.values() if p.visibility is Visibility.PUBLIC and "(" not in p.name_ko]
    return [f"{names[n * len(names) // count]} {VERBS[n % len(VERBS)]}" for n in range(count)]


def made_clips(registry: Registry) -> tuple[list[Clip], list[str]]:
    """Clips of our own, and what they are, in plain words: espeak-ng in the voices that the trainer holds out, and the
    product's neural voice in a style that it holds out, where that is installed."""
    commands = commands_of(registry)
    clips = list(_espeak(commands))
    told = ["espeak: espeak-ng, Korean rules, in the voice variants that the wake word's trainer keeps for testing"]
    try:
        clips += _kokoro(commands)
        told.append(
            "kokoro: the product's neural voice in the style jf_nezumi, which the trainer keeps for testing too"
        )
    except Unavailable as error:
        told.append(f"kokoro: left out ({error.code})")
    told.append("Synthetic voices are no people: read these figures as a comparison between versions, not as accuracy.")
    return clips, told


def _espeak(commands: list[str]) -> Iterator[Clip]:
    from scripts.wake.espeak import TEST, Espeak

    voice = Espeak()
    for number, speaker in enumerate(TEST):
        rng = np.random.default_rng(zlib.crc32(speaker.encode()))
        command = commands[number % len(commands)]
        for text in (WAKE, WAKE, f"{WAKE} {command}", command):
            yield Clip("espeak", speaker, text, voice.say(text, speaker, rng)[0])


def _kokoro(commands: list[str]) -> Iterator[Clip]:
    try:
        kokoro = importlib.import_module("assistant.speaking.kokoro")
    except ImportError as error:
        raise Unavailable("voice-missing", "this version has no neural voice") from error
    manifest = importlib.import_module("assistant.models_manifest")
    voice = kokoro.KokoroVoice(manifest.verify(manifest.named("kokoro-82m")), 1, {"jf_nezumi": 1.0})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.wav"
        for command in commands:
            for text in (f"{WAKE}!", f"{WAKE} {command}", command):
                voice.synthesize(text, "ko", path)
                yield Clip("kokoro", "jf-nezumi", text.removesuffix("!"), read_sound(path))


def by_family(clips: list[Clip], kind: str) -> dict[str, list[Clip]]:
    """The clips of a kind, by family."""
    found: dict[str, list[Clip]] = defaultdict(list)
    for clip in clips:
        if clip.kind == kind:
            found[clip.family].append(clip)
    return dict(found)
