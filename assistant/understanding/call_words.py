# ruff: noqa: E501  (patterns are not wrapped: one alternative list, one line)
"""Words about a call that goes on or rings: ending it, holding it, taking it up again, answering it; leaving a meeting;
entering a room by its name. Pure text rules over the compact form.

Such a sentence holds the same words as the wish to call somebody ("전화 끊어", "통화 보류해줘"). A model that knows only
the wish would ring a department for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.contracts import Direction, Intent, IntentName
from assistant.understanding.forms import ENDING
from content_registry.jamo import compact

_END = f"(?:{ENDING}{{0,2}})"
_LEAD = "(?:이제|인제|자|그럼|그만|지금|아|좀|빨리|얼른|이|그|저기|걸려온|온)*"
_CALL = "(?:(?:영상|화상|음성)?(?:전화|통화)(?:연결)?)"
_LINK = "(?:를|을|는|은|좀|이제|그만|지금|빨리|얼른|당장|다|잠깐|잠깐만|잠시|잠시만|바로|여기서|우선|일단)*"
_ENDED = (
    "(?:끊어|끊어라|끊자|끊읍시다|끊을게|끊을게요|끊겠습니다|끊을래|끊기|끊어버려|끝내|끝내자|끝낼게|끝낼게요|끝냅시다|끝|종료|종료해|종료하자|종료할게|종료합시다|"
    "마치자|마칠게|마칠게요|마무리해|마무리하자|그만|그만해|그만하자|그만할게|중단해|내려놔|취소|취소해|취소하자|취소할게)"
)
_HELD = "(?:보류|대기)(?:로|상태로|시켜|해|하자|할게|걸어|해놔|해둬|시켜놔)*"
_ANSWERED = "(?:받아|받자|받을게|받을게요|받겠습니다|받을래|받기|수락|수락해|응답해)(?:줘|줘요|주세요|줄래|주시죠)?"
_DECLINED = "(?:거절|거절해|거절하자|거절할게|거부해|거부|받지마|받지말자|받지말아|안받아|안받을래|안받을게|받지않을게)"
_MEETING = "(?:화상|영상|온라인|원격)?회의(?:실|방)?(?:를|을|는|에서|에|도|좀|이제|그만|여기서|지금|다)*"
_LEFT = "(?:끝내|끝내자|끝낼게|끝냅시다|종료|종료해|종료하자|종료합시다|마치자|마칠게|마칩시다|나가|나가자|나갈게|나갈게요|나갈래|나가기|나와|퇴장|퇴장해|퇴장할게|그만하자|그만할게)"
_ENTERED = "(?:연결해|연결|들어가|들어가자|들어갈게|입장|입장해|입장하자|입장할게|참여해|참여하자|참여할게|참석해|참석하자|참석할게|접속해|접속|열어|열자)"
_EN_CALL = "(?:the|this|that|my|our|current|video|voice|phone|incoming|ringing)*call"


def _steer(direction: Direction) -> Intent:
    return Intent(IntentName.CALL, direction=direction)


STEERING: tuple[tuple[str, Intent], ...] = (
    (
        rf"{_LEAD}{_CALL}{_LINK}{_ENDED}{_END}|{_LEAD}(?:끊어|끊자|끊을게|끊을게요|끊겠습니다|끊을래){_END}|{_LEAD}{_CALL}{_LINK}{_DECLINED}{_END}|{_LEAD}{_CALL}{_LINK}(?:하지|걸지)(?:마|말아|말자)(?:줘|주세요|세요|라|요)?|"
        rf"hangup(?:{_EN_CALL}|thephone|now|please|onthem|onhim|onher)*|(?:please)?(?:end|finish|stop|terminate|drop|disconnect|close|leave|quit|exit|cancel|reject|decline|refuse|dismiss){_EN_CALL}(?:now|please)?",
        _steer(Direction.OFF),
    ),
    (
        rf"{_LEAD}{_CALL}{_LINK}{_HELD}{_END}|{_LEAD}보류(?:해|하자|시켜|걸어|할게)?{_END}|hold{_EN_CALL}(?:please)?|put(?:{_EN_CALL}|him|her|them|it|thecaller)onhold(?:please)?",
        _steer(Direction.HOLD),
    ),
    (
        rf"{_LEAD}{_CALL}?{_LINK}(?:보류|대기)(?:를|을|좀|된거|상태)*(?:해제|해제해|해제하자|풀어|풀자|취소|취소해|끝내|끝){_END}|{_LEAD}다시?{_CALL}{_LINK}(?:계속해|계속하자|이어|이어가자|재개해|재개하자|재개){_END}|"
        rf"{_LEAD}{_CALL}{_LINK}(?:다시)?(?:계속해|계속하자|이어가자|이어서하자|이어|재개해|재개하자|재개){_END}|(?:resume|continue|unhold|returnto|gobackto){_EN_CALL}(?:please)?|take(?:{_EN_CALL}|him|her|them|it)offhold",
        _steer(Direction.RELEASE),
    ),
    (
        rf"{_LEAD}{_CALL}{_LINK}{_ANSWERED}|(?:please)?(?:answer|accept|take|pickup)(?:{_EN_CALL}|thephone)(?:please)?|answer(?:it)?|pickup",
        _steer(Direction.ON),
    ),
    (
        rf"{_LEAD}{_MEETING}{_LEFT}{_END}|(?:please)?(?:leave|end|exit|quit|stop|finish)(?:the|this|video)*(?:meeting|conference)(?:please)?",
        Intent(IntentName.CONFERENCE, direction=Direction.OFF),
    ),
    (rf"[가-힣]{{2,14}}회의실(?:에|로|으로|을|를|좀|지금|바로)*{_ENTERED}{_END}", Intent(IntentName.CONFERENCE)),
)
"""Whole sentences, and what each means. The direction says what becomes of the call: off, hold, release, on."""

_ENDS_IN: tuple[tuple[re.Pattern[str], Direction], ...] = (
    (re.compile(r"(?:전화|통화)(?:를|을|은|는|좀|이제|그만|다)*(?:끊|종료|끝내|끝낼|마무리|중단|거절|거부)[가-힣]{0,7}$"), Direction.OFF),
    (re.compile(r"(?:전화|통화)(?:를|을|은|는|좀|잠깐|잠시|만)*(?:보류|대기)(?!.*(?:해제|풀|취소))[가-힣]{0,6}$"), Direction.HOLD),
    (re.compile(r"(?:전화|통화)(?:를|을|은|는|좀)*보류[가-힣]{0,3}(?:해제|풀|취소)[가-힣]{0,6}$"), Direction.RELEASE),
    (re.compile(r"(?:전화|통화)(?:를|을|은|는|좀)*(?:받아|수락)(?:줘|주세요|해줘|해주세요|해)?$"), Direction.ON),
)  # fmt: skip
_TALKED_OF = re.compile(
    r"(?:전화|통화|연락|연결)(?:을|를|이|가|은|는)?(?:했|하셨|걸었|걸으셨|됐|되었|되셨|왔|오셨|받았|끊었|끊겼)[가-힣]{0,7}$"
    r"|(?:전화|통화|연락|연결)(?:을|를)?(?:걸까말까|할까말까|하는중|중이)[가-힣]{0,4}"
    r"|(?:전화|연락처|내선|휴대폰|핸드폰)(?:번호|처)|연락처|번호(?:가|는|를|을|좀)?(?:뭐|몇|알려|말해|가르쳐|찾아|불러)|phonenumber|contactdetails"
)
_RECIPIENT = re.compile(
    r"(?:^|\s)([가-힣]{2,12}?)(?:에게|한테|께|에다가|에다|에|하고|이랑|랑)?\s*(?:좀\s*|지금\s*|바로\s*)?"
    r"(?:(?:영상|화상|음성)\s*)?(?:전화|통화|연결|연락)(?:\s|[가-힣])*$"
)
_TITLED = re.compile(
    r"(?:과장|국장|팀장|실장|부장|본부장|차장|주무관|사무관|서기관|비서관|비서|구청장|위원장|의원|장관|차관|총리|대통령|지사|교수|박사|대표|사장|회장|기자|선생님|선생|씨)(?:님)?$"
)
_PLACE = re.compile(
    r"(?:[가-힣](?:청|경찰서|세무서|우체국|공사|공단|재단|위원회|은행|병원|학교|연구원|협회|회사|지소|출장소|대사관|법원|검찰)"
    r"|(?:교육|국방|외교|통일|법무|행안|행정안전|보건복지|환경|고용노동|국토교통|국토|해양수산|농림|문체|문화체육관광|산업|기재|기획재정|과기|여성가족|중소벤처기업)부)$"
)
_IN_CHARGE = re.compile(r"담당|책임|주무|소관|관할|맡은|맡고|이거|여기")


def steered(intents: Sequence[Intent], text: str) -> Intent | None:
    """What a sentence that was taken for the wish to call wants of a call that there is, by how it ends; None: it
    speaks of no such thing."""
    if all(intent.name is not IntentName.CALL for intent in intents):
        return None
    key = compact(text)
    return next((_steer(direction) for pattern, direction in _ENDS_IN if pattern.search(key)), None)


def only_talks_of_calls(text: str) -> bool:
    """Whether a sentence asks whether somebody was called, or for a number, and wants nobody called."""
    return bool(_TALKED_OF.search(compact(text)))


def calls_a_stranger(text: str) -> bool:
    """Whether a sentence calls somebody by a name that no department of the city has: a ministry, a police station, a
    person by his title."""
    found = _RECIPIENT.search(text)
    if found is None or _IN_CHARGE.search(text[: found.end(1)]):
        return False
    return bool(_TITLED.search(found[1]) or _PLACE.search(found[1]))
