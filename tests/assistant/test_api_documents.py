"""The golden documents: OpenAPI as the application makes it, AsyncAPI as the code speaks."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.contracts import (
    NoSpeech,
    Outcome,
    OutcomeCode,
    Partial,
    SpeechStart,
    StopWord,
    StreamEnded,
    StreamMode,
    Transcript,
    Wake,
    encode,
)
from assistant.session import Phase
from assistant.settings import PROJECT
from display_bridge.screening import STATUSES
from display_bridge.trust import ROLES
from scripts import golden_api
from telephony import protocol
from telephony.call import Phase as CallPhase
from telephony.call import Reason
from tests.assistant.api_app import Application, settled

FOLDER = PROJECT / "docs" / "api"
HEARD = (
    SpeechStart(0.2),
    Partial(0.6, "미세"),
    Transcript(1.2, "미세먼지", "미세먼지", 0.0, True, 1.0),
    NoSpeech(1.0),
    StreamEnded(2.0, "s1", "device-lost", "x"),
)


@cache
def asyncapi(name: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.asyncapi.yaml").read_text("utf-8"))
    return document


def resolve(document: Mapping[str, Any], node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        found: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def messages(name: str, operation: str) -> dict[str, dict[str, Any]]:
    """The messages of one operation by name."""
    document = asyncapi(name)
    refs = document["operations"][operation]["messages"]
    return {ref["$ref"].rsplit("/", 1)[1]: resolve(document, ref) for ref in refs}


TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float),
}  # fmt: skip


def faults(document: Mapping[str, Any], schema: Any, value: Any, path: str = "") -> Iterator[str]:
    """Where a value does not fit a schema, in the part of JSON Schema that our documents use."""
    schema = resolve(document, schema)
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (kind in ("integer", "number") and isinstance(value, bool))):
        yield f"{path}: {value!r} is no {kind}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{path}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is none of {schema['enum']}"
    if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{path}: {value} is out of range"
    if isinstance(value, dict):
        known = schema.get("properties", {})
        yield from (f"{path}.{key} is missing" for key in schema.get("required", ()) if key not in value)
        if known:
            yield from (f"{path}.{key} is not documented" for key in value if key not in known)
        for key in known.keys() & value.keys():
            yield from faults(document, known[key], value[key], f"{path}.{key}")
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from faults(document, schema.get("items", {}), item, f"{path}[{index}]")


def check(name: str, operation: str, message: Mapping[str, Any], tag: str) -> None:
    documented = messages(name, operation)
    assert message[tag] in documented, f"{message[tag]} is not documented"
    found = list(faults(asyncapi(name), documented[message[tag]]["payload"], message, message[tag]))
    assert not found, found


# --------------------------------------------------------------------------------------------------- OpenAPI


def test_the_openapi_document_is_the_applications() -> None:
    made = golden_api.document()
    assert golden_api.GOLDEN.read_text("utf-8") == made, "the API has changed; run: python -m scripts.golden_api"


def test_every_route_has_a_summary_an_answer_and_its_problems() -> None:
    document = json.loads(golden_api.GOLDEN.read_text("utf-8"))
    for path, item in document["paths"].items():
        for method, operation in item.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["description"], where
            content = operation["responses"]["200"]["content"]
            assert all(c["schema"] for c in content.values()), where
            if path.startswith(("/api", "/rasa")):
                for status, answer in operation["responses"].items():
                    if status not in ("200", "206", "304"):  # 206 is a part of the 200; 304 has no body
                        assert set(answer["content"]) == {"application/problem+json"}, (where, status)
            # Four need nothing but being asked.
            if method == "post" and not path.endswith(("/reload", "/false-wake", "/finish", "/lock")):
                assert operation["requestBody"]["required"], where
    assert "HTTPValidationError" not in document["components"]["schemas"]


async def test_every_documented_answer_is_what_comes(api: Application) -> None:
    document = (await api.http.get("/openapi.json")).json()
    async with api.screen():
        said = await api.http.post("/api/v1/utterances", json={"text": "미세먼지 보여줘"})
        await settled(lambda: api.service.store.latest(1))
        answers = {
            ("post", "/api/v1/utterances"): said,
            ("post", "/api/v1/displays/{display}/commands"): await api.http.post(
                "/api/v1/displays/main/commands", json={"op": "home"}
            ),
        }
        for path in ("/api/v1/displays", "/api/v1/catalog", "/api/v1/runs", "/readyz", "/healthz"):
            answers["get", path] = await api.http.get(path)
        answers["get", "/api/v1/runs/{run}"] = await api.http.get(f"/api/v1/runs/{said.json()['run']}")
    for (method, path), answer in answers.items():
        schema = document["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
        assert answer.status_code == 200
        assert not list(faults(document, schema, answer.json(), path))


# -------------------------------------------------------------------------------------------------- AsyncAPI


@pytest.mark.parametrize("name", ["display", "audio", "workers", "calls"])
def test_an_asyncapi_document_is_whole(name: str) -> None:
    document = asyncapi(name)
    assert document["asyncapi"] == "3.0.0"
    assert {"info", "servers", "channels", "operations", "components"} <= set(document)
    references = re.findall(r"\$ref': '([^']+)'", str(document))
    assert references
    for reference in references:
        resolve(document, {"$ref": reference})
    used = {ref.rsplit("/", 1)[1] for ref in references if ref.startswith("#/components/messages/")}
    assert used == set(document["components"]["messages"])
    for key, message in document["components"]["messages"].items():
        assert message["summary"], key
        tag = "t" if name in ("display", "calls") else "type"
        if "payload" in message:
            assert message["payload"]["properties"][tag] == {"const": key}


def _literals(folder: Path, key: str) -> set[str]:
    """Every constant X of a dictionary display {key: X, ...} in a folder's or a file's Python code."""
    found = set()
    for file in sorted(folder.rglob("*.py")) if folder.is_dir() else [folder]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Dict):
                found |= {
                    v.value
                    for k, v in zip(node.keys, node.values, strict=True)
                    if isinstance(k, ast.Constant) and k.value == key and isinstance(v, ast.Constant)
                }
    return found


def _cases(file: Path, subject: str) -> set[str]:
    """The constants that `match <message>.get(subject)` statements of a file compare with."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Match) and f"'{subject}'" in ast.dump(node.subject):
            for case in node.cases:
                found |= {n.value for n in ast.walk(case.pattern) if isinstance(n, ast.Constant)}
    return {str(value) for value in found}


