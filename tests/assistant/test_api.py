"""The HTTP edge over the real application: what it does, whom it refuses, and how it says so."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from assistant.runs import WITHHELD
from assistant.touch import OPERATIONS
from content_registry.schema import Visibility
from tests.assistant.api_app import LOCAL, REMOTE, Application, running, settled

SAY, COMMANDS = "/api/v1/utterances", "/api/v1/displays/main/commands"


def code_of(response: httpx.Response, status: int) -> str:
    """The stable code of a problem document, which must be a whole one."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert set(body) == {"type", "title", "status", "code", "detail"}
    assert body["status"] == status
    assert body["type"] == f"/problems/{body['code']}"
    return str(body["code"])


# ------------------------------------------------------------------------------------------------ utterances


async def test_a_sentence_is_understood_without_changing_anything(api: Application) -> None:
    answer = (await api.http.post(SAY, json={"text": "강남구 미세먼지 보여줘", "dry_run": True})).json()
    assert list(answer) == ["understanding"]
    assert list(answer["understanding"])[:5] == ["text", "outcome", "intent", "panel", "district"]
    assert answer["understanding"]["panel"] == "fine-dust-pm10"
    assert answer["understanding"]["district"] == "강남구"
    assert api.service.hub.shown("main").panel == "home"


async def test_a_sentence_is_shown_only_once_the_screen_has_painted_it(api: Application) -> None:
    offline = (await api.http.post(SAY, json={"text": "미세먼지 보여줘"})).json()
    assert offline["outcome"]["reason"] == "display-offline"
    async with api.screen(paints=False) as wall:
        asked = asyncio.create_task(api.http.post(SAY, json={"text": "미세먼지 보여줘"}))
        await settled(lambda: api.service.hub.shown("main").panel == "fine-dust-pm10" and wall.seen)
        assert not asked.done()
        wall.paints = True
        wall.paint(api.service.hub.seq("main"))
        answer = (await asked).json()
    assert answer["outcome"]["code"] == "shown"
    assert answer["run"]


@pytest.mark.parametrize(
    "text",
    [
        unicodedata.normalize("NFD", "미세먼지 보여줘"),
        "미세\x00먼지 보여줘",
        "  미세먼지　보여줘  ",
        "😀 미세먼지 보여줘 😀",
    ],
    ids=["nfd", "nul", "spaces", "emoji"],
)
async def test_odd_spellings_mean_the_same(api: Application, text: str) -> None:
    answer = await api.http.post(SAY, json={"text": text, "dry_run": True})
    assert answer.json()["understanding"]["panel"] == "fine-dust-pm10"


@pytest.mark.parametrize("text", [" ", "😀", "/restart", "/show_panel{}", "\u200b", "가" * 2000, "\\", "\x00"])
async def test_what_is_no_wish_is_not_understood_and_breaks_nothing(api: Application, text: str) -> None:
    dry = await api.http.post(SAY, json={"text": text, "dry_run": True})
    assert dry.json()["understanding"]["outcome"] == "not_understood"
    said = await api.http.post(SAY, json={"text": text})
    assert said.json()["outcome"]["code"] == "not_understood"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"text": 5}',
        b'{"text": ""}',
        b'{"text": "\\ud800"}',
        b'{"text": "a", "\\ud800": 1}',
        b'{"text": "a", "extra": 1}',
        b'{"text": "a", "dry_run": "perhaps"}',
        b'{"text": "a", "display": "../x"}',
        b'{"text": "\xff"}',
        b'{"text": "' + "가".encode() * 2001 + b'"}',
        b"[" * 5000,
    ],
)
async def test_a_bad_sentence_is_a_problem(api: Application, content: bytes) -> None:
    answer = await api.http.post(SAY, content=content, headers={"content-type": "application/json"})
    assert code_of(answer, 400 if b"\xff" in content or content[:2] == b"[[" else 422) in ("bad-request", "too-large")


