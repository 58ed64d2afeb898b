"""An application that serves the simulated documents' files and nothing else, for screens without a service."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response

from assistant.api.pages import FONTS
from assistant.contracts import SeoulaError
from content_registry.loader import load_registry
from content_registry.schema import Visibility
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.metrics import KST
from display_bridge.papers.files import PaperFiles
from display_bridge.papers.shelf import Shelf
from display_bridge.papers.shelved import ShelvedCityData


def app_with_documents(folder: Path, highest: Visibility = Visibility.PRIVATE) -> FastAPI:
    """The application; typeset files are kept in `folder`. Everybody may read up to `highest`."""
    registry = load_registry()
    papers = PaperFiles(ShelvedCityData(SimulatedCityData(), Shelf(None), registry), folder, FONTS)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/api/v1/documents/{document}/file.pdf")
    def file(document: str) -> Response:
        if document.endswith("-02"):
            return Response(b"%PDF-1.7\nthis is no PDF", media_type="application/pdf")
        try:
            return FileResponse(papers.file(document, registry, datetime.now(KST), highest))
        except SeoulaError as error:
            return Response(error.message, status_code=403 if error.code == "not-for-you" else 404)

    return app
