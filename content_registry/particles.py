"""What may stand before and behind a name inside one Korean word: particles, plural, display verbs, lead-in words.

Short names hide in other words ("비" in "비싸다", "시장" in "시장님"), so one of three syllables or fewer counts only
where what surrounds it in the same word is known grammar.
"""

from __future__ import annotations

import re

import re2

_JOSA = (
    "은 는 은요 는요 도요 이 가 을 를 의 에 에서 에게 에는 에선 에도 에만 에서는 에서도 한테 께 로 으로 로는 으로는 "
    "도 만 랑 이랑 하고 와 과 부터 까지 좀 요 나 이나 마다 처럼 보다 쪽 쪽에 쪽은 쪽으로 인데 이야 야 "
    "이요 이에요 예요 입니다 라도 이라도 란 이란 별 만큼 대로 이랑은 랑은 과는 와는 까지는 부터는 "
    "부터의 로의 으로의 만은 조차 밖에 라고 이라고 라는 이라는"
)
_NOUNS = "현황 상황 화면 지도 정보 데이터 수치 농도 지수 자료 페이지 패널 메뉴 차트 그래프 목록 통계 상태 값 등"
_VERBS = (
    "보여 알려 띄워 띄우 띄 틀어 켜 열어 열람 어때 어떄 어떤 어떻 얼마 얼만 몇 어디 가자 가줘 가봐 "
    "갈래 찾아 부탁 줘 주세요 주라 줄래 해줘 해봐 해주 확인 넘어 넘겨 바꿔 바꾸 전환 보자 볼래 볼까 "
    "볼게 봐 보고싶 보기 보면 볼수 크게 확대 연결 전화 통화 불러 호출 걸어 궁금 뭐야 뭐지 말해 설명 "
    "나와 나오 있어 있나 있는 있니 심해 심한 높아 많아 괜찮 지금 오늘 현재 어제 한번 빨리 당장 다시 "
    "먼저 비교"
)


def _any_of(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


_josa, _nouns, _verbs = _any_of(_JOSA), _any_of(_NOUNS), _any_of(_VERBS)
_PLAIN_NOUNS = frozenset(_NOUNS.split())
_after = re.compile(rf"(?:들)?(?:{_nouns})?(?:{_josa})?(?:좀)?(?:(?:{_verbs}).*)?")
_after_one_syllable = re.compile(rf"(?:{_josa})?(?:좀)?(?:(?:보여|알려|띄워|틀어|얼마|어때).*)?")
_after_person = re.compile(
    rf"(?:장|장님|과장|국장|실장|본부장|담당|담당자|직원|팀|부서|쪽)(?:님)?(?:{_josa})?(?:(?:{_verbs}).*)?"
)
_josa_only = re.compile(rf"(?:{_josa})?")
_BEFORE = (
    "서울아 지금 오늘 현재 어제 내일 실시간 서울시 서울 우리 이번 이제 빨리 당장 다시 한번 여기 저기 "
    "거기 그럼 그러면 그 저 음 어 자 아 요즘 전체 주요 메인 보여줘 알려줘 띄워줘 의 은 는 에 쪽"
)
# RE2: words of the list are made of others of it ("서울아": "서울" + "아"); a backtracking matcher tries every way.
_before = re2.compile(rf"(?:{_any_of(_BEFORE)})+")
_NOT_THE_NAME = frozenset(
    {"비만", "비로", "비나", "비도", "비보다", "눈만", "눈대로", "눈별", "홈런", "빚만", "비와", "비과", "비대로"}
)


def can_follow(name: str, rest: str, *, person: bool = False) -> bool:
    """Whether `rest` (what follows `name` in its word, compact) leaves `name` a word of its own.

    `person`: the name is a department, which also stands in "교통실장님".
    """
    if not rest:
        return True
    if len(name) == 1:
        return name + rest not in _NOT_THE_NAME and _after_one_syllable.fullmatch(rest) is not None
    if person and _after_person.fullmatch(rest) is not None:
        return True
    return _after.fullmatch(rest) is not None


def can_precede(rest: str) -> bool:
    """Whether `rest` (what precedes a name in its word, compact) is a lead-in such as "지금" or nothing."""
    return not rest or _before.fullmatch(rest) is not None


def is_josa(rest: str) -> bool:
    """Whether `rest` is one particle, or nothing."""
    return _josa_only.fullmatch(rest) is not None


def is_noun(rest: str) -> bool:
    """Whether `rest` is one of the nouns that may follow any name ("현황", "화면")."""
    return rest in _PLAIN_NOUNS
