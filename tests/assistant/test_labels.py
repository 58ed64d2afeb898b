"""Labels in our voice: only words of the pages, made once, few at a time, and honest where there is no voice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from assistant.api.pages import WEB
from assistant.contracts import BadInput, Unavailable
from assistant.labels import BURST, LONGEST, Allowance, Labels, leaves, public_words, tokens
from content_registry.schema import Visibility
from tests.assistant.api_app import registry
from tests.assistant.worker_fakes import FakeWorkers, idle

WORDS = frozenset({"고대비", "켜짐", "처음으로", "뒤로"})


class Booth:
    def __init__(self, folder: Path, *up: str, on: bool = True) -> None:
        self.now = 0.0
        self.folder, self.workers = folder, FakeWorkers(*up)
        self.workers.handle("speaking", lambda _: None, lambda: None)
        self.labels = Labels(self.workers, folder, on=on, clock=lambda: self.now)

    async def ask(self, text: str, caller: str = "1.2.3.4") -> tuple[str, ...]:
        asking = asyncio.create_task(self.labels.sound(text, "ko", caller, WORDS))
        await idle()
        for number, message in enumerate(self.workers.sent):
            name = f"{number:032x}.wav"
            (self.folder / name).touch()
            self.workers.says(
                "speaking", {"type": "audio", "utterance": message["utterance"], "path": name, "last": True}
            )
        return await asking


async def test_a_label_is_made_once_and_made_again_when_its_sound_is_gone(tmp_path: Path) -> None:
    booth = Booth(tmp_path, "speaking")
    first = await booth.ask("고대비, 켜짐")
    assert await booth.ask("고대비,  켜짐") == first
    assert len(booth.workers.sent) == 1
    (tmp_path / first[0]).unlink()
    assert await booth.ask("고대비, 켜짐") != first
    assert [m["text"] for m in booth.workers.sent] == ["고대비, 켜짐"] * 2


@pytest.mark.parametrize("text", ["시장님은 바보", "고대비 사직", "x" * (LONGEST + 1), " ", "고대비\x00"])
async def test_words_that_no_page_shows_are_not_said(tmp_path: Path, text: str) -> None:
    booth = Booth(tmp_path, "speaking")
    with pytest.raises(BadInput) as refused:
        await booth.ask(text)
    assert refused.value.code == "not-a-label"
    assert booth.workers.sent == []


async def test_without_a_voice_it_says_so_and_says_nothing_else(tmp_path: Path) -> None:
    for booth in (Booth(tmp_path), Booth(tmp_path, "speaking", on=False)):
        with pytest.raises(Unavailable) as missing:
            await booth.ask("처음으로")
        assert missing.value.code == "speaking-unavailable"
        assert booth.workers.sent == []


async def test_a_voice_that_fails_is_told_and_tried_again(tmp_path: Path) -> None:
    booth = Booth(tmp_path, "speaking")
    asking = asyncio.create_task(booth.labels.sound("뒤로", "ko", "a", WORDS))
    await idle()
    booth.workers.says("speaking", {"type": "failed", "utterance": booth.workers.sent[0]["utterance"], "code": "x"})
    with pytest.raises(Unavailable):
        await asking
    booth.workers.sent.clear()
    assert await booth.ask("뒤로")


def test_a_caller_has_a_burst_then_one_a_second_and_takes_nothing_from_others() -> None:
    now = [0.0]
    allowance = Allowance(lambda: now[0])
    assert [allowance.take("a") for _ in range(BURST + 1)] == [True] * BURST + [False]
    assert allowance.take("b")
    now[0] += 2
    assert [allowance.take("a") for _ in range(3)] == [True, True, False]


def test_the_words_of_pages_hold_their_keys_and_public_names_and_nothing_that_is_not_public() -> None:
    words = public_words(registry(), WEB)
    assert tokens("고대비, 켜짐 처음으로 강남구 42 크게 보기 200%") <= words
    for panel in registry().panels.values():
        if panel.visibility is Visibility.PUBLIC:
            assert tokens(panel.name_ko) | tokens(panel.name_en) <= words, panel.id
    assert set(leaves({"a": ["b", {"c": 1}]})) == {"a", "b", "c"}
