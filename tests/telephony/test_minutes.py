"""The record of a meeting: what is in it, what is not, who may read it, and its document."""

from __future__ import annotations

import io
import itertools
import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.contracts import BadInput, NotPermitted
from telephony.meeting_state import Plan, Policy
from telephony.minutes import Record, Said, Secretary, Shown, read_record
from telephony.minutes_journal import MinutesJournal
from telephony.minutes_pdf import _numbers, minutes_pdf
from telephony.minutes_store import MinutesStore
from telephony.rooms import Note, Person, Rooms, Send

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "meetings"
FONTS = (
    Path(__file__).resolve().parents[2] / "node_modules" / "pretendard" / "dist" / "public" / "static" / "alternative"
)
EPOCH = 1_795_000_000.0


def play(script: dict[str, Any]) -> dict[str, Any]:
    """What everybody is told, in order, and the record."""
    numbers, now, room = itertools.count(1), 0.0, script["room"]
    plan = Plan(room, "정책회의실", "Policy meeting room", "standing", lobby=True)
    rooms = Rooms([plan], Policy(), new_id=lambda: f"m{next(numbers)}")
    secretary = Secretary(lambda at: EPOCH + at)
    for name, one in script["people"].items():
        rooms.know(Person(name, one["kind"], one["name"], party=one["party"]))
    told: dict[str, list[Any]] = {name: [] for name in script["people"]}
    record = None
    for given in script["steps"]:
        step = dict(given)
        now += step.pop("after", 0)
        who = step.pop("who")
        if "heard" in step:
            effects = rooms.heard(room, who, step["heard"], final=True, t0=now - 2, age_ms=400, now=now)
        elif "engine" in step:
            effects = rooms.engine_event(step["engine"], room, who, f"feed-{who}", 0.0, now)
        else:
            effects = rooms.handle(who, {"t": step.pop("say"), "room": room, **step}, now)
        for effect in effects:
            if isinstance(effect, Send):
                told[effect.part].append({"s": now, **effect.message})
            elif isinstance(effect, Note):
                record = secretary.note(effect) or record
    assert record is not None
    return json.loads(json.dumps({"told": told, "record": record.as_json()}, ensure_ascii=False))


@pytest.fixture(scope="module")
def played() -> dict[str, Any]:
    return play(yaml.safe_load((GOLDEN / "briefing.yaml").read_text("utf-8")))


def test_the_golden_meeting_is_told_and_kept_as_before(played: dict[str, Any]) -> None:
    # After a wanted change: python -m tests.telephony.test_minutes
    assert played == json.loads((GOLDEN / "briefing.json").read_text("utf-8"))


def test_the_record_holds_what_was_agreed_to_and_nothing_else_that_was_said(played: dict[str, Any]) -> None:
    record = read_record(played["record"])
    assert [line.text for line in record.transcript] == ["내일부터 비상저감조치를 시행하겠습니다", "좋습니다"]
    assert [line.name for line in record.transcript] == ["안전총괄실", "시장실"]
    assert [line.text for line in record.decisions] == ["비상저감조치를 내일 06시부터 시행한다"]
    assert [line.text for line in record.chat] == ["늦어서 죄송합니다"]
    assert [(p.document, p.panel) for p in record.agenda] == [("white-paper-1", ""), ("", "fine-dust")]
    assert [one.name_ko for one in record.people.values()] == ["시장실", "안전총괄실", "회의실 TV", "소방재난본부"]
    assert all(end is not None for one in record.people.values() for _, end in one.spans)
    assert [party for party, one in record.people.items() if one.hosted] == ["display:main"]
    assert record.ended_at is not None
    assert record.ended_at - record.opened_at == pytest.approx(117)
    assert "지워집니다" not in json.dumps(played["record"], ensure_ascii=False)
    assert "동의" not in json.dumps(played["record"], ensure_ascii=False)


def test_a_record_is_kept_privately_read_by_those_who_were_in_and_deleted_in_time(
    played: dict[str, Any], tmp_path: Path
) -> None:
    now = [EPOCH + 1000]
    store = MinutesStore(tmp_path / "meetings", 30, lambda: now[0])
    record = read_record(played["record"])
    store.save(record)
    (tmp_path / "meetings" / "broken.json").write_text("{")
    file = tmp_path / "meetings" / f"{record.id}.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [one.id for one in store.of("console:fire-1")] == [record.id]
    assert json.loads(json.dumps(store.get(record.id, "display:main").as_json())) == played["record"]
    assert store.of("console:transport-1") == []
    for meeting, party in ((record.id, "console:transport-1"), ("m9", "display:main"), ("../db", "display:main")):
        with pytest.raises(BadInput, match="no such meeting"):
            store.get(meeting, party)
    with pytest.raises(NotPermitted):
        store.delete(record.id, "console:fire-1")
    store.delete(record.id, "display:main")
    assert not file.exists()
    store.save(record)
    now[0] += 31 * 86_400
    assert store.prune() == [record.id]
    MinutesStore(tmp_path / "none", 0, lambda: now[0]).save(record)
    assert not (tmp_path / "none").exists()


