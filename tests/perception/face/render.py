"""A person for the real detectors who turns his head and blinks, made of one photograph: Matplotlib's portrait of Rear
Admiral Grace Hopper (an official picture of the US Navy, in the public domain).

MediaPipe's mesh says where 468 points of the face are in space. They, a ring of points for the rest of the head, and
the picture's edge are triangles of a rubber sheet: the face's points are turned in space and the lids moved, and the
triangles carry the picture along. Other identities are the same with another geometry and other colours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from numpy.typing import NDArray

from perception.frames import Picture

WIDE, TALL = 640, 480
_UPPER = ((246, 161, 160, 159, 158, 157, 173), (466, 388, 387, 386, 385, 384, 398))
_LOWER = ((7, 163, 144, 145, 153, 154, 155), (249, 390, 373, 374, 380, 381, 382))
_CORNERS = ((33, 133), (263, 362))
_UNDER = ((110, 24, 23, 22, 26), (339, 254, 253, 252, 256))


@dataclass(frozen=True)
class Pose:
    """yaw: degrees, positive towards the person's own left; pitch: positive up; lids: 1 open, 0 shut."""

    yaw: float = 0.0
    pitch: float = 0.0
    lids: float = 1.0


@dataclass(frozen=True)
class Who:
    """An identity: how much wider the jaw, the eyes' distance, the nose and the mouth are, how long the face, and what
    is done to the colours."""

    name: str = "grace"
    jaw: float = 1.0
    eyes: float = 1.0
    nose: float = 1.0
    mouth: float = 1.0
    long: float = 1.0
    brow: float = 0.0
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    mirrored: bool = False


GRACE = Who()
ADA = Who("ada", jaw=0.65, eyes=0.65, nose=0.5, mouth=0.69, long=1.06, brow=0.071, tint=(0.61, 0.83, 0.8))
MARY = Who(
    "mary", jaw=0.65, eyes=1.4, nose=0.5, mouth=1.61, long=0.85, brow=-0.017, tint=(0.46, 0.55, 0.57), mirrored=True
)


