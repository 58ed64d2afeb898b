"""What operators said was meant: labelled sentences in `corrections.tsv`, for the next training.

A line: `sentence<TAB>intent<TAB>slots<TAB>time`, as in the test sentences; the intent `chatter` for what was not meant
for the assistant. One line for each sentence: a later correction replaces an earlier one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.contracts import BadInput, ConfigError, Intent
from assistant.private_files import changing, write_private
from assistant.understanding.hygiene import clean
from assistant.understanding.labels import label_of
from assistant.understanding.model import CHATTER, PANEL_PREFIX
from assistant.understanding.sentences import SLOTS, Labelled, handwritten, read_intent
from content_registry.jamo import compact
from content_registry.schema import Registry

FILE, TAKEN = "corrections.tsv", "corrections.taken.tsv"
"""In the state folder, and beside the model."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a sentence meant; None: it was not meant for the assistant. at: seconds since the epoch."""

    text: str
    meant: Intent | None
    at: float


@dataclass(frozen=True, slots=True)
class Corrections:
    """The usable lines of a file, and what is wrong with the others, with file and line."""

    lines: tuple[Labelled, ...] = ()
    problems: tuple[str, ...] = ()


def checked(correction: Correction, registry: Registry, labels: Collection[str]) -> Labelled:
    """The training line of a correction. labels: those that hand-written sentences have; a new one, with one sentence,
    would only harm. Raises BadInput: `bad-correction`, or what `clean` raises."""
    text = clean(correction.text)
    if not compact(text):
        raise BadInput("bad-correction", "there are no words to learn from")
    meant = correction.meant
    if meant is None:
        return Labelled(text, CHATTER)
    for kind, value, known in (
        ("panel", meant.panel, registry.panels),
        ("department", meant.department, registry.departments),
    ):
        if value is not None and value not in known:
            raise BadInput("bad-correction", f"there is no {kind} {value!r}")
    try:
        label = label_of(meant)
    except ValueError as error:
        raise BadInput("bad-correction", str(error)) from error
    if not label.startswith(PANEL_PREFIX) and label not in labels:
        raise BadInput("bad-correction", f"no sentence is written for {label!r}")
    return Labelled(text, label)


def write(file: Path, correction: Correction) -> None:
    """Add a line, in place of an earlier one for the same sentence. The file is its owner's only."""
    with changing(file):
        key = compact(clean(correction.text))
        kept = [line for line in _text(file).splitlines() if line[:1] == "#" or compact(line.split("\t")[0]) != key]
        _replace(file, [*kept, _as_line(correction)])


def read(file: Path, registry: Registry, labels: Collection[str]) -> Corrections:
    """The lines that fit the registry; others are left where they are and reported."""
    found: dict[str, Labelled] = {}
    problems = []
    for number, line in enumerate(_text(file).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            labelled = checked(_from_line(line), registry, labels)
        except (BadInput, ValueError) as error:
            problems.append(f"{file}:{number}: {error.message if isinstance(error, BadInput) else error}")
            continue
        found[compact(labelled.text)] = labelled
    return Corrections(tuple(found.values()), tuple(problems))


def take(registry: Registry, data: Path, state_dir: Path, *, wanted: bool) -> Corrections:
    """Make the usable lines of `corrections.tsv` part of every training from now on; none, unless `wanted`.

    They are copied beside the model, so that a correction waits for the next `seoula train` and never makes a start
    train. data: the folder of hand-written sentences.
    """
    labels = frozenset(line.label for line in handwritten(data / "handwritten"))
    found = read(state_dir / FILE, registry, labels) if wanted else Corrections()
    file = state_dir / "rasa" / TAKEN
    file.parent.mkdir(parents=True, exist_ok=True)
    _replace(file, (f"{line.text}\t{line.label}" for line in found.lines))
    return found


def taken(folder: Path) -> tuple[Labelled, ...]:
    """The lines that `take` put beside the model in `folder` (var/rasa)."""
    rows = (line.partition("\t") for line in _text(folder / TAKEN).splitlines())
    return tuple(Labelled(text, label) for text, _, label in rows if label)


def slots_of(intent: Intent) -> str:
    """`slot=value;slot=value`, as `read_intent` reads it."""
    values = ((slot, getattr(intent, slot)) for slot in SLOTS)
    return ";".join(f"{slot}={'+'.join(v) if isinstance(v, tuple) else v}" for slot, v in values if v)


def _replace(file: Path, lines: Iterable[str]) -> None:
    write_private(file, "".join(f"{line}\n" for line in lines).encode())


def _as_line(correction: Correction) -> str:
    meant = correction.meant
    name, slots = (CHATTER, "") if meant is None else (meant.name.value, slots_of(meant))
    at = datetime.fromtimestamp(correction.at, UTC).isoformat(timespec="seconds")
    return "\t".join((clean(correction.text).lstrip("# "), name, slots, at))


def _from_line(line: str) -> Correction:
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) != 4:
        raise ValueError(f"4 columns are needed, not {len(cells)}")
    text, name, slots, at = cells
    when = datetime.fromisoformat(at)
    return Correction(text, None if name == CHATTER else read_intent(name, slots), when.timestamp())


def _text(file: Path) -> str:
    """Raises ConfigError for a file that is no text."""
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise ConfigError("bad-corrections", f"{file}: not UTF-8 ({error.reason})") from error
