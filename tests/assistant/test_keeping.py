"""What is kept of runs, through the running application: who may hear and correct, and that nothing private is kept."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import assistant.service
from assistant.children import child_specs
from assistant.contracts import NoSpeech, SpeechStart, Transcript, Wake, encode
from assistant.hearing.keeping import SoundKeeper
from assistant.settings import Settings
from content_registry.schema import Visibility
from tests.assistant.api_app import REMOTE, Application, running, settled
from tests.assistant.worker_fakes import FakeWorkers
from tests.hearing.fakes import frames

KEPT = {"runs": {"keep_audio": True}, "hearing": {"keep_false_wakes": True}}
SAYS = "미세먼지 보여줘"


class Hearing(FakeWorkers):
    """The hearing worker's end of the link, with a real keeper that has heard a minute, and the folders that the
    command line gives it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("hearing")
        command = next(spec.argv for spec in child_specs(settings, "ws://x", {}) if spec.name == "hearing")
        named = {
            k.removeprefix("--keep-"): Path(v) for k, v in zip(command, command[1:], strict=False) if "--keep" in k
        }
        self.keeper = SoundKeeper(named)
        self.refused: list[str] = []
        self.forgotten: list[bool] = []
        self.keeper.open("mic")
        for frame in frames(40.0):
            self.keeper.hear("mic", frame)

    async def send(self, worker: str, message: dict[str, Any]) -> None:
        await super().send(worker, message)
        if message["type"] == "keep_sound":
            asked = {k: v for k, v in message.items() if k != "type"}
            try:
                self.keeper.keep(**asked)
            except Exception as error:
                self.refused.append(str(error))

        if message["type"] == "forget_sound":
            self.keeper.forget()
            self.forgotten.append(True)

    def hear(self, *events: object) -> None:
        for event in events:
            self.says("hearing", encode(event))


@contextlib.asynccontextmanager
async def started(
    folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: Any
) -> AsyncIterator[tuple[Application, Hearing]]:
    hearing = Hearing(Settings(state_dir=folder, **settings))
    monkeypatch.setattr(assistant.service, "Workers", lambda: hearing)
    async with running(folder, monkeypatch, **settings) as api:
        api.service.room("main")
        yield api, hearing


async def a_run(api: Application, hearing: Hearing, text: str = SAYS) -> dict[str, Any]:
    """A spoken run from the wake word to its record."""
    before = {run["id"] for run in api.service.store.latest()}
    heard = Transcript(13.0, text, text, 0.0, True, 12.8)
    hearing.hear(Wake(10.0, 0.99, threshold=0.95), SpeechStart(10.5), heard)
    await settled(lambda: {run["id"] for run in api.service.store.latest()} - before)
    await asyncio.sleep(0.01)
    return api.service.store.latest()[0]


def sounds(folder: Path) -> list[str]:
    return sorted(str(f.relative_to(folder)) for f in folder.rglob("*") if f.suffix in (".wav", ".part", ".flac"))


# ------------------------------------------------------------------------------------------------------- sound


async def test_no_sound_is_kept_unless_somebody_opts_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with started(tmp_path, monkeypatch) as (api, hearing), api.screen() as wall:
        run = await a_run(api, hearing)
        hearing.hear(Wake(20.0, 0.99, threshold=0.95))
        assert (await wall.command("c1", "false_wake"))["ok"]
        assert "keep_sound" not in hearing.kinds()
        assert sounds(tmp_path) == []
        assert (await api.http.get(f"/api/v1/runs/{run['id']}")).json()["sound"] is False
        answer = await api.http.get(f"/api/v1/runs/{run['id']}/sound")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_the_sound_of_a_run_is_for_the_operator_at_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with started(tmp_path, monkeypatch, **KEPT) as (api, hearing):
        run = await a_run(api, hearing)
        assert sounds(tmp_path) == [f"runs/{run['id']}.wav"]
        path = f"/api/v1/runs/{run['id']}"
        mine = (await api.http.get(path)).json()
        assert (mine["sound"], mine["may_judge"]) == (True, True)
        sound = await api.http.get(f"{path}/sound")
        assert sound.content[:4] == b"RIFF"
        assert sound.headers["content-type"] == "audio/wav"
        assert sound.headers["cache-control"] == "no-store"
        paired = {"authorization": f"Bearer {api.token('wall')}"}
        for client in (api.client(REMOTE), api.client(REMOTE, **paired), api.client(**{"x-forwarded-for": "1.2.3.4"})):
            async with client:
                refused = await client.get(f"{path}/sound")
                assert refused.status_code in (401, 403), refused.text
                assert b"RIFF" not in refused.content
        async with api.client(REMOTE, **paired) as office:
            theirs = (await office.get(path)).json()
            assert (theirs["sound"], theirs["may_judge"]) == (False, False), (
                "an office device reads the record, no more"
            )
        other = await api.http.get(f"{path}/sound", headers={"origin": "http://evil.example"})
        assert other.json()["code"] == "bad-origin"


