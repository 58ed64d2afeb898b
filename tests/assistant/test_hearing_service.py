"""Hearing as the whole service wires it: the microphone's state on the screens, the button over the wake word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import assistant.sight
from assistant.contracts import NoSpeech, Wake, encode
from content_registry.generator import recogniser_phrases
from tests.assistant.api_app import Application, Socket, running, settled
from tests.assistant.test_api_sockets import AUDIO, HEARD, hearing


def says(socket: Socket, kind: str, microphone: str) -> None:
    socket.send({"type": kind, "detail": {"microphone": microphone}})


async def test_the_screens_show_the_microphone_as_the_worker_tells_it(
    api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    screens = api.service.screens
    monkeypatch.setattr(screens, "_tell_all", lambda: shown.append(screens._microphone))
    async with hearing(api) as worker:
        says(worker.socket, "ready", "starting")
        for state in ("ok", "ok", "starting", "missing", "switched off"):
            says(worker.socket, "health", state)
        await settled(lambda: screens._microphone == "off")
    assert shown == ["on", "missing", "off"]


async def test_the_button_takes_the_ear_from_the_wake_word(api: Application) -> None:
    microphone: dict[str, Any] = {"stream": "mic"}
    async with api.screen(), hearing(api, *HEARD) as worker:
        worker.socket.send({**encode(Wake(1.0, 0.9)), **microphone})
        await settled(lambda: api.service.room("main").session.run)
        async with api.socket(AUDIO) as socket:
            await settled(lambda: any(t["type"] == "cancel" for t in worker.told))
            worker.socket.send({**encode(NoSpeech(4.0)), **microphone})  # was on its way when the button was pressed
            socket.send({"type": "end"})
            assert (await socket.until("type", "outcome"))["code"] == "shown"
    assert [t["stream"] for t in worker.told if t["type"] == "cancel"] == ["mic"]


async def test_where_a_bookcase_stands_the_recogniser_expects_its_titles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assistant.sight, "camera_specs", lambda *_: [])
    bookcase = {"name": "bookcase", "source": "/dev/video9", "shelf": "mayor"}
    async with running(tmp_path, monkeypatch, seeing={"cameras": [bookcase]}) as api, hearing(api) as worker:
        plain = recogniser_phrases(api.service.registry)
        worker.socket.send({"type": "ready", "detail": {"microphone": "ok", "phrases": len(plain)}})
        await settled(lambda: any(told["type"] == "phrases" for told in worker.told))
        (told,) = (told["phrases"] for told in worker.told if told["type"] == "phrases")
        assert {"text": "시정백서 펼쳐줘", "book": "seoul-white-paper-2025"}.items() <= next(
            phrase for phrase in told if phrase["text"] == "시정백서 펼쳐줘"
        ).items()
        assert [phrase["text"] for phrase in told[: len(plain)]] == [phrase.text for phrase in plain]
        worker.socket.send({"type": "health", "detail": {"microphone": "missing", "phrases": len(told)}})
        await settled(lambda: api.service.screens._microphone == "missing")
        assert sum(told["type"] == "phrases" for told in worker.told) == 1, "it knows them now"
