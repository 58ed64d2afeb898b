"""Documents as files: typeset ones have the pages they claim, a site's own lie where they may be seen, no other."""

from __future__ import annotations

import os
import zlib
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.api.pages import FONTS
from assistant.contracts import BadInput, ConfigError, NotPermitted, Unavailable
from content_registry.loader import load_registry
from content_registry.schema import Visibility
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Document, Provenance
from display_bridge.papers import shelf as shelves
from display_bridge.papers.files import PaperFiles
from display_bridge.papers.kinds import PANELS, find, visibility_of
from display_bridge.papers.shelf import Shelf, page_count
from display_bridge.papers.shelved import FOLDER_KO, ShelvedCityData, origin
from display_bridge.papers.typeset import typeset
from display_bridge.views import build_view
from tests.pace import seconds

REGISTRY = load_registry()
NOW = datetime(2026, 11, 23, 14, 32, tzinfo=KST)
CITY = SimulatedCityData()


def papers(state: Path, folder: Path | None = None) -> PaperFiles:
    return PaperFiles(ShelvedCityData(CITY, Shelf(folder), REGISTRY), state, FONTS)


def put(folder: Path, name: str, pages: int = 3) -> None:
    (folder / name).write_bytes(b"%%PDF-1.7\n1 0 obj<</Type /Pages /Kids [] /Count %d>>endobj" % pages)


def test_every_simulated_document_is_a_pdf_of_its_pages_and_says_so(tmp_path: Path) -> None:
    kinds = set()
    for kind in PANELS:
        document = CITY.documents(kind, NOW)[0]
        content = typeset(document, kind, FONTS)
        assert content.startswith(b"%PDF-")
        assert page_count(content) == document.pages == len(document.body)
        assert all(1 <= page <= document.pages for _, page in document.toc)
        kinds.add(document.pages)
        assert typeset(document, kind, FONTS) == content, "the same bytes every time, so that caches hold"
        raw = content.split(b"/Title")[1][:400]
        assert "모의 문서".encode("utf-16-be") in raw or b"\\" in raw
    assert len(kinds) > 1


def test_a_typeset_file_is_kept_until_its_text_changes(tmp_path: Path) -> None:
    files = papers(tmp_path)
    first = files.file("approval-01", REGISTRY, NOW, Visibility.PUBLIC)
    stamp = first.stat().st_mtime_ns
    assert files.file("approval-01", REGISTRY, NOW, Visibility.PUBLIC).stat().st_mtime_ns == stamp
    tomorrow = files.file("approval-01", REGISTRY, NOW.replace(day=24), Visibility.PUBLIC)
    assert tomorrow != first, "another date is another text"
    assert not first.exists(), "what is not current any more is not kept"


def test_who_may_read_what(tmp_path: Path) -> None:
    files = papers(tmp_path)
    for identifier, needed in (
        ("news-01", Visibility.PUBLIC),
        ("prj-seoullo-7017-1", Visibility.PUBLIC),
        ("bookshelf-01", Visibility.INTERNAL),
        ("cloud-01", Visibility.PRIVATE),
        ("topics-01", Visibility.PRIVATE),
    ):
        found = find(identifier, REGISTRY, CITY, NOW)
        assert found is not None
        assert found.visibility is needed
        order = list(Visibility)
        for highest in Visibility:
            if order.index(highest) >= order.index(needed):
                assert files.file(identifier, REGISTRY, NOW, highest).is_file()
            else:
                with pytest.raises(NotPermitted):
                    files.file(identifier, REGISTRY, NOW, highest)
    with pytest.raises(BadInput, match="no such document"):
        files.file("approval-99", REGISTRY, NOW, Visibility.PRIVATE)


def test_missing_fonts_are_told(tmp_path: Path) -> None:
    files = PaperFiles(ShelvedCityData(CITY, Shelf(None), REGISTRY), tmp_path, tmp_path / "none")
    from reportlab.pdfbase import pdfmetrics

    known = dict(pdfmetrics._fonts)
    pdfmetrics._fonts.clear()
    try:
        with pytest.raises(Unavailable, match="cannot be read"):
            files.file("news-01", REGISTRY, NOW, Visibility.PUBLIC)
    finally:
        pdfmetrics._fonts.update(known)


def test_a_state_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "documents").write_text("a file where the folder should be", "utf-8")
    with pytest.raises(Unavailable, match="could not be written"):
        papers(tmp_path).file("news-01", REGISTRY, NOW, Visibility.PUBLIC)


