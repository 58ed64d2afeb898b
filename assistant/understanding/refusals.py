# ruff: noqa: E501  (patterns are not wrapped: one alternative list, one line)
"""Why a sentence is not obeyed, whatever a model thinks of it. Pure text rules: negation, remarks, bare verbs, machine
syntax, offices that nobody knows.

They judge a reading that was already made: "미세먼지 보여주지 마" names a panel and a verb of showing, and wants neither.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.contracts import Direction, Intent, IntentName
from assistant.understanding.call_words import calls_a_stranger, only_talks_of_calls
from assistant.understanding.forms import ENDING
from assistant.understanding.linear import compiled
from assistant.understanding.statements import recalls, tells
from content_registry.jamo import compact

NEGATED = "negated"
NOT_A_SENTENCE = "not-a-sentence"
UNKNOWN_DEPARTMENT = "unknown-department"
VOLUME = "volume"

_LOUDNESS = compiled(
    r"(?:서울아|저기|좀|제발|더|조금|네|니|너)*(?:(?:목소리|소리|음성|볼륨|음량|말소리|스피커)(?:를|을|가|이|은|는|좀|더|조금|너무|만|다|으로)*"
    r"(?:크게|작게|높게|낮게|높여|높이|낮춰|낮추|키워|키우|줄여|줄이|올려|내려|작아|작다|커|크다|크네|작네|최대로|최소로|업|다운)[가-힣]{0,8}"
    r"|(?:잘|안들려|안들리니까|안들려서|너무)*(?:크게|작게|큰소리로|작은소리로|큰목소리로|작은목소리로)(?:좀|더)*(?:말|얘기|이야기|읽어|대답|안내|설명)[가-힣]{0,8})"
    r"|(?:please|speak|talk|alittle|abit|more|much)*(?:louder|quieter|softer|speakup|volumeup|volumedown)(?:please)?|(?:please)?turn(?:the)?(?:volume|sound|voice|it)(?:up|down)(?:please)?|(?:please)?turn(?:up|down)(?:the)?(?:volume|sound|voice)(?:please)?"
)


def is_about_loudness(text: str) -> bool:
    """Whether a sentence wants the voice louder or softer, which is set at the screen and not by a command."""
    return bool(_LOUDNESS.fullmatch(compact(text)))


_MACHINE = re.compile(r"^\s*/|[{}<>$;|`\\]")


def is_machine_syntax(text: str) -> bool:
    """Whether a text is written for a machine: a command with a slash, markup, a shell's or a query's signs."""
    return bool(_MACHINE.search(text))


_SHOWING = "(?:보여|보이|보자|보고|볼|봐|띄우|띄워|틀|켜|열|알려|말해|읽|들려|연결|전화|통화|올려|펼쳐)"
_CANCEL = "(?:됐어|됐다|됐습니다|됐고|그만|취소|괜찮|안해도|안봐도|관둬|관두자|말자|말아|필요없|하지마)"
_POLITE = "(?:요|줘|줘요|주세요|해|해줘|해주세요|어|아|어요|아요|습니다|지금|이제|좀|그냥|일단)*"
_NEGATED_KO = compiled(
    # "...지 마", "...지 말아 줘", "...지 않아도 돼" at the end of the sentence
    rf"지(?:는|도|를|좀)?(?:마|마라|마세요|마십시오|마시오|마시고|마셔|말고|말아|말아라|말자|말라|말라고|말도록|맙시다|말고요){_POLITE}$"
    r"|지(?:는|도)?않아도(?:돼|되|됩|괜찮)[가-힣]{0,4}$|지않(?:는|은)"
    # "그만 보여줘", "그만 보자", "굳이 안 봐도 돼"
    rf"|(?:그만|더이상)(?:좀)?{_SHOWING}(?:{ENDING}|래|게|까|도|돼|돼요|됩니다|되겠어|될것같아|괜찮아|괜찮아요)*$"
    rf"|안{_SHOWING}[가-힣]{{0,3}}도(?:돼|되|됩|괜찮)[가-힣]{{0,4}}$"
    rf"|필요(?:가|는|도)?없{_POLITE}(?:네|다|는데|겠어|겠다)?$|보기싫[가-힣]{{0,3}}$|고싶지(?:가|는|도)?않[가-힣]{{0,3}}$"
    # "보여줘 아니 됐어"
    rf"|(?:아니|아니야|아니다|아냐|에이)(?:그냥|이제)?{_CANCEL}[가-힣]{{0,4}}$|(?:줘|세요|보자)(?:취소|됐어|됐다|관둬|아니다|아니야){_POLITE}$"
)
_NEGATED_KO_SPACED = re.compile(r"(?:^|\s)안\s?(?:볼래|볼게|봐|보여\s?줘|띄워\s?줘|틀어\s?줘|열어\s?줘)요?[.!~ ]*$")
_WANT_EN = r"(?:ever |want to |wanna |need to |like to |have to |you dare )*"
_VERB_EN = r"(?:show|display|open|put|bring|pull|play|see|view|look|switch|go|call|phone|dial|ring|connect|start|begin|join|tell|give|turn|move|zoom)"
_NEGATED_EN = re.compile(
    rf"\b(?:don['’]?t|do not|never|no need to|needn['’]?t|shouldn['’]?t|should not|not to) {_WANT_EN}{_VERB_EN}\b"
    rf"|\bstop (?:showing|displaying|playing|calling)\b|\b(?:never ?mind|forget it|cancel that|cancel it|no cancel)[.! ]*$",
    re.I,
)
_KEPT_ON = compiled(
    rf"(?:끄|멈추|끝내|종료하|중지하|중단하|정지하|닫|풀|해제하)지(?:는|도|좀)?(?:마|말)(?:라|세요|십시오|고|아|아라|자)?{_POLITE}$"
)
_STANDS = frozenset({IntentName.STOP, IntentName.DENY})
_STANDING_DIRECTIONS = frozenset({Direction.HOLD, Direction.RELEASE, Direction.OFF})


def is_negated(text: str) -> bool:
    """Whether a sentence says not to do what it names ("보여주지 마", "don't show ...") or takes it back at its end."""
    return bool(_NEGATED_KO.search(compact(text)) or _NEGATED_KO_SPACED.search(text) or _NEGATED_EN.search(text))


def negation_forbids(intent: Intent, text: str) -> bool:
    """Whether a negated sentence cannot mean this intent. Stopping, denying, holding and switching off can be said by
    a negation ("화면 바꾸지 마"), unless it is these that are negated ("끄지 마")."""
    if not is_negated(text):
        return False
    if _KEPT_ON.search(compact(text)) or re.search(r"지\s*않[는은]", text):
        return intent.name is not IntentName.DENY and intent.direction is not Direction.HOLD
    return intent.name not in _STANDS and intent.direction not in _STANDING_DIRECTIONS


_BARE = compiled(
    rf"(?:서울아|seoula|hey|please|저기|좀|한번|빨리|지금|음|어|제발|이제|자|나|요)*"
    rf"(?:(?:보여|띄워|틀어|알려|해){ENDING}{{0,2}}|보자|볼래|볼까|어때|어때요|얼마야|얼마예요|궁금해|뭐야|안녕|안녕하세요|안녕하십니까|반가워|반갑습니다|고마워|고맙습니다|감사합니다|"
    rf"hello|hi|hey|goodmorning|goodafternoon|goodevening|thanks|thankyou|thankyouverymuch|show|showme|tellme|open|display|showit|let'?ssee)(?:서울아|좀|요|please|seoula|me)*"
)
_READABLE = re.compile(r"[가-힣A-Za-z0-9]")
_PARTING = compiled(
    r"(?:그럼|그래|자|네|응)?(?:우리)?(?:다음|담|나중|이따|이따가|내일|모레|또|다음주|조만간)(?:에|번에)?(?:또|다시|꼭)?(?:보자|봐|봐요|보자고|봅시다|뵈어요|봬요|뵙겠습니다|뵐게요|만나|만나자|만나요)(?:요)?"
)
_REMARK = compiled(
    # a plain statement ("지겹다", "많다"): wishes end otherwise, or in one of the words that _WISHED names
    r"(?:지겹|지루하|지겨웠|힘들|피곤하|귀찮|재미없|재밌|재미있|많|적|좋|나쁘|싫|어렵|쉽|길|짧|비싸|심하|바쁘|시끄럽|답답하|멋지|예쁘)(?:었|았|겠|더라|네|구나)?(?:다|네|네요|구나|더라|더라고)$"
    r"|(?:지겨워|지겨웠어|지루해|힘들어|피곤해|귀찮아|재미없어|재밌어|재밌었어|싫어|싫다)(?:요)?$"
)
_TOO_MUCH = compiled(r"(?:너무|정말|진짜|엄청|되게|왜이렇게)(?:나)?[가-힣]{1,4}(?:아|어|해|워|려|파|네|다)(?:요)?$")
_RECOLLECTION = compiled(
    r"(?:을때|났을때|할때|했을때|볼때|때)(?:는|에)?(?:너|넌|너는|당신은|당신|다들|우리)?(?:어디|뭐|뭘|누구|누구랑|어떻게)[가-힣]{0,4}(?:었|았|했|갔|왔|냈)(?:어|니|나|지|냐|었어|었니)(?:요)?$"
)
_ACTIONS = frozenset(
    {
        IntentName.CALL,
        IntentName.CONFERENCE,
        IntentName.WORK_ORDER,
        IntentName.OPEN_REPORT,
        IntentName.OPEN_DOCUMENT,
        IntentName.PRIVATE_MODE,
        IntentName.ROTATION,
    }
)


def says_nothing(text: str) -> bool:
    """Whether a sentence names nothing at all: a bare verb ("보여줘"), a greeting, a parting, a script nobody reads."""
    key = compact(text)
    return not _READABLE.search(key) or bool(_BARE.fullmatch(key) or _PARTING.fullmatch(key))


def is_fragment(text: str) -> bool:
    """Whether a text is a scrap of Korean, one to three syllables: what is left of talk when a recogniser cuts it."""
    key = compact(text)
    return len(key) <= 3 and not key.isascii() and not any(char.isdigit() for char in key)


_NEXT_TOPIC = compiled(
    r"다음(?:번)?(?:안건|순서|발표|주제|질문|의제|발언|차례|강연|코너|시간|사람|분|정거장|정류장|단계|과제|발제|토론|논의)"
)
_SCREEN = compiled(r"화면|페이지|장|슬라이드|패널|쪽")


def is_remark(intent: Intent, text: str) -> bool:
    """Whether a sentence only talks about what this intent would do ("회의는 이제 지겹다", "지시가 너무 많아")."""
    key = compact(text)
    if intent.name is IntentName.CALL and intent.direction is None and only_talks_of_calls(text):
        return True
    acts = intent.name in _ACTIONS or (intent.panel or "").startswith("fn-")
    if acts and (_REMARK.search(key) or _TOO_MUCH.search(key)):
        return True
    if intent.name is IntentName.NAVIGATE and _NEXT_TOPIC.search(key) and not _SCREEN.search(key):
        return True  # a chair goes on to the next item
    shown = intent.name in (IntentName.SHOW_PANEL, IntentName.ASK_VALUE)
    return (shown or acts) and (bool(_RECOLLECTION.search(key)) or tells(text) or recalls(text))


_OTHER_DEVICE = re.compile(
    r"(?:^|\s)(?:에어컨|냉장고|냉장실|냉동실|보일러|세탁기|건조기|청소기|로봇청소기|공기청정기|가습기|선풍기|전자레인지|텔레비전|티브이|채널|볼륨|인터폰|현관|거실|안방|블라인드|커튼|조명|전등|노트북|프린터|"
    r"메일|이메일|카톡|카카오톡|알람|타이머|달력|스케줄|유튜브|넷플릭스|구글|네이버|노래|라디오|환율|주가|주식|코스피|코스닥|비트코인|로또|운세|맛집|배달|약국|편의점|항공권|기차표|영화표)"
    r"(?=[가-힣]{0,3}(?:\s|[.,!?]|$))"
    r"|^(?:서울아\s+)?(?:내|오늘|내일|모레|이번 ?주|다음 ?주|주말)?\s*(?:오전|오후)?\s*(?:일정|약속)(?:이|을|은)?\s*(?:뭐|뭔|몇|알려|보여|확인|있|읽|말|좀)"
    r"|\b(?:lights?|alarm|timer|music|song|pizza|taxi|email|netflix|youtube|stock price|exchange rate|restaurant)\b",
    re.I,
)
_OTHER_WORK = compiled(
    rf"(?:추가|설정|예약|삭제|저장|다운로드|백업|번역|주문|결제|전송|구매|예매|충전|복사|출력|인쇄)(?:을|를|좀)?(?:해|하|시켜){ENDING}{{0,2}}(?:요)?$"
)


def is_for_others(intent: Intent, text: str, names: Sequence[tuple[int, int]] = ()) -> bool:
    """Whether a sentence asks another device, service or person for something that a wall cannot do. `names`: where
    panels' own names stand in it, whose words mean no device."""
    if intent.name not in (IntentName.SHOW_PANEL, IntentName.ASK_VALUE, IntentName.PRIVATE_MODE):
        return False
    devices = [found.span() for found in _OTHER_DEVICE.finditer(text)]
    others = [(a, b) for a, b in devices if all(b <= start or end <= a for start, end in names)]
    return bool(others) or bool(_OTHER_WORK.search(compact(text)))


_OFFICE = re.compile(
    r"(?:^|\s)[가-힣]{2,}(?:과|국|실|본부|센터|팀|담당관)(?:장님|장)?(?:에다가|에다|에게|에|로|으로|한테|께|이랑|랑|하고)?\s*"
    r"(?:좀\s*|지금\s*|바로\s*)?(?:$|\s|전화|통화|영상|음성|화상|연결)"
)
_CALL_PANELS = frozenset({"fn-video-call", "fn-voice-call"})


def lacks_known_office(intent: Intent, text: str) -> bool:
    """Whether a call without a department goes, by the sentence's words, to an office that the registry lacks."""
    calls = intent.name is IntentName.CALL or intent.panel in _CALL_PANELS
    strange = bool(_OFFICE.search(text)) or calls_a_stranger(text)
    return calls and intent.department is None and intent.direction is None and strange
