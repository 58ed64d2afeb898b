"""From the coordinates of public services to degrees: transverse Mercator (roads) and the weather service's grid. Pure.

No projection library is taken in for two formulas.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TransverseMercator:
    """A transverse Mercator projection. axis: metres; flattening: 1/f; origin in degrees; false origin in metres."""

    axis: float
    inverse_flattening: float
    lon0: float
    lat0: float
    scale: float
    east0: float
    north0: float

    def degrees(self, east: float, north: float) -> tuple[float, float]:
        """Longitude and latitude of a point, by Krueger's series to the third power: below a millimetre within 3
        degrees of the middle meridian."""
        n = 1 / (2 * self.inverse_flattening - 1)
        radius = self._radius(n)
        eta = (east - self.east0) / (self.scale * radius)
        xi = (north - self.north0) / (self.scale * radius) + self._arc(n) / radius
        betas = (n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96, n**2 / 48 + n**3 / 15, 17 * n**3 / 480)
        xi1, eta1 = xi, eta
        for j, beta in enumerate(betas, 1):
            xi1 -= beta * math.sin(2 * j * xi) * math.cosh(2 * j * eta)
            eta1 -= beta * math.cos(2 * j * xi) * math.sinh(2 * j * eta)
        chi = math.asin(math.sin(xi1) / math.cosh(eta1))
        deltas = (2 * n - 2 * n**2 / 3 - 2 * n**3, 7 * n**2 / 3 - 8 * n**3 / 5, 56 * n**3 / 15)
        lat = chi + sum(d * math.sin(2 * j * chi) for j, d in enumerate(deltas, 1))
        lon = math.radians(self.lon0) + math.atan2(math.sinh(eta1), math.cos(xi1))
        return math.degrees(lon), math.degrees(lat)

    def metres(self, lon: float, lat: float) -> tuple[float, float]:
        """East and north of a point."""
        n = 1 / (2 * self.inverse_flattening - 1)
        radius = self._radius(n)
        east_of, phi = math.radians(lon - self.lon0), math.radians(lat)
        tau = self._conformal(n, phi)
        xi1 = math.atan2(tau, math.cos(east_of))
        eta1 = math.asinh(math.sin(east_of) / math.hypot(tau, math.cos(east_of)))
        xi, eta = xi1, eta1
        for j, alpha in enumerate(_alphas(n), 1):
            xi += alpha * math.sin(2 * j * xi1) * math.cosh(2 * j * eta1)
            eta += alpha * math.cos(2 * j * xi1) * math.sinh(2 * j * eta1)
        north = self.scale * (radius * xi - self._arc(n))
        return self.east0 + self.scale * radius * eta, self.north0 + north

    def _radius(self, n: float) -> float:
        return self.axis / (1 + n) * (1 + n**2 / 4 + n**4 / 64)

    def _conformal(self, n: float, phi: float) -> float:
        """Tangent of the conformal latitude."""
        e = 2 * math.sqrt(n) / (1 + n)
        return math.sinh(math.atanh(math.sin(phi)) - e * math.atanh(e * math.sin(phi)))

    def _arc(self, n: float) -> float:
        """The meridian from the equator to the origin's latitude, metres."""
        xi1 = math.atan(self._conformal(n, math.radians(self.lat0)))
        return self._radius(n) * (xi1 + sum(a * math.sin(2 * j * xi1) for j, a in enumerate(_alphas(n), 1)))


def _alphas(n: float) -> tuple[float, float, float]:
    return n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16, 13 * n**2 / 48 - 3 * n**3 / 5, 61 * n**3 / 240


KOREA_CENTRAL = TransverseMercator(6_378_137.0, 298.257222101, 127.0, 38.0, 1.0, 200_000.0, 500_000.0)
"""EPSG:5181, in which the road services give their points (GRS80TM_X east, GRS80TM_Y north)."""

_EARTH_KM, _CELL_KM = 6371.00877, 5.0
_SLAT1, _SLAT2, _OLON, _OLAT = (math.radians(v) for v in (30.0, 60.0, 126.0, 38.0))
_X0, _Y0 = 43, 136
_RE = _EARTH_KM / _CELL_KM
_SN = math.log(math.cos(_SLAT1) / math.cos(_SLAT2)) / math.log(
    math.tan(math.pi / 4 + _SLAT2 / 2) / math.tan(math.pi / 4 + _SLAT1 / 2)
)
_SF = math.tan(math.pi / 4 + _SLAT1 / 2) ** _SN * math.cos(_SLAT1) / _SN
_RO = _RE * _SF / math.tan(math.pi / 4 + _OLAT / 2) ** _SN


def weather_cell(lon: float, lat: float) -> tuple[int, int]:
    """The cell (nx, ny) of the weather service's 5 km grid: a conformal conic on a sphere. Jongno is 60, 127."""
    ra = _RE * _SF / math.tan(math.pi / 4 + math.radians(lat) / 2) ** _SN
    theta = (math.radians(lon) - _OLON + math.pi) % (2 * math.pi) - math.pi
    theta *= _SN
    return math.floor(ra * math.sin(theta) + _X0 + 0.5), math.floor(_RO - ra * math.cos(theta) + _Y0 + 0.5)
