# ruff: noqa: E501  (patterns are not wrapped: one alternative list, one line)
"""Self-correction inside a sentence: "강남구 아니 송파구 미세먼지 보여줘" means 송파구. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.understanding.linear import compiled
from content_registry.matcher import Mention

_TAKEN_BACK = compiled(
    r"(?i)(?:이|가|은|는|을|를)?[ ,.…]*(?:아|어|앗|참|에이|그게|그거|이거|잠깐|잠깐만|이|가)?[ ,.…]*"
    r"(?:아니다|아니지|아니야|아니요|아니라|아니고|아니|아냐|말고는|말고|말구|빼고|취소하고|취소|정정|sorry|no|not that|i mean|or rather)"
    r"[ ,.…]*(?:아|참|그|저|음|어|나는|난|그냥|다시|그거 말고|이거 말고|그게 아니라|wait|i mean)?[ ,.…]*"
)
_SAID_BETWEEN = 12  # letters between the name that is taken back and the word that takes it back


def corrected(text: str, mentions: Sequence[Mention]) -> str:
    """The sentence as it was meant: a name that is taken back is replaced by the one of its kind that follows.

    What was said between the two stays ("강남구 미세먼지 아니 초미세먼지" keeps its place). A sentence that takes
    nothing back is returned as it is.
    """
    ordered = sorted({(m.start, m.end, m.kind) for m in mentions})
    for index, (start, end, kind) in enumerate(ordered):
        for later_start, later_end, later_kind in ordered[index + 1 :]:
            if later_kind != kind or later_start < end:
                continue
            back = _taken_back(text[end:later_start])
            if back is None:
                break
            middle = text[end : end + back]
            return f"{text[:start]}{text[later_start:later_end]}{middle} {text[later_end:].lstrip()}".strip()
    return text


def _taken_back(between: str) -> int | None:
    """Where in the words between two names the taking back begins; None where they take nothing back."""
    for at in range(min(len(between), _SAID_BETWEEN) + 1):
        if (at == 0 or between[at - 1] == " ") and _TAKEN_BACK.fullmatch(between[at:]):
            return at
    return None
