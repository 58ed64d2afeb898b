# ruff: noqa: E501  (patterns are not wrapped: one alternative list, one line)
"""The grammar of frames: what may stand around names in a sentence that is known as a whole.

A frame is a compact sentence with one sign for each of its names; every pattern here covers a frame from end to end.
"""

from __future__ import annotations

import re

from assistant.contracts import IntentName
from assistant.understanding.forms import ADVERB, ASKED_KO, DISPLAY_KO, ENDING, TELL_KO
from assistant.understanding.linear import Pattern, compiled
from assistant.understanding.reading import DEPARTMENT, DISTRICT, PANEL

FILLER = (
    "(?:서울아|저기요|저기|있잖아|있지|그럼|그러면|그리고|음|어|그|저|자|아|야|이제|이번엔|이번에는|이번에|다음은|다음으로|일단|우선|혹시|미안한데|죄송한데|"
    "빨리|얼른|나|우리|현재|지금|오늘|실시간|요즘|서울시|서울의|서울|시장님|다시|잠깐|잠시|한번|please|hey|okay|ok|now|and)"
)
PRE = f"{FILLER}*"
NAME_JOSA = "(?:쪽에|쪽|지역의|지역|일대|근처의|근처|주변의|주변|에서는|에서|에는|에|의|은|는|만|도|이|가)?"
NOUN = "(?:현왕|현항|혀황|상항|현황판|그래프|수치|추이|추세|동향|변화|기록|예보|순위|실적|현황|상황|화면|지도|정보|데이터|수치|농도|지수|자료|페이지|패널|메뉴|차트|그래프|목록|통계|상태|값|창|표|쪽|거|것|그거|기능|내용|실시간|전체|사업|분석결과|결과)"
JOSA = "(?:으로|로|을|를|은|는|이|가|도|만|좀|요|의|에|이랑)?"
WHAT = f"{PANEL}(?:의)?{NOUN}{{0,2}}{JOSA}"
WHERE = f"(?:{DISTRICT}{NAME_JOSA})"
MIDDLE = f"(?:{ADVERB}|{FILLER})*"
SUBJECT = f"(?:{PRE}{WHERE}?{MIDDLE}{WHAT}|{PRE}{PANEL}(?:의)?{NOUN}{{0,2}}{JOSA}{MIDDLE}{WHERE}{NOUN}?{JOSA})"
TAIL = "(?:서울아|요|좀|지금|빨리|please|now)*"
AND = "(?:이랑|랑|하고|과|와|그리고|및|또는|또|이나|나|아니면|혹은|도|의)"
SIDE = f"(?:{DISTRICT}{NAME_JOSA})"
SEVERAL = compiled(
    f"{PRE}(?:{SIDE}(?:{AND}{{0,2}}{SIDE})*)?{MIDDLE}{PANEL}(?:의)?{NOUN}{{0,2}}(?:{AND}{{1,2}}{FILLER}?{SIDE}?{PANEL}{NOUN}{{0,2}})*"
    f"{JOSA}(?:같이|함께|나란히|동시에|둘다|모두|다|비교해서|{ADVERB}|{FILLER})*(?:{DISPLAY_KO}|{ASKED_KO}|{TELL_KO}){{1,2}}{TAIL}"
)
SHOW = compiled(
    f"{SUBJECT}{MIDDLE}(?:{DISPLAY_KO}|{DISPLAY_KO}{MIDDLE}{DISPLAY_KO})?{TAIL}|{PRE}(?:보여줘|띄워줘|틀어줘|열어줘){SUBJECT}"
)
ASK = compiled(f"{SUBJECT}{MIDDLE}(?:지금|현재|오늘)*(?:{ASKED_KO}|{TELL_KO}|{ASKED_KO}{TELL_KO}){TAIL}")