def test_every_message_of_the_display_protocol_is_documented() -> None:
    sent = _literals(PROJECT / "display_bridge", "t")
    for name in ("screens", "private_desk", "private_seat"):
        sent |= _literals(PROJECT / "assistant" / f"{name}.py", "t")
    assert sent == set(messages("display", "serviceSays"))
    read = _cases(PROJECT / "display_bridge" / "conversation.py", "t") | {"hello"}
    assert read == set(messages("display", "screenSays"))
    client = (PROJECT / "display_bridge" / "web" / "connection.js").read_text("utf-8")
    assert set(re.findall(r'\{ t: "(\w+)"', client)) == read
    assert set(re.findall(r'case "(\w+)":', client)) <= set(messages("display", "serviceSays"))


def test_the_words_of_the_display_protocol_are_those_of_the_code() -> None:
    hello, ack = (messages("display", "screenSays")[m]["payload"]["properties"] for m in ("hello", "ack"))
    assert hello["role"]["enum"] == list(ROLES)
    assert ack["status"]["enum"] == list(STATUSES)
    state = asyncapi("display")["components"]["schemas"]["State"]["properties"]
    assert state["assistant"]["properties"]["phase"]["enum"] == [p.value for p in Phase]
    codes = [c.value for c in OutcomeCode]
    assert state["assistant"]["properties"]["outcome"]["properties"]["code"]["enum"] == codes
    assert messages("audio", "serviceSays")["outcome"]["payload"]["properties"]["code"]["enum"] == codes


def test_every_message_of_the_call_protocol_is_documented() -> None:
    telephony = PROJECT / "telephony"
    modules = ("announcing", "exchange", "hub", "passing", "presence", "switchboard")
    sent = set().union(*(_literals(telephony / f"{module}.py", "t") for module in modules))
    assert sent | {"rtc.desc", "rtc.ice"} == set(messages("calls", "exchangeSays"))
    said = messages("calls", "clientSays")
    assert set(protocol.TAGS) == set(said)
    for model in protocol.CALL_MESSAGES.__args__:
        tag = model.model_fields["t"].annotation.__args__[0]
        documented = said[tag]["payload"]
        assert set(model.model_fields) <= set(documented["properties"]), tag
        required = {name for name, field in model.model_fields.items() if field.is_required()}
        assert required == set(documented["required"]) | ({"status"} if tag == "presence" else set()), tag