def test_a_sites_own_documents_lie_in_the_list_of_their_kind(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    put(folder, "approval__한강_보행교_계획.pdf", 7)
    put(folder, "plan.pdf", 4)
    (folder / "documents.yaml").write_text(
        "- {file: plan.pdf, id: our-plan, title: 우리 계획, kind: brochure, toc: [[처음, 1], [끝, 4]]}\n",
        encoding="utf-8",
    )
    files = papers(tmp_path, folder)
    listed = files.city.documents("approval", NOW)
    assert listed[0].title_ko == "한강 보행교 계획"
    assert listed[0].pages == 7
    view = build_view(
        REGISTRY.panels["library-brochures"], REGISTRY, files.city, NOW, {"item": "our-plan", "page": "3"}
    )
    shown = view["blocks"][0]
    assert (shown["document"]["title_ko"], shown["page"], view["pages"]) == ("우리 계획", 4, 4)
    assert files.file("our-plan", REGISTRY, NOW, Visibility.PUBLIC) == folder / "plan.pdf"
    (folder / "plan.pdf").unlink()
    with pytest.raises(BadInput, match="no such document"):
        files.file("our-plan", REGISTRY, NOW, Visibility.PUBLIC)


def test_a_damaged_or_missing_file_is_told_and_in_no_list_until_it_can_be_opened(tmp_path: Path) -> None:
    index = tmp_path / "documents.yaml"
    index.write_text("- {file: late.pdf, title: 늦은 것, kind: news, toc: [[처음, 3]]}\n", encoding="utf-8")
    put(tmp_path, "news__온전.pdf")
    (tmp_path / "news__글.pdf").write_bytes(b"no header /Type /Pages /Count 3")
    (tmp_path / "news__반쪽.pdf").write_bytes(b"%PDF-1.7\n1 0 obj<</Type /Catalog")
    shelf = Shelf(tmp_path)
    assert [p.document.title_ko for p in shelf.papers()] == ["온전"]
    told = {problem.partition(": ")[0]: problem for problem in shelf.problems}
    assert {"'late.pdf'", "'news__글.pdf'", "'news__반쪽.pdf'"} == set(told)
    assert "not there" in told["'late.pdf'"]
    assert "no PDF" in told["'news__글.pdf'"]
    assert "no pages" in told["'news__반쪽.pdf'"]
    for name in ("late.pdf", "news__글.pdf", "news__반쪽.pdf"):
        put(tmp_path, name)
        os.utime(tmp_path / name, (1.8e9, 1.8e9))
    assert {p.document.title_ko for p in shelf.papers()} == {"온전", "늦은 것", "글", "반쪽"}
    assert shelf.problems == ()


def test_problems_are_logged_as_they_come_and_go(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger=shelves.__name__)
    shelf = Shelf(tmp_path)
    (tmp_path / "news__글.pdf").write_bytes(b"no pdf")
    for _ in range(3):
        assert shelf.papers() == ()
    assert [(r.levelname, "news__글.pdf" in r.getMessage()) for r in caplog.records] == [("WARNING", True)]
    put(tmp_path, "news__글.pdf")
    os.utime(tmp_path / "news__글.pdf", (1.8e9, 1.8e9))
    assert len(shelf.papers()) == 1
    assert [r.levelname for r in caplog.records] == ["WARNING", "INFO"]
    (tmp_path / "news__글.pdf").write_bytes(b"no pdf")
    assert Shelf(tmp_path, quiet=True).problems
    assert len(caplog.records) == 2


def test_a_badge_is_true_of_own_documents_alone_and_among_simulated_ones(tmp_path: Path) -> None:
    put(tmp_path, "news__소식.pdf")
    city = ShelvedCityData(CITY, Shelf(tmp_path), REGISTRY)
    (ours,) = (d for d in city.documents("news", NOW) if d.title_ko == "소식")
    theirs = CITY.documents("news", NOW)[0]
    assert (origin(city, "news", ours, NOW).mode, origin(city, "news", ours, NOW).source_ko) == ("live", FOLDER_KO)
    assert origin(city, "news", theirs, NOW) == CITY.provenance("news", NOW)
    badge = build_view(REGISTRY.panels["seoul-news"], REGISTRY, city, NOW)["data"]
    assert (badge["mode"], badge["label_ko"], badge["label_en"]) == (
        "simulated",
        "일부 모의 데이터",
        "Partly simulated data",
    )
    assert FOLDER_KO in badge["source_ko"]
    alone = ShelvedCityData(Nothing(), Shelf(tmp_path), REGISTRY)
    badge = build_view(REGISTRY.panels["seoul-news"], REGISTRY, alone, NOW)["data"]
    assert (badge["label_ko"], badge["stale"], badge["source_ko"]) == ("실시간", False, FOLDER_KO)
    panel, later = REGISTRY.panels["seoul-news"], NOW.replace(second=59)
    assert build_view(panel, REGISTRY, alone, later) == build_view(panel, REGISTRY, alone, NOW), "nothing to send"
    untouched = build_view(REGISTRY.panels["library-research"], REGISTRY, city, NOW)["data"]
    assert untouched["label_ko"] == "모의 데이터"


class Nothing(SimulatedCityData):
    """A source without documents."""

    def documents(self, kind: str, now: datetime) -> tuple[Document, ...]:
        return ()


class Silent(SimulatedCityData):
    """A source that has not answered yet, but for the bookshelf."""

    def documents(self, kind: str, now: datetime) -> tuple[Document, ...]:
        if kind != "bookshelf":
            raise Unavailable("no-data-yet", "자료를 받지 못했습니다")
        return super().documents(kind, now)

    def provenance(self, dataset: str, now: datetime) -> Provenance:
        if dataset != "bookshelf":
            raise Unavailable("no-data-yet", "자료를 받지 못했습니다")
        return super().provenance(dataset, now)


def test_a_silent_source_takes_no_document_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    put(folder, "approval__보행교.pdf", 7)
    files = PaperFiles(ShelvedCityData(Silent(), Shelf(folder), REGISTRY), tmp_path, FONTS)
    (ours,) = files.city.documents("approval", NOW)
    assert files.file(ours.id, REGISTRY, NOW, Visibility.PUBLIC) == folder / "approval__보행교.pdf"
    view = build_view(REGISTRY.panels["approval-list"], REGISTRY, files.city, NOW)
    assert [d["id"] for d in view["blocks"][0]["documents"]] == [ours.id]
    assert (view["data"]["mode"], view["data"]["stale"]) == ("live", True), "it says that more may be missing"
    assert files.find("bookshelf-01", REGISTRY, NOW).kind == "bookshelf", "though other kinds are silent"
    with pytest.raises(Unavailable):
        files.find("news-01", REGISTRY, NOW)
    with pytest.raises(Unavailable):
        files.city.documents("news", NOW)


def test_a_new_file_appears_without_a_restart(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    assert shelf.papers() == ()
    put(tmp_path, "research__새_연구.pdf")
    assert [p.document.title_ko for p in shelf.papers()] == ["새 연구"]


def test_only_what_has_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "research__가.pdf", 3)
    shelf = Shelf(tmp_path)
    read: list[str] = []
    whole = Path.read_bytes

    def reading(path: Path) -> bytes:
        read.append(path.name)
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", reading)
    put(tmp_path, "research__나.pdf", 5)
    assert sorted(p.document.pages for p in shelf.papers()) == [3, 5]
    assert read == ["research__나.pdf"]
    put(tmp_path, "research__가.pdf", 17)
    assert sorted(p.document.pages for p in shelf.papers()) == [5, 17]


def test_a_document_that_fewer_may_see_than_its_list_is_in_no_list_and_not_served(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    put(folder, "secret.pdf")
    (folder / "documents.yaml").write_text(
        "- {file: secret.pdf, id: secret, title: 감출 것, kind: news, visibility: internal}\n", encoding="utf-8"
    )
    files = papers(tmp_path, folder)
    assert all(d.id != "secret" for kind in PANELS for d in files.city.documents(kind, NOW))
    with pytest.raises(BadInput, match="no such document"):
        files.file("secret", REGISTRY, NOW, Visibility.PRIVATE)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{file: a.pdf, title: 가, kind: poem}", "kind 'poem'"),
        ("{file: a.pdf, kind: news}", "title"),
        ("{file: a.pdf, title: 가, kind: news, id: 'A B'}", "an id"),
        ("{file: a.pdf, title: 가, kind: news, visibility: secret}", "visibility"),
        ("{file: a.pdf, title: 가, kind: news, date: soon}", "date"),
        ("{file: a.pdf, title: 가, kind: news, toc: [[처음, 9]]}", "toc"),
        ("{file: a.pdf, title: 가, kind: news, colour: red}", "no field colour"),
        ("{file: ../a.pdf, title: 가, kind: news}", "in the folder"),
        ("{file: a.pdf, title: 가, kind: news, pages: 0}", "pages"),
        ("{file: a.pdf, title: 가, kind: news, toc: 5}", "a.pdf"),
        ('{file: a.pdf, title: 가, kind: news, department: "\\ud800"}', "department"),
        ('{file: a.pdf, title: 가, kind: news, toc: [["\\ud800", 1]]}', "heading"),
        ('{file: "a\\0.pdf", title: 가, kind: news}', "cannot be used"),
        ('{file: "\\ud800.pdf", title: 가, kind: news}', "cannot be used"),
    ],
)
def test_what_cannot_be_used_is_told_and_the_rest_stays(tmp_path: Path, entry: str, told: str) -> None:
    put(tmp_path, "news__다른_소식.pdf")
    put(tmp_path, "a.pdf")
    (tmp_path / "documents.yaml").write_text(f"- {entry}\n", encoding="utf-8")
    shelf = Shelf(tmp_path)
    assert [p.document.title_ko for p in shelf.papers()] == ["다른 소식"]
    assert any(told in problem for problem in shelf.problems), shelf.problems


