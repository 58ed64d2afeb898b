"""`python -m scripts.golden_api`: write docs/api/openapi.json from the application; `--check` only compares.

The document is a golden file: a change of the API is a change of this file, seen in review.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from assistant.app import build_app, build_service
from assistant.settings import PROJECT, Settings

GOLDEN = PROJECT / "docs" / "api" / "openapi.json"


def document() -> str:
    """The application's OpenAPI document as the golden file holds it."""
    with tempfile.TemporaryDirectory() as folder:
        service = build_service(Settings.model_validate({"state_dir": Path(folder), "rasa": {"enabled": False}}))
        try:
            made = build_app(service, lambda: 0).openapi()
        finally:
            service.store.close()
    return json.dumps(made, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    """Exit code 1 where `--check` finds a difference."""
    made = document()
    if arguments == ["--check"]:
        same = GOLDEN.is_file() and GOLDEN.read_text("utf-8") == made
        print("docs/api/openapi.json is up to date" if same else "run: python -m scripts.golden_api")
        return 0 if same else 1
    GOLDEN.parent.mkdir(parents=True, exist_ok=True)
    GOLDEN.write_text(made, encoding="utf-8")
    print(f"wrote {GOLDEN.relative_to(PROJECT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
