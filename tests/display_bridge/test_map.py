"""The map builder: 25 districts, one city, no gaps, and points that fall where they belong."""

from __future__ import annotations

import importlib.util
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Point, Polygon
from shapely.ops import unary_union

from display_bridge.city_data.geography import DISTRICTS

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "build_map.py"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location("build_map", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    path = tmp_path_factory.mktemp("map") / "web" / "seoul-map.json"
    assert module.main(["--out", str(path)]) == 0
    first = path.read_bytes()
    assert module.main(["--out", str(path)]) == 0
    assert module.main(["--out", str(path), "--force"]) == 0
    assert path.read_bytes() == first, "the same map every time"
    assert len(first) < 60_000
    document: dict[str, Any] = json.loads(first)
    return document


def polygon(path: str) -> Polygon:
    """The polygon of an SVG path of one absolute move and relative lines."""
    match = re.fullmatch(r"M([-\d.]+),([-\d.]+)l([-\d., ]+)z", path)
    assert match
    x, y = float(match[1]), float(match[2])
    points = [(x, y)]
    for step in match[3].split(" "):
        dx, dy = map(float, step.split(","))
        x, y = x + dx, y + dy
        points.append((x, y))
    return Polygon(points)


def project(document: dict[str, Any], lon: float, lat: float) -> tuple[float, float]:
    p = document["projection"]
    m = math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))
    return (lon - p["lon0"]) * p["k"], (p["m0"] - m) * p["k"]


def test_districts_tile_the_city(built: dict[str, Any]) -> None:
    shapes = {d["ko"]: polygon(d["path"]) for d in built["districts"]}
    assert set(shapes) == {d.ko for d in DISTRICTS}
    assert all(s.is_valid for s in shapes.values())
    total = sum(s.area for s in shapes.values())
    union = unary_union(list(shapes.values()))
    assert union.area == pytest.approx(total, rel=1e-3), "neighbours overlap"
    assert polygon(built["outline"]).area == pytest.approx(union.area, rel=1e-3), "there are gaps"
    assert built["area_km2"] == pytest.approx(605.2, abs=2)


def test_points_fall_into_their_districts(built: dict[str, Any]) -> None:
    shapes = {d["ko"]: polygon(d["path"]) for d in built["districts"]}
    for d in built["districts"]:
        assert shapes[d["ko"]].contains(Point(d["label"]))
        x, y = project(built, *d["center"])
        assert (x, y) == pytest.approx(d["label"], abs=0.2)
    for facts in DISTRICTS:
        assert shapes[facts.ko].contains(Point(project(built, facts.lon, facts.lat))), facts.ko
    halls = {"중구": (126.9779, 37.5663), "영등포구": (126.9143, 37.5320), "송파구": (127.1026, 37.5128)}
    for name, (lon, lat) in halls.items():
        assert shapes[name].contains(Point(project(built, lon, lat)))


def test_river_crosses_the_whole_city(built: dict[str, Any]) -> None:
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", built["river"]["path"])]
    x = numbers[0]
    xs = [x]
    for dx in numbers[2::2]:
        x += dx
        xs.append(x)
    assert max(xs) - min(xs) > 700
    assert "국토지리정보원" in built["attribution"]
