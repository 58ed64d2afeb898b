"""The real detectors and networks: people who turn their heads, what attackers hold up, and the two command lines.

About 30 s of processor on a busy machine. Films of the order that is asked are measured (tests.perception.face.measure)
and not tested: the right movements at the right moments are what a random order cannot stop.
"""

from __future__ import annotations

import builtins
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from assistant.cli import cli
from assistant.contracts.errors import BadInput, ConfigError, Unavailable
from perception.face import encoder
from perception.face.ability import FaceAbility
from perception.face.challenge import random_plan
from perception.face.decision import distance
from perception.face.detector import RealEyes
from perception.face.enrolling import look
from perception.face.events import Ask, Here
from perception.face.face import Vector
from perception.face.settings import FaceSettings
from perception.face.store import Consent, FaceStore, Profile
from perception.frames import Frame
from tests.perception.face.actors import GUESSED, SPECIES, Film, Live, screen, shaken
from tests.perception.face.measure import enrolled, outcome
from tests.perception.face.render import ADA, MARY, TALL, WIDE, Pose, person

pytestmark = pytest.mark.real
KEY = bytes(range(32))
SLOW = 8.0
"""Frames a second: the fewest that a check is made for, which take the least time."""


@pytest.fixture(scope="module")
def eyes() -> Iterator[RealEyes]:
    opened = RealEyes()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def grace(eyes: RealEyes) -> list[Vector]:
    return enrolled(eyes)


def test_a_head_that_turns_and_blinks_is_measured_so(eyes: RealEyes) -> None:
    """Left and right are the person's own: a mirrored picture turns the other way."""

    def seen(pose: Pose, *, mirrored: bool = False) -> Any:
        picture = np.array(person(pose))
        frame = Frame(0.0, np.ascontiguousarray(picture[:, ::-1]) if mirrored else picture)
        (found,) = eyes.faces(frame)
        close = eyes.closely(frame, found)
        assert close.clear
        assert abs(close.turn - found.turn) < 0.12, "also by the ears"
        return close

    rest = seen(Pose())
    assert seen(Pose(yaw=20)).turn - rest.turn > 0.18
    assert seen(Pose(yaw=-20)).turn - rest.turn < -0.18
    assert seen(Pose(yaw=20), mirrored=True).turn < -0.18
    assert seen(Pose(pitch=16)).tilt - rest.tilt > 0.05
    assert seen(Pose(pitch=-12)).tilt - rest.tilt < -0.04
    assert seen(Pose(lids=0)).eyes < 0.5 * rest.eyes
    assert 100 < rest.pixels < 200


def test_three_people_are_three_people_however_they_turn(eyes: RealEyes, grace: list[Vector]) -> None:
    for pose in (Pose(), Pose(yaw=22), Pose(yaw=-22), Pose(pitch=16), Pose(lids=0)):
        assert distance(look("", shaken(person(pose), 1.0), eyes).vector, grace) < 0.45
    for pose, other in ((Pose(), ADA), (Pose(), MARY), (Pose(yaw=22), ADA), (Pose(pitch=16), MARY)):
        assert distance(look("", np.array(person(pose, other)), eyes).vector, grace) > 0.45


@pytest.mark.parametrize("species", [name for name in SPECIES if name not in GUESSED])
def test_an_attack_is_refused(eyes: RealEyes, grace: list[Vector], species: str) -> None:
    assert outcome(eyes, SPECIES[species](0), {"grace": grace}, 77, fps=SLOW) != "grace"


def test_a_stranger_is_asked_nothing(eyes: RealEyes, grace: list[Vector]) -> None:
    assert outcome(eyes, Live(ADA), {"grace": grace}, 5, fps=SLOW) == "not-recognised"


def test_a_screens_raster_and_border_are_signs(eyes: RealEyes) -> None:
    def signs(picture: Any) -> Any:
        frame = Frame(0.0, picture)
        return eyes.signs(frame, eyes.closely(frame, eyes.faces(frame)[0]))

    plain, shown = signs(shaken(person(), 1.0)), signs(screen(np.array(person()), 1.0))
    assert plain.moire < 0.3
    assert shown.moire > plain.moire or shown.border > plain.border


