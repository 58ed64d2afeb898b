from __future__ import annotations

import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from assistant.contracts import Unavailable
from assistant.doctor import (
    CHECKS,
    Check,
    Row,
    hearing,
    machine,
    probe,
    run_checks,
    screens,
    speaking,
    table,
    understanding,
)
from assistant.hearing.wake import WakeCard
from assistant.hearing.wake_people import PersonHead
from assistant.settings import (
    HearingSettings,
    RasaSettings,
    ServerSettings,
    Settings,
    SpeakingSettings,
    wake_people_folder,
)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)  # no settings.toml and no secrets here
    return Settings(state_dir=tmp_path / "var")


# ---------------------------------------------------------------------------------------------- running


def answers(component: str, _: Settings) -> Row:
    return Row(component, "ok", "")


def test_a_row_per_check_in_order(settings: Settings) -> None:
    checks = [Check(name, partial(answers, name)) for name in "cab"]
    assert [row.component for row in run_checks(settings, checks)] == ["c", "a", "b"]


def test_a_check_that_hangs_costs_only_its_own_row(settings: Settings) -> None:
    never, over = threading.Event(), threading.Event()

    def hang(_: Settings) -> Row:
        never.wait(120)
        over.set()
        return Row("stuck", "ok", "too late")

    well = Check("well", partial(answers, "well"), timeout_s=120)
    rows = list(run_checks(settings, [Check("stuck", hang, essential=True, timeout_s=0.05), well]))
    assert not over.is_set(), "nobody waited for it"
    never.set()
    assert [(row.component, row.state) for row in rows] == [("stuck", "missing"), ("well", "ok")]
    assert rows[0].blocks
    assert not rows[1].blocks


def test_heavy_checks_wait_for_each_other_and_only_their_own_look_is_timed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    first_two, at_once, most, lock = threading.Barrier(2), 0, 0, threading.Lock()

    def work(name: str, settings: Settings) -> Row:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        if name in "ab":
            first_two.wait(120)  # both are at work, or this breaks
        with lock:
            at_once -= 1
        return answers(name, settings)

    checks = [Check(name, partial(work, name), timeout_s=120, heavy=True) for name in "abcdef"]
    assert [row.state for row in run_checks(settings, checks)] == ["ok"] * 6
    assert most == 2


