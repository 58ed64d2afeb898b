# ruff: noqa: E501  (patterns are not wrapped: one alternative list, one line)
"""The grammar of asking: how a sentence's words, its names apart, tell a display wish from a question for a figure,
a call's medium and a chosen number. Pure text rules over the compact form (no spaces, lower case)."""

from __future__ import annotations

import re

from content_registry.jamo import compact

_ENDINGS = (
    "줘 줘요 줘라 줘봐 줘봐요 주세요 주세여 주셔요 주라 주렴 주십시오 주시오 줄래 줄래요 줄수있어 줄수있어요 줄수있나 줄수있나요 줄수있니 "
    "주실래요 주시겠어요 주시겠습니까 주실수있어요 주실수있나요 주실수있을까요 주면돼 주면좋겠어 주면좋겠는데 주기바랍니다 바랍니다 "
    "줄까 주시죠 주지 달라 달라고 다오 놔 놔줘 놓아 둬 봐 봐요 봐라 봐줘 보세요 보시죠 봐주세요 볼래 볼래요 볼까 볼까요 보자 보자고 "
    "봅시다 보고싶어 보고싶어요 보고싶은데 보고싶네 보고싶습니다 라 세요 십시오 요 자 자고 시죠 "
)
_STEMS = (
    "보여 보이게해 띄워 띄어 띠워 뛰워 틀어 켜 열어 올려 펼쳐 불러 불러와 찾아 꺼내 비춰 비쳐 내 내보내 넣어 깔아 "
    "확인해 바꿔 바꾸어 넘겨 넘어가 돌려 가 이동해 전환해 옮겨 표시해 출력해 재생해 실행해 준비해 보내 비교해 가져와 떠워 보겨 뵈어"
)
_ALONE = (
    "보자 볼래 볼래요 볼까 볼까요 볼게 볼게요 봅시다 봐 보기 보고싶어 보고싶어요 보고싶은데 보고싶네 보고싶다 보고싶습니다 부탁 부탁해 부탁해요 "
    "부탁드려요 부탁드립니다 부탁드릴게요 부탁합니다 확인 확인요 확인부탁 확인부탁해 확인부탁드려요 확인부탁드립니다 확인하자 확인할래 확인합시다 "
    "가자 갈래 가줘 가주세요 이동 전환 열기 표시 화면 띄우자 띄웁시다 열자 틀자 켜자 열어보자 볼수있어 볼수있어요 볼수있나 볼수있나요 볼수있을까 "
    "볼수있을까요 보도록하자 보도록하지 줘 주세요 줘봐 보여 띄워 좀"
)


def _any(words: str) -> str:
    return "|".join(sorted(set(words.split()), key=len, reverse=True))


ENDING = f"(?:{_any(_ENDINGS)})"
DISPLAY_KO = f"(?:(?:{_any(_STEMS)}){ENDING}{{0,2}}|{_any(_ALONE)})"
ADVERB = (
    "(?:좀|한번|다시|빨리|얼른|바로|지금|당장|크게|잠깐|잠시|먼저|우선|여기|여기에|화면에|화면으로|큰화면에|대형화면에|전면에|벽에|벽면에|"
    "메인에|앞에|스크린에|모니터에|가득|전체|전체로|제발|어서|그냥|이따가말고|나한테|우리한테|함|쫌|점)"
)
ASKED_KO = (
    "(?:얼마(?:였어|였어요|였지|였나|였나요|였니|였을까|였습니까|나됐어|나됐나|나됐나요|나왔나요|나왔지|나내렸어|나늘었어|나줄었어|나올랐어|나썼어|나들었어|나걷혔어|나남았어|나걸려|야|예요|에요|지|지요|죠|나|니|냐|인가|인가요|인지|인데|입니까|일까|일까요|정도야|정도지|정도예요|쯤이야|쯤돼|"
    "나돼|나되나|나되나요|나되니|나되지|나돼요|나됩니까|나해|나나와|나나왔어|나있어|나있나|나있지|나많아|나높아|나심해)?|"
    "어땠어|어땠어요|어땠나|어땠나요|어땠지|어땠니|어땠는지|어땠습니까|어떻게됐어|어떻게됐나|어떻게됐나요|어떻게됐지|어떻게될까|어떨까|어떨까요|어떨지|어떻게되려나|어때|어때요|어떄|어떤가|어떤가요|어떠니|어떠냐|어떤지|어떤데|어떤상태야|어떻습니까|어떻지|어떻게돼|어떻게돼요|어떻게되나|어떻게되지|어떻게됩니까|어떻게되나요|"
    "몇(?:이었어|이었지|이었나|이었나요|이나돼|이나되나|이나되나요|이나됐어|명이었어|건이었어|퍼센트였어|프로였어|퍼센트|프로|도였어|대였어|이야|이지|이에요|인가|인가요|이니|이나|입니까|인지|프로야|퍼센트야|도야|도지|명이야|명이지|건이야|개야|개지|대야|곳이야|밀리야|점이야)?|"
    "어느정도였어|어느정도였지|어느정도였나|어느정도돼|어느정도되나|어느정도야|어느정도지|어느정도예요|어느정도인가|어느정도인가요|어느정도|어느정도니|어느정도입니까)"
)
TELL_KO = f"(?:(?:알려|말해|말씀해|읽어|얘기해|이야기해|가르쳐){ENDING}{{0,2}}|궁금해|궁금해요|궁금한데|궁금하네|궁금합니다|알고싶어|알고싶어요|알고싶은데|알고싶습니다|뭐야|뭐지|뭐예요)"