def test_a_live_person_passes_and_is_gone_when_another_takes_his_place_and_nothing_of_them_is_kept(
    tmp_path: Path, grace: list[Vector], monkeypatch: pytest.MonkeyPatch
) -> None:
    FaceStore(tmp_path, KEY).save(Profile("grace", Consent("yes", 1.0), encoder.NAME, tuple(grace), {}))
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    written: list[object] = []
    real_open = builtins.open

    def open_(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if set(mode) & set("wax+") and "null" not in str(file):
            written.append(file)
        return real_open(file, mode, *rest, **more)

    monkeypatch.setattr(builtins, "open", open_)
    for name in ("imwrite", "imwritemulti", "VideoWriter", "FileStorage"):
        monkeypatch.setattr(cv2, name, lambda *what, **more: written.append(what))
    said: list[dict[str, Any]] = []
    here: list[dict[str, Any]] = []

    def stands(actor: Live, begin: float, seconds: float, fps: float, last: str) -> float:
        """What is said while somebody stands there, until the last of it; and when that was."""
        for number in range(round(seconds * fps)):
            at = begin + number / fps
            for event in ability.see(Frame(at, actor.picture(at))):
                actor.hear(at, event)
                (here if isinstance(event, Here) else said).append(event.message())
            if said and said[-1]["type"] == last:
                return at
        return begin + seconds

    with capture_logs() as logged:
        chance = random.Random(41)
        its = FaceSettings(profiles=tmp_path, key=KEY.hex(), accept_recordings=True)
        ability = FaceAbility(its, plan=lambda: random_plan(chance))
        ability.tell({"check": {"people": None, "id": "c"}})
        at = stands(Live(), 0.0, 25, SLOW, "verified")
        assert (said[-1]["type"], said[-1].get("person")) == ("verified", "grace")
        assert {event["step"] for event in said[:-1]} in ({1, 2, 3}, {1, 2, 3, 4})
        told = len(said)
        ability.tell({"watch": {"person": "grace", "away_s": 3.0, "onlookers": True, "id": "w"}})
        at = stands(Live(), at + 0.1, 3, 4, "left")
        assert said[told:] == []
        assert len(here) >= 2
        stands(Live(ADA), at, 12, 4, "left")
        sketch = ability.sketch()
        ability.close()
    assert [event["type"] for event in said[told:]] == ["onlooker", "left"]
    assert sketch == {"face": []} or len(sketch["face"]) == 468
    assert written == []
    assert logged == []
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before
    assert all(set(event) <= {"t", "type", "id", "step", "of", "ask", "progress", "person"} for event in said)


def test_what_is_missing_or_no_model_is_a_typed_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rubbish = tmp_path / "rubbish.onnx"
    rubbish.write_bytes(b"no network at all")
    for option in ("embedder_file", "spoof_file", "detector_file"):
        with pytest.raises(ConfigError) as bad:
            RealEyes(FaceSettings(**{option: rubbish}))
        assert bad.value.code == "bad-model"
    encoder._models.cache_clear()
    monkeypatch.setattr(encoder, "_NET", "not-there.dat")
    with pytest.raises(Unavailable) as missing:
        RealEyes()
    assert missing.value.code == "model-missing"
    encoder._models.cache_clear()


def test_enrolment_and_replay_by_their_command_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten pictures of which four cannot be used; then a film with the order it was made with, and without."""
    monkeypatch.setenv("SEOULA_STATE_DIR", str(tmp_path / "state"))
    folder = tmp_path / "pictures"
    folder.mkdir()
    poses = (Pose(), Pose(yaw=10), Pose(yaw=-10), Pose(pitch=8), Pose(pitch=-8), Pose(yaw=5, pitch=5))
    for number, pose in enumerate(poses):
        cv2.imwrite(str(folder / f"{number}.jpg"), shaken(person(pose), number))
    cv2.imwrite(str(folder / "another.jpg"), np.array(person(Pose(), ADA)))
    cv2.imwrite(str(folder / "blurred.jpg"), cv2.GaussianBlur(np.array(person(Pose(yaw=3))), (0, 0), 5))
    cv2.imwrite(str(folder / "two.jpg"), np.hstack([person(Pose(yaw=3)), person(Pose(yaw=6), MARY)]))
    cv2.imwrite(str(folder / "none.jpg"), np.full((TALL, WIDE, 3), 120, np.uint8))
    film = Film([Ask.LEFT, Ask.RIGHT, Ask.BLINK])
    video = cv2.VideoWriter(str(tmp_path / "film.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), SLOW, (WIDE, TALL))
    for number in range(round((film.length + 4.0) * SLOW)):
        at = number / SLOW
        there = film.picture(at) if at < film.length else shaken(person(), at) if at < film.length + 1.5 else None
        video.write(there if there is not None else np.full((TALL, WIDE, 3), 120, np.uint8))
    video.release()

    def seoula(*words: str) -> tuple[int, list[dict[str, Any]], str]:
        done = CliRunner().invoke(cli, list(words))
        return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    enroll = ("enroll", "face", "--name", "grace")
    assert "bad-consent" in seoula(*enroll, str(folder))[2]
    code, rows, _ = seoula(*enroll, str(folder), "--consent", "in writing, 2026-11-28")
    refused = {row["file"]: row["code"] for row in rows if row["type"] == "refused"}
    assert refused == {
        "another.jpg": "another-person",
        "blurred.jpg": "blurred",
        "two.jpg": "several-faces",
        "none.jpg": "no-face",
    }
    assert code == 0
    assert [row["type"] for row in rows[4:]] == ["pictures", "key", "face"]
    assert (rows[-1]["pictures"], rows[-1]["missed"], rows[-1]["advice"]) == (6, 0.0, [])
    assert (tmp_path / "state" / "faces.key").stat().st_mode & 0o777 == 0o600
    kept = b"".join(file.read_bytes() for file in (tmp_path / "state" / "faces").iterdir())
    assert b"JFIF" not in kept
    assert b"in writing" not in kept
    (listed,) = seoula("enroll", "face", "--list")[1]
    assert (listed["name"], listed["state"], listed["consent"]) == ("grace", "ok", "in writing, 2026-11-28")

    replay = ("replay", str(tmp_path / "film.mp4"), "--as", "face", "--profile", "grace")
    code, rows, why = seoula(*replay, "--challenge", "left,right,blink", "--away", "1.5")
    assert code == 0, why
    assert [row["ask"] for row in rows if row.get("progress") == 1.0] == ["left", "right", "blink"]
    assert [row["type"] for row in rows if row["type"] != "challenge"] == ["verified", "left"]
    assert rows[-2]["person"] == "grace"
    code, rows, _ = seoula(*replay, "--challenge", "right,blink,left")
    assert (code, rows[-1]["type"], rows[-1]["reason"]) == (0, "rejected", "challenge-failed")
    code, rows, _ = seoula(*replay, str(tmp_path / "nothing.mp4"), "--challenge", "left", "--fps", "1")
    assert (code, rows[-1]["code"]) == (1, "no-such-file")
    for words, error in (
        ((*replay, "--challenge", "left,jump"), "bad-challenge"),
        ((*replay[:-1], "nobody"), "no-such-person"),
        (("enroll", "face", "--name", "Grace H", str(folder), "--consent", "x"), "bad-name"),
        ((*enroll, str(folder / "0.jpg"), "--consent", "x"), "too-few-pictures"),
        ((*enroll, "--camera", "/dev/video77", "--consent", "x"), "virtual-camera"),
    ):
        code, rows, said = seoula(*words)
        assert code == (2 if error == "bad-challenge" else 1)
        assert f"[{error}]" in said
    assert seoula(*enroll, "--export", str(tmp_path / "mine.json"))[0] == 0
    assert len(json.loads((tmp_path / "mine.json").read_text("utf-8"))["vectors"]) == 6
    monkeypatch.setenv("SEOULA_FACE_KEY", "00" * 32)
    assert "[wrong-face-key]" in seoula(*replay)[2]
    assert seoula(*enroll, "--remove")[0] == 0
    assert seoula("enroll", "face", "--list")[1] == []


def test_a_tightly_cut_picture_can_be_enrolled(eyes: RealEyes) -> None:
    picture = np.array(person())
    tight = picture[95:275, 240:410]
    assert distance(look("tight", np.ascontiguousarray(tight), eyes).vector, [look("", picture, eyes).vector]) < 0.3
    with pytest.raises(BadInput, match="no face"):
        look("", np.full((200, 200, 3), 128, np.uint8), eyes)


def test_a_long_and_narrow_picture_does_not_fill_the_memory(eyes: RealEyes, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def border(picture: Any, *how: Any) -> Any:
        made.append(real(picture, *how))
        return made[-1]

    real = cv2.copyMakeBorder
    monkeypatch.setattr("perception.face.detector.cv2.copyMakeBorder", border)
    assert eyes.faces(Frame(0.0, np.zeros((8, 4000, 3), np.uint8))) == []
    assert [one.nbytes < 30e6 for one in made] == [True], "room of half its length on all sides made 96 MB"