async def test_an_unknown_display_is_not_found(api: Application) -> None:
    for body in (
        {"text": "미세먼지", "display": "nowhere"},
        {"text": "미세먼지", "display": "nowhere", "dry_run": True},
    ):
        assert code_of(await api.http.post(SAY, json=body), 404) == "unknown-display"


async def test_an_endless_body_is_cut_off(api: Application) -> None:
    async def endless() -> Any:
        while True:
            yield b"a" * 65536

    headers = {"content-type": "application/json"}
    assert code_of(await api.http.post(SAY, content=endless(), headers=headers), 413) == "too-large"


# ------------------------------------------------------------------------------------------------- commands

ARGUMENTS: dict[str, dict[str, Any]] = {
    "show": {"panel": "fine-dust-pm10", "district": "강남구"},
    "select_district": {"district": "강남구"},
    "select": {"item": "서울숲"},
    "page": {"page": 2},
    "choose": {"choice": 1},
    "call": {"department": "transport", "media": "video"},
    "rotation": {"running": False},
    "private_mode": {"on": False},
}
CODES: dict[str, set[str]] = {
    "choose": {"not_understood", "failed", "cancelled", "not_permitted"},
    "call": {"failed", "asked"},
    "private_mode": {"answered"},
    "conference": {"shown", "asked", "failed"},
    "acknowledge": {"not_understood"},
    "hands": {"failed"},
}


@pytest.mark.parametrize("op", sorted(OPERATIONS))
async def test_every_operation_comes_to_an_outcome(api: Application, op: str) -> None:
    async with api.screen(token=api.token("wall")):
        await api.http.post(COMMANDS, json={"op": "show", "panel": "ultrafine-dust-pm25"})
        answer = await api.http.post(COMMANDS, json={"op": op, "args": ARGUMENTS.get(op, {})})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert set(body) == {"run", "outcome", "seq"}
    assert body["outcome"]["code"] in CODES.get(op, {"shown", "answered", "cancelled", "asked"}), body
    assert body["outcome"]["text_ko"]


async def test_a_panel_is_shown_with_its_district(api: Application) -> None:
    async with api.screen():
        body = {"op": "show", "panel": "fine-dust-pm10", "args": {"district": "강남구"}}
        answer = (await api.http.post(COMMANDS, json=body)).json()
        assert answer["outcome"]["code"] == "shown"
        entry = api.service.hub.shown("main")
        assert (entry.panel, entry.args) == ("fine-dust-pm10", {"district": "강남구"})
        assert answer["seq"] > 0
        rows = (await api.http.get("/api/v1/displays")).json()["displays"]
        assert [(r["id"], r["screens"], r["panel"]) for r in rows] == [("main", 1, "fine-dust-pm10")]
    gone = (await api.http.post(COMMANDS, json=body)).json()
    assert gone["outcome"]["reason"] == "display-offline"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"op": "explode"}, 422, "unknown-operation"),
        ({"op": "show"}, 404, "unknown-panel"),
        ({"op": "show", "panel": "nope"}, 404, "unknown-panel"),
        ({"op": "show", "args": {"panel": ["fine-dust-pm10"]}}, 404, "unknown-panel"),
        ({"op": "show", "panel": "\ud800"}, 422, "bad-request"),
        ({"op": "show", "args": {"panel": "\ud800"}}, 404, "unknown-panel"),
        ({"op": "show", "panel": "fine-dust-pm10", "args": {"district": "부산"}}, 422, "unknown-district"),
        ({"op": "show", "panel": "fine-dust-pm10", "args": {"args": {"district": 5}}}, 422, "unknown-district"),
        ({"op": "select_district"}, 422, "unknown-district"),
        ({"op": "choose"}, 422, "bad-choice"),
        ({"op": "choose", "args": {"choice": True}}, 422, "bad-choice"),
        ({"op": "choose", "args": {"choice": 0}}, 422, "bad-choice"),
        ({"op": "call", "args": {"department": ["x"]}}, 422, "unknown-department"),
        ({"op": "call", "args": {"media": ["x"]}}, 422, "bad-media"),
        ({"op": "acknowledge", "args": {"incident": "\ud83d"}}, 422, "bad-incident"),
        ({"op": "acknowledge", "args": {"incident": ["x"]}}, 422, "bad-incident"),
        ({"op": "rotation", "args": {"running": "yes"}}, 422, "bad-request"),
        ({"op": "private_mode", "args": {"on": 1}}, 422, "bad-request"),
        ({"op": "show", "args": []}, 422, "bad-request"),
        ({"op": "x" * 100}, 422, "bad-request"),
        ({}, 422, "bad-request"),
    ],
)  # fmt: skip
async def test_a_bad_command_is_a_problem(api: Application, body: dict[str, Any], status: int, code: str) -> None:
    content = json.dumps(body).encode("ascii")  # lone surrogates as escapes
    answer = await api.http.post(COMMANDS, content=content, headers={"content-type": "application/json"})
    assert code_of(answer, status) == code