_FIGURE_WORD = re.compile(
    r"얼마|얼맙|몇|어때|어땠|어떨|어떤가|어떤지|어떻|어느정도|궁금|알려|말해|말씀해|읽어줘|가르쳐"
)
"""Words that ask for a figure or a state whatever else is said, a verb of showing apart."""
_QUESTION_END = re.compile(
    r"(?:나요|는가|을까|습니까|입니까|인가|되나|있나|없나|하나|했나|됐나|왔나|나와|심해|심한가|높아|낮아|많아|적어|좋아|나빠|괜찮아|추워|더워|"
    r"오나|쁜가|은가|한가|히나|만해|이야|흐려|맑아|혼잡해|한산해|(?<!디)있어|(?<!디)있지|(?<!디)있니|없어|(?:었|았|였|했|됐|왔)(?:어|나|지|니))요?$"
)
_DISPLAY_VERB = re.compile(
    r"보여|띄워|띄우|틀어|켜줘|켜봐|열어|올려|펼쳐|보자|볼래|볼까|볼게|봅시다|보고싶|비춰|꺼내|부탁|전환|이동|넘어가|가자|가줘|찾아"
)
_DISPLAY_NOUN = re.compile(r"화면|지도|그래프|목록|차트|영상|(?<!홈)페이지|패널|확인|어디")
_ENGLISH_ASK = re.compile(
    r"^(?:so|and|please|hey|ok|okay)?(?:any|when|isthere|wheres?themost|howis|hows|how'?s|howmany|howmuch|howbad|howclean|howhot|howcold|howhigh|howgood|"
    r"whatis|what's|whats|whatsthe|howarethe|howare|tellme|whatarethe|whatare|isthe|isit|arethere|howfar|howlow|howbusy|howcrowded)"
)
_ENGLISH_SHOW = re.compile(
    r"show|display|open|bringup|pullup|puton|put|switchto|goto|letmesee|wanttosee|takeme|seethe|gotothe|lookat|onscreen|onthewall"
)


def shows(text: str) -> bool:
    """Whether a sentence has a verb of showing."""
    key = compact(text)
    return bool(_DISPLAY_VERB.search(key)) or (key.isascii() and bool(_ENGLISH_SHOW.search(key)))


def asks_value(text: str) -> bool:
    """Whether the sentence asks for a figure or a state to be told, rather than for a screen to be shown.

    "얼마야", "어때", "몇이야", "알려줘" ask; a display word ("보여줘", "지도") makes it a wish to see.
    """
    key = compact(text)
    if key.isascii():
        return key.startswith(("howmany", "howmuch")) or (
            bool(_ENGLISH_ASK.search(key)) and not _ENGLISH_SHOW.search(key)
        )
    if _DISPLAY_VERB.search(key):
        return False
    return bool(_FIGURE_WORD.search(key)) or bool(_QUESTION_END.search(key) and not _DISPLAY_NOUN.search(key))