def test_the_words_of_the_call_protocol_are_those_of_the_code() -> None:
    schemas = asyncapi("calls")["components"]["schemas"]
    assert schemas["Reason"]["enum"] == [r.value for r in Reason]
    phases = [p.value for p in CallPhase if p is not CallPhase.ENDED]
    assert schemas["CallRow"]["properties"]["phase"]["enum"] == phases
    assert schemas["Description"]["properties"]["sdp"]["maxLength"] == protocol.MOST_SDP
    assert set(schemas["About"]["properties"]) == set(protocol.About.model_fields)
    assert set(schemas["Caps"]["properties"]) == set(protocol.Caps.model_fields)


def test_every_message_of_the_worker_links_is_documented() -> None:
    assistant = PROJECT / "assistant"
    core_to_hearing = _literals(assistant / "ears.py", "type") | {"listen", "cancel"}
    wire = _literals(assistant / "hearing" / "opinion_wire.py", "type")
    answers = wire - {"opinion_wanted"}
    assert core_to_hearing | {"welcome", "sound", "phrases"} | answers == set(messages("workers", "hearingIsTold"))
    core_to_speaking = _literals(assistant / "voices.py", "type") - {"failed"}
    assert core_to_speaking | {"welcome"} == set(messages("workers", "speakingIsTold"))
    link = _literals(assistant / "worker_link.py", "type")
    speaking = _literals(assistant / "speaking", "type") | link
    assert speaking == set(messages("workers", "speakingSays"))
    events = {encode(e)["type"] for e in (*HEARD, Wake(1.0, 0.9), StopWord(1.0, "그만"))}
    hearing = _literals(assistant / "hearing" / "worker.py", "type") | link | events | {"opinion_wanted"}
    assert answers | link | {"health"} == set(messages("workers", "opinionSays"))
    assert {"welcome", "opinion_wanted"} == set(messages("workers", "opinionIsTold"))
    assert hearing == set(messages("workers", "hearingSays"))
    captions = _literals(assistant / "hearing" / "caption_wire.py", "type")
    said = {"caption", *_literals(assistant / "hearing" / "caption_worker.py", "type")}
    assert said | link == set(messages("workers", "captionsSays"))
    assert captions - {"caption"} | {"welcome", "sound"} == set(messages("workers", "captionsIsTold"))
    modes = messages("workers", "hearingIsTold")["open_stream"]["payload"]["properties"]["mode"]["enum"]
    assert modes == [m.value for m in StreamMode]


@pytest.mark.parametrize("event", [*HEARD, Wake(1.0, 0.9), StopWord(1.0, "그만")], ids=lambda e: type(e).__name__)
def test_the_events_of_hearing_fit_their_documents(event: Any) -> None:
    check("workers", "hearingSays", encode(event), "type")
    if not isinstance(event, Wake | StopWord):
        message = encode(event)
        del message["stream"]
        check("audio", "serviceSays", message, "type")


async def test_what_screens_are_really_sent_fits_its_document(api: Application) -> None:
    async with api.socket("/ws/v1/displays/main") as socket:
        socket.send({"t": "hello", "proto": 2, "role": "wall", "caps": []})
        welcome = await socket.receive()
        snapshot = await socket.receive()
        for message in (welcome, snapshot):
            check("display", "serviceSays", message, "t")
        assert (welcome["t"], snapshot["t"]) == ("welcome", "snapshot")
    async with api.screen(token=api.token("wall")) as wall:
        for text in ("미세먼지 보여줘", "버스", "도움말", "뉴스 보여줘", "아무말 대잔치"):
            await api.http.post("/api/v1/utterances", json={"text": text})
        api.service.screens.chime("main", "wake")
        wall.socket.send({"t": "ping"})
        wall.socket.send("{}")
        await wall.command("c1", "show", panel="nope")
        await settled(lambda: {"chime", "pong", "error", "result", "patch"} <= {m["t"] for m in wall.seen})
        for message in wall.seen:
            check("display", "serviceSays", message, "t")
    async with api.socket("/ws/v1/displays/main") as socket:
        socket.send({"t": "hello", "proto": 2, "role": "wall", "token": api.token("wall")})
        check("display", "serviceSays", await socket.until("t", "snapshot"), "t")


async def test_what_a_button_is_really_sent_fits_its_document(api: Application) -> None:
    async with api.socket("/ws/v1/audio") as socket:
        check("audio", "serviceSays", await socket.receive(), "type")
    outcome = Outcome(OutcomeCode.SHOWN, "띄웠습니다.", "Shown.")
    check("audio", "serviceSays", {**encode(outcome), "run": "r1"}, "type")