async def test_commands_to_a_display_that_is_not_there(api: Application) -> None:
    for display in ("nowhere", "%00", "가", "a" * 300):
        answer = await api.http.post(f"/api/v1/displays/{display}/commands", json={"op": "home"})
        assert code_of(answer, 404) == "unknown-display"


@pytest.mark.parametrize("visibility", [Visibility.INTERNAL, Visibility.PRIVATE])
async def test_no_script_opens_what_the_screen_may_not_show(api: Application, visibility: Visibility) -> None:
    panel = next(p for p in api.service.registry.panels.values() if p.visibility is visibility)
    async with api.screen() as wall:
        answer = (await api.http.post(COMMANDS, json={"op": "show", "panel": panel.id})).json()
        assert answer["outcome"]["code"] == "not_permitted"
        assert f'"{panel.id}"' not in str(wall.seen)


# ------------------------------------------------------------------------------------------ catalog and runs


async def test_the_catalog_names_internal_and_private_panels_to_office_devices_only(api: Application) -> None:
    registry = api.service.registry
    public = {p.id for p in registry.panels.values() if p.visibility is Visibility.PUBLIC}

    async def panels(token: str = "") -> set[str]:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = await api.http.get("/api/v1/catalog", headers=headers)
        return {p["id"] for p in answer.json()["panels"]}

    assert await panels() == public
    assert await panels("nonsense") == public
    assert await panels(api.token("kiosk")) == public
    assert await panels(api.token("tablet")) == set(registry.panels)
    assert public < set(registry.panels)


async def test_runs_are_for_this_machine_or_a_paired_office_device(api: Application) -> None:
    said = (await api.http.post(SAY, json={"text": "미세먼지 보여줘"})).json()
    await settled(lambda: api.service.store.latest(1))
    rows = (await api.http.get("/api/v1/runs")).json()["runs"]
    assert rows[0]["id"] == said["run"]
    one = await api.http.get(f"/api/v1/runs/{said['run']}")
    assert one.json()["events"][0]["type"] == "begin"
    assert code_of(await api.http.get("/api/v1/runs/nope"), 404) == "run-not-found"
    for limit in ("0", "501", "x"):
        assert code_of(await api.http.get(f"/api/v1/runs?limit={limit}"), 422) == "bad-request"
    for headers in ({"x-forwarded-for": "127.0.0.1"}, {"forwarded": "for=127.0.0.1"}, {"via": "1.1 proxy"}):
        assert code_of(await api.http.get("/api/v1/runs", headers=headers), 401) == "token-needed"
    async with api.client(REMOTE) as remote:
        for path in ("/api/v1/runs", f"/api/v1/runs/{said['run']}"):
            refused = await remote.get(path)
            assert code_of(refused, 401) == "token-needed"
            assert refused.headers["www-authenticate"] == "Bearer"
            bad = await remote.get(path, headers={"authorization": f"Bearer {api.token('web')}"})
            assert code_of(bad, 401) == "token-needed"
            good = await remote.get(path, headers={"authorization": f"Bearer {api.token('tablet')}"})
            assert good.status_code == 200


