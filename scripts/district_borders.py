"""Write `display_bridge/city_data/data/district_borders.tsv` from the built map: which district a point lies in.

    python scripts/district_borders.py [--map var/web/seoul-map.json]

One row a ring: district, then its corners as "longitude,latitude" in ten-thousandths of a degree from 126, 37.
The map is simplified to about 100 m, so a point that close to a border may fall on its other side.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "display_bridge" / "city_data" / "data" / "district_borders.tsv"
_NUMBER = re.compile(r"-?\d*\.?\d+")


def rings(path: str) -> list[list[tuple[float, float]]]:
    """The rings of an SVG path of M, relative l and z."""
    found = []
    for part in path.split("M"):
        numbers = [float(n) for n in _NUMBER.findall(part)]
        if not numbers:
            continue
        x, y = numbers[0], numbers[1]
        ring = [(x, y)]
        for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x, y))
        found.append(ring)
    return found


def degrees(x: float, y: float, projection: dict[str, float]) -> tuple[int, int]:
    """Map units to ten-thousandths of a degree from 126, 37: the inverse of the map's Mercator."""
    lon = projection["lon0"] + x / projection["k"]
    m = math.radians(projection["m0"] - y / projection["k"])
    lat = math.degrees(2 * math.atan(math.exp(m)) - math.pi / 2)
    return round((lon - 126) * 10_000), round((lat - 37) * 10_000)


def main() -> None:
    """Read the map, write the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--map", type=Path, default=Path("var/web/seoul-map.json"))
    source = json.loads(parser.parse_args().map.read_text("utf-8"))
    lines = [f"# {source['attribution']}; written by scripts/district_borders.py"]
    for district in source["districts"]:
        for ring in rings(district["path"]):
            corners = [degrees(x, y, source["projection"]) for x, y in ring]
            lines.append(district["ko"] + "\t" + " ".join(f"{lon},{lat}" for lon, lat in corners))
    OUT.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
