"""Which events reach which room, what the worker is told, and the echo gate."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from structlog.testing import capture_logs

from assistant.arbiter import WINDOW_S, Arbiter
from assistant.contracts import (
    NoSpeech,
    Partial,
    ShowPanel,
    SpeechStart,
    StopWord,
    StreamEnded,
    StreamMode,
    Transcript,
    Unavailable,
    Wake,
    encode,
)
from assistant.ears import Ears
from assistant.room import HearingEvent
from tests.assistant.worker_fakes import FakeWorkers, idle


class Hall:
    """Ears with notes of what they passed on."""

    def __init__(self, *up: str, microphones: dict[str, str] | None = None, arbiter: Arbiter | None = None) -> None:
        self.workers = FakeWorkers(*(up or ("hearing",)))
        self.now = 50.0
        self.heard: list[tuple[str, HearingEvent]] = []
        self.mine: list[HearingEvent] = []
        self.details: list[dict[str, Any]] = []
        self.questions: list[dict[str, Any]] = []
        self.lost = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.ears = Ears(
            self.workers,
            microphones or {"mic": "main"},
            lambda d, e: self.heard.append((d, e)),
            self._lose,
            self.details.append,
            self._spawn,
            self.questions.append,
            arbiter or Arbiter(),
            lambda: self.now,
        )

    def _lose(self) -> None:
        self.lost += 1

    def _spawn(self, work: Coroutine[Any, Any, None]) -> object:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def open(self, display: str) -> str:
        stream = await self.ears.open(display, StreamMode.PUSH_TO_TALK, self.mine.append)
        self.ears.attend(display, stream)
        return stream

    def told(self) -> list[tuple[str, str]]:
        return [(m["type"], m["stream"]) for m in self.workers.sent if m["type"] in ("listen", "cancel")]

    def says(self, event: object, stream: str) -> None:
        self.workers.says("hearing", {**encode(event), "stream": stream})


async def test_the_microphone_belongs_to_its_room() -> None:
    hall = Hall()
    hall.says(Wake(1.0, 0.9), "mic")
    assert hall.heard == [("main", Wake(1.0, 0.9))]


async def test_a_stream_speaks_to_its_display_and_its_listener() -> None:
    hall = Hall()
    stream = await hall.open("tablet1")
    await hall.ears.feed(stream, b"\0\0")
    hall.says(Partial(0.5, "미세"), stream)
    await hall.ears.close(stream)
    assert hall.workers.sent == [
        {"type": "open_stream", "stream": stream, "mode": "push_to_talk"},
        {"type": "close_stream", "stream": stream},
    ]
    assert hall.workers.audio == [(stream, b"\0\0")]
    assert hall.mine == [Partial(0.5, "미세", stream)]
    assert hall.heard == [("tablet1", Partial(0.5, "미세", stream))]


async def test_unknown_and_forgotten_streams_are_ignored() -> None:
    hall = Hall()
    stream = await hall.open("main")
    hall.ears.forget(stream)
    for gone in (stream, "s99", "", "mic2"):
        hall.says(NoSpeech(1.0), gone)
    assert (hall.heard, hall.mine) == ([], [])


async def test_an_older_stream_of_the_display_is_not_taken_for_the_newer() -> None:
    hall = Hall()
    old, new = await hall.open("main"), await hall.open("main")
    hall.says(Transcript(1.0, "늦은 말"), old)
    assert hall.heard == []
    assert len(hall.mine) == 1
    hall.ears.forget(old)
    hall.says(NoSpeech(1.0), new)
    assert hall.heard == [("main", NoSpeech(1.0, new))]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": None},
        {"type": "nope"},
        {"type": "wake"},
        {"type": "wake", "t": "x", "score": 1.0},
        encode(ShowPanel("main", "parks")),
        {"type": "outcome", "code": "shown", "text_ko": "", "text_en": ""},
        {"type": "error", "code": "bad-mode", "message": "x"},
        {"type": "health", "detail": []},
    ],
)
async def test_rubbish_reaches_nobody(message: dict[str, Any]) -> None:
    hall = Hall()
    with capture_logs():
        hall.workers.says("hearing", message)
    assert (hall.heard, hall.lost) == ([], 0)


async def test_no_words_are_logged() -> None:
    hall = Hall()
    with capture_logs() as logs:
        hall.says(Transcript(1.0, "비밀스러운 말"), "mic")
        hall.says(Transcript(1.0, "비밀스러운 말"), "s7")
    assert "비밀" not in str(logs)


async def test_listening_and_cancelling_concern_the_rooms_own_ear_only() -> None:
    hall = Hall()
    hall.ears.listen("main", 15.0)
    hall.ears.cancel("main")
    hall.ears.listen("kiosk", 15.0)
    hall.ears.cancel("kiosk")
    stream = await hall.open("kiosk")
    hall.ears.listen("kiosk", 15.0)
    await idle()
    assert hall.told() == [("listen", "mic"), ("cancel", "mic"), ("listen", stream)]


async def test_a_cancel_goes_to_the_stream_that_the_run_before_used() -> None:
    hall = Hall()
    hall.says(Wake(1.0, 0.9), "mic")
    talk = await hall.ears.open("main", StreamMode.PUSH_TO_TALK, hall.mine.append)
    hall.ears.cancel("main")  # as the room does when the button's run takes the place of the wake word's
    hall.ears.attend("main", talk)
    hall.ears.cancel("main")
    hall.ears.cancel("main")  # nobody is listened to any more
    await idle()
    assert hall.told() == [("cancel", "mic"), ("cancel", talk)]


async def test_while_a_talk_is_open_the_microphone_does_not_speak_to_its_room() -> None:
    hall = Hall()
    hall.says(Wake(1.0, 0.9), "mic")
    talk = await hall.open("main")
    hall.heard.clear()
    for event in (
        Wake(1.5, 0.9),
        NoSpeech(2.0),
        Transcript(2.0, "따릉이"),
        Partial(2.0, "따"),
        StreamEnded(2.0, "mic"),
    ):
        hall.says(event, "mic")
    assert hall.heard == []
    hall.says(Transcript(3.0, "미세먼지"), talk)
    assert hall.heard == [("main", Transcript(3.0, "미세먼지", stream=talk))]
    hall.ears.forget(talk)
    hall.says(NoSpeech(4.0), "mic")  # of a window that the talk's run did not open
    assert len(hall.heard) == 1
    hall.says(Wake(5.0, 0.9), "mic")
    hall.says(NoSpeech(8.0), "mic")
    assert [type(e) for _, e in hall.heard] == [Transcript, Wake, NoSpeech]


async def test_only_the_open_window_of_the_microphone_is_heard() -> None:
    hall = Hall()
    for event in (Partial(0.5, "따"), Transcript(1.0, "따릉이"), NoSpeech(1.0)):
        hall.says(event, "mic")
    assert hall.heard == []
    hall.ears.listen("main", 15.0)
    hall.says(Transcript(2.0, "첫 번째"), "mic")
    hall.says(Transcript(3.0, "두 번째"), "mic")
    assert hall.heard == [("main", Transcript(2.0, "첫 번째"))]
    hall.ears.listen("main", 15.0)
    hall.ears.cancel("main")
    hall.says(Transcript(4.0, "취소된 말"), "mic")
    assert len(hall.heard) == 1


async def test_a_wake_word_after_a_question_does_not_close_its_own_window() -> None:
    hall = Hall()
    hall.ears.hear = lambda display, event: hall.ears.cancel(display) if isinstance(event, Wake) else None
    hall.ears.listen("main", 15.0)
    hall.says(Wake(1.0, 0.9), "mic")  # the room lets go of the question, and with it of the ear
    await idle()
    assert hall.told() == [("listen", "mic")]


async def test_what_the_worker_says_of_itself_is_told_on_at_ready_and_with_its_health() -> None:
    hall = Hall()
    hall.workers.says("hearing", {"type": "ready", "detail": {"microphone": "starting"}})
    hall.workers.says("hearing", {"type": "health", "detail": {"microphone": "ok"}})
    hall.workers.says("hearing", {"type": "health", "detail": {"microphone": "ok"}})
    assert [d["microphone"] for d in hall.details] == ["starting", "ok", "ok"]
    assert hall.ears.health == {"microphone": "ok"}


async def test_without_a_worker_nothing_can_be_opened_and_nothing_breaks() -> None:
    hall = Hall("speaking")
    assert not hall.ears.available
    with pytest.raises(Unavailable):
        await hall.open("main")
    with pytest.raises(Unavailable):
        await hall.ears.feed("s1", b"\0\0")
    hall.ears.listen("main", 15.0)
    hall.ears.cancel("main")
    hall.ears.mute("mic", True)
    await hall.ears.close("s1")
    await idle()
    assert hall.workers.sent == []


async def test_a_lost_worker_is_told_on_and_its_health_forgotten() -> None:
    hall = Hall()
    hall.workers.says("hearing", {"type": "health", "detail": {"streams": ["mic"]}})
    assert hall.ears.health == {"streams": ["mic"]}
    hall.workers.dies("hearing")
    assert (hall.lost, hall.ears.health) == (1, {})


async def test_a_worker_that_comes_back_while_we_speak_is_muted_again() -> None:
    hall = Hall()
    hall.workers.says("hearing", {"type": "ready", "detail": {"microphone": "ok"}})
    await idle()
    assert hall.workers.kinds() == []
    hall.ears.mute("mic2", True)
    hall.workers.says("hearing", {"type": "ready"})
    hall.ears.mute("mic2", False)
    hall.workers.says("hearing", {"type": "ready", "detail": "x"})
    await idle()
    assert [(m["stream"], m["muted"]) for m in hall.workers.sent] == [("mic2", True), ("mic2", True), ("mic2", False)]
    assert hall.details == [{"microphone": "ok"}, {}, {}]


async def test_a_stop_word_reaches_the_room_though_nobody_was_listened_to() -> None:
    hall = Hall()
    hall.says(StopWord(1.0, "그만"), "mic")
    assert hall.heard == [("main", StopWord(1.0, "그만"))]


async def test_the_worker_is_told_what_our_voice_plays_only_while_it_sounds() -> None:
    hall = Hall()
    hall.ears.voice("mic", "a.wav", "미세먼지를 띄웠습니다.", first=True)
    hall.ears.mute("mic", True)
    hall.ears.voice("mic", "b.wav", "공원을 띄웠습니다.", first=True)
    hall.ears.voice("mic2", "b.wav", "공원을 띄웠습니다.", first=True)
    await idle()
    assert hall.workers.sent == [
        {"type": "mute", "stream": "mic", "muted": True},
        {"type": "voice", "stream": "mic", "file": "b.wav", "text": "공원을 띄웠습니다.", "first": True},
    ]


# ------------------------------------------------------------------------------------------- several microphones


def hall_of_two() -> Hall:
    """The wall's microphone and the one beside the lobby's kiosk hear one another's callers."""
    arbiter = Arbiter({"mic": "hall", "mic2": "hall", "mic3": "hall"})
    return Hall(microphones={"mic": "main", "mic2": "lobby", "mic3": "attic"}, arbiter=arbiter)


