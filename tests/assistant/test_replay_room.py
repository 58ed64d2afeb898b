"""A replay's room: one outcome for every call, none for talk that is overheard after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.app import open_understander
from assistant.contracts import (
    Intent,
    IntentName,
    SpeechStart,
    Transcript,
    Understanding,
    UnderstandingOutcome,
    Wake,
)
from assistant.replays import ReplayRoom, expected_phrases
from assistant.settings import Settings
from assistant.settings_seeing import SeeingCamera
from assistant.understanding.line import as_line
from assistant.understanding.service import UnderstandingContext
from content_registry.loader import load_registry
from tests.assistant.dry import accepted

SHOW = accepted(Intent(IntentName.SHOW_PANEL, panel="fine-dust-pm10"))
TALK = Understanding("", UnderstandingOutcome.NOT_UNDERSTOOD)


async def played(*events: Any) -> list[str]:
    rows: list[dict[str, Any]] = []

    async def understand(text: str, _: UnderstandingContext) -> Understanding:
        return SHOW if text == "미세먼지 보여줘" else TALK

    room = ReplayRoom(load_registry(), None, understand, rows.append)
    for event in events:
        await room.hear(event, False)
    room.close()
    return [row["code"] for row in rows if row["type"] == "outcome"]


def test_a_room_with_a_bookcase_expects_its_titles() -> None:
    camera = SeeingCamera(name="case", source="/dev/v4l/by-id/case", shelf="mayor")
    without = {phrase.text for phrase in expected_phrases(Settings())}
    having = {phrase.text for phrase in expected_phrases(Settings(seeing={"cameras": [camera]}))}
    assert without < having
    assert "걷는 도시 서울 책" in having - without


async def test_the_command_line_knows_the_books_as_the_service_does(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path, rasa={"enabled": False})
    async with open_understander(settings) as understander:
        line = as_line(await understander.understand("걷는 도시 서울 책 펼쳐줘"))
    assert (line["panel"], line["item"]) == ("library-smart-bookshelf", "book:walking-seoul")


def said(t: float, text: str) -> Transcript:
    return Transcript(t, text, text, 0.0, True, t - 0.3, "mic")


async def test_talk_overheard_after_a_command_is_no_outcome() -> None:
    call = (Wake(1.0, 0.9, "mic"), SpeechStart(1.2, "mic"), said(2.0, "미세먼지 보여줘"))
    assert await played(*call, SpeechStart(3.0, "mic"), said(4.0, "점심 뭐 먹지")) == ["shown"]
    assert await played(*call, SpeechStart(3.0, "mic"), said(4.0, "미세먼지 보여줘")) == ["shown", "shown"]


async def test_a_call_that_is_not_understood_has_its_outcome() -> None:
    for n in (1, 2):
        calls = [
            (Wake(10.0 * i, 0.9, "mic"), SpeechStart(10.0 * i + 0.2, "mic"), said(10.0 * i + 1, "점심"))
            for i in range(n)
        ]
        assert await played(*(event for call in calls for event in call)) == ["not_understood"] * n


async def test_a_recording_without_a_call_says_so() -> None:
    assert await played() == ["not_heard"]