def test_heavy_checks_that_hang_hold_up_no_other(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    never = threading.Event()

    def hang(_: Settings) -> Row:
        never.wait(120)
        return Row("stuck", "ok", "too late")

    stuck = [Check(f"stuck {number}", hang, timeout_s=0.05, heavy=True) for number in range(3)]
    well = [Check(name, partial(answers, name), timeout_s=120, heavy=True) for name in "xyz"]
    states = [row.state for row in run_checks(settings, [stuck[0], well[0], *stuck[1:], *well[1:]])]
    never.set()
    assert states == ["degraded", "ok", "degraded", "degraded", "ok", "ok"]


@pytest.mark.parametrize("essential", [True, False])
@pytest.mark.parametrize(
    "error", [Unavailable("gone", "it is gone"), KeyError("x"), OSError("no"), RuntimeError("bad")]
)
def test_a_check_that_fails_says_so_in_its_row(settings: Settings, error: Exception, essential: bool) -> None:
    def fall(_: Settings) -> Row:
        raise error

    (row,) = run_checks(settings, [Check("falls", fall, essential=essential)])
    assert row.state == ("missing" if essential else "degraded")
    assert "gone" in row.detail or type(error).__name__ in row.detail


def test_rows_are_json_and_a_table() -> None:
    rows = [Row("voice", "ok", "말합니다"), Row("disk", "missing", "0.0 GB", "free some space")]
    assert json.loads(json.dumps(rows[0].as_json())) == {
        "component": "voice",
        "state": "ok",
        "detail": "말합니다",
        "fix": "",
    }
    lines = table(rows).splitlines()
    assert len(lines) == 3
    assert "free some space" in lines[2]


@pytest.mark.real
def test_every_component_of_this_machine_gives_its_row(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.speaking.engine = "kokoro"  # not to be judged by this machine's speed
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *a, **given: run(*a, **{**given, "timeout": 600.0}))
    rows = list(run_checks(settings, [replace(check, timeout_s=600.0) for check in CHECKS]))
    assert [row.component for row in rows] == [check.component for check in CHECKS]
    well = ("recogniser", "voice activity", "voice", "calls (media)", "telephone line")
    well += ("web libraries", "rasa environment", "content registry")
    assert not [row for row in rows if row.component in well and row.state != "ok"]
    states = {row.component: row.state for row in rows}
    assert states["rasa model"] == states["map"] == "missing"  # the state folder is empty
    assert all(row.fix for row in rows if row.state != "ok")


# ---------------------------------------------------------------------------------------------- the checks


def test_probes_are_typed(tmp_path: Path) -> None:
    assert probe.ask(["echo", "x"], timeout_s=120.0) == "x"
    for command, timeout_s, code in (
        (["no-such-program"], 120.0, "probe-missing"),
        (["false"], 120.0, "probe-failed"),
        (["sleep", "20"], 0.2, "probe-timeout"),
    ):
        with pytest.raises(Unavailable) as caught:
            probe.ask(command, timeout_s=timeout_s)
        assert caught.value.code == code
    with pytest.raises(Unavailable, match="ZeroDivisionError"):
        probe.ask_python("1 / 0", timeout_s=120.0)


def fails(*_: object, **__: object) -> str:
    raise Unavailable("probe-failed", "Error querying device -1")


def test_no_microphone_is_a_limit_and_not_the_end(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "ask_python", fails)
    row = hearing.microphone(settings)
    assert row.state == "degraded"
    assert "device -1" in row.detail
    monkeypatch.setattr(hearing, "ask_python", lambda *_: '{"name": "USB", "rate": 48000.0}')
    assert hearing.microphone(settings).detail == "USB, 48000 Hz"
    off = settings.model_copy(update={"hearing": HearingSettings(microphone=False)})
    monkeypatch.setattr(hearing, "ask_python", fails)
    assert hearing.microphone(off).state == "ok"


def test_a_recording_may_stand_for_the_microphone(settings: Settings, tmp_path: Path) -> None:
    recording = tmp_path / "room.flac"
    chosen = settings.model_copy(update={"hearing": HearingSettings(microphone_file=recording)})
    assert hearing.microphone(chosen).state == "degraded"
    recording.write_bytes(b"fLaC")
    assert hearing.microphone(chosen).state == "ok"


def test_a_wake_word_enrolled_here_is_not_in_the_manifest(settings: Settings, tmp_path: Path) -> None:
    head = tmp_path / "mine.onnx"
    chosen = settings.model_copy(update={"hearing": HearingSettings(wake_model=head)})
    assert hearing.wake_word(chosen).state == "degraded"
    head.write_bytes(b"")
    assert hearing.wake_word(chosen).state == "degraded"
    head.write_bytes(b"onnx")
    assert hearing.wake_word(chosen).state == "degraded"  # without a card it cannot be used
    numbers = {"threshold": 0.9, "patience_frames": 2, "refractory_s": 2.0, "lag_s": 0.1, "lag_p95_s": 0.2}
    head.with_suffix(".json").write_text(json.dumps({**numbers, "sha256": "0" * 64}))
    row = hearing.wake_word(chosen)
    assert row.state == "ok"
    assert "not the shipped one" in row.detail


def test_people_who_taught_the_wake_word_are_listed(settings: Settings, tmp_path: Path) -> None:
    base = WakeCard.read(settings.hearing.wake_model.with_suffix(".json")).sha256
    chosen = settings.model_copy(update={"state_dir": tmp_path})
    taught = PersonHead("김시장", 0.8, np.zeros(4, np.float32), 0.0)
    taught.write(wake_people_folder(chosen), {"base_sha256": base})
    row = hearing.wake_word(chosen)
    assert row.state == "ok"
    assert "김시장" in row.detail
    taught.write(wake_people_folder(chosen), {"base_sha256": "0" * 64})
    row = hearing.wake_word(chosen)
    assert row.state == "degraded"
    assert "enrol again" in row.detail
    nobody = chosen.model_copy(update={"hearing": HearingSettings(wake_people=["없는 사람"])})
    assert hearing.wake_word(nobody).state == "degraded"


def test_a_recogniser_that_cannot_load_is_a_limit(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "ask_python", fails)
    assert hearing.recogniser(settings).state == "degraded"
    assert hearing.echo_and_noise(settings).state == "degraded"
    assert hearing.voice_activity(settings).state == "degraded"


def test_the_voice_needs_espeak(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "ask", fails)
    row = speaking.voice(settings)
    assert row.state == "degraded"
    assert "espeak-ng" in row.fix
    off = settings.model_copy(update={"speaking": SpeakingSettings(output="off")})
    assert speaking.voice(off).state == speaking.output(off).state == "ok"


def test_sound_on_this_device_needs_a_loudspeaker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    device = settings.model_copy(update={"speaking": SpeakingSettings(output="device")})
    for found, state in (("card 0: PCH [HDA]\n  Subdevices: 1/1", "ok"), ("**** List ****", "degraded")):
        monkeypatch.setattr(speaking, "ask", lambda _, found=found: found)
        assert speaking.output(device).state == state
    monkeypatch.setattr(speaking, "ask", fails)
    assert speaking.output(device).state == "degraded"


@pytest.mark.parametrize(
    ("content", "state"),
    [(None, "missing"), ("{", "missing"), ("[]", "missing"), ('{"districts": [1]}', "missing"), ("full", "ok")],
)
def test_the_map_has_25_districts(settings: Settings, content: str | None, state: str) -> None:
    if content is not None:
        file = settings.state_dir / "web" / "seoul-map.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"districts": list(range(25))}) if content == "full" else content, encoding="utf-8")
    assert screens.seoul_map(settings).state == state


def test_web_libraries_are_those_of_the_lock(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens, "PROJECT", tmp_path)
    lock = {"packages": {"": {"dependencies": {"uplot": "1"}}, "node_modules/uplot": {"version": "1.6.32"}}}
    (tmp_path / "package-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    assert screens.libraries(settings).detail == "uplot missing (needs 1.6.32)"
    (tmp_path / "node_modules" / "uplot").mkdir(parents=True)
    package = tmp_path / "node_modules" / "uplot" / "package.json"
    package.write_text('{"version": "1.5"}', encoding="utf-8")
    assert screens.libraries(settings).state == "missing"
    package.write_text('{"version": "1.6.32"}', encoding="utf-8")
    assert screens.libraries(settings).state == "ok"


def test_fonts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for found, state in (("Noto Sans CJK KR\nBaekmuk", "ok"), ("", "degraded")):
        monkeypatch.setattr(screens, "ask", lambda _, found=found: found)
        assert screens.fonts(settings).state == state
    monkeypatch.setattr(screens, "ask", fails)
    assert screens.fonts(settings).state == "degraded"


@pytest.mark.parametrize(("free", "state"), [(10e9, "ok"), (0.9e9, "degraded"), (0.1e9, "missing")])
def test_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch, free: float, state: str) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": free}))
    assert machine.disk(settings).state == state


class _Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def running() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), _Healthy) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_port_that_seoula_answers_is_not_taken(settings: Settings, running: int) -> None:
    row = machine.port(settings.model_copy(update={"server": ServerSettings(port=running)}))
    assert row.state == "ok"
    assert "is running" in row.detail


