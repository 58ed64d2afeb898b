"""Hearing as the whole service wires it: the microphone's state on the screens, the button over the wake word."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.contracts import NoSpeech, Wake, encode
from tests.assistant.api_app import Application, Socket, settled
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
