"""The file of a document: a site's own, or the typeset one of the simulation, kept until its text changes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from datetime import datetime
from pathlib import Path

from assistant.contracts import BadInput, NotPermitted, Unavailable
from assistant.private_files import write_private
from content_registry.schema import Registry, Visibility
from display_bridge.city_data.provider import Document
from display_bridge.papers.kinds import RANK, Found, find
from display_bridge.papers.shelved import ShelvedCityData
from display_bridge.papers.typeset import EDITION, typeset

MOST_KEPT = 300


class PaperFiles:
    """Documents as PDF files. state_dir: typeset ones are kept in its `documents` folder. fonts: folder of the
    Pretendard TTF files. Thread-safe; the methods do I/O and belong in a thread."""

    def __init__(self, city: ShelvedCityData, state_dir: Path, fonts: Path) -> None:
        self.city, self._folder, self._fonts = city, state_dir / "documents", fonts
        self._lock = threading.Lock()

    def find(self, identifier: str, registry: Registry, now: datetime) -> Found:
        """The document of an id and who may read it. Raises BadInput("not-found")."""
        found = find(identifier, registry, self.city, now)
        if found is None:
            raise BadInput("not-found", "there is no such document")
        own = self.city.paper(identifier)
        if own is None or own.visibility is None or RANK[own.visibility] <= RANK[found.visibility]:
            return found
        return Found(found.document, found.kind, own.visibility)

    def file(self, identifier: str, registry: Registry, now: datetime, highest: Visibility) -> Path:
        """The PDF of a document for one who may read up to `highest`.

        Raises BadInput("not-found"), NotPermitted("not-for-you"), Unavailable("no-file") where the document has none,
        Unavailable("no-fonts") where set-up has not fetched the fonts.
        """
        found = self.find(identifier, registry, now)
        if RANK[found.visibility] > RANK[highest]:
            raise NotPermitted("not-for-you", f"this document is {found.visibility.value}")
        own = self.city.paper(identifier)
        if own is not None:
            if not own.path.is_file():
                raise Unavailable("no-file", "the file of this document is missing")
            return own.path
        if self.city.provenance(found.kind if found.kind != "project" else "projects", now).mode != "simulated":
            raise Unavailable("no-file", "the source of this document gives no file")
        try:
            return self._typeset(found.document, found.kind)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise Unavailable("no-file", f"the file of this document could not be written ({reason})") from error

    def _typeset(self, document: Document, kind: str) -> Path:
        told = [document.title_ko, str(document.date), document.department_ko, document.pages, document.toc]
        text = json.dumps([EDITION, kind, *told, document.body], ensure_ascii=False)
        name = f"{document.id}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.pdf"
        path = self._folder / name
        with self._lock:
            if path.is_file():
                return path
            content = typeset(document, kind, self._fonts)
            write_private(path, content)
            self._tidy(document.id, path)
        return path

    def _tidy(self, identifier: str, newest: Path) -> None:
        """Earlier texts of the document go, and the oldest files beyond the number that is kept."""
        kept = sorted(self._folder.glob("*.pdf"), key=lambda p: p.stat().st_mtime, reverse=True)
        for index, path in enumerate(kept):
            same = path.name.rpartition("-")[0] == identifier and path != newest
            if same or index >= MOST_KEPT:
                with contextlib.suppress(OSError):
                    path.unlink()