async def verdict(hall: Hall) -> None:
    hall.now += WINDOW_S
    await asyncio.sleep(WINDOW_S + 0.05)


async def test_only_the_loudest_microphone_answers_and_nothing_it_heard_is_lost() -> None:
    hall = hall_of_two()
    hall.says(Wake(1.0, 0.9, level=-40.0), "mic2")
    hall.says(Wake(1.0, 0.9, level=-28.0), "mic")
    hall.says(SpeechStart(1.1), "mic")
    hall.says(SpeechStart(1.1), "mic2")
    assert hall.heard == [], "nothing chimes before the verdict"
    await verdict(hall)
    assert [(d, type(e)) for d, e in hall.heard] == [("main", Wake), ("main", SpeechStart)]
    assert hall.told() == [("cancel", "mic2")]
    hall.says(Transcript(2.0, "공원 보여줘", "공원", 0.0, True, 1.8), "mic2")
    assert len(hall.heard) == 2, "the loser stays silent"
    hall.says(Transcript(2.0, "공원 보여줘", "공원", 0.0, True, 1.8), "mic")
    assert len(hall.heard) == 3


async def test_a_lost_worker_leaves_no_call_waiting() -> None:
    hall = hall_of_two()
    hall.says(Wake(1.0, 0.9, level=-40.0), "mic2")
    hall.workers.dies("hearing")
    hall.workers.up.add("hearing")
    await verdict(hall)
    assert hall.heard == []
    hall.says(Wake(1.0, 0.9, level=-40.0), "mic2")
    await verdict(hall)
    assert [d for d, _ in hall.heard] == ["lobby"]


async def test_a_display_listens_through_the_microphone_it_was_called_by() -> None:
    hall = Hall(microphones={"mic": "main", "mic2": "main"})
    hall.ears.listen("main", 4.0)
    hall.says(Wake(1.0, 0.9), "mic2")
    hall.ears.listen("main", 4.0)
    hall.ears.listen("attic", 4.0)
    await idle()
    assert [told for told in hall.told() if told[0] == "listen"] == [("listen", "mic"), ("listen", "mic2")]
