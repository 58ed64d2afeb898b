"""The near-alias report, kept as a golden file: a new near pair is seen in review.

To accept a change, write `report()` to the golden file.
"""

from pathlib import Path

from content_registry.loader import load_registry
from content_registry.reports import near_aliases

GOLDEN = Path(__file__).parent / "near_aliases.golden.tsv"


def report() -> str:
    rows = ["distance\tfirst\tfirst_panel\tsecond\tsecond_panel"]
    rows += [
        f"{pair.distance}\t{pair.first}\t{pair.first_panel}\t{pair.second}\t{pair.second_panel}"
        for pair in near_aliases(load_registry())
    ]
    return "\n".join(rows) + "\n"


def test_the_report_is_the_golden_one() -> None:
    assert report() == GOLDEN.read_text(encoding="utf-8")


def test_the_pair_that_must_never_open_by_itself_is_in_it() -> None:
    pairs = {(pair.first, pair.second) for pair in near_aliases(load_registry())}
    assert ("보고자료", "보도자료") in pairs
    assert ("미세먼지", "초미세먼지") in pairs