def test_hostile_names_stop_nothing(tmp_path: Path) -> None:
    put(tmp_path, "news__소식.pdf")
    (tmp_path / "news__ring.pdf").symlink_to("news__ring.pdf")
    (tmp_path / "news__outside.pdf").symlink_to("/etc/passwd")
    put(tmp_path, "news__a\nb.pdf")
    put(tmp_path, os.fsdecode(b"news__\xff\xfe.pdf"))
    shelf = Shelf(tmp_path)
    assert [p.document.title_ko for p in shelf.papers()] == ["소식"]
    assert len(shelf.problems) == 4
    assert all(problem.isprintable() for problem in shelf.problems)


def test_what_is_beyond_the_most_files_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "MOST_FILES", 2)
    for number in range(3):
        put(tmp_path, f"news__{number}.pdf")
    shelf = Shelf(tmp_path)
    assert len(shelf.papers()) == 2
    assert shelf.problems == ("of 3 documents only 2 are taken, in the order of their names",)


def test_a_large_file_says_how_many_pages_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "MOST_BYTES", 10)
    put(tmp_path, "news__큰.pdf", 7)
    assert "how many pages" in Shelf(tmp_path).problems[0]
    (tmp_path / "documents.yaml").write_text("- {file: news__큰.pdf, title: 큰, kind: news, pages: 7}", "utf-8")
    assert [p.document.pages for p in Shelf(tmp_path).papers()] == [7]


