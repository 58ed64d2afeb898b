from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from assistant.contracts.errors import BadInput
from assistant.hearing.phrases import Phrase
from assistant.hearing.vocabulary import file_phrases, registry_phrases, wire_phrases


def test_the_registrys_names_know_what_they_stand_for() -> None:
    phrases = {p.text: p for p in registry_phrases()}
    assert phrases["미세먼지"].complete
    assert not phrases["강남구"].complete
    assert phrases["강남구"].key == "11680"
    assert phrases["다음 화면"].complete


def test_phrases_from_the_core() -> None:
    items = [
        "따릉이",
        {"text": "강남", "district": "11680"},
        {"text": "미세먼지", "panel": "pm10"},
        {"text": "시정백서 책", "book": "white-paper"},
    ]
    assert wire_phrases(items) == (
        Phrase("따릉이"),
        Phrase("강남", "11680", complete=False),
        Phrase("미세먼지", "pm10"),
        Phrase("시정백서 책", "white-paper"),
    )


@pytest.mark.parametrize("items", [None, [], "따릉이", [3], [""], [{"panel": "x"}], [{"text": 5}]])
def test_bad_lists_from_the_core_are_refused(items: object) -> None:
    with pytest.raises(BadInput):
        wire_phrases(items)


def test_a_file_of_phrases(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    decomposed = unicodedata.normalize("NFD", "따릉이")
    path.write_bytes(f"\ufeff 따릉이 \r\n\r\n미세먼지 지도\r\n{decomposed}\n".encode())
    assert file_phrases(path) == (Phrase("따릉이"), Phrase("미세먼지 지도"))


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "no-phrases"), (b"\n \n", "no-phrases"), (b"\xff\xfe", "not-utf-8")]
)
def test_bad_files_of_phrases_are_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    with pytest.raises(BadInput) as refusal:
        file_phrases(path)
    assert refusal.value.code == code


def test_missing_files_of_phrases(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none", "no-such-file"), (tmp_path, "unreadable-file")):
        with pytest.raises(BadInput) as refusal:
            file_phrases(path)
        assert refusal.value.code == code