async def test_a_private_run_and_an_unlocked_screen_leave_no_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with started(tmp_path, monkeypatch, **KEPT) as (api, hearing):
        private = next(p for p in api.service.registry.panels.values() if p.visibility is Visibility.PRIVATE)
        run = await a_run(api, hearing, f"{private.name_ko} 보여줘")
        assert api.service.store.get(run["id"])["private"]
        async with api.screen(token=api.token("wall")) as wall:
            api.service.hub.unlock("main", time.time() + 60)
            await a_run(api, hearing)
            hearing.hear(Wake(20.0, 0.99))
            assert (await wall.command("c1", "false_wake"))["ok"]
    assert "keep_sound" not in hearing.kinds()
    assert sounds(tmp_path) == []


@pytest.mark.parametrize("locks", [True, False])
async def test_no_sound_reaches_across_the_locking_or_unlocking_of_private_content(
    locks: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with started(tmp_path, monkeypatch, **KEPT) as (api, hearing), api.screen(token=api.token("wall")):
        hub = api.service.hub
        hub.unlock("main", time.time() + 60 if locks else None)
        api.service.keeping.tick()
        await settled(lambda: hearing.kinds().count("forget_sound") == locks)
        hearing.forgotten.clear()
        hub.unlock("main", None if locks else time.time() + 60)
        if not locks:
            api.service.keeping.tick()
            hub.unlock("main", None)
        run = await a_run(api, hearing)
        assert not api.service.store.get(run["id"])["private"]
        assert hearing.forgotten, "told before the sound was asked for"
        assert hearing.kinds().index("forget_sound") < hearing.kinds().index("keep_sound")
        assert hearing.refused, "all that it remembered had been heard before"
    assert sounds(tmp_path) == []


async def test_after_a_private_run_nothing_reaches_back_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with started(tmp_path, monkeypatch, **KEPT) as (api, hearing):
        await a_run(api, hearing, "관심 정부")
        await a_run(api, hearing)
        assert sounds(tmp_path) == []


async def test_sound_expires_on_the_clock_and_at_a_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with started(tmp_path, monkeypatch, **KEPT) as (api, hearing):
        run = await a_run(api, hearing)
        api.service.keeping.clock = lambda: time.time() + 24 * 3600 + 1
        assert (await api.http.get(f"/api/v1/runs/{run['id']}/sound")).status_code == 404
        await settled(lambda: sounds(tmp_path) == [])
    (tmp_path / "runs" / "old.wav").write_bytes(b"RIFF")
    os.utime(tmp_path / "runs" / "old.wav", (1, 1))
    (tmp_path / "runs" / "new.wav").write_bytes(b"RIFF")
    async with running(tmp_path, monkeypatch, **KEPT):
        assert sounds(tmp_path) == ["runs/new.wav"]
    async with running(tmp_path, monkeypatch):
        assert sounds(tmp_path) == [], "whoever switches it off wants it gone"


# -------------------------------------------------------------------------------------------------- false wakes


async def test_one_tap_ends_a_false_wake_counts_it_and_keeps_what_woke_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with started(tmp_path, monkeypatch, hearing={"keep_false_wakes": True}) as (api, hearing):
        async with api.screen() as wall:
            hearing.hear(Wake(10.0, 0.97, threshold=0.95))
            await settled(lambda: any(m.get("t") == "patch" and "woken" in str(m) for m in wall.seen))
            assert (await wall.command("c1", "false_wake"))["ok"]
            again = await wall.command("c2", "false_wake")
        assert again["error"]["code"] == "no-wake"
        await settled(api.service.store.latest)
        run = api.service.store.latest()[0]
        assert (run["outcome"]["code"], run["outcome"]["reason"]) == ("cancelled", "false-wake")
        await settled(lambda: api.service.store.get(run["id"])["marks"] == {"false_wake": True})
        await settled(lambda: sounds(tmp_path) == [f"wake/false/{run['id']}.wav"])
        metrics = (await api.http.get("/metrics")).text
    assert 'seoula_false_wakes_total{display="main"} 1.0' in metrics


async def test_the_page_of_runs_can_call_a_wake_up_false_later_and_only_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with started(tmp_path, monkeypatch, **KEPT) as (api, hearing):
        run = (await a_run(api, hearing))["id"]
        hearing.hear(Wake(20.0, 0.99), NoSpeech(23.0))  # something newer: the worker is not asked for the older one
        for _ in range(2):
            answer = await api.http.post(f"/api/v1/runs/{run}/false-wake")
            assert answer.json()["marks"]["false_wake"] is True
        assert f"wake/false/{run}.wav" in sounds(tmp_path)
        assert 'seoula_false_wakes_total{display="main"} 1.0' in (await api.http.get("/metrics")).text
        typed = (await api.http.post("/api/v1/utterances", json={"text": SAYS})).json()["run"]
        await settled(lambda: any(r["id"] == typed for r in api.service.store.latest()))
        assert (await api.http.post(f"/api/v1/runs/{typed}/false-wake")).json()["code"] == "no-wake"
        assert (await api.http.post("/api/v1/runs/nope/false-wake")).status_code == 404


async def test_calling_the_run_that_goes_on_false_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with started(tmp_path, monkeypatch, **KEPT) as (api, hearing):
        hearing.hear(Wake(10.0, 0.99))
        run = api.service.room("main").session.run
        answer = (await api.http.post(f"/api/v1/runs/{run}/false-wake")).json()
    assert answer["outcome"]["reason"] == "false-wake"
    assert answer["marks"]["false_wake"] is True
    assert sounds(tmp_path) == [f"runs/{run}.wav", f"wake/false/{run}.wav"]


# -------------------------------------------------------------------------------------------------- corrections


def code_of(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


async def test_a_correction_is_a_line_for_the_next_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with started(tmp_path, monkeypatch) as (api, hearing):
        run = (await a_run(api, hearing, "목이 칼칼하네"))["id"]
        path = f"/api/v1/runs/{run}/correction"
        answer = await api.http.post(path, json={})
        assert answer.json()["label"] == "chatter"
        answer = await api.http.post(path, json={"intent": "show_panel", "panel": "fine-dust-pm10"})
        assert answer.json() == {"label": "panel.fine-dust-pm10", "at": answer.json()["at"], "by_name": False}
        assert (await api.http.get(f"/api/v1/runs/{run}")).json()["marks"]["correction"][
            "label"
        ] == "panel.fine-dust-pm10"
        named = (await a_run(api, hearing))["id"]
        answer = await api.http.post(f"/api/v1/runs/{named}/correction", json={"intent": "call", "department": "fire"})
        assert answer.json()["by_name"] is True, "the registry's names decide, which no training changes"
    lines = (tmp_path / "corrections.tsv").read_text("utf-8").splitlines()
    assert [line.split("\t")[:3] for line in lines] == [
        ["목이 칼칼하네", "show_panel", "panel=fine-dust-pm10"],
        [SAYS, "call", "department=fire"],
    ]
    assert (tmp_path / "corrections.tsv").stat().st_mode & 0o777 == 0o600


async def test_a_private_run_is_never_corrected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with started(tmp_path, monkeypatch) as (api, hearing):
        private = next(p for p in api.service.registry.panels.values() if p.visibility is Visibility.PRIVATE)
        run = (await a_run(api, hearing, f"{private.name_ko} 보여줘"))["id"]
        assert code_of(await api.http.post(f"/api/v1/runs/{run}/correction", json={})) == (422, "private-run")
    assert not (tmp_path / "corrections.tsv").exists()


@pytest.mark.parametrize(
    "body",
    [
        {"intent": "show_panel"},
        {"intent": "show_panel", "panel": "no-such-panel"},
        {"intent": "call", "department": "no-such"},
        {"intent": "navigate", "direction": "in"},
        {"panel": "fine-dust-pm10"},
        {"intent": "fly"},
        {"text": "다른 말"},
    ],
)
async def test_a_correction_that_makes_no_sense_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: dict[str, Any]
) -> None:
    async with started(tmp_path, monkeypatch) as (api, hearing):
        run = (await a_run(api, hearing))["id"]
        status, code = code_of(await api.http.post(f"/api/v1/runs/{run}/correction", json=body))
        assert (status, code) in ((422, "bad-correction"), (422, "bad-request"))
    assert not (tmp_path / "corrections.tsv").exists()


@pytest.mark.parametrize("what", ["correction", "false-wake"])
async def test_only_the_operator_at_this_machine_corrects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    async with started(tmp_path, monkeypatch) as (api, hearing):
        run = (await a_run(api, hearing))["id"]
        path = f"/api/v1/runs/{run}/{what}"
        paired = {"authorization": f"Bearer {api.token('wall')}"}
        for client in (api.client(REMOTE), api.client(REMOTE, **paired), api.client(origin="http://evil.example")):
            async with client:
                assert (await client.post(path, json={})).status_code in (401, 403)
        assert api.service.store.get(run)["marks"] == {}
    assert not (tmp_path / "corrections.tsv").exists()


async def test_what_can_be_named_is_what_a_correction_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with started(tmp_path, monkeypatch) as (api, hearing):
        run = (await a_run(api, hearing))["id"]
        named = (await api.http.get("/api/v1/runs/meanings")).json()
        assert len(named["panels"]) == len(api.service.registry.panels)
        bodies = [{"intent": "show_panel", "panel": named["panels"][0]["panel"]}]
        bodies += [{k: c[k] for k in ("intent", "direction") if c[k]} for c in named["commands"]]
        bodies += [{"intent": "call", "department": named["departments"][0]["id"]}]
        for body in bodies:
            answer = await api.http.post(f"/api/v1/runs/{run}/correction", json=body)
            assert answer.status_code == 200, (body, answer.text)
        async with api.client(REMOTE, authorization=f"Bearer {api.token('wall')}") as office:
            assert (await office.get("/api/v1/runs/meanings")).status_code == 403