def test_a_port_of_another_program_is_taken(settings: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        number = other.getsockname()[1]
        taken = machine.port(settings.model_copy(update={"server": ServerSettings(port=number)}))
    assert taken.state == "missing"
    assert "SEOULA_SERVER__PORT" in taken.fix
    free = machine.port(settings.model_copy(update={"server": ServerSettings(port=number)}))
    assert free.state == "ok"


def test_secrets_are_for_their_owner_only(settings: Settings, tmp_path: Path) -> None:
    assert machine.secrets(settings).state == "ok"
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o700)
    key = folder / "key"
    key.write_text("x", encoding="utf-8")
    key.chmod(0o644)
    row = machine.secrets(settings)
    assert row.state == "degraded"
    assert str(key.name) in row.detail
    key.chmod(0o600)
    assert machine.secrets(settings).state == "ok"


def test_a_model_that_is_not_trained_is_missing(settings: Settings) -> None:
    assert understanding.model(settings).fix == "seoula train"
    models = settings.state_dir / "rasa" / "models"
    models.mkdir(parents=True)
    (models / "broken.tar.gz").write_bytes(b"no archive")
    row = understanding.model(settings)
    assert row.state == "missing"
    assert "broken" in row.detail


def test_without_rasa_understanding_is_limited(settings: Settings) -> None:
    off = settings.model_copy(update={"rasa": RasaSettings(enabled=False)})
    assert understanding.environment(off).state == understanding.model(off).state == "degraded"


def test_wrong_entries_of_the_registry_are_reported(settings: Settings) -> None:
    row = understanding.registry(settings)
    assert row.state == "ok"
    assert row.detail.startswith("205 panels")


