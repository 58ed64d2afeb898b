"""Draw the icons of the citizens' app: `python -m scripts.icons`. The same picture as icon.svg, as PNG for launchers.

A maskable icon has the picture within the inner 80 %, on a ground that fills the square: a launcher may cut any shape.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parent.parent / "display_bridge" / "web" / "icons"
GROUND, SKY, HILLS, SUN = "#0a1226", "#5cc8ff", "#2f9e78", "#ffb454"
OVER = 4
"""Drawn so many times larger, then made small: smooth edges."""
UNITS = 64
# The bends of the Han in the 64 units of icon.svg: ends and control points of cubic curves.
RIVER = (
    ((3.5, 24), (13, 26), (17, 38), (27.5, 39.5)),
    ((27.5, 39.5), (38, 41), (40, 29), (48, 29.5)),
    ((48, 29.5), (56, 30), (57, 35.5), (61.8, 32.5)),
)
ICONS = {"icon-192.png": (192, 1.0, False), "icon-512.png": (512, 1.0, False), "maskable-512.png": (512, 0.72, True)}
"""Name -> side in px, share of the side that the picture takes, whether the ground fills the square."""

Point = tuple[float, float]


def curve(points: tuple[Point, Point, Point, Point], steps: int = 40) -> list[Point]:
    """Points along a cubic Bezier curve."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
    found = []
    for step in range(steps + 1):
        t = step / steps
        u = 1 - t
        k = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
        found.append((k[0] * ax + k[1] * bx + k[2] * cx + k[3] * dx, k[0] * ay + k[1] * by + k[2] * cy + k[3] * dy))
    return found


def draw(side: int, share: float, filled: bool) -> Image.Image:
    """One icon, RGBA, `side` px square."""
    whole = side * OVER
    scale, edge = whole * share / UNITS, whole * (1 - share) / 2

    def at(x: float, y: float) -> Point:
        return (edge + x * scale, edge + y * scale)

    river = [point for part in RIVER for point in curve(part)]
    city = Image.new("RGBA", (whole, whole))
    pen = ImageDraw.Draw(city)
    pen.rectangle((0, 0, whole, whole), fill=SKY)
    pen.ellipse((*at(35, 10.5), *at(47, 22.5)), fill=SUN)
    pen.polygon([*(at(x, y) for x, y in river), at(70, 33), at(70, 70), at(-6, 70), at(-6, 24)], fill=HILLS)
    pen.line([at(x, y) for x, y in [(-4, 23), *river, (68, 29)]], fill=GROUND, width=round(5 * scale), joint="curve")
    disc = Image.new("L", (whole, whole))
    ImageDraw.Draw(disc).ellipse((*at(2, 2), *at(62, 62)), fill=255)
    made = Image.new("RGBA", (whole, whole), GROUND if filled else (0, 0, 0, 0))
    made.paste(city, mask=disc)
    return made.resize((side, side), Image.Resampling.LANCZOS)


def main() -> int:
    """Write them all; prints each path with its size in bytes."""
    FOLDER.mkdir(exist_ok=True)
    for name, (side, share, filled) in ICONS.items():
        path = FOLDER / name
        draw(side, share, filled).save(path, optimize=True)
        print(path, path.stat().st_size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
