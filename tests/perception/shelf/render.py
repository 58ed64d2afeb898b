"""A bookcase drawn for tests: spines with Korean titles on two boards, and what happens in front of a camera.

Everything follows from a seed. Spines may be pictures instead (`real`), which no test needs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Picture = NDArray[np.uint8]
WIDTH, HEIGHT = 1280, 720
BOARDS = (342, 668)
"""Upper edges of the two boards in the flat drawing."""
BOARD_HIGH = 22
LEFT, RIGHT = 46, 1234
_PROJECT = Path(__file__).resolve().parents[3]
_PRETENDARD = _PROJECT / "node_modules/pretendard/dist/public/static"
_NOTO = Path("/usr/share/fonts/opentype/noto")
FONTS = {
    "tuning": tuple((_PRETENDARD / f"Pretendard-{weight}.otf", 0) for weight in ("Regular", "Bold", "Light", "Black")),
    "reporting": tuple(
        (_NOTO / f"Noto{face}CJK-{weight}.ttc", 1) for face in ("Serif", "Sans") for weight in ("Regular", "Bold")
    ),
}
"""Font files of a style with the face's number: those that set-up installs (npm's pretendard, Debian's Noto)."""
_FIRST = (
    "서울",
    "한강",
    "도시",
    "시민",
    "골목",
    "바람",
    "기록",
    "겨울",
    "여름",
    "정원",
    "지하철",
    "광장",
    "마을",
    "데이터",
)
_SECOND = (
    "의 미래",
    "을 걷다",
    "백서",
    "이야기",
    "의 역사",
    "계획",
    "과 사람",
    "산책",
    "연구",
    "의 밤",
    "지도",
    "사전",
)
_AUTHORS = ("김서윤", "이도현", "박하준", "최지우", "정민서", "강수아", "서울연구원", "윤예준", "디지털정책관")


CORNERS = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
SEEN = np.array([[14, 9], [WIDTH - 9, 5], [WIDTH - 22, HEIGHT - 6], [20, HEIGHT - 12]], np.float32)
"""Corners of the flat drawing, and where the camera sees them."""


def projection() -> NDArray[np.float64]:
    """From the flat drawing to what the camera sees."""
    matrix: NDArray[np.float64] = cv2.getPerspectiveTransform(CORNERS, SEEN)
    return matrix


