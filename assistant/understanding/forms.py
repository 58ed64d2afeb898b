# ruff: noqa: E501  (patterns are not wrapped: one alternative list, one line)
"""The grammar of asking: how a sentence's words, its names apart, tell a display wish from a question for a figure,
a call's medium and a chosen number. Pure text rules over the compact form (no spaces, lower case)."""

from __future__ import annotations

import re

from assistant.understanding.linear import compiled
from content_registry.jamo import compact

_ENDINGS = (
    "줘 줘요 줘라 줘봐 줘봐요 주세요 주세여 주셔요 주라 주렴 주십시오 주시오 줄래 줄래요 줄수있어 줄수있어요 줄수있나 줄수있나요 줄수있니 "
    "주실래요 주시겠어요 주시겠습니까 주실수있어요 주실수있나요 주실수있을까요 주면돼 주면좋겠어 주면좋겠는데 주기바랍니다 바랍니다 "
    "줄까 주시죠 주지 달라 달라고 다오 놔 놔줘 놓아 둬 봐 봐요 봐라 봐줘 보세요 보시죠 봐주세요 볼래 볼래요 볼까 볼까요 보자 보자고 "
    "조 저 져 쥐 쥬 주이소 주소 주게 줘봐라 줘유 줘잉 주라고 봅세 보입시다 보이소 볼라고 볼라카는데 볼려고 보려고 보렵니다 보겠습니다 볼랍니다 볼게요 볼게 "
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
    "비교하게 비교하자 비교합시다 비교하세 줘봐 줘봐요 줄래 줄래요 주시죠 주십시오 주이소 보이소 보입시다 볼라고 볼라고요 볼라고하는데 볼려고 보려고 보겠습니다 볼랍니다 가봅시다 갑시다 들어가요 들어가자 들어가줘 펴봐 펴줘 뛰워 뛰워줘 "
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
    "어떨것같아|어떨것같아요|어떨거같아|어떨거같아요|어떨것같니|어떨거같니|어떨라나|어떠려나|어땠어|어땠어요|어땠나|어땠나요|어땠지|어땠니|어땠는지|어땠습니까|어떻게됐어|어떻게됐나|어떻게됐나요|어떻게됐지|어떻게될까|어떨까|어떨까요|어떨지|어떻게되려나|어때|어때요|어떄|어떤가|어떤가요|어떠니|어떠냐|어떤지|어떤데|어떤상태야|어떻습니까|어떻지|어떻게돼|어떻게돼요|어떻게되나|어떻게되지|어떻게됩니까|어떻게되나요|"
    "몇(?:개|명|건|대|곳|군데|개소|퍼센트|퍼센튼|프로|프론|도|밀리|밀리미터|미리|미리미터|센티|미터|킬로|원|조|억|위|등|점|호|가구|번|분|종|가지|채|학교|개교|개사|피피엠|마이크로그램)?(?:이나|나|쯤|정도|씩)?"
    "(?:이었어|였어|이었지|였지|이었나|였나|이었나요|였나요|돼|되나|되나요|되지|되노|돼요|됐어|됐나|이야|야|이지|지|이죠|죠|이에요|예요|인가|인가요|인지|이니|니|나|입니까|이고|고|이냐|냐|이더라|더라|"
    "있어|있나|있지|있어요|있나요|있니|남았어|남았나|남았지|남아있어|남아있나|왔어|왔나|왔지|왔나요|왔니)?|"
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
    r"보여|보이|띄워|띄우|띄어|띠워|뛰워|떠워|틀어|켜줘|켜봐|켜주|켜라|켜다|펴줘|펴봐|펴주|줘봐|내놔|내줘|불러와|찍어줘|찍어봐|찍어주|그려줘|들어가|볼라고|보겠|보렵|볼랍|볼려고|보려고|봐봐|표시해|출력해|재생해|(?:화면|그래프|지도|표|목록|차트|그림|영상|자료)(?:으로|로|를|을|좀|하나|한번)*(?:줘|주세요|주라|줄래|주십시오|주이소|다오|가져와)|열어|올려|펼쳐|보자|볼래|볼까|볼게|봅시다|보고싶|비춰|꺼내|부탁|전환|이동|넘어가|가자|가줘|찾아"
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


_OWNER_CALLED = compiled(
    r"(?:담당|주무|소관|맡은|책임)[가-힣]{0,24}(?:전화|통화|연결|연락|바꿔|불러|대줘|대봐)[가-힣]{0,8}$"
)
_REPORT = compiled(
    r"보고서|보고자료|보고파일|업무보고|주간보고|월간보고|회의자료|발표자료|브리핑|리포트|피피티|파일|report|slides|briefing"
)
_FOLDER = compiled(
    r"(?:폴더|folder)(?:를|을|좀|로|화면|페이지|메뉴|창)*(?:한번)?(?:보여|띄워|보자|볼래|볼까|열|가|켜|펼쳐|$)"
)


def calls_owner(text: str) -> bool:
    """Whether a sentence ends in calling whoever is in charge of what it names ("노들섬 담당 부서에 전화해")."""
    return bool(_OWNER_CALLED.search(compact(text)))


def wants_a_report(text: str) -> bool:
    """Whether a sentence about the folder of reports wants one of them opened, and not the folder shown."""
    key = compact(text)
    return bool(_REPORT.search(key)) and not _FOLDER.search(key)


_PAGE = compiled(
    r"화면|페이지|메뉴|창|패널|목록|보여|보자|보고|볼래|볼까|볼게|보기|안내|소개|기능|현황|상태|내역|page|screen|menu|show|panel|settings|list"
)
_WHICH_ARE_THERE = compiled(r"목록|뭐뭐|뭐가있|뭐있|뭐가남|어떤게있|몇건|몇개|몇장|밀린|남은|쌓인|list")
_ON = compiled(r"(?:켜|시작|들어가)[가-힣]{0,5}$")
_OFF = compiled(
    r"나가|나갈|나와|나올|그만|됐어|됐다|해제|해지|종료|꺼|끄|풀어|풀자|끝|닫아|닫자|멈춰|멈추|세워|정지|중지|중단|안돌|(?:^|[^비])공개(?:모드|화면)?로|stop|off|exit|leave|end"
)
_HOME = compiled(r"메인|첫화면|홈화면|홈에|처음화면|타일|한눈에|세계속|칸|mainpage|home|tile")


def names_a_page(text: str) -> bool:
    """Whether a sentence wants the page of a function seen, and not the function."""
    return bool(_PAGE.search(compact(text)))


def wants_the_list(text: str) -> bool:
    """Whether a sentence about documents asks which there are, and not for one to be opened."""
    return bool(_WHICH_ARE_THERE.search(compact(text)))


def switches_off(text: str) -> bool:
    """Whether a sentence about a mode ends it."""
    key = compact(text)
    return bool(_OFF.search(key)) and not _ON.search(key)


def names_the_home_page(text: str) -> bool:
    """Whether a sentence speaks of the home page or of a tile on it."""
    return bool(_HOME.search(compact(text)))
