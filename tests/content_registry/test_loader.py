"""What the loader refuses, with file and line, and what it goes on serving."""

import shutil
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content_registry.loader import DATA, load_registry
from content_registry.schema import Problem, Registry, RegistryError

SMALL = {
    "menus.yaml": """menus:
  - {id: live, ko: 실시간, en: Live}
submenus:
  - {id: air, menu: live, ko: 대기, en: Air}
groups: []
fields: []
themes:
  - {id: walk, ko: 걷기, en: Walk, panels: [dust]}
""",
    "departments.yaml": """departments:
  - {id: climate, name_ko: 기후환경본부, name_ko_current: 기후본부, name_en: Climate, aliases_ko: [환경과]}
""",
    "districts.yaml": """districts:
  - {code: "11680", ko: 강남구, en: Gangnam-gu, aliases_ko: [강남]}
""",
    "places.yaml": """places:
  - {ko: 코엑스, district: "11680"}
elsewhere: [부산]
""",
    "menus/live.yaml": """panels:
  - id: dust
    name_ko: 미세먼지
    name_en: PM10
    aliases_ko: [먼지]
    menu: live
    submenu: air
    category: air
    visualizations: [kpi]
    sources: [internal]
    department: climate
    visibility: public
    surfaces: [wall, web]
    origin: seed
  - id: ozone
    name_ko: 오존
    name_en: O3
    aliases_ko: []
    menu: live
    category: air
    visualizations: [line-chart]
    sources: [internal]
    department: climate
    visibility: internal
    surfaces: [wall]
    origin: proposed
""",
}


def write(folder: Path, **changes: str | bytes) -> Path:
    (folder / "menus").mkdir(parents=True, exist_ok=True)
    for name, content in SMALL.items():
        (folder / name).write_text(content, encoding="utf-8")
    for name, changed in changes.items():
        data = changed.encode() if isinstance(changed, str) else changed
        (folder / {"live": "menus/live.yaml"}.get(name, f"{name}.yaml")).write_bytes(data)
    return folder


def the_problem(registry: Registry) -> Problem:
    assert len(registry.problems) == 1, [str(problem) for problem in registry.problems]
    return registry.problems[0]


def test_the_small_folder_is_right(tmp_path: Path) -> None:
    registry = load_registry(write(tmp_path), strict=True)
    assert list(registry.panels) == ["dust", "ozone"]
    assert registry.places["코엑스"].district == "11680"


LIVE = SMALL["menus/live.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "left"),
    [
        ("id: ozone", "id: dust", "duplicate-id", 15, ["dust"]),
        ("name_ko: 오존", "name_ko: 미세 먼지!", "clash", 16, ["dust"]),
        ("name_en: O3", "name_en: pm 10", "clash", 17, ["dust"]),
        ("aliases_ko: []", "aliases_ko: [먼 지]", "clash", 18, ["dust"]),
        ("aliases_ko: []", "aliases_ko: [120, 오]", "wrong-type", 18, ["dust"]),
        ("aliases_ko: []", "aliases_ko: 오", "wrong-type", 18, ["dust"]),
        ("aliases_ko: []", "aliases_ko: [오, 오]", "duplicate-value", 18, ["dust"]),
        ("aliases_ko: []", "aliases_ko: ['!?']", "bad-name", 18, ["dust"]),
        ("aliases_ko: []", "alias_ko: []", "unknown-field", 18, ["dust"]),
        ("live\n    category: air\n    visualizations: [l", "x\n    category: air\n    visualizations: [l",
         "unknown-menu", 19, ["dust"]),
        ("submenu: air", "submenu: water", "unknown-submenu", 7, ["ozone"]),
        ("[line-chart]", "[hologram]", "unknown-visualization", 21, ["dust"]),
        ("visibility: internal", "visibility: secret", "unknown-visibility", 24, ["dust"]),
        ("visibility: internal", "visibility: yes", "wrong-type", 24, ["dust"]),
        ("surfaces: [wall]", "surfaces: [wall, kiosk]", "not-for-citizens", 25, ["dust"]),
        ("surfaces: [wall]", "surfaces: [moon]", "unknown-surface", 25, ["dust"]),
        ("surfaces: [wall]", "surfaces: []", "missing-field", 25, ["dust"]),
        ("origin: proposed", "origin: guess", "unknown-origin", 26, ["dust"]),
        ("    origin: proposed\n", "", "missing-field", 15, ["dust"]),
        ("name_ko: 오존", "name_ko: ''", "missing-field", 16, ["dust"]),
        ("origin: proposed", "origin: proposed\n    origin: seed", "duplicate-field", 27, ["dust"]),
        ("origin: proposed", "origin: proposed\n    group: x", "unknown-group", 27, ["dust"]),
        ("origin: proposed", "origin: proposed\n    field: x", "unknown-field", 27, ["dust"]),
    ],
)  # fmt: skip
def test_a_broken_panel_disables_itself(
    tmp_path: Path, old: str, new: str, code: str, line: int, left: list[str]
) -> None:
    assert LIVE.count(old) == 1
    folder = write(tmp_path, live=LIVE.replace(old, new))
    registry = load_registry(folder)
    problem = the_problem(registry)
    assert (problem.file, problem.line, problem.code) == ("menus/live.yaml", line, code)
    assert list(registry.panels) == left
    with pytest.raises(RegistryError) as caught:
        load_registry(folder, strict=True)
    assert (caught.value.code, caught.value.file, caught.value.line) == (code, "menus/live.yaml", line)
    assert caught.value.problems == registry.problems