@dataclass(frozen=True, slots=True)
class Book:
    """A book that stands somewhere: id, its spine (H x W x 3), row 0 or 1, the place it was enrolled at."""

    id: str
    title: str
    spine: Picture
    row: int
    x: int

    @property
    def width(self) -> int:
        return self.spine.shape[1]

    @property
    def height(self) -> int:
        return self.spine.shape[0]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a book stands: row, left edge of its foot, degrees by which it leans to the left."""

    row: int
    x: float
    lean: float = 0.0


@dataclass(frozen=True, slots=True)
class Shine:
    """Light on a part of the picture: a lamp's reflection with a soft edge (`lamp`: added; `veil`: as mist),
    or the sun through a window (`sun`: a slanting patch that is so many times brighter). x, y: its middle; wide, high:
    how far it reaches; in pixels."""

    kind: str
    x: float
    y: float
    wide: float
    high: float
    strength: float

    def on(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """The picture in this light."""
        y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        if self.kind == "sun":
            inside = (np.abs(x - self.x + 0.4 * (y - self.y)) < self.wide) & (np.abs(y - self.y) < self.high)
            soft = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 3)
            return np.asarray(picture * (1 + (self.strength - 1) * soft[..., None]), np.float32)
        blot = np.exp(-(((x - self.x) / self.wide) ** 2) - ((y - self.y) / self.high) ** 2)[..., None] * self.strength
        if self.kind == "lamp":
            return np.asarray(picture + 255 * blot, np.float32)
        part = np.minimum(blot, 1)
        return np.asarray(picture * (1 - part) + 255 * part, np.float32)


@dataclass(frozen=True, slots=True)
class Light:
    """gain of all, gradient from left to right (+-0.2), colour cast per channel (BGR), whether lamps are reflected."""

    gain: float = 1.0
    gradient: float = 0.0
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gloss: float = 0.0
    gloss_at: float = 0.4
    shine: Shine | None = None


@dataclass(slots=True)
class Scene:
    """The bookcase as it stands; `shot` is what the camera sees of it."""

    books: dict[str, Book]
    places: dict[str, Place]
    seed: int
    wood: tuple[int, int, int]
    wall: tuple[int, int, int]
    extras: list[tuple[Picture, Place]] = field(default_factory=list)
    knock: tuple[float, float, float] = (0.0, 0.0, 0.0)
    _flat: Picture | None = None
    _key: Any = None

    def copy(self) -> Scene:
        return replace(self, places=dict(self.places), extras=list(self.extras))

    def flat(self) -> Picture:
        key = (tuple(sorted(self.places.items())), len(self.extras))
        if self._flat is None or key != self._key:
            self._flat, self._key = self._draw(), key
        return self._flat

    def _draw(self) -> Picture:
        rng = np.random.default_rng(self.seed)
        grain = cv2.GaussianBlur(rng.normal(0, 6, (HEIGHT, WIDTH)).astype(np.float32), (61, 1), 0)
        picture = np.empty((HEIGHT, WIDTH, 3), np.float32)
        picture[:] = self.wood
        for row, board in enumerate(BOARDS):
            top = 14 if row == 0 else BOARDS[0] + BOARD_HIGH
            picture[top:board, LEFT:RIGHT] = self.wall
            shade = np.linspace(0.55, 1.0, board - top)[:, None, None]
            picture[top:board, LEFT:RIGHT] *= shade
        picture += grain[..., None] * 1.5
        drawn = np.clip(picture, 0, 255).astype(np.uint8)
        standing = [(self.books[name].spine, place) for name, place in self.places.items()] + self.extras
        for spine, place in sorted(standing, key=lambda one: abs(one[1].lean)):
            _stand(drawn, spine, place)
        return drawn

    def shot(
        self,
        rng: np.random.Generator,
        light: Light | None = None,
        occluders: Sequence[Occluder] = (),
        *,
        jitter: float = 0.7,
        sigma: float = 4.0,
        blur: float = 0.8,
    ) -> Picture:
        """One frame of 1280 x 720."""
        light = light or Light()
        picture = self.flat()
        if occluders:
            picture = picture.copy()
            for one in occluders:
                one.draw(picture)
        dx, dy, turn = self.knock
        middle = np.array([WIDTH / 2, HEIGHT / 2], np.float32)
        angle = math.radians(turn)
        spin = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]], np.float32)
        seen = (SEEN - middle) @ spin.T + middle + np.array([dx, dy], np.float32)
        seen = seen + rng.normal(0, jitter / 2, 2).astype(np.float32) + rng.normal(0, jitter / 4, (4, 2)).astype("f4")
        bent = cv2.warpPerspective(
            picture,
            cv2.getPerspectiveTransform(CORNERS, seen.astype(np.float32)),
            (WIDTH, HEIGHT),
            borderMode=cv2.BORDER_REPLICATE,
        )
        if blur:
            bent = cv2.GaussianBlur(bent, (0, 0), blur)
        level = light.gain * np.linspace(1 - light.gradient, 1 + light.gradient, WIDTH, dtype=np.float32)
        field_ = level[None, :, None] * np.array(light.cast, np.float32)
        lit = bent.astype(np.float32) * field_
        if light.gloss:
            lit += _gloss(light.gloss_at) * light.gloss
        if light.shine is not None:
            lit = light.shine.on(lit)
        lit += _noise(int(rng.integers(1 << 30))) * sigma
        return np.clip(lit, 0, 255).astype(np.uint8)


@cache
def _gloss(at: float) -> NDArray[np.float32]:
    """A lamp's reflection: a soft blot that lies over some spines."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    blot = np.exp(-(((x - WIDTH * at) / 70) ** 2) - ((y - 190) / 60) ** 2)
    return (blot[..., None] * 255).astype(np.float32)


@cache
def _noise_field() -> NDArray[np.float32]:
    return np.random.default_rng(5).normal(0, 1, (HEIGHT * 2, WIDTH * 2, 3)).astype(np.float32)


