"""Labels and sign language over HTTP: nothing that is not public is read out, and nothing is invented."""

from __future__ import annotations

import pytest

from content_registry.schema import Visibility
from tests.assistant.api_app import REMOTE, Application, registry

GUARDED = [p for p in registry().panels.values() if p.visibility is not Visibility.PUBLIC]


async def test_without_a_voice_a_label_is_unavailable_not_silent(api: Application) -> None:
    async with api.client(REMOTE) as client:
        answer = await client.post("/api/v1/speech", json={"text": "고대비, 켜짐"})
    assert (answer.status_code, answer.json()["code"]) == (503, "speaking-unavailable")


async def test_a_label_may_hold_what_the_shown_panel_holds(api: Application) -> None:
    async with api.client(REMOTE) as client:
        for panel, status in (("fine-dust-pm10", 503), (None, 422), (GUARDED[0].id, 422), ("no-such-panel", 422)):
            body = {"text": "㎍/㎥ 추이 42"} | ({"panel": panel} if panel else {})
            answer = await client.post("/api/v1/speech", json=body)
            assert answer.status_code == status, (panel, answer.text)


async def test_names_that_are_not_public_are_not_read_out_to_a_citizen(api: Application) -> None:
    async with api.client(REMOTE) as client:
        answers = [await client.post("/api/v1/speech", json={"text": p.name_ko, "panel": p.id}) for p in GUARDED]
    # A few have only words that public pages have too; the rest are refused before anything is made.
    assert sum(a.status_code == 422 for a in answers) > len(answers) / 2
    assert {a.status_code for a in answers} <= {422, 503}


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "x" * 121}, {"text": "뒤로", "language": "fr"},
                                  {"text": "뒤로", "panel": "../x"}, {"text": "뒤로", "more": 1}])  # fmt: skip
async def test_bad_labels_are_problem_documents(api: Application, body: dict[str, object]) -> None:
    async with api.client(REMOTE) as client:
        answer = await client.post("/api/v1/speech", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_page_of_another_origin_cannot_make_it_speak(api: Application) -> None:
    async with api.client(REMOTE, origin="https://elsewhere.example") as client:
        answer = await client.post("/api/v1/speech", json={"text": "뒤로"})
    assert answer.status_code == 403


async def test_sign_language_videos_are_what_the_site_has_put_there(api: Application) -> None:
    folder = api.service.settings.state_dir / "web" / "sign"
    async with api.client(REMOTE) as client:
        assert (await client.get("/api/v1/sign-language")).json() == {"general": None, "panels": {}}
        folder.mkdir(parents=True)
        for name in ("general.mp4", "ozone.webm", f"{GUARDED[0].id}.mp4", "notes.txt", "Bad Name.mp4"):
            (folder / name).write_bytes(b"video")
        found = (await client.get("/api/v1/sign-language")).json()
        assert found == {"general": "/web-data/sign/general.mp4", "panels": {"ozone": "/web-data/sign/ozone.webm"}}
        assert (await client.get(found["general"])).content == b"video"


async def test_callers_behind_a_proxy_are_counted_each_for_himself(api: Application) -> None:
    counted: list[str] = []

    async def sound(text: str, language: str, caller: str, words: object) -> tuple[str, ...]:
        counted.append(caller)
        return ("a.wav",)

    api.app.state.labels.sound = sound
    for client in (api.client(**{"x-forwarded-for": "9.9.9.9, 198.51.100.4"}), api.client(), api.client(REMOTE)):
        async with client as one:
            assert (await one.post("/api/v1/speech", json={"text": "뒤로"})).json() == {"urls": ["/audio/a.wav"]}
    async with api.client(REMOTE, **{"x-forwarded-for": "10.0.0.1"}) as one:
        await one.post("/api/v1/speech", json={"text": "뒤로"})
    assert counted == ["198.51.100.4", "127.0.0.1", REMOTE[0], REMOTE[0]]