def test_a_neural_voice_that_is_missing_is_a_limit_and_says_why(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def ask(command: list[str], *_: object) -> str:
        Path(command[4]).write_bytes(bytes(2000))
        return ""

    def ask_python(code: str, *arguments: str, timeout_s: float = 8.0) -> str:
        if "kokoro" in code:
            raise Unavailable("probe-failed", "model-altered: kokoro-82m")
        return "2.99"

    monkeypatch.setattr(speaking, "ask", ask)
    monkeypatch.setattr(speaking, "ask_python", ask_python)
    row = speaking.voice(settings)
    assert row.state == "degraded"
    assert "model-altered: kokoro-82m" in row.detail
    assert "espeak" in row.detail
    plain = settings.model_copy(update={"speaking": SpeakingSettings(engine="espeak")})
    assert speaking.voice(plain).state == "ok"


# ---------------------------------------------------------------------------------------------- sources of city data


class _Weather(BaseHTTPRequestHandler):
    body = b"{}"
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def weather() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Weather)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def with_key(settings: Settings, port: int, **more: object) -> Settings:
    given = {"data_go_kr_key": "some-secret-key", "base_urls": {"kma": f"http://127.0.0.1:{port}"}, **more}
    return Settings.model_validate({"state_dir": settings.state_dir, "city_data": given})


def test_documents_of_the_site_are_counted_and_those_that_cannot_be_used_named(
    settings: Settings, tmp_path: Path
) -> None:
    assert screens.documents(settings).state == "ok"
    folder = tmp_path / "site"
    chosen = Settings.model_validate({"state_dir": settings.state_dir, "documents": {"folder": folder}})
    row = screens.documents(chosen)
    assert (row.state, str(folder) in row.detail) == ("missing", True)
    folder.mkdir()
    (folder / "news__소식.pdf").write_bytes(b"%PDF-1.7\n1 0 obj<</Type /Pages /Kids [] /Count 2>>endobj")
    assert screens.documents(chosen) == Row("documents", "ok", f"1 in {folder}")
    for number in range(7):
        (folder / f"news__{number}.pdf").write_bytes(b"damaged")
    row = screens.documents(chosen)
    assert (row.state, row.detail.startswith(f"1 in {folder}; not used: 'news__0.pdf'")) == ("degraded", True)
    assert "and 2 more" in row.detail
    assert "documents.yaml" in row.fix


def test_a_source_without_a_key_is_simulated_and_says_how_to_change_that(settings: Settings) -> None:
    for source in screens.SOURCE_IDS:
        row = screens.city_source(source, settings)
        assert (row.component, row.state) == (f"city data: {source}", "ok")
        assert "simulated" in row.detail
    assert "SEOULA_CITY_DATA__DATA_GO_KR_KEY" in screens.city_source("kma", settings).detail
    assert "SEOULA_CITY_DATA__REMOTE_URL" in screens.city_source("shared", settings).detail
    assert "모의 데이터" in screens.city_data(settings).detail


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, b"", "bad-key"),
        (404, b"", "http-404"),
        (200, b"<html>maintenance</html>", "unreadable"),
        (200, b"<OpenAPI_ServiceResponse><cmmMsgHeader><returnReasonCode>22</returnReasonCode></cmmMsgHeader>"
              b"</OpenAPI_ServiceResponse>", "quota"),
    ],
)  # fmt: skip
def test_a_source_that_does_not_answer_as_it_should_says_what_to_do(
    settings: Settings, weather: HTTPServer, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes, error: str
) -> None:
    monkeypatch.setattr(_Weather, "status", status)
    monkeypatch.setattr(_Weather, "body", body)
    row = screens.city_source("kma", with_key(settings, weather.server_port))
    assert (row.state, error in row.detail, bool(row.fix)) == ("degraded", True, True)
    assert "some-secret-key" not in row.detail + row.fix
    assert "kma" in screens.city_data(with_key(settings, weather.server_port)).detail


def test_a_source_that_is_switched_off_is_degraded(settings: Settings) -> None:
    row = screens.city_source("kma", with_key(settings, 9, poll=False))
    assert (row.state, row.fix) == ("degraded", "SEOULA_CITY_DATA__POLL=true")


def test_a_running_service_is_asked_instead_of_the_source(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"id": "kma", "state": "ok", "last_error_code": ""}]
    monkeypatch.setattr(_Weather, "body", json.dumps({"sources": rows}).encode())
    server = HTTPServer(("127.0.0.1", 0), _Weather)
    threading.Thread(target=server.handle_request).start()
    settings.state_dir.mkdir(parents=True)
    card = {"origin": f"http://127.0.0.1:{server.server_port}"}
    (settings.state_dir / "service.json").write_text(json.dumps(card), "utf-8")
    row = screens.city_source("kma", with_key(settings, 9))
    server.server_close()
    assert (row.state, row.fix) == ("ok", "")