def _noise(number: int) -> NDArray[np.float32]:
    y, x = number % HEIGHT, (number // HEIGHT) % WIDTH
    return _noise_field()[y : y + HEIGHT, x : x + WIDTH]


def _stand(picture: Picture, spine: Picture, place: Place) -> None:
    """Draw a spine with its foot on its board; one that leans turns about its left foot."""
    high, wide = spine.shape[:2]
    board = BOARDS[place.row]
    if not place.lean:
        x = round(place.x)
        left, right = max(0, x), min(WIDTH, x + wide)
        picture[board - high : board, left:right] = spine[:, left - x : right - x]
        # The spine's edges are round: a little darker.
        for column in (left, right - 1):
            picture[board - high : board, column] = (picture[board - high : board, column] * 0.72).astype(np.uint8)
        return
    angle = math.radians(place.lean)
    foot = np.array([place.x + high * 0, board], np.float32)
    right = np.array([math.cos(angle), -math.sin(angle)], np.float32)
    up = np.array([-math.sin(angle), -math.cos(angle)], np.float32)
    source = np.array([[0, high], [wide, high], [wide, 0], [0, 0]], np.float32)
    goal = np.array([foot, foot + right * wide, foot + right * wide + up * high, foot + up * high], np.float32)
    # It stands on its lower corner, which is the left one.
    turn = cv2.getPerspectiveTransform(source, goal)
    warped = cv2.warpPerspective(spine, turn, (WIDTH, HEIGHT))
    mask = cv2.warpPerspective(np.full((high, wide), 255, np.uint8), turn, (WIDTH, HEIGHT))
    cv2.copyTo(warped, mask, picture)


# ------------------------------------------------------------------------------------------------ what stands in front


@dataclass(frozen=True, slots=True)
class Occluder:
    """Somebody or something in front: a person (body and head), an arm from below or from a side, or a thing."""

    kind: str
    x: float
    y: float = 0.0
    size: float = 1.0
    colour: tuple[int, int, int] = (90, 70, 60)
    skin: tuple[int, int, int] = (140, 170, 215)

    def draw(self, picture: Picture) -> None:
        if self.kind == "person":
            wide = round(150 * self.size)
            top = round(180 - 150 * (self.size - 1) + self.y)
            cv2.ellipse(picture, (round(self.x), HEIGHT), (wide, HEIGHT - top - 60), 0, 180, 360, self.colour, -1)
            cv2.ellipse(
                picture, (round(self.x), top), (round(58 * self.size), round(78 * self.size)), 0, 0, 360, self.skin, -1
            )
            cv2.ellipse(
                picture,
                (round(self.x), top - round(30 * self.size)),
                (round(62 * self.size), round(56 * self.size)),
                0,
                180,
                360,
                (30, 28, 26),
                -1,
            )
        elif self.kind == "arm":
            hand = (round(self.x), round(self.y))
            elbow = (round(self.x + 60), HEIGHT + 40)
            cv2.line(picture, hand, elbow, self.colour, round(84 * self.size))
            cv2.line(picture, hand, (hand[0], hand[1] + 40), self.skin, round(64 * self.size))
            cv2.circle(picture, hand, round(40 * self.size), self.skin, -1)
        elif self.kind == "side-arm":
            hand = (round(self.x), round(self.y))
            edge = (WIDTH + 40, round(self.y + 40)) if self.x > WIDTH / 2 else (-40, round(self.y + 40))
            cv2.line(picture, hand, edge, self.colour, round(70 * self.size))
            cv2.circle(picture, hand, round(38 * self.size), self.skin, -1)
        elif self.kind == "thing":
            cv2.rectangle(
                picture,
                (round(self.x), round(self.y)),
                (round(self.x + 90 * self.size), round(self.y + 120 * self.size)),
                self.colour,
                -1,
            )
        elif self.kind == "door":
            wide = round(WIDTH * self.size)
            if wide > 0:
                picture[:, :wide] = self.colour
                cv2.rectangle(
                    picture, (40, 40), (max(41, wide - 40), HEIGHT - 40), tuple(max(0, c - 25) for c in self.colour), 6
                )
                picture[:, max(0, wide - 8) : wide] = tuple(max(0, c - 60) for c in self.colour)
        else:
            raise ValueError(self.kind)


# ------------------------------------------------------------------------------------------------ spines and bookcases


def _font(style: str, rng: np.random.Generator, size: int) -> ImageFont.FreeTypeFont:
    fonts = FONTS[style]
    path, index = fonts[int(rng.integers(len(fonts)))]
    return ImageFont.truetype(str(path), size, index=index)


def spine(
    title: str,
    wide: int,
    high: int,
    rng: np.random.Generator,
    style: str = "tuning",
    ground: tuple[int, int, int] | None = None,
    *,
    decor: int | None = None,
    author: str = "",
    font: ImageFont.FreeTypeFont | None = None,
) -> Picture:
    """A spine of wide x high pixels. The title runs from the top down, or stands upright where there is room."""
    if ground is None:
        hue = int(rng.integers(180))
        saturation, value = int(rng.integers(20, 220)), int(rng.integers(50, 235))
        ground = tuple(int(c) for c in cv2.cvtColor(np.uint8([[[hue, saturation, value]]]), cv2.COLOR_HSV2BGR)[0, 0])
    dark = sum(ground) < 3 * 128
    ink = (245, 245, 240) if dark else (25, 25, 30)
    if rng.random() < 0.3:
        ink = (60, 200, 230) if dark else (120, 30, 40)
    scale = 3
    # Drawn lying down, then turned by 90 degrees: its left end is the spine's top.
    lying = Image.new("RGB", (high * scale, wide * scale), ground[::-1])
    pen = ImageDraw.Draw(lying)
    decor = int(rng.integers(5)) if decor is None else decor
    other = tuple(int(c) for c in rng.integers(20, 235, 3))
    length, thick = high * scale, wide * scale
    if decor == 1:
        pen.rectangle((0, 0, length * 0.14, thick), fill=other)
        pen.rectangle((length * 0.9, 0, length, thick), fill=other)
    elif decor == 2:
        for at in (0.08, 0.1, 0.86, 0.88):
            pen.rectangle((length * at, 0, length * at + 3 * scale, thick), fill=other)
    elif decor == 3:
        pen.rectangle((length * 0.62, 0, length, thick), fill=other)
    size = int(min(wide * 0.62, 26) * scale)
    if size >= 7 * scale:
        letters = font or _font(style, rng, size)
        pen.text((length * 0.17, thick / 2), title, fill=ink[::-1], font=letters, anchor="lm")
        if author and wide >= 22:
            small = _font(style, rng, int(size * 0.62))
            pen.text((length * 0.84, thick / 2), author, fill=ink[::-1], font=small, anchor="rm")
    small_ = lying.resize((high, wide), Image.Resampling.LANCZOS)
    upright = cv2.rotate(cv2.cvtColor(np.asarray(small_), cv2.COLOR_RGB2BGR), cv2.ROTATE_90_CLOCKWISE)
    # Light falls on a round back: the middle is brighter.
    curve = 1 - 0.16 * np.abs(np.linspace(-1, 1, wide)) ** 2
    return np.clip(upright * curve[None, :, None], 0, 255).astype(np.uint8)


def real_spines(folder: Path) -> list[Picture]:
    """Spines cut out of photographs that lie on a black square, upright."""
    found = []
    for path in sorted(folder.iterdir()):
        picture = cv2.imread(str(path))
        if picture is None:
            continue
        lit = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) > 12
        rows, columns = np.flatnonzero(lit.mean(1) > 0.02), np.flatnonzero(lit.mean(0) > 0.02)
        if rows.size < 20 or columns.size < 20:
            continue
        cut = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        if cut.shape[1] > cut.shape[0]:
            cut = cv2.rotate(cut, cv2.ROTATE_90_CLOCKWISE)
        if cut.shape[0] > 3 * cut.shape[1]:
            found.append(cut)
    return found