def test_an_unknown_department_disables_the_panel(tmp_path: Path) -> None:
    registry = load_registry(write(tmp_path, live=LIVE.replace("department: climate", "department: moon", 1)))
    problem = the_problem(registry)
    assert (problem.code, problem.line, problem.entry) == ("unknown-department", 11, "dust")


def test_of_two_departments_that_clash_the_later_goes(tmp_path: Path) -> None:
    more = SMALL["departments.yaml"] + (
        "  - {id: air, name_ko: 대기과, name_ko_current: 대기과, name_en: Air, aliases_ko: [환경 과]}\n"
    )
    registry = load_registry(write(tmp_path, departments=more))
    assert (the_problem(registry).code, the_problem(registry).line) == ("clash", 3)
    assert list(registry.departments) == ["climate"]


def test_strict_lists_every_problem(tmp_path: Path) -> None:
    broken = LIVE.replace("[kpi]", "[x]").replace("origin: proposed", "origin: y")
    with pytest.raises(RegistryError, match="unknown-visualization") as caught:
        load_registry(write(tmp_path, live=broken), strict=True)
    assert [problem.code for problem in caught.value.problems] == ["unknown-visualization", "unknown-origin"]


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "empty-file", 1),
        (b" \n# nothing\n", "empty-file", 1),
        (b"panels: [\n  {id: x\n", "bad-yaml", 3),
        (b"panels:\n  - name: \xff\n", "not-utf-8", 2),
        (b"- a\n- b\n", "bad-yaml", 1),
        (b"panels: 3\n", "wrong-type", 1),
        (b"panels: [a]\n", "wrong-type", 1),
        (b"other: []\n", "unknown-field", 1),
        (b"\x00\x01\x02", "bad-yaml", 1),
        (b"[" * 100_000, "bad-yaml", 1),
        (b"panels: " + b"[" * 900 + b"]" * 900, "bad-yaml", 1),
        (b"- " * 100_000, "bad-yaml", 1),
        (b"#" * 2_000_000, "file-too-large", 1),
    ],
)
def test_a_broken_file_disables_its_own_entries(tmp_path: Path, content: bytes, code: str, line: int) -> None:
    folder = write(tmp_path)
    (folder / "menus" / "more.yaml").write_bytes(content)
    registry = load_registry(folder)
    assert list(registry.panels) == ["dust", "ozone"]
    problem = next(problem for problem in registry.problems if problem.code == code)
    assert problem.file == "menus/more.yaml"
    assert abs(problem.line - line) <= 1
    with pytest.raises(RegistryError):
        load_registry(folder, strict=True)


def test_hours_and_deputies_of_departments(tmp_path: Path) -> None:
    more = SMALL["departments.yaml"] + (
        "  - {id: fire, name_ko: 소방, name_ko_current: 소방본부, name_en: Fire, hours: always, deputy: climate}\n"
        "  - {id: culture, name_ko: 문화, name_ko_current: 문화본부, name_en: Culture, deputy: nobody}\n"
        "  - {id: tax, name_ko: 세무, name_ko_current: 세무국, name_en: Tax, deputy: tax}\n"
        "  - {id: parks, name_ko: 공원, name_ko_current: 공원국, name_en: Parks, hours: nine to six}\n"
    )
    registry = load_registry(write(tmp_path, departments=more))
    found = {name: (one.hours, one.deputy) for name, one in registry.departments.items()}
    ordinary = "mon-fri 09:00-18:00"
    assert found == {
        "climate": (ordinary, None), "fire": ("always", "climate"),
        "culture": (ordinary, None), "tax": (ordinary, None),
    }  # fmt: skip
    assert [(p.entry, p.code, p.line) for p in registry.problems] == [
        ("culture", "unknown-department", 4), ("tax", "unknown-department", 5), ("parks", "bad-hours", 6),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["departments", "menus", "districts", "places"])
def test_an_unreadable_table_keeps_the_panels(tmp_path: Path, name: str) -> None:
    registry = load_registry(write(tmp_path, **{name: b""}))
    assert list(registry.panels) == ["dust", "ozone"]
    assert the_problem(registry).file == f"{name}.yaml"


def test_decomposed_text_is_composed(tmp_path: Path) -> None:
    registry = load_registry(write(tmp_path, live=unicodedata.normalize("NFD", LIVE)), strict=True)
    assert registry.panels["dust"].name_ko == "미세먼지"


def test_a_missing_folder_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    registry = load_registry(tmp_path / "nowhere")
    assert not registry.panels
    assert {problem.code for problem in registry.problems} == {"unreadable-file"}


def test_a_copy_of_the_packaged_folder_loads_alike(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "copy")
    assert load_registry(tmp_path / "copy") == load_registry()


PIECES = st.sampled_from(
    [*LIVE.splitlines(keepends=True), "panels:\n", "  - ", "&a [*a]", "? ", "!!int x\n", "{", "]", "\t", '"']
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=25).map(lambda parts: "".join(parts).encode()))
)
def test_garbage_never_escapes(tmp_path: Path, data: bytes) -> None:
    folder = write(tmp_path, live=data)
    registry = load_registry(folder)
    assert registry.departments
    if registry.problems:
        with pytest.raises(RegistryError):
            load_registry(folder, strict=True)
    else:
        assert load_registry(folder, strict=True) == registry