_ADJECTIVE = (
    "(?:심|높|낮|많|적|좋|나쁘|나쁜|나빠|괜찮|깨끗|더럽|더러|막히|막혀|밀리|밀려|붐비|붐벼|혼잡|한산|복잡|위험|안전|비싸|비싼|싸|싼|춥|추워|덥|더워|흐리|흐려|맑|빠르|느리|강|약|세|"
    "늘|줄|올랐|내렸|올라|떨어|남|남아있|있|충분|부족|모자라|잘되|잘돼|잘나오|정상)"
)
STATE_ASKED = compiled(
    f"{SUBJECT}{MIDDLE}(?:지금|현재|오늘|많이|아직|더|얼마나|어느정도|그렇게|좀)*{_ADJECTIVE}[가-힣]{{0,4}}(?:나|나요|니|냐|가|가요|까|까요|ㄴ가|ㄴ가요|지요|죠){TAIL}"
)
STATE = compiled(
    f"{SUBJECT}{MIDDLE}(?:지금|현재|오늘|많이|아직|더|얼마나|어느정도|그렇게|좀)*{_ADJECTIVE}[가-힣]{{0,3}}(?:아|어|해|빠|려|워|혀|벼|싸|라|지|네)(?:요)?{TAIL}"
)
_BESIDE = f"{SIDE}(?:{AND}{{0,2}}{FILLER}?{SIDE})+"
_AMONG = "(?:둘|두곳|두구|두군데)?(?:중에서|중에|중|가운데|간에|간|사이에|사이)?"
_DIFFER = f"(?:비교(?:를|해서|하면|해보면)?|차이(?:를|가|는)?|어디가|어느쪽이|어느구가|어느곳이|어느동네가|누가|뭐가|어디|{ADVERB}|{FILLER}|더|제일|가장|훨씬|같이|함께|나란히|동시에|둘다|각각|모두|다)*"
_MORE = f"(?:{DISPLAY_KO}|{ASKED_KO}|{TELL_KO}|{_ADJECTIVE}[가-힣]{{0,4}}|해{ENDING}{{0,2}}|하(?:게|세|자|자고|죠|지)|합시다|나{ENDING}?)"
COMPARE = compiled(
    f"{PRE}(?:{_BESIDE}{_AMONG}{MIDDLE}(?:어디가|어느쪽이|누가)?{PANEL}(?:의)?{NOUN}{{0,2}}{JOSA}|{PANEL}(?:의)?{NOUN}{{0,2}}{JOSA}{MIDDLE}{_BESIDE}{_AMONG})"
    f"{_AMONG}{JOSA}{_DIFFER}{_MORE}{{0,2}}{TAIL}"
)

_EN_PRE = "(?:hey|seoul|seoula|please|now|ok|okay|can|could|would|will|you|i|'?d|like|to|want|wanna|let|me|us|'?s|just|so|and)*"
_EN_VERB = (
    "(?:show|display|open|bringup|pullup|puton|put|switchto|goto|see|view|lookat|takemeto|navigateto|gimme|give|play)"
)
_EN_ART = "(?:me|us|the|a|an|our|your|up|page|panel|screen|of|for|to|live|current|latest|today|todays|on)*"
_EN_TAIL = "(?:please|be|now|page|panel|screen|map|onthewall|onthescreen|onthebigscreen|onscreen|up|today|thanks|rightnow|data|status|info|information|for|in|of|at|the|district|again)*"
EN_SHOW = compiled(
    f"{_EN_PRE}(?:{_EN_VERB}{_EN_ART}(?:{DISTRICT}(?:s)?)?{PANEL}{_EN_TAIL}(?:{DISTRICT}{_EN_TAIL})?|{PANEL}(?:please|now|page|map)*(?:(?:in|of|for|at)*{DISTRICT})?(?:please|now)*|{DISTRICT}(?:s)?{PANEL}(?:please)?)"
)
EN_SEVERAL = compiled(
    f"{_EN_PRE}{_EN_VERB}?{_EN_ART}{PANEL}(?:(?:and|with|plus|or|also|&)+{_EN_ART}{PANEL})+(?:together|{_EN_TAIL})(?:{DISTRICT}{_EN_TAIL})?"
)
EN_ASK = compiled(
    f"{_EN_PRE}(?:what'?s|what(?:is|are|was|were|willbe)|how(?:is|are|was|were|will|'?s)|how(?:much|many|high|bad)(?:is|are|was|were)?|tell|willthe|will)(?:{_EN_ART}|today'?s|current|level|value)*(?:{DISTRICT}(?:s)?)?{PANEL}(?:level|levels|like|now|today|rightnow|index|concentration|doing|looking|number|value|figure|rate)*(?:(?:in|at|of|for|near|around)*{DISTRICT})?(?:like|now|today|please|rightnow)*"
)

EN_COMPARE = compiled(
    f"{_EN_PRE}(?:compare|{_EN_VERB})?{_EN_ART}(?:{PANEL}{_EN_TAIL}(?:between|for|of|in|at)*{DISTRICT}(?:(?:and|with|to|versus|vs|or|against)+{DISTRICT})+|{DISTRICT}(?:(?:and|with|to|versus|vs|or|against)+{DISTRICT})+(?:by|for|on|in|s)*{_EN_ART}{PANEL})"
    f"(?:sidebyside|nexttoeachother|together|compared|{_EN_TAIL})"
    f"|(?:which|where|who)(?:is|has|one|district|of|the|s)*(?:worse|better|higher|lower|more|bad|cleaner|busier|less)?{_EN_ART}{PANEL}{_EN_TAIL}(?:worse|better|higher|lower)?(?:in|between)?{DISTRICT}(?:(?:and|or)+{DISTRICT})+"
)