def bookcase(
    seed: int,
    style: str = "tuning",
    *,
    per_row: int = 20,
    series: int = 0,
    white: int = 0,
    thin: int = 0,
    dark: int = 0,
    alike: int = 0,
    real: Sequence[Picture] = (),
    gaps: bool = True,
) -> Scene:
    """Two rows of books. series: volumes that look alike but for their number; white: plain white spines; thin: of 11
    to 15 px; dark: nearly black ones without ornament; alike: different books of one publisher's colour. They stand
    close together, with some free place at the end of a row."""
    rng = np.random.default_rng(seed)
    books: dict[str, Book] = {}
    titles = [f"{a}{b}" for a in _FIRST for b in _SECOND]
    rng.shuffle(titles)
    pictures = list(real)
    if pictures:
        order = rng.permutation(len(pictures))
        pictures = [pictures[i] for i in order]
    kinds = ["series"] * series + ["white"] * white + ["thin"] * thin + ["dark"] * dark + ["alike"] * alike
    kinds = ["plain"] * max(0, 2 * per_row - len(kinds)) + kinds
    places: dict[str, Place] = {}
    mixed = [kind for kind in kinds if kind != "series"]
    rng.shuffle(mixed)
    at = int(rng.integers(0, max(1, len(mixed) - per_row)))
    mixed[at:at] = ["series"] * series
    look = rng.integers(0, 1 << 30)
    number = 0
    for row in (0, 1):
        x = LEFT + 6 + (int(rng.integers(0, 30)) if gaps else 0)
        for _ in range(per_row):
            if number >= len(mixed):
                break
            kind, title = mixed[number], titles[number % len(titles)]
            high, wide = int(rng.integers(250, 298)), int(rng.integers(28, 53))
            if kind == "series":
                same = np.random.default_rng(int(look))
                volume = f"서울시정 자료집 제{number - at + 1}권"
                title, drawn = volume, spine(volume, 36, 280, same, style, author="서울시")
            elif kind == "white":
                ground = (int(rng.integers(225, 250)),) * 3
                drawn = spine(title if rng.random() < 0.6 else "", wide, high, rng, style, ground, decor=0)
            elif kind == "thin":
                drawn = spine(title, int(rng.integers(11, 16)), high, rng, style)
            elif kind == "dark":
                ground = tuple(int(c) for c in rng.integers(12, 40, 3))
                drawn = spine(title, wide, high, rng, style, ground, decor=0)
            elif kind == "alike":
                drawn = spine(title, wide, 284, rng, style, (90, 60, 40), decor=0, author="서울시")
            elif pictures:
                cut = pictures[number % len(pictures)]
                wide = int(np.clip(round(cut.shape[1] / cut.shape[0] * high), 18, 52))
                drawn = cv2.resize(cut, (wide, high), interpolation=cv2.INTER_AREA)
            else:
                drawn = spine(title, wide, high, rng, style, author=_AUTHORS[int(rng.integers(len(_AUTHORS)))])
            if x + drawn.shape[1] > RIGHT - 70:
                break
            name = f"book-{number + 1:02d}"
            books[name] = Book(name, title, drawn, row, x)
            places[name] = Place(row, x)
            x += drawn.shape[1] + (1 if rng.random() < 0.2 else 0)
            number += 1
    woods = ((52, 82, 118), (40, 56, 74), (150, 165, 178), (70, 70, 72))
    wood = woods[int(rng.integers(len(woods)))]
    shade = float(rng.uniform(0.35, 0.7))
    return Scene(books, places, seed, wood, tuple(int(c * shade) for c in wood))