async def test_a_run_without_words_is_titled_by_what_was_asked_and_a_private_one_is_not(api: Application) -> None:
    commands = "/api/v1/displays/main/commands"
    given: list[tuple[dict[str, Any], str, str]] = [
        ({"op": "show", "panel": "ozone"}, "오존", "O3"),
        ({"op": "select_district", "args": {"district": "강남구"}}, "강남구 오존", "O3"),
        ({"op": "back"}, "화면 이동: 뒤로", "Navigate: back"),
        ({"op": "menu"}, "화면 이동: 메뉴", "Navigate: menu"),
        ({"op": "page", "args": {"page": 2}}, "화면 이동 2", "Navigate 2"),
        ({"op": "show", "panel": "fn-cloud-folder"}, "", ""),
    ]
    runs = [(await api.http.post(commands, json=body)).json()["run"] for body, _, _ in given]
    await settled(lambda: {r["id"] for r in api.service.store.latest(20)} >= set(runs))
    told = {r["id"]: r for r in (await api.http.get("/api/v1/runs")).json()["runs"]}
    for run, (body, ko, en) in zip(runs, given, strict=True):
        assert (told[run]["asked_ko"], told[run]["asked_en"]) == (ko, en), body
        whole = (await api.http.get(f"/api/v1/runs/{run}")).json()
        assert (whole["asked_ko"], whole["asked_en"]) == (ko, en), body
    assert told[runs[-1]]["text"] == WITHHELD
    said = (await api.http.post(SAY, json={"text": "오존 보여줘"})).json()["run"]
    await settled(lambda: api.service.store.latest(1)[0]["id"] == said)
    assert api.service.store.latest(1)[0]["asked_ko"] == ""


async def test_a_change_from_another_machine_needs_a_token(api: Application) -> None:
    async with api.client(REMOTE) as remote:
        for path, body in ((SAY, {"text": "미세먼지"}), (COMMANDS, {"op": "home"})):
            assert code_of(await remote.post(path, json=body), 401) == "token-needed"
            token = {"authorization": f"bearer {api.token('tablet')}"}
            assert (await remote.post(path, json=body, headers=token)).status_code == 200
        audio = await remote.post("/api/v1/audio", content=b"x")
        assert code_of(audio, 401) == "token-needed"
        assert code_of(await remote.post("/rasa/actions", json={"next_action": "x"}), 401) == "token-needed"


@pytest.mark.parametrize("where", [REMOTE, LOCAL])
async def test_a_token_commands_its_own_display_and_no_other(api: Application, where: tuple[str, int]) -> None:
    async with api.screen("main"), api.screen("other"), api.screen("lobby", "kiosk"), api.client(where) as remote:
        for role, display, target, allowed in (
            ("tablet", "main", "main", True),
            ("tablet", "other", "main", False),
            ("kiosk", "lobby", "lobby", True),
            ("kiosk", "lobby", "main", False),
            ("kiosk", "main", "main", False),
        ):
            headers = {"authorization": f"Bearer {api.token(role, display)}"}
            answers = [
                await remote.post(SAY, json={"text": "미세먼지", "display": target, "dry_run": True}, headers=headers),
                await remote.post(f"/api/v1/displays/{target}/commands", json={"op": "home"}, headers=headers),
            ]
            if target == "main" and not allowed:
                answers.append(await remote.post("/api/v1/audio", content=b"x", headers=headers))
                answers.append(await remote.post("/rasa/actions", json={"next_action": "x"}, headers=headers))
            for answer in answers:
                if allowed:
                    assert answer.status_code == 200
                else:
                    assert code_of(answer, 403) == "other-display"