@cache
def _photo() -> Picture:
    portrait = cv2.imread(str(Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"))
    assert portrait is not None
    return np.asarray(portrait, np.uint8)


def mesh_of(picture: Picture) -> NDArray[np.float64]:
    """468 x 3: x and y in pixels, z towards the camera in pixels."""
    from mediapipe.python.solutions import face_mesh

    with face_mesh.FaceMesh(static_image_mode=True, max_num_faces=1) as finder:
        found = finder.process(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
    (face,) = found.multi_face_landmarks
    high, wide = picture.shape[:2]
    return np.array([(p.x * wide, p.y * high, -p.z * wide) for p in face.landmark])


@dataclass(frozen=True)
class _Sheet:
    picture: Picture
    points: NDArray[np.float64]
    """n x 3; the first 468 are the face."""
    triangles: NDArray[np.int32]
    size: float
    pivot: NDArray[np.float64]
    ring: int


@lru_cache(maxsize=8)
def _sheet(who: Who) -> _Sheet:
    from scipy.spatial import Delaunay

    photo = _photo()
    if who.mirrored:
        photo = np.ascontiguousarray(photo[:, ::-1])
    by = TALL / photo.shape[0]
    small = cv2.resize(photo, None, fx=by, fy=by, interpolation=cv2.INTER_AREA)
    frame = np.full((TALL, WIDE, 3), (150, 140, 130), np.uint8)
    left = (WIDE - small.shape[1]) // 2
    frame[:, left : left + small.shape[1]] = small
    shade = cv2.GaussianBlur(frame, (0, 0), 25)
    for edge, step in ((left, -1), (left + small.shape[1] - 1, 1)):
        for k in range(0 if step < 0 else 1, WIDE):
            x = edge + step * k
            if 0 <= x < WIDE and not left <= x < left + small.shape[1]:
                frame[:, x] = shade[:, edge]
    frame = np.clip(frame * np.array(who.tint), 0, 255).astype(np.uint8)
    face = mesh_of(np.asarray(frame, np.uint8))
    hull = cv2.convexHull(face[:, :2].astype(np.float32))[:, 0]
    middle = face[:, :2].mean(axis=0)
    size = float(np.ptp(face[:, 0]))
    depth = float(np.percentile(face[:, 2], 5))
    rings = [face]
    for grow, back in ((1.25, 0.15), (1.6, 0.35)):
        ring = middle + (hull[::2] - middle) * grow
        rings.append(np.column_stack([ring, np.full(len(ring), depth - back * size)]))
    head = sum(len(r) for r in rings)
    far = middle + (hull[::2] - middle) * 2.3
    edge_points = [(x, y) for x in np.linspace(0, WIDE - 1, 9) for y in (0, TALL - 1)]
    edge_points += [(x, y) for x in (0, WIDE - 1) for y in np.linspace(0, TALL - 1, 7)[1:-1]]
    still = np.array([*far, *edge_points])
    still[:, 0] = still[:, 0].clip(0, WIDE - 1)
    still[:, 1] = still[:, 1].clip(0, TALL - 1)
    points = np.vstack([*rings, np.column_stack([still, np.full(len(still), depth - size)])])
    triangles = Delaunay(points[:, :2]).simplices.astype(np.int32)
    pivot = np.array([*middle, depth - 0.35 * size])
    return _Sheet(np.asarray(frame, np.uint8), points, triangles, size, pivot, head)


def _shape(sheet: _Sheet, who: Who) -> NDArray[np.float64]:
    """The points of another identity: smooth bumps of the geometry, strongest at the part that is changed."""
    points = sheet.points.copy()
    face = sheet.points[:468]
    middle = face[:, :2].mean(axis=0)
    size = sheet.size

    def bump(at: NDArray[np.float64], wide: float) -> NDArray[np.float64]:
        d = np.linalg.norm(sheet.points[:, :2] - at[:2], axis=1) / (wide * size)
        return np.exp(-0.5 * d * d)

    chin = face[152]
    jaw = bump(chin + (0, -0.12 * size, 0), 0.42)
    points[:, 0] += (who.jaw - 1) * jaw * (sheet.points[:, 0] - chin[0])
    for corner in (face[[33, 133]].mean(axis=0), face[[263, 362]].mean(axis=0)):
        near = bump(corner, 0.16)
        points[:, 0] += (who.eyes - 1) * near * (corner[0] - middle[0])
        points[:, 1] += who.brow * size * bump(corner + (0, -0.1 * size, 0), 0.14)
    for part, much, wide in ((face[4], who.nose, 0.14), (face[[13, 14]].mean(axis=0), who.mouth, 0.16)):
        near = bump(part, wide)
        points[:, 0] += (much - 1) * near * (sheet.points[:, 0] - part[0])
        points[:, 1] += 0.5 * (much - 1) * near * (sheet.points[:, 1] - part[1])
    inside = np.zeros(len(points))
    inside[: sheet.ring] = 1
    points[:, 1] += (who.long - 1) * inside * (sheet.points[:, 1] - middle[1])
    return points


def _lidded(sheet: _Sheet, lids: float) -> Picture:
    """The upper lids drawn further down: skin over the eye, and a line of lashes at its edge."""
    big = 4
    ends = sheet.points[[one for eye in _CORNERS for one in eye], :2]
    (left, top), (right, foot) = ends.min(axis=0) - 0.2 * sheet.size, ends.max(axis=0) + 0.2 * sheet.size
    place = slice(int(top), int(foot)), slice(int(left), int(right))
    out = sheet.picture.copy()
    high, wide = out[place].shape[:2]
    part = cv2.resize(out[place], None, fx=big, fy=big, interpolation=cv2.INTER_CUBIC)
    at = (sheet.points[:, :2] - (int(left), int(top))) * big + big / 2
    blurred = cv2.GaussianBlur(part, (0, 0), 0.02 * sheet.size * big)
    for upper, lower, corners, under in zip(_UPPER, _LOWER, _CORNERS, _UNDER, strict=True):
        ends = at[list(corners)]
        above = np.vstack([ends[:1], at[list(upper)], ends[1:]])
        below = np.vstack([ends[:1], at[list(lower)], ends[1:]])
        edge = below + lids * (above - below)
        above = above - (0, 0.03 * sheet.size * big)
        below = below + (0, 0.012 * sheet.size * big)
        skin = np.median([blurred[int(y), int(x)] for x, y in at[list(under)]], axis=0)
        whole = np.vstack([above, (edge if lids > 0.2 else below)[::-1]])
        mask = np.zeros(part.shape[:2], np.uint8)
        cv2.fillPoly(mask, [whole.round().astype(np.int32)], 255)
        soft = cv2.GaussianBlur(mask, (0, 0), 0.006 * sheet.size * big)[:, :, None] / 255
        part = (part * (1 - soft) + skin * soft).astype(np.uint8)
        thick = max(1, round(0.012 * sheet.size * big))
        cv2.polylines(part, [edge.round().astype(np.int32)], False, tuple(0.3 * skin), thick, cv2.LINE_AA)
    out[place] = cv2.resize(part, (wide, high), interpolation=cv2.INTER_AREA)
    return np.asarray(out, np.uint8)


def _turned(sheet: _Sheet, shape: NDArray[np.float64], pose: Pose) -> NDArray[np.float64]:
    points = shape.copy()
    yaw, pitch = np.radians(pose.yaw), np.radians(pose.pitch)
    # the camera sees the person's left at its right; z comes towards it
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    head = points[: sheet.ring]
    points[: sheet.ring] = (head - sheet.pivot) @ (about_y @ about_x).T + sheet.pivot
    return points


@lru_cache(maxsize=256)
def person(pose: Pose = Pose(), who: Who = GRACE) -> Picture:
    """640 x 480, BGR, read-only."""
    sheet = _sheet(who)
    points = _turned(sheet, _shape(sheet, who), pose)
    source = _lidded(sheet, pose.lids) if pose.lids < 1 else sheet.picture
    out = source.copy()
    order = np.argsort(points[sheet.triangles][:, :, 2].mean(axis=1))
    moved = np.abs(points - sheet.points)[sheet.triangles].max(axis=(1, 2)) > 1e-9
    for corners in sheet.triangles[order[moved[order]]]:
        _triangle(source, out, sheet.points[corners, :2], points[corners, :2])
    out.setflags(write=False)
    return out


def _triangle(source: Picture, goal: Picture, before: NDArray[np.float64], after: NDArray[np.float64]) -> None:
    high, wide = goal.shape[:2]
    x0, y0 = np.floor(after.min(axis=0)).astype(int).clip(0, (wide - 1, high - 1))
    x1, y1 = (np.ceil(after.max(axis=0)).astype(int) + 1).clip(1, (wide, high))
    if x1 <= x0 or y1 <= y0:
        return
    matrix = cv2.getAffineTransform(before.astype(np.float32), (after - (x0, y0)).astype(np.float32))
    patch = cv2.warpAffine(
        source, matrix, (int(x1 - x0), int(y1 - y0)), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    cv2.fillConvexPoly(mask, np.round((after - (x0, y0)) * 16).astype(np.int32), 255, cv2.LINE_8, 4)
    part = goal[y0:y1, x0:x1]
    part[mask > 0] = patch[mask > 0]
