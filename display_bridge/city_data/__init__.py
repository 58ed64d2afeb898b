"""City data for the panels: a provider Protocol with provenance on every answer, and the simulated provider."""

from display_bridge.city_data.provider import (
    CityDataProvider,
    Document,
    Event,
    Grade,
    Indicator,
    Line,
    Observation,
    Phase,
    Place,
    Project,
    Provenance,
    Series,
    Table,
)
from display_bridge.city_data.simulated import SimulatedCityData

__all__ = [
    "CityDataProvider",
    "Document",
    "Event",
    "Grade",
    "Indicator",
    "Line",
    "Observation",
    "Phase",
    "Place",
    "Project",
    "Provenance",
    "Series",
    "SimulatedCityData",
    "Table",
]