@pytest.mark.parametrize("visibility", [Visibility.INTERNAL, Visibility.PRIVATE])
async def test_a_dry_run_names_nothing_that_the_screen_may_not_show(api: Application, visibility: Visibility) -> None:
    panel = next(p for p in api.service.registry.panels.values() if p.visibility is visibility and "wall" in p.surfaces)
    body = {"text": f"{panel.name_ko} 보여줘", "dry_run": True}
    async with api.screen():
        answer = (await api.http.post(SAY, json=body)).json()["understanding"]
        named = {answer["panel"], *(a["panel"] for a in answer["alternatives"])} - {None}
        assert all(api.service.registry.panels[name].visibility is Visibility.PUBLIC for name in named)
        assert answer["panel"] is None
    if visibility is Visibility.INTERNAL:
        async with api.screen(token=api.token("wall")):
            assert (await api.http.post(SAY, json=body)).json()["understanding"]["panel"] == panel.id


async def test_process_ids_and_the_list_of_displays_are_the_operators(api: Application) -> None:
    child = {"state": "ok", "detail": "", "pid": 4711, "restarts": 0}
    api.service.supervisor.health = lambda: {"hearing": dict(child)}  # type: ignore[method-assign]
    assert (await api.http.get("/readyz")).json()["components"]["hearing"]["pid"] == 4711
    office = {"authorization": f"Bearer {api.token('tablet')}"}
    async with api.client(REMOTE) as remote:
        shown = (await remote.get("/readyz")).json()["components"]["hearing"]
        assert shown == {k: v for k, v in child.items() if k != "pid"}
        assert (await remote.get("/readyz", headers=office)).json()["components"]["hearing"]["pid"] == 4711
        wrong = await remote.get("/readyz", headers={"authorization": "Bearer nonsense"})
        public = await remote.get("/readyz")
        assert (wrong.status_code, wrong.json()) == (public.status_code, public.json()), "a probe needs no token"
        assert code_of(await remote.get("/api/v1/displays"), 401) == "token-needed"
        citizen = {"authorization": f"Bearer {api.token('kiosk', 'lobby')}"}
        assert code_of(await remote.get("/api/v1/displays", headers=citizen), 401) == "token-needed"
        assert (await remote.get("/api/v1/displays", headers=office)).status_code == 200


async def test_only_what_sounds_in_the_room_shuts_the_echo_gate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for output, expected in (("screen", [True, False]), ("device", [True, False, True, False])):
        async with running(tmp_path, monkeypatch, speaking={"output": output}) as api:
            gate: list[bool] = []
            monkeypatch.setattr(type(api.service.ears), "mute", lambda _, __, muted, gate=gate: gate.append(muted))
            tell = api.service.voices.speaking
            for display, sounds in (("lobby", True), ("lobby", False), ("main", True), ("lobby", True)):
                tell(display, sounds)
            tell("lobby", False)
            tell("main", False)
            assert gate == expected


async def test_nobody_is_local_where_the_operator_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path, monkeypatch, server={"trust_local_operator": False}) as api:
        for answer in (
            await api.http.post(SAY, json={"text": "미세먼지"}),
            await api.http.post(COMMANDS, json={"op": "home"}),
            await api.http.get("/api/v1/runs"),
            await api.http.get("/api/v1/displays"),
        ):
            assert code_of(answer, 401) == "token-needed"
        office = {"authorization": f"Bearer {api.token('tablet')}"}
        assert (await api.http.post(COMMANDS, json={"op": "home"}, headers=office)).status_code == 200
        async with api.screen() as wall:
            assert (await wall.command("c1", "home"))["error"]["code"] == "read-only"
        async with api.socket("/ws/v1/workers/speaking") as worker:
            worker.send({"type": "hello", "worker": "speaking", "token": api.service.workers.token})
            assert (await worker.receive())["type"] == "welcome"


