# ruff: noqa: E501  (patterns are not wrapped: one alternative list, one line)
"""Sentences that tell and do not ask: hearsay, memories, remarks, speeches. Korean says so in its last syllables. Pure.

"어르신들이 쉼터에서 화투를 치신대" names a panel and is no wish; "몇 명이더라" is one, for it asks.
"""

from __future__ import annotations

import unicodedata

from assistant.understanding.linear import compiled
from content_registry.jamo import compact


def _jamo(text: str) -> str:
    return unicodedata.normalize("NFD", text)


_N, _L, _B, _SS, _BS, _H = "\u11ab", "\u11af", "\u11b8", "\u11bb", "\u11b9", "\u11c2"
"""Final consonants: ㄴ, ㄹ, ㅂ, ㅆ, ㅄ, ㅎ."""
_YO = f"(?:{_jamo('요')})?"

_TELLS = compiled(
    "(?:"
    + "|".join(
        (
            f"[{_N}{_SS}{_BS}{_H}]{_jamo('대')}{_YO}",  # hearsay: 한대, 했대, 없대, 좋대
            f"(?:{_jamo('다며')}|{_jamo('라며')}|{_jamo('다면서')}|{_jamo('라면서')}){_YO}",
            f"{_jamo('더')}(?:{_jamo('라')}|{_jamo('라고')}|{_N}{_jamo('데')}|{_jamo('니')}|{_jamo('군')}|{_jamo('라니까')}|{_jamo('구나')}){_YO}",
            f"{_jamo('던데')}{_YO}",
            f"(?:{_jamo('거든')}|{_jamo('잖아')}|{_jamo('다니까')}|{_jamo('구나')}|{_jamo('구만')}|{_jamo('구먼')}|{_jamo('군')}){_YO}",
            f"[{_SS}](?:{_jamo('네')}|{_jamo('다')}|{_jamo('습니다')}|{_jamo('는데')}|{_jamo('을걸')}){_YO}",
            f"(?:{_N}|{_jamo('는')}){_jamo('다')}",
            f"(?:{_jamo('습')}|{_B}){_jamo('니다')}",
            f"{_jamo('네')}{_YO}",
            f"{_jamo('나봐')}{_YO}",
            f"(?:{_jamo('해')}|{_jamo('아')}|{_jamo('어')}|{_jamo('와')}|{_jamo('라')}|{_jamo('워')}|{_jamo('져')}){_jamo('서')}{_YO}",
            f"{_L}{_jamo('까말까')}{_YO}",
            f"{_jamo('적')}(?:{_jamo('이')}|{_jamo('도')})?(?:{_jamo('있')}|{_jamo('없')})(?:{_jamo('어')}|{_jamo('다')}|{_jamo('지')}|{_jamo('었')}{_jamo('어')}){_YO}",
            f"{_jamo('것같')}(?:{_jamo('아')}|{_jamo('은데')}|{_jamo('네')}|{_jamo('다')}){_YO}",
        )
    )
    + ")$"
)
_PAST = compiled(
    f"[{_SS}](?:{_jamo('어')}|{_jamo('어요')}|{_jamo('지')}|{_jamo('지요')}|{_jamo('죠')}|{_jamo('었어')}|{_jamo('었지')})$"
)
_FIGURES_MOVE = compiled(
    r"(?:늘|줄|넘|넘겼|채웠|올랐|내렸|떨어졌|됐|나왔|나아졌|좋아졌|나빠졌|심해졌|쌓였|끝났|불었|몰렸|막혔|왔|났)(?:었)?(?:어|어요|지|지요|죠)$"
)
"""What figures and places do: "관광객 늘었어" may ask."""
_PRESENT = compiled(r"(?:있|겠)(?:어|어요|지|지요|죠)$")
_WISHES = compiled(
    r"(?:보고싶|알고싶|듣고싶|하고싶|싶습니다|궁금|부탁|바랍니다|바란다|원합니다|원해|필요|보겠|하겠습니다|시작하겠|좋겠|있잖아|보여주|띄워주|알려주|보렵니다|볼랍니다|있습니까|됩니까)"
    r"[가-힣]{0,6}$"
)
_ASKS = compiled(r"(?:몇|얼마|얼만|어디|무엇|뭐|뭔|누구|누가|언제|어떻|어떤|어때|어떨|어땠|어느|왜)")


def recalls(text: str) -> bool:
    """Whether it speaks of what people did, without a question's word: "세운상가에서 라디오 고쳤어"."""
    key = compact(text)
    told = bool(_PAST.search(_jamo(key))) and not _PRESENT.search(key) and not _ASKS.search(key)
    return told and not _FIGURES_MOVE.search(key) and not text.rstrip().endswith("?")


def tells(text: str) -> bool:
    """Whether a Korean sentence ends as one that tells: it wants nothing, whatever it names."""
    key = compact(text)
    if not _TELLS.search(_jamo(key)) or _WISHES.search(key):
        return False
    asks_itself = key.endswith(
        ("더라", "더라고", "었지", "던데", "네", "대", "대요", "같아", "같아요")
    ) and _ASKS.search(key)
    return not asks_itself


_WISHED = compiled(
    r"(?:보여|띄워|틀어|열어|켜|알려|말해|비교해)(?:줘|줘요|줘라|줘봐|주세요|주이소|주라|주게|줄래|다오|주십시오|봐|봐라|보세요)[,.!]?|(?:얼마야|얼마예요|어때|어때요|어떤가)[,.!?]"
)
_COMPLAINT = compiled(
    r"[ ,.!]+(?:[가-힣]+ ){0,3}[가-힣]*(?:겠네|겄네|것네|겠다|겠어|겠구만|하네|프네|리네|이네|없네|있네|있네요|많네|구만|구먼|아파서|거든|거든요|잖아|잖아요|네요)[.!~]*"
)
_CALLED = compiled(
    r"[ ,.]+(?:아가씨|총각|아저씨|아줌마|아주머니|학생|이보게|여보게|자네|양반|기사양반|얘야|애야|컴퓨터야|비서야|비서님|선생님|선생)[.!~]*$"
)
_TOLD_ON = compiled(r"라고|더니|했|취소|아니|말고|말아|하지|그만|안")


def without_complaint(text: str) -> str:
    """The sentence without what is said after its wish: a complaint ("보여줘 더워 죽겠네"), or whom it calls ("아가씨").

    What takes the wish back or tells of it stays.
    """
    meant = _CALLED.sub("", text) or text
    wish = next(_WISHED.finditer(meant), None)
    if wish is None:
        return meant
    rest = meant[wish.end() :]
    return meant[: wish.end()] if _COMPLAINT.fullmatch(rest) and not _TOLD_ON.search(rest) else meant
