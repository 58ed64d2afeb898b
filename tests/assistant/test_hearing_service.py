"""Hearing as the whole service wires it: the microphone's state on the screens, the button over the wake word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import assistant.sight
import assistant.spoken_books
from assistant.contracts import NoSpeech, Wake, encode
from assistant.spoken_books import SpokenBooks
from content_registry.books import load_books
from content_registry.generator import recogniser_phrases
from tests.assistant.api_app import Application, Socket, running, settled
from tests.assistant.test_api_sockets import AUDIO, HEARD, FakeHearing, hearing


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


def titles(worker: FakeHearing) -> list[bool]:
    """Of each list of phrases that a worker was sent: whether it has a book's."""
    lists = [told["phrases"] for told in worker.told if told["type"] == "phrases"]
    return [any(phrase["book"] for phrase in phrases) for phrases in lists]


async def test_a_worker_is_sent_the_titles_once_and_again_when_something_has_changed(
    api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = list(load_books().values())
    SpokenBooks(api.service, lambda: books)
    plain = len(recogniser_phrases(api.service.registry))
    made: list[object] = []
    monkeypatch.setattr(
        assistant.spoken_books, "recogniser_phrases", lambda of: made.append(of) or recogniser_phrases(of)
    )

    async def health(worker: FakeHearing, times: int = 1) -> None:
        """It refuses whatever it is sent, and goes on with the registry's phrases alone."""
        for state in ("ok", "missing") * times:
            worker.socket.send({"type": "error", "code": "bad-phrases"})
            worker.socket.send({"type": "health", "detail": {"microphone": state, "phrases": plain}})
            shown = {"ok": "on"}.get(state, state)
            await settled(lambda shown=shown: api.service.screens._microphone == shown)

    for _ in range(2):  # the second is the worker started again
        async with hearing(api) as worker:
            made.clear()
            worker.socket.send({"type": "ready", "detail": {"microphone": "ok", "phrases": plain}})
            await settled(lambda worker=worker: titles(worker) == [True])
            await health(worker, 5)
            assert (titles(worker), len(made)) == ([True], 1)
    async with hearing(api) as worker:
        worker.socket.send({"type": "ready", "detail": {"microphone": "ok", "phrases": plain}})
        await health(worker)
        books.pop()
        await health(worker, 2)
        await settled(lambda: titles(worker) == [True, True])
        await api.service.use_registry(replace(api.service.registry))
        await health(worker, 2)
        await settled(lambda: titles(worker) == [True, True, False, True])
        books.clear()
        await health(worker, 2)
        await settled(lambda: titles(worker) == [True, True, False, True, False])
        await api.service.use_registry(replace(api.service.registry))
        await health(worker, 2)
        await settled(lambda: len(titles(worker)) == 6)
        assert titles(worker)[5:] == [False], "without books the registry's list is enough"