def row_of(scene: Scene, row: int) -> list[str]:
    """The books of a row that stand there, from left to right."""
    return sorted((n for n, p in scene.places.items() if p.row == row), key=lambda n: scene.places[n].x)


def take(scene: Scene, name: str, how: str, rng: np.random.Generator) -> None:
    """Take a book out; then the gap stays, neighbours slide, or the right neighbour leans into it."""
    place = scene.places.pop(name)
    wide = scene.books[name].width
    right = [n for n in row_of(scene, place.row) if scene.places[n].x > place.x]
    if how == "slide":
        for one in right[: int(rng.integers(1, 6))]:
            scene.places[one] = replace(scene.places[one], x=scene.places[one].x - wide)
    elif how == "lean" and right:
        one = right[0]
        high = scene.books[one].height
        angle = math.degrees(math.asin(min(0.3, (wide - 2) / high)))
        scene.places[one] = replace(scene.places[one], lean=angle)
    elif how not in ("stay", "lean"):
        raise ValueError(how)


def give_back(scene: Scene, before: dict[str, Place]) -> None:
    """Everything as it was."""
    scene.places.clear()
    scene.places.update(before)


def any_light(rng: np.random.Generator) -> Light:
    """Some light within the renderer's range."""
    cast = 1 + rng.uniform(-0.1, 0.1, 3)
    return Light(
        float(rng.uniform(0.55, 1.35)), float(rng.uniform(-0.2, 0.2)), (float(cast[0]), float(cast[1]), float(cast[2]))
    )
