"""What sees: the motion mouse's models, the face check's and who is enrolled, and what reads the spines of books."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from assistant.contracts import SeoulaError
from assistant.doctor.probe import ask, ask_python
from assistant.doctor.row import Row
from assistant.faces import face_key, face_options, faces_folder, key_file
from assistant.models_manifest import named, verify
from assistant.settings import Settings
from assistant.settings_seeing import SeeingCamera

_SETUP = "설치를 다시 실행하세요 / run the set-up again: make setup"
_LOOK = """
import os
os.nice(10)  # the other checks run at the same time, and have less patience
import numpy as np
from perception.frames import Frame
from perception.hands.detector import MediaPipeEyes
eyes = MediaPipeEyes()
assert not eyes.bodies(Frame(0.0, np.zeros((720, 1280, 3), np.uint8)))
eyes.close()
"""


_OPEN = """
import sys
from perception.sources import camera, is_virtual
source = camera(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
for _ in range(3):
    frame = source.read()
source.close()
fed = sys.argv[1].startswith("/") and is_virtual(sys.argv[1])
print(f"{'fed' if fed else 'real'} {frame.picture.shape[1]} x {frame.picture.shape[0]}")
"""
_TOUCH = "카메라를 연결하세요 / connect the camera; 화면을 누르는 것은 됩니다 / touch works"


def hands(settings: Settings) -> Row:
    """The models are the right ones, and look at an empty picture in a process of their own."""
    try:
        verify(named("mediapipe-hands"))
        ask_python(_LOOK, timeout_s=50.0)
    except SeoulaError as error:
        return Row("hands", "degraded", error.message, _SETUP)
    devices = sorted(Path("/dev/v4l/by-id").glob("*-video-index0")) or sorted(Path("/dev").glob("video*"))
    found = ", ".join(map(str, devices)) or "no camera is plugged in"
    return Row("hands", "ok", f"pose and hands by MediaPipe; {found}")


_RECOGNISE = """
import os
os.nice(10)
import numpy as np
from perception.face.detector import RealEyes
from perception.face.face import Box, Face
from perception.frames import Frame
eyes = RealEyes()
picture = np.full((240, 320, 3), 120, np.uint8)
assert not eyes.faces(Frame(0.0, picture))
assert len(eyes.vector(Frame(0.0, picture), Face(Box(0.3, 0.2, 0.3, 0.3), 96.0))) == 128
eyes.close()
"""


def face(settings: Settings) -> Row:
    """The models are the right ones and compute; the enrolled faces can be read with the key."""
    from perception.face.settings import face_settings
    from perception.face.store import FaceStore, checked_key, key_in

    try:
        verify(named("mediapipe-face"))
        verify(named("dlib-face"))
        ask_python(_RECOGNISE, timeout_s=50.0)
    except SeoulaError as error:
        return Row("face", "degraded", error.message, _SETUP)
    try:
        face_settings(face_options(settings))
        names = FaceStore(faces_folder(settings), bytes(32)).names()
        if not names:
            return Row("face", "ok", "models by MediaPipe and dlib; nobody is enrolled (seoula enroll face)")
        told = face_key(settings)
        store = FaceStore(faces_folder(settings), checked_key(told) if told else key_in(key_file(settings)))
    except SeoulaError as error:
        return Row("face", "degraded", error.message, "얼굴 열쇠와 설정을 확인하세요 / check the key of faces")
    bad = []
    for name in names:
        try:
            store.load(name)
        except SeoulaError as error:
            bad.append(f"{name}: {error.code}")
    if bad:
        return Row("face", "degraded", "; ".join(bad), "다시 등록하세요 / enrol again: seoula enroll face")
    return Row("face", "ok", f"models by MediaPipe and dlib; {len(names)} enrolled, readable")


def camera(its: SeeingCamera) -> Row:
    """A camera of the settings: its device is there, is one and no program, and gives a picture."""
    name, uses = f"camera {its.name}", ", ".join(its.abilities())
    if its.file is not None:
        if its.file.exists():
            return Row(name, "ok", f"{its.file} plays in its place, for {uses}")
        return Row(name, "degraded", f"there is no {its.file}", _TOUCH)
    device = "://" not in its.source
    if device and not Path(its.source).exists():
        return Row(name, "degraded", f"{its.source} is not plugged in", _TOUCH)
    address = urlsplit(its.source)
    where = its.source if device else f"{address.hostname}{address.path}"  # the rest may hold a password
    try:
        kind, _, size = ask_python(_OPEN, its.source, str(its.width), str(its.height), timeout_s=35.0).partition(" ")
    except SeoulaError as error:
        free = (
            "; 서비스가 쓰는 중일 수 있습니다 / a running service may hold it: see its page /cameras" if device else ""
        )
        why = error.message.replace(its.source, where)
        return Row(name, "degraded", f"{where} gives no picture: {why}", _TOUCH + free)
    if kind == "fed":
        return Row(name, "degraded", f"{where}: a program feeds it, not a camera; a face is not checked by it", _TOUCH)
    return Row(name, "ok", f"{where}, {size}, for {uses}")


def spine_reader(settings: Settings) -> Row:
    """Tesseract with Korean."""
    try:
        version = ask(["tesseract", "--version"]).split("\n")[0]
        languages = ask(["tesseract", "--list-langs"]).split()
    except SeoulaError as error:
        return Row("spine reader", "degraded", error.message, _SETUP)
    if "kor" not in languages:
        return Row("spine reader", "degraded", f"{version}, which has no Korean (tesseract-ocr-kor)", _SETUP)
    return Row("spine reader", "ok", f"{version}, Korean")