_CALL_MEDIUM_VIDEO = "(?:영상|화상|비디오|얼굴보면서|얼굴보고)"
_CALL_MEDIUM_VOICE = "(?:음성|목소리|보이스)"
_CALL_THING = f"(?:(?:{_CALL_MEDIUM_VIDEO}|{_CALL_MEDIUM_VOICE})(?:으로|로)?(?:전화|통화|콜)?|전화|통화|유선)"
_CALL_VERB = (
    f"(?:(?:연결|전화|통화|호출|콜)(?:을|를|좀)*(?:해|시켜|부탁해|부탁드려요|부탁드립니다|부탁합니다|부탁|하자|할래|할게|하고싶어|되나|돼|될까|가능해)?{ENDING}{{0,2}}|"
    f"(?:걸어|불러|바꿔|이어|대|넣어|때려){ENDING}{{0,2}}|걸자|걸까|걸고싶어|부탁해|부탁드립니다|부탁합니다)"
)
_WHO = f"{DEPARTMENT}(?:장|장님|담당자|담당|직원|당직자|당직|팀|부서|국장님|국장|실장님|실장|본부장님|본부장|과장님|과장)?(?:님)?(?:에게|한테|에다가|에다|이랑|하고|에|으로|로|와|과|랑|을|를|좀|쪽에|쪽으로|쪽|의|께)?"
_ABOUT = f"(?:{PANEL}(?:때문에|관련해서|관련해|관련|문제로|건으로|일로|담당부서|담당|에대해|의|으로|로)*)?"
CALL = compiled(
    f"{PRE}{_ABOUT}{MIDDLE}(?:{_WHO}{MIDDLE}(?:{_CALL_THING})?(?:을|를|로|으로|좀)*{MIDDLE}{_CALL_VERB}|{_WHO}{MIDDLE}{_CALL_THING}(?:을|를)?(?:좀)?|"
    f"{_CALL_THING}(?:을|를|로|으로|좀)*{MIDDLE}{_WHO}{MIDDLE}{_CALL_VERB}){TAIL}"
)
EN_CALL = compiled(
    f"{_EN_PRE}(?:(?:place|make|start|set ?up|give)?(?:a|me)?(?:video|voice|phone)?(?:call|phone|dial|ring|contact|connect|facetime|callto|connectto|putmethroughto)(?:me|us)*(?:to|with|the|a|up)*{DEPARTMENT}"
    f"(?:department|office|bureau|team|division|headquarters|on|by|with|over|via|through|a|the|video|voice|phone|call|please|now|audio)*)"
)
VIDEO_WORD = re.compile(r"영상|화상|비디오|얼굴|video|face")
VOICE_WORD = re.compile(r"음성|목소리|전화|통화|유선|voice|phone|audio|dial|ring")

_LEVEL = f"{PRE}{WHERE}?{MIDDLE}(?:한강|하천|강|강물|중랑천|탄천|안양천|양재천)?(?:의)?수위{NOUN}?{JOSA}{MIDDLE}"
_WEATHER = f"{PRE}{WHERE}?{MIDDLE}(?:밖에|여기|거기)?{MIDDLE}"
_FALLS = (
    "(?:얼마나|얼마|어느정도|많이|몇(?:밀리미터|미리미터|밀리|미리|센티미터|센치미터|센티|센치)(?:이나|나|정도|쯤)?)"
)
_FALLS_NOW = "(?:올까|올까요|오려나|올라나|내릴까|내릴까요|올것같아|올거같아|올것같아요|올거같아요|와|와요|오나|오나요|오니|옵니까|내려|내려요|내리나|내리나요|오고있어|오고있나|오고있나요|오는중이야)"
_FELL = "(?:왔어|왔나|왔지|왔니|왔어요|왔나요|왔습니까|내렸어|내렸나|내렸지|내렸어요|내렸나요|내렸습니까|쌓였어|쌓였나|쌓였나요|와|와요|오나|내려)"


def _falling(what: str) -> Pattern:
    return compiled(f"{_WEATHER}{what}(?:이|가|는|은)?{MIDDLE}(?:{_FALLS_NOW}|{_FALLS}{MIDDLE}{_FELL})")


_DEGREES = "(?:야|예요|지|죠|나|니|냐|고|인가|인가요|입니까|나돼|나되나|나되나요|나되노|쯤돼|쯤되나|쯤이야|까지올라가나|까지올라가|까지떨어져|까지내려가)"
SPOKEN = (
    (compiled(f"{_LEVEL}(?:{ASKED_KO}|{TELL_KO}|{ASKED_KO}{TELL_KO}){TAIL}"), "flood-risk", IntentName.ASK_VALUE),
    (compiled(f"{_LEVEL}{DISPLAY_KO}{TAIL}"), "flood-risk", IntentName.SHOW_PANEL),
    (
        compiled(f"{_WEATHER}(?:바깥|밖|기온|온도)?(?:이|가|은|는)?{MIDDLE}몇도{_DEGREES}{TAIL}"),
        "temperature-wind",
        IntentName.ASK_VALUE,
    ),
    (_falling("비"), "rainfall", IntentName.ASK_VALUE),
    (_falling("눈"), "snowfall", IntentName.ASK_VALUE),
)
"""What people ask about without a panel's name, as closed patterns, with the panel that answers."""
