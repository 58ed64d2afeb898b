"""Captions' dictation: when lines come and what they say; Korean put together; names as they are spelt."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts.errors import BadInput
from assistant.hearing import caption_wire as wire
from assistant.hearing import caption_worker as module
from assistant.hearing.audio import FRAME_SECONDS, Samples
from assistant.hearing.caption_text import Names, joined
from assistant.hearing.caption_worker import MOST_WAITING_S, CaptionWorker, Engine
from assistant.hearing.dictation import LONGEST_S, Dictation, Line, WholeDictating, unlooped
from content_registry.jamo import compact
from content_registry.loader import load_registry
from tests.hearing.fakes import ScriptedRecogniser, ScriptedVoice, frames

NAMES = Names(name for d in load_registry().departments.values() for name in (d.name_ko, d.name_ko_current))


def sound(seconds: float) -> bytes:
    return b"".join(frame.samples.tobytes() for frame in frames(seconds))


def lines(dictation: Dictation, pcm: bytes, piece: int) -> list[Line]:
    found = []
    for at in range(0, len(pcm), piece):
        found += dictation.push(pcm[at : at + piece])
    return [*found, *dictation.finish()]


@pytest.mark.parametrize("piece", [640, 2560, 6_400, 33_333])
def test_a_line_grows_and_then_stays(piece: int) -> None:
    words = {4.1: "한강", 5.2: "수위를", 6.3: "봅시다", 9.0: "다음"}
    dictation = Dictation(ScriptedVoice((4.0, 6.6), (8.9, 9.4)), ScriptedRecogniser(words))
    found = lines(dictation, sound(11), piece)
    texts = [(line.n, line.words, line.final) for line in found]
    assert texts[0] == (1, "한강", False)
    assert [text for text in texts if text[2]] == [(1, "한강 수위를 봅시다", True), (2, "다음", True)]
    assert [n for n, _, _ in texts] == sorted(n for n, _, _ in texts)
    first = next(line for line in found if line.final)
    assert 3.9 <= first.t0 <= 4.1
    assert 6.5 <= first.t1 <= 6.7


def test_silence_costs_nothing_and_says_nothing() -> None:
    class Expensive(ScriptedVoice):
        def judge(self, frame: Any) -> Any:
            raise AssertionError("silence was judged")

    dictation = Dictation(Expensive(), ScriptedRecogniser({}))
    assert lines(dictation, bytes(32_000 * 5), 3200) == []


def test_who_does_not_stop_speaking_is_cut_into_lines() -> None:
    dictation = Dictation(ScriptedVoice((3.0, 30.0)), ScriptedRecogniser({t + 0.5: f"말{t}" for t in range(3, 30)}))
    finals = [line for line in lines(dictation, sound(31), 5120) if line.final]
    assert len(finals) >= 3
    assert all(line.t1 - line.t0 <= LONGEST_S + 0.2 for line in finals)
    said = " ".join(line.words for line in finals).split()
    assert [word for word in said if word == "말15"] == ["말15"]
    assert {f"말{t}" for t in range(3, 30)} == set(said)


def test_a_recogniser_that_hears_the_whole_is_asked_again_for_each_line() -> None:
    class Hearer:
        asked: list[int] = []

        def words(self, sound: Samples) -> tuple[str, float]:
            self.asked.append(len(sound))
            return ("분가" * 30, 0.1) if len(sound) > 40_000 else ("없는 말", 0.9)

    dictating = WholeDictating(Hearer())
    dictating.start()
    assert dictating.hypothesis() == ""
    dictating.feed(np.ones(20_000, np.int16))
    assert dictating.hypothesis() == ""  # nobody speaks there
    dictating.feed(np.ones(30_000, np.int16))
    assert dictating.finish() == "분가"
    assert dictating.hypothesis() == ""
    assert Hearer.asked == [20_000, 50_000]


@pytest.mark.parametrize(
    ("looped", "plain"),
    [
        ("네네네네네네", "네"),
        ("네 네 네", "네 네 네"),
        ("좋아요 감사합니다 감사합니다 감사합니다 감사합니다 감사합니다", None),
        ("", ""),
    ],
)
def test_what_is_said_over_and_over_is_said_once(looped: str, plain: str | None) -> None:
    assert unlooped(looped).count("감사") <= 2
    if plain is not None:
        assert unlooped(looped) == plain


@pytest.mark.parametrize(
    ("heard", "read"),
    [
        ("인간 으로서 느낄 수 있는", "인간으로서 느낄 수 있는"),
        ("자동 으로 스캔 하면서 농약 을", "자동으로 스캔하면서 농약을"),
        ("우리 가 예술 의 압제자 들과 맞서", "우리가 예술의 압제자들과 맞서"),
        ("서울 로 가는 길 로 갑니다", "서울로 가는 길로 갑니다"),
        ("교사 였습니다", "교사였습니다"),
        ("더 잘 하는 사람 은", "더 잘 하는 사람은"),
        ("을 를", "을 를"),
        ("", ""),
    ],
)
def test_particles_and_endings_join_their_word(heard: str, read: str) -> None:
    assert joined(heard) == read


@pytest.mark.parametrize(
    ("heard", "read"),
    [
        ("안전 총괄 실에 연결해", "안전총괄실에 연결해"),
        ("안전총갈실에서 왔습니다.", "안전총괄실에서 왔습니다."),
        ("도시 교통실, 말씀하세요", "도시교통실, 말씀하세요"),
        ("오늘 회의를 시작합니다", "오늘 회의를 시작합니다"),
    ],
)
def test_names_are_written_as_they_are_spelt(heard: str, read: str) -> None:
    assert NAMES.spelt(heard) == read


@given(st.text(alphabet="가나다는은이를서울안전총괄실도시교통 .,", max_size=40))
def test_putting_in_order_keeps_what_was_said(text: str) -> None:
    assert compact(joined(text)) == compact(text)
    assert NAMES.spelt(NAMES.spelt(text)) == NAMES.spelt(text)


# ------------------------------------------------------------------------------------------------- the worker


class Desk:
    """A worker whose link a test holds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, words: dict[float, str], *spoken: tuple[float, float]) -> None:
        monkeypatch.setattr(module, "SileroVoiceActivity", lambda: ScriptedVoice(*spoken))
        self.now = 10.0
        engine = Engine("vosk", lambda: ScriptedRecogniser(words), joined)
        self.worker = CaptionWorker("ws://unused", engine, lambda: self.now)
        self.sent: list[dict[str, Any]] = []
        self.got = asyncio.Event()
        self.worker.send = self._send

    async def _send(self, message: dict[str, Any]) -> bool:
        self.sent.append(message)
        self.got.set()
        return True

    async def until(self, kind: str) -> dict[str, Any]:
        async with asyncio.timeout(120):
            while True:
                for message in self.sent:
                    if message["type"] == kind:
                        return message
                self.got.clear()
                await self.got.wait()

    async def give(self, stream: str, pcm: bytes) -> None:
        await self.worker.on_audio(bytes([len(stream)]) + stream.encode() + pcm)


