"""Enrolled faces at rest, whom a camera may tell of, and what can be set."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from assistant.cli import cli
from assistant.cli_face import _store
from assistant.contracts.errors import BadInput, ConfigError, NotPermitted, SeoulaError, Unavailable
from assistant.settings import Settings
from perception.abilities import makers
from perception.face.camera_rule import check_camera
from perception.face.profiles import Profiles
from perception.face.settings import FaceSettings, face_settings
from perception.face.store import Consent, FaceStore, Profile, checked_key, key_in, write_readable

KEY = bytes(range(32))
MAYOR = Profile("mayor", Consent("in writing", 1.5e9), "drawn", ((0.25, 0.5), (0.125, 1.0)), {"pictures": 2})


def test_a_profile_is_sealed_and_comes_back_whole(tmp_path: Path) -> None:
    store = FaceStore(tmp_path / "faces", KEY)
    file = store.save(MAYOR)
    assert store.load("mayor") == MAYOR
    assert store.names() == ["mayor"]
    sealed = file.read_bytes()
    assert b"writing" not in sealed
    assert b"0.25" not in sealed
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert store.save(MAYOR).read_bytes() != sealed, "never twice under one nonce"
    with pytest.raises(ConfigError, match="another key") as wrong:
        FaceStore(tmp_path / "faces", bytes(32)).load("mayor")
    assert wrong.value.code == "wrong-face-key"


def test_a_profile_under_another_name_is_nobodys(tmp_path: Path) -> None:
    store = FaceStore(tmp_path, KEY)
    store.save(MAYOR).rename(tmp_path / "aide.face")
    with pytest.raises(ConfigError):
        store.load("aide")


@given(at=st.integers(0, 10**6), value=st.integers(1, 255), cut=st.booleans())
@settings(max_examples=60)
def test_whatever_is_damaged_is_a_typed_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, value: int, cut: bool
) -> None:
    store = FaceStore(tmp_path_factory.mktemp("faces"), KEY)
    file = store.save(MAYOR)
    data = bytearray(file.read_bytes())
    at %= len(data)
    data[at] ^= value
    file.write_bytes(data[:at] if cut else data)
    with pytest.raises(SeoulaError) as damaged:
        store.load("mayor")
    assert damaged.value.code in ("bad-profile", "wrong-face-key")


def test_a_person_is_forgotten_and_the_others_stay(tmp_path: Path) -> None:
    store = FaceStore(tmp_path, KEY)
    file = store.save(MAYOR)
    store.save(Profile("aide", MAYOR.consent, "drawn", ((1.0, 0.0),), {}))
    link = tmp_path / "the same bytes"
    link.hardlink_to(file)
    before, stamp = file.read_bytes(), store.stamp()
    store.remove("mayor")
    assert store.names() == ["aide"]
    assert store.stamp() != stamp
    assert len(link.read_bytes()) == len(before)
    assert link.read_bytes() != before, "overwritten, not only unlinked"
    with pytest.raises(BadInput, match="no face"):
        store.remove("mayor")
    with pytest.raises(BadInput, match="no face"):
        store.load("mayor")


@pytest.mark.parametrize("name", ["", "../mayor", "Mayor", "a" * 41, "시 장", "ㅅ", "市長", "a.b", "-a", "a\n"])
def test_a_name_is_a_plain_one(tmp_path: Path, name: str) -> None:
    for work in (FaceStore(tmp_path, KEY).load, FaceStore(tmp_path, KEY).remove):
        with pytest.raises(BadInput) as refused:
            work(name)
        assert refused.value.code == "bad-name"


def test_a_name_may_be_korean_however_it_was_typed(tmp_path: Path) -> None:
    store, name = FaceStore(tmp_path, KEY), "홍길동-비서실"
    store.save(Profile(name, MAYOR.consent, "drawn", ((1.0, 0.0),), {}))
    assert store.names() == [name]
    assert store.load(unicodedata.normalize("NFD", name)).name == name
    store.remove(unicodedata.normalize("NFD", name))
    assert store.names() == []


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "state" / "faces.key"
    with pytest.raises(ConfigError) as missing:
        key_in(file)
    assert missing.value.code == "no-face-key"
    key = key_in(file, make=True)
    assert key == key_in(file, make=True) == key_in(file)
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("short")
    for work in (lambda: key_in(file), lambda: checked_key("xyz"), lambda: checked_key("ab" * 31)):
        with pytest.raises(ConfigError) as bad:
            work()
        assert bad.value.code == "bad-face-key"


def test_an_export_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    write_readable(tmp_path / "mine.json", MAYOR)
    told = json.loads((tmp_path / "mine.json").read_text("utf-8"))
    assert told["vectors"] == [[0.25, 0.5], [0.125, 1.0]]
    assert told["consent"]["by"] == "in writing"
    assert (tmp_path / "mine.json").stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadInput, match="no such folder"):
        write_readable(tmp_path / "nowhere" / "mine.json", MAYOR)


def test_one_bad_profile_leaves_the_others(tmp_path: Path) -> None:
    profiles = Profiles(FaceSettings(profiles=tmp_path, key=KEY.hex()))
    with pytest.raises(BadInput, match="nobody"):
        profiles.known(None, "drawn")
    store = FaceStore(tmp_path, KEY)
    store.save(MAYOR)
    (tmp_path / "aide.face").write_bytes(b"rubbish")
    assert profiles.known(None, "drawn").people == {"mayor": MAYOR.vectors}
    assert profiles.known(["aide", "nobody", "mayor"], "drawn").people == {"mayor": MAYOR.vectors}
    for names, embedder, code in (
        (["aide"], "drawn", "bad-profile"),
        (["nobody"], "drawn", "no-such-person"),
        (None, "another", "bad-profile"),
        (["mayor"], "another", "other-embedder"),
    ):
        with pytest.raises(BadInput) as refused:
            profiles.known(names, embedder)
        assert refused.value.code == code
    with pytest.raises(ConfigError, match="another key"):
        Profiles(FaceSettings(profiles=tmp_path, key="00" * 32)).known(["mayor"], "drawn")
    with pytest.raises(ConfigError, match="not set"):
        Profiles(FaceSettings(profiles=tmp_path)).known(None, "drawn")


@pytest.mark.parametrize(
    ("source", "options", "fine"),
    [
        ("/dev/video0", {}, True),
        ("/dev/video9", {}, False),
        ("/dev/video9", {"accept_recordings": True}, True),
        ("rtsp://10.0.0.7/mayor", {}, False),
        ("rtsp://10.0.0.7/mayor", {"accept_network": True}, True),
        (None, {}, False),
        (None, {"accept_network": True}, False),
        (None, {"accept_recordings": True}, True),
        ("clip.mp4", {}, False),
    ],
)
def test_only_a_real_device_tells_who_somebody_is(source: str | None, options: dict[str, bool], fine: bool) -> None:
    def look() -> None:
        check_camera(source, face_settings(options), virtual=lambda device: device == "/dev/video9")

    if fine:
        look()
    else:
        with pytest.raises(NotPermitted) as refused:
            look()
        assert refused.value.code == "virtual-camera"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"near": 1}, "bad-setting"),
        ({"decision": {"near": "0.4"}}, "bad-setting"),
        ({"decision": {"nearer": 0.4}}, "bad-setting"),
        ({"decision": 4}, "bad-setting"),
        ({"challenge": {"pause_s": [1]}}, "bad-setting"),
        ({"accept_recordings": 1}, "bad-setting"),
        ({"key": 7}, "bad-setting"),
        ({"profiles": ""}, "bad-setting"),
        ({"embedder_file": "/nowhere/sface.onnx"}, "model-missing"),
        ({"spoof_file": "/nowhere/fasnet.onnx"}, "model-missing"),
        ({"detector_file": "/nowhere/yunet.onnx"}, "model-missing"),
    ],
)
def test_a_setting_that_cannot_be_is_named(options: dict[str, object], code: str) -> None:
    with pytest.raises(ConfigError) as bad:
        makers({"face": options}, "/dev/video0")
    assert bad.value.code == code


def test_settings_are_taken(tmp_path: Path) -> None:
    model = tmp_path / "spoof.onnx"
    model.write_bytes(b"")
    made = face_settings(
        {"decision": {"near": 0.4}, "challenge": {"pause_s": [0, 1]}, "spoof_file": str(model), "profiles": "faces"}
    )
    assert (made.decision.near, made.challenge.pause_s, made.spoof_file) == (0.4, (0, 1), model)
    assert made.profiles == Path("faces")


def test_no_new_key_is_made_beside_faces_that_an_old_one_sealed(tmp_path: Path) -> None:
    place = Settings.model_validate({"state_dir": tmp_path})
    first = _store(place, make=True)
    first.save(Profile("kim", Consent("yes", 1.0), "drawn", ((0.0, 0.0),), {}))
    key = (tmp_path / "faces.key").read_bytes()
    (tmp_path / "faces.key").unlink()
    with pytest.raises(ConfigError) as missing:
        _store(place, make=True)
    assert missing.value.code == "no-face-key"
    assert not (tmp_path / "faces.key").exists()
    (tmp_path / "faces.key").write_bytes(key)
    assert _store(place, make=True).load("kim").name == "kim"


@pytest.mark.parametrize("kind", ["fifo", "link", "folder"])
def test_an_export_replaces_nothing_but_a_file(tmp_path: Path, kind: str) -> None:
    goal, aim = tmp_path / "out", tmp_path / "aim"
    if kind == "fifo":
        os.mkfifo(goal)
    elif kind == "link":
        goal.symlink_to(aim)
    else:
        goal.mkdir()
    before = goal.lstat()
    with pytest.raises(BadInput) as caught:
        write_readable(goal, MAYOR)
    assert caught.value.code == "cannot-write"
    assert goal.lstat().st_ino == before.st_ino
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_a_key_that_cannot_be_written_is_said_and_one_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable) as caught:
        key_in(tmp_path / "file" / "faces.key", make=True)
    assert caught.value.code == "disk"
    file = tmp_path / "faces.key"
    made = key_in(file, make=True)
    assert key_in(file, make=True) == made
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == ["faces.key", "file"]


def test_the_command_line_does_one_thing_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEOULA_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("SEOULA_FACE_KEY", KEY.hex())
    store = FaceStore(tmp_path / "faces", KEY)
    store.save(MAYOR)
    out = str(tmp_path / "out.json")
    for more in (["--export", out, "--remove"], ["--list", "--remove"], ["--remove", "a.jpg"]):
        told = CliRunner().invoke(cli, ["enroll", "face", "--name", "mayor", *more])
        assert (told.exit_code, "bad-arguments" in told.output) == (2, True), told.output
    assert store.names() == ["mayor"], "nobody is forgotten before he was exported"
    long = CliRunner().invoke(cli, ["enroll", "face", "--name", "a", "--consent", "x", 300 * "a" + ".jpg"])
    assert (long.exit_code, "no-such-file" in long.output) == (1, True)


@pytest.mark.parametrize("away", ["nan", "inf", "0", "-1"])
def test_a_face_that_could_never_leave_is_not_replayed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, away: str
) -> None:
    monkeypatch.setenv("SEOULA_STATE_DIR", str(tmp_path))
    told = CliRunner().invoke(cli, ["replay", str(tmp_path), "--as", "face", "--away", away])
    assert (told.exit_code, "bad-arguments" in told.output) == (2, True), told.output