def test_a_folder_that_goes_keeps_what_was_known(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    put(folder, "news__소식.pdf")
    shelf = Shelf(folder)
    folder.rename(tmp_path / "gone")
    assert [p.document.title_ko for p in shelf.papers()] == ["소식"]
    assert shelf.problems
    (tmp_path / "gone").rename(folder)
    assert [p.document.title_ko for p in shelf.papers()] == ["소식"]
    assert shelf.problems == (), "it is back"


@pytest.mark.parametrize("broken", ["- [", "[" * 1200])
def test_a_broken_index_stops_the_start_but_not_the_service(tmp_path: Path, broken: str) -> None:
    index = tmp_path / "documents.yaml"
    index.write_text(broken, encoding="utf-8")
    with pytest.raises(ConfigError):
        Shelf(tmp_path)
    index.write_text("[]", encoding="utf-8")
    put(tmp_path, "news__소식.pdf")
    shelf = Shelf(tmp_path)
    index.write_text(broken, encoding="utf-8")
    os.utime(index, (1, 1))
    assert [p.document.title_ko for p in shelf.papers()] == ["소식"]
    assert shelf.problems
    with pytest.raises(ConfigError, match="no folder"):
        Shelf(tmp_path / "none")


@given(st.binary(max_size=300))
def test_any_bytes_have_a_number_of_pages(content: bytes) -> None:
    assert 0 <= page_count(content) <= 1000
    assert 0 <= page_count(b"%PDF-1.5 /ObjStm stream\n" + content) <= 1000


@given(st.integers(1, 999))
def test_pages_are_counted_in_compressed_objects_too(pages: int) -> None:
    tree = b"<</Type /Pages /Kids [1 0 R] /Count %d>>" % pages
    packed = b"%PDF-1.5\n2 0 obj<</Type /ObjStm /Length 9>>stream\n" + zlib.compress(tree) + b"endstream"
    assert page_count(packed) == page_count(tree) == pages


@pytest.mark.parametrize(
    "content",
    [
        b"/Type /Pages /Count " + b"9" * 5000,
        b"/Type /Pages " * 100_000,
        b"/Count 1 " * 100_000,
        b"/ObjStm " * 100_000,
        b"/ObjStm stream\n" * 30_000,
        (b"/ObjStm stream\n" + zlib.compress(bytes(4_000_000))) * 100,
    ],
    ids=["digits", "pages", "counts", "objects", "streams", "bombs"],
)
def test_a_hostile_file_takes_no_longer_than_another(content: bytes) -> None:
    assert 0 <= page_count(b"%PDF-1.5 " + content) <= 1000
    assert seconds(lambda: page_count(b"%PDF-1.5 " + content), 3.0) < 3  # 0.6 at most


def test_kinds_nobody_lists_are_private() -> None:
    assert visibility_of("unheard-of", REGISTRY) is Visibility.PRIVATE
    assert date(2026, 11, 23) == CITY.documents("news", NOW)[0].date
