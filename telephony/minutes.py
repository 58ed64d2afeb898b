"""The record of a meeting, gathered from a room's notes: who, when, what was shown, written, decided. Pure.

What was said is in it only as transcript lines that the room noted while everybody had agreed, and a withdrawal takes
that person's lines out again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from assistant.contracts import BadInput
from telephony.room_effects import Note

MOST_LINES = 20_000
MOST_PAGES = 2_000


@dataclass(slots=True)
class Attendee:
    """A party that was in, once, however many of its connections were. spans: from and to, seconds since the epoch; to
    is None while he is in."""

    part: str
    name_ko: str
    name_en: str
    kind: str
    spans: list[tuple[float, float | None]] = field(default_factory=list)
    hosted: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A page that everybody followed. at: seconds since the epoch."""

    at: float
    document: str
    panel: str
    number: int
    by: str


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the chat, a decision, or of the transcript."""

    at: float
    part: str
    name: str
    text: str


@dataclass(slots=True)
class Record:
    """One meeting. Times are seconds since the epoch. transcribed: whether a transcript was ever agreed to."""

    id: str
    room: str
    title_ko: str = ""
    title_en: str = ""
    opened_at: float = 0.0
    ended_at: float | None = None
    people: dict[str, Attendee] = field(default_factory=dict)
    pages: list[Shown] = field(default_factory=list)
    chat: list[Said] = field(default_factory=list)
    decisions: list[Said] = field(default_factory=list)
    transcript: list[Said] = field(default_factory=list)
    transcribed: bool = False

    def was_in(self, part: str) -> bool:
        """Whether this party took part, and so may read the record."""
        return part in self.people

    def hosted(self, part: str) -> bool:
        """Whether it was the host at some time, and so may delete it."""
        return part in self.people and self.people[part].hosted

    @property
    def agenda(self) -> list[Shown]:
        """The documents and panels that were shown, each once, in order."""
        seen: dict[tuple[str, str], Shown] = {}
        for page in self.pages:
            seen.setdefault((page.document, page.panel), page)
        return list(seen.values())

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"version": 1, **asdict(self)}


def read_record(body: Mapping[str, Any]) -> Record:
    """A kept record. Raises BadInput `bad-record`."""
    try:
        people = {
            part: Attendee(**{**one, "spans": [(begin, end) for begin, end in one["spans"]]})
            for part, one in body["people"].items()
        }
        plain = {key: body[key] for key in ("id", "room", "title_ko", "title_en", "opened_at", "ended_at")}
        record = Record(**plain, people=people, transcribed=bool(body["transcribed"]))
        record.pages = [Shown(**page) for page in body["pages"]]
        record.chat, record.decisions, record.transcript = (
            [Said(**line) for line in body[key]] for key in ("chat", "decisions", "transcript")
        )
        return record
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput("bad-record", "a meeting record cannot be read") from error


class Secretary:
    """Gathers the records of all meetings that go on. wall: turns the rooms' clock into seconds since the epoch."""

    def __init__(self, wall: Callable[[float], float]) -> None:
        self._wall = wall
        self._open: dict[str, Record] = {}
        self._parties: dict[str, str] = {}

    def record(self, meeting: str) -> Record | None:
        """The record so far of a meeting that goes on."""
        return self._open.get(meeting)

    def note(self, note: Note) -> Record | None:
        """Take one note; the whole record when it was the meeting's last."""
        record = self._open.setdefault(note.meeting, Record(note.meeting, note.room))
        at, data = self._wall(note.at), note.data
        party = self._parties.get(note.part, note.part)
        match note.kind:
            case "opened":
                record.title_ko, record.title_en, record.opened_at = data["title_ko"], data["title_en"], at
            case "joined":
                names = {key: data[key] for key in ("name_ko", "name_en", "kind")}
                self._parties[note.part] = party = data["party"]
                record.people.setdefault(party, Attendee(party, **names)).spans.append((at, None))
            case "left":
                self._left(record, party, at)
                self._parties.pop(note.part, None)
            case "host" if party in record.people:
                record.people[party].hosted = True
            case "page" if len(record.pages) < MOST_PAGES:
                record.pages.append(Shown(at, data["document"], data["panel"], data["number"], party))
            case "chat" | "decision":
                lines = record.decisions if note.kind == "decision" else record.chat
                if len(lines) < MOST_LINES:
                    lines.append(self._said(record, party, note, at))
            case "transcript_on":
                record.transcribed = True
            case "line" if len(record.transcript) < MOST_LINES:
                record.transcript.append(self._said(record, party, note, self._wall(data["at"])))
            case "withdrew" if data["kind"] == "transcript":
                record.transcript = [line for line in record.transcript if line.part != party]
            case "ended":
                record.ended_at = at
                record.transcript.sort(key=lambda line: line.at)
                return self._open.pop(note.meeting)
        return None

    @staticmethod
    def _said(record: Record, party: str, note: Note, at: float) -> Said:
        name = record.people[party].name_ko if party in record.people else party
        return Said(at, party, name, note.data["text"])

    @staticmethod
    def _left(record: Record, party: str, at: float) -> None:
        one = record.people.get(party)
        for index, (begin, end) in enumerate(one.spans if one else ()):
            if one is not None and end is None:
                one.spans[index] = (begin, at)
                return