def test_the_notes_of_a_meeting_that_was_cut_off_make_its_record(tmp_path: Path) -> None:
    def clock(at: float) -> float:
        return EPOCH + at

    journal, secretary = MinutesJournal(tmp_path, clock), Secretary(clock)
    names = {"name_en": "", "kind": "console"}
    notes = [
        Note("opened", "policy", "m1", 0, "c1", {"title_ko": "정책회의실", "title_en": "Policy"}),
        Note("joined", "policy", "m1", 0, "c1", {"party": "console:fire-1", "name_ko": "소방", **names}),
        Note("joined", "policy", "m1", 1, "c2", {"party": "console:safety-1", "name_ko": "안전", **names}),
        Note("host", "policy", "m1", 1, "c1"),
        Note("transcript_on", "policy", "m1", 2, "c1"),
        Note("line", "policy", "m1", 5, "c2", {"text": "거두어들일 말", "at": 4.0}),
        Note("line", "policy", "m1", 6, "c1", {"text": "남는 말", "at": 5.5}),
        Note("chat", "policy", "m1", 7, "c2", {"n": 1, "text": "적은 말"}),
        Note("withdrew", "policy", "m1", 8, "c2", {"kind": "transcript", "party": "console:safety-1"}),
        Note("left", "policy", "m1", 9, "c2", {"reason": "left"}),
    ]
    for note in notes:
        journal.write(note)
        secretary.note(note)
    [file] = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "거두어들일 말" not in file.read_text("utf-8")
    with file.open("a", encoding="utf-8") as torn:
        torn.write('{"kind": "chat", "room": "pol')
    [record] = MinutesJournal(tmp_path, clock).recover()
    expected = secretary.note(Note("ended", "policy", "m1", 9))
    assert expected is not None
    expected.people["console:fire-1"].spans = [(EPOCH, EPOCH + 9)]  # in to the last that is known of it
    assert record.as_json() == expected.as_json()
    assert [line.text for line in record.transcript] == ["남는 말"]
    journal.write(Note("ended", "policy", "m1", 10))
    assert not list(tmp_path.iterdir())
    (tmp_path / "m2.notes").write_text('{"kind": "joined", "data": 7}\n[]\n', "utf-8")
    assert journal.recover() == []
    journal.drop_all()
    assert not list(tmp_path.iterdir())


def text_of(pdf: bytes) -> str:
    """Whether words are drawn can only be seen in the page; the number of pages and the title can be read."""
    return pdf.decode("latin-1")


def test_the_document_is_the_same_each_time_and_names_nothing_hidden(played: dict[str, Any], monkeypatch: Any) -> None:
    drawn: list[str] = []
    from telephony import minutes_pdf as module

    real = module._Sheet._text

    def noting(self: Any, x: float, y: float, words: str, *rest: Any) -> None:
        drawn.append(words)
        real(self, x, y, words, *rest)

    monkeypatch.setattr(module._Sheet, "_text", noting)
    record = read_record(played["record"])
    pdf = minutes_pdf(record, lambda page: "미세먼지" if page.panel else None, FONTS)
    assert pdf.startswith(b"%PDF-")
    assert pdf == minutes_pdf(record, lambda page: "미세먼지" if page.panel else None, FONTS)
    words = "\n".join(drawn)
    for expected in (
        "정책회의실",
        "비상저감조치를 내일 06시부터 시행한다",
        "내일부터 비상저감조치를",
        "미세먼지",
        "(열람 권한이 없는 자료)",
    ):
        assert expected in words
    assert "white-paper-1" not in words


def test_a_long_meeting_fills_pages_and_loses_no_line(monkeypatch: Any) -> None:
    drawn: list[str] = []
    from telephony import minutes_pdf as module

    real = module._Sheet._text

    def noting(self: Any, x: float, y: float, words: str, *rest: Any) -> None:
        assert y > 20
        drawn.append(words)
        real(self, x, y, words, *rest)

    monkeypatch.setattr(module._Sheet, "_text", noting)
    record = Record("m", "r", "긴 회의", "Long", EPOCH, EPOCH + 7200, transcribed=True)
    record.chat = [Said(EPOCH, "a", "가", f"{number}번째 " + "긴글자" * (number % 40)) for number in range(200)]
    record.transcript = [Said(EPOCH, "a", "나", f"발언{number}") for number in range(200)]
    pdf = minutes_pdf(record, lambda _: None, FONTS)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") >= 10
    words = " ".join(drawn)
    assert all(f"{number}번째" in words and f"발언{number}" in words for number in range(200))
    assert io.BytesIO(pdf).read(5) == b"%PDF-"


@pytest.mark.parametrize(("pages", "told"), [([1, 2, 3, 7], "1-3, 7"), ([5], "5"), ([2, 2, 1], "1-2"), ([], "")])
def test_page_numbers_are_told_shortly(pages: list[int], told: str) -> None:
    assert _numbers(pages) == told


@pytest.mark.parametrize("body", [{}, {"people": 3}, {"version": 1, "id": "x"}, {"people": {"a": {}}}])
def test_a_record_that_is_none_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        read_record(body)


def test_what_is_shown_twice_is_on_the_agenda_once() -> None:
    record = Record("m", "r")
    record.pages = [Shown(1.0, "a", "", 1, "x"), Shown(2.0, "", "p", 1, "x"), Shown(3.0, "a", "", 2, "x")]
    assert [(page.document, page.panel) for page in record.agenda] == [("a", ""), ("", "p")]


if __name__ == "__main__":
    made = play(yaml.safe_load((GOLDEN / "briefing.yaml").read_text("utf-8")))
    (GOLDEN / "briefing.json").write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")
    sys.stderr.write("written\n")