# ------------------------------------------------------------------------------------------- origins, headers


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8700", "", "[", "127.0.0.1.evil.example"])
async def test_a_foreign_host_name_is_refused_everywhere(api: Application, host: str) -> None:
    for path in ("/", "/healthz", "/api/v1/catalog", "/web/main.js", "/nope", "/openapi.json", "/docs"):
        assert code_of(await api.http.get(path, headers={"host": host}), 403) == "bad-host"


@pytest.mark.parametrize("host", ["127.0.0.1:8700", "localhost:8700", "LOCALHOST", "[::1]:8700"])
async def test_our_own_names_are_served(api: Application, host: str) -> None:
    assert (await api.http.get("/healthz", headers={"host": host})).json() == {"status": "ok"}


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9", "http://[", "https://localhost"]
)
async def test_a_page_of_another_origin_cannot_command(api: Application, origin: str) -> None:
    headers = {"origin": origin}
    for path, body in (
        (SAY, {"text": "미세먼지"}),
        (COMMANDS, {"op": "home"}),
        ("/rasa/actions", {"next_action": "x"}),
    ):
        assert code_of(await api.http.post(path, json=body, headers=headers), 403) == "bad-origin"
    for path in ("/api/v1/catalog", "/api/v1/runs"):
        assert code_of(await api.http.get(path, headers=headers), 403) == "bad-origin"
    assert api.service.hub.shown("main").panel == "home"


async def test_a_form_of_another_page_cannot_say_anything(api: Application) -> None:
    answer = await api.http.post(SAY, content=b'{"text": "x"}', headers={"content-type": "text/plain"})
    assert code_of(answer, 415) == "bad-media-type"


async def test_every_answer_has_safe_headers_and_no_cors(api: Application) -> None:
    for path in ("/", "/healthz", "/nope", "/web/main.js", "/runs", "/readyz", "/metrics", "/api/v1/catalog"):
        headers = (await api.http.get(path, headers={"origin": "http://127.0.0.1:8700"})).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer"
        assert not [h for h in headers if h.startswith("access-control")]
    assert (await api.http.options(SAY, headers={"origin": "http://evil.example"})).status_code == 405


@pytest.mark.parametrize(
    "path", ["/nope", "/api/v1/nope", "/screen/throne/main", "/screen/wall/a b", "/web/nope.js", "/audio/x.wav"]
)
async def test_what_is_not_there_is_a_problem(api: Application, path: str) -> None:
    assert code_of(await api.http.get(path), 404) == "not-found"


@pytest.mark.parametrize("path", ["/healthz", SAY, "/api/v1/audio", "/rasa/actions", "/web/main.js", "/"])
async def test_a_wrong_method_is_a_problem(api: Application, path: str) -> None:
    answer = await api.http.delete(path)
    assert code_of(answer, 405) == "method-not-allowed"


async def test_a_failure_of_ours_is_a_problem_without_its_traceback(
    api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(api.service, "components", broken)
    with capture_logs() as logs:
        answer = await api.http.get("/readyz")
    assert [(entry["log_level"], entry["event"]) for entry in logs] == [("error", "a request failed")]
    assert code_of(answer, 500) == "internal-error"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_request_that_never_ends_is_a_problem(api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(api.service, "enter", never)
    assert code_of(await api.http.post(SAY, json={"text": "미세먼지"}), 503) == "no-outcome"


async def test_health_and_metrics(api: Application) -> None:
    assert (await api.http.get("/readyz")).json()["ready"] is True
    async with api.screen():
        await api.http.post(SAY, json={"text": "미세먼지 보여줘"})
        text = (await api.http.get("/metrics")).text
    assert 'seoula_runs_total{outcome="shown",source="text"} 1.0' in text
    assert "seoula_screens 1.0" in text
    assert "미세먼지" not in text


async def test_a_token_that_is_none_is_told_so_even_at_this_machine(api: Application) -> None:
    for path in ("/api/v1/runs", "/api/v1/displays"):
        refused = await api.http.get(path, headers={"authorization": "Bearer wrong"})
        assert code_of(refused, 401) == "bad-token"
    said = await api.http.post(SAY, json={"text": "뒤로"}, headers={"authorization": "Bearer wrong"})
    assert code_of(said, 401) == "bad-token"
