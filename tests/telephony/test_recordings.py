"""Recordings: only with consent, whole or not at all, readable with the key alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.contracts import BadInput, ConfigError, NotPermitted
from assistant.private_files import write_private
from telephony.recordings import Limits, Recording, Recordings, consenting
from telephony.rooms import Plan, Rooms
from telephony.sealed import SealedWriter, load_key, unsealed
from tests.telephony.stage import ROOM, SAFETY, TV, WALL, Stage

KEY = bytes(range(32))
FIRST = b"\x1a\x45\xdf\xa3" + b"webm" * 50
CANARY = b"the mayor said: tangerine"
WHO = ["console:safety-1", "display:main"]


class Shelf:
    def __init__(self, folder: Path, **limits: float) -> None:
        self.folder, self.now = folder / "recordings", 1_000_000.0
        self.limits = Limits(**limits)  # type: ignore[arg-type]
        self.recordings = self.fresh()

    def fresh(self) -> Recordings:
        """As after a start of the service."""
        return Recordings(self.folder, lambda: KEY, lambda: self.now, 30, self.limits)

    def made(self, *pieces: bytes, meeting: str = "m1") -> Recording:
        one = self.recordings.begin(meeting, WHO[1], "video/webm;codecs=vp8,opus", WHO)
        for number, piece in enumerate((FIRST, *pieces)):
            self.recordings.piece(one.id, WHO[1], number, piece, WHO)
        return self.recordings.finish(one.id, WHO[1])

    def files(self) -> list[Path]:
        return sorted(self.folder.iterdir()) if self.folder.exists() else []


def test_what_is_kept_is_encrypted_private_and_comes_back_whole(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    one = shelf.made(CANARY, b"x" * 100_000)
    assert b"".join(shelf.recordings.read(one.id)) == FIRST + CANARY + b"x" * 100_000
    assert (one.size, one.pieces, one.people) == (len(FIRST) + len(CANARY) + 100_000, 3, WHO)
    assert {path.suffix for path in shelf.files()} == {".json", ".sealed"}
    for path in shelf.files():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert CANARY not in path.read_bytes()
        assert b"webm" * 3 not in path.read_bytes()
    assert [found.id for found in shelf.fresh().of("m1")] == [one.id]


def test_without_everybodys_consent_nothing_is_taken(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    with pytest.raises(NotPermitted):
        shelf.recordings.begin("m1", WHO[1], "video/webm", None)
    one = shelf.recordings.begin("m1", WHO[1], "video/webm", WHO)
    shelf.recordings.piece(one.id, WHO[1], 0, FIRST, WHO)
    with pytest.raises(NotPermitted):
        shelf.recordings.piece(one.id, WHO[1], 1, CANARY, None)
    with pytest.raises(BadInput):
        shelf.recordings.piece(one.id, WHO[0], 1, CANARY, WHO)
    shelf.recordings.withdraw("m1", WHO[0])
    assert shelf.files() == []
    with pytest.raises(BadInput):
        shelf.recordings.finish(one.id, WHO[1])


def test_a_withdrawal_also_takes_back_what_was_finished_in_the_meeting(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.made()
    shelf.recordings.withdraw("m1", "console:other")
    assert len(shelf.recordings.of("m1")) == 1
    shelf.recordings.withdraw("m1", WHO[0])
    assert shelf.files() == []


def test_pieces_come_in_order_once_and_within_the_limits(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, piece=1000, whole=1500, longest_s=100)
    one = shelf.recordings.begin("m1", WHO[1], "audio/webm", WHO)
    for bad in (b"", b"no webm at all", FIRST + b"x" * 1000):
        with pytest.raises(BadInput):
            shelf.recordings.piece(one.id, WHO[1], 0, bad, WHO)
    shelf.recordings.piece(one.id, WHO[1], 0, FIRST, WHO)
    assert shelf.recordings.piece(one.id, WHO[1], 0, FIRST, WHO).pieces == 1  # sent again, its answer was lost
    with pytest.raises(BadInput):
        shelf.recordings.piece(one.id, WHO[1], 2, b"x", WHO)
    with pytest.raises(BadInput):
        shelf.recordings.begin("m1", WHO[1], "video/webm", WHO)
    shelf.recordings.piece(one.id, WHO[1], 1, b"y" * 900, WHO)
    with pytest.raises(BadInput) as caught:
        shelf.recordings.piece(one.id, WHO[1], 2, b"z" * 900, WHO)
    assert caught.value.code == "too-large"
    assert b"".join(shelf.recordings.read(one.id)) == FIRST + b"y" * 900
    for kind in ("video/mp4", "text/html", ""):
        with pytest.raises(BadInput):
            shelf.recordings.begin("m2", WHO[1], kind, WHO)


def test_one_that_falls_silent_is_finished_one_that_was_cut_off_is_thrown_away(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, silence_s=60)
    one = shelf.recordings.begin("m1", WHO[1], "video/webm", WHO)
    shelf.recordings.piece(one.id, WHO[1], 0, FIRST, WHO)
    shelf.now += 59
    shelf.recordings.tick()
    assert shelf.recordings.of("m1") == []
    shelf.now += 2
    shelf.recordings.tick()
    assert [found.pieces for found in shelf.recordings.of("m1")] == [1]
    other = shelf.recordings.begin("m2", WHO[1], "video/webm", WHO)
    shelf.recordings.piece(other.id, WHO[1], 0, FIRST, WHO)
    after = shelf.fresh()
    shelf.recordings.stop()
    assert after.of("m2") == []
    assert not list(shelf.folder.glob("*.part"))
    shelf.now += 31 * 86_400
    after.prune()
    assert shelf.files() == []
    for name in ("../../etc/passwd", "nope", ""):
        with pytest.raises(BadInput):
            after.get(name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(at=st.floats(0, 1), flip=st.integers(1, 255), cut=st.booleans())
def test_a_changed_or_shortened_file_is_never_taken_for_whole(tmp_path: Path, at: float, flip: int, cut: bool) -> None:
    path = tmp_path / "one"
    path.unlink(missing_ok=True)
    writer = SealedWriter(path, KEY, "one")
    for piece in (b"a" * 50, b"", b"b" * 70):
        writer.write(piece)
    writer.finish()
    data = bytearray(path.read_bytes())
    where = min(len(data) - 1, int(at * len(data)))
    path.write_bytes(data[:where] if cut else data[:where] + bytes([data[where] ^ flip]) + data[where + 1 :])
    with pytest.raises(BadInput):
        list(unsealed(path, KEY, "one"))


def test_a_file_is_bound_to_its_name_and_its_key(tmp_path: Path) -> None:
    writer = SealedWriter(tmp_path / "a", KEY, "a")
    writer.write(b"piece")
    writer.finish()
    assert list(unsealed(tmp_path / "a", KEY, "a")) == [b"piece", b""]
    for key, label in ((KEY, "b"), (bytes(32), "a")):
        with pytest.raises(BadInput):
            list(unsealed(tmp_path / "a", key, label))


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "recording.key"
    key = load_key(path)
    assert load_key(path) == key
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for bad in ("short", "zz" * 32, ""):
        path.write_text(bad)
        with pytest.raises(ConfigError):
            load_key(path)


def test_a_private_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_private(tmp_path / "a.json", b"one")

    def full(_: int) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_private(tmp_path / "a.json", b"two")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.json", b"one")]


def test_consenting_is_the_makers_only_while_all_agree() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY, TV)
    assert consenting(stage.rooms.state(ROOM), WALL.part) is None
    stage.say(WALL, "recording.set", ROOM, on=True)
    assert consenting(stage.rooms.state(ROOM), WALL.part) is None
    stage.consents(SAFETY)
    assert consenting(stage.rooms.state(ROOM), WALL.part) == [SAFETY.part, WALL.part]
    assert consenting(stage.rooms.state(ROOM), SAFETY.part) is None
    stage.consents(SAFETY, agree=False)
    assert consenting(stage.rooms.state(ROOM), WALL.part) is None
    assert consenting(Rooms([Plan("x", "x", "x", "standing")]).state("x"), WALL.part) is None