def captions(desk: Desk, stream: str) -> Iterable[str]:
    return [m["text"] for m in desk.sent if m["type"] == "caption" and m["stream"] == stream and m["final"]]


async def test_each_voice_has_its_own_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(monkeypatch, {4.5: "한강 은"}, (4.0, 5.0))
    hearing = asyncio.create_task(desk.worker.hear())
    for stream in ("s1", "s2"):
        await desk.worker.on_message(wire.opened(stream))
    pcm = sound(6)
    for at in range(0, len(pcm), 32_000):
        await desk.give("s1", pcm[at : at + 32_000])
        await desk.give("nobody", pcm[at : at + 32_000])
        await asyncio.sleep(0)
    await desk.give("s2", bytes(32_000))
    await desk.worker.on_message(wire.closed("s1"))
    await desk.until("voice_closed")
    hearing.cancel()
    assert captions(desk, "s1") == ["한강은"]
    assert captions(desk, "s2") == []
    caption = wire.read_caption(next(m for m in desk.sent if m["type"] == "caption" and m["final"]))
    assert caption.message() == next(m for m in desk.sent if m["type"] == "caption" and m["final"])
    assert 3.9 <= caption.t0 <= 4.1


async def test_sound_that_waited_too_long_is_thrown_away_and_times_stay_right(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(monkeypatch, {10.5: "늦은"}, (2.0, 3.0))
    await desk.worker.on_message(wire.opened("s1"))
    pcm = sound(14)
    for at in range(0, len(pcm), 32_000):
        await desk.give("s1", pcm[at : at + 32_000])
    await desk.worker.on_message(wire.closed("s1"))
    hearing = asyncio.create_task(desk.worker.hear())
    await desk.until("voice_closed")
    hearing.cancel()
    lost = 14 - MOST_WAITING_S
    finals = [wire.read_caption(m) for m in desk.sent if m["type"] == "caption" and m["final"]]
    assert len(pcm) / 32_000 == pytest.approx(14, abs=FRAME_SECONDS)
    assert [(caption.text, round(caption.t0)) for caption in finals] == [("늦은", round(lost + 2.0))]


async def test_no_more_streams_than_the_machine_can_bear(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(monkeypatch, {})
    for number in range(module.MOST_STREAMS + 1):
        await desk.worker.on_message(wire.opened(f"s{number}"))
    assert desk.sent == [
        {"type": "voice_closed", "stream": f"s{module.MOST_STREAMS}", "error": "too-many-streams"}
    ]  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(["stream", "n", "text", "final", "t0", "t1", "by", "behind_s"]),
        st.one_of(st.none(), st.text(max_size=5), st.booleans(), st.integers(0, 9)),
    )
)
def test_a_wrong_caption_is_refused_and_nothing_else_happens(message: dict[str, Any]) -> None:
    try:
        caption = wire.read_caption(message)
    except BadInput:
        return
    assert isinstance(caption.final, bool)
