# ruff: noqa: E501  (patterns are not wrapped: one alternative list, one line)
"""Commands that name no panel, as closed patterns: what may be said without a model, and what each means.

Every pattern covers the whole sentence (compact: no spaces, no punctuation, wake word and fillers taken off), so talk
that merely contains such words does not match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.contracts import Direction, Intent, IntentName, Media
from assistant.understanding.call_words import STEERING
from assistant.understanding.forms import ADVERB, ENDING
from assistant.understanding.linear import Pattern, compiled
from assistant.understanding.numbers import WORD_EN, WORD_KO, value_of
from assistant.understanding.pages import page_in

_END = f"(?:{ENDING}{{0,2}})"
_SCREEN = "(?:화면|페이지|장면|패널|장|거|걸|것)?(?:으로|로|을|를|은|는)?"

_CHOICE = compiled(
    rf"(?:그럼|그러면|응|네|음)?(?:나는|난|저는|전)?(?:(?P<digit>[0-9]{{1,4}})|(?P<word>{WORD_KO}))"
    rf"(?P<unit>번째|번|째)?(?:거|걸|것|꺼|항목|보기|줄)?(?:으로|로|을|를|이요|요|은|는)?(?:좀)?"
    rf"(?:골라{ENDING}?|선택(?:해{_END}|할게|할게요|하자|할래|이야|입니다)?|할게|할게요|할래|할래요|하자|해{_END}|가자|갈게|부탁해|부탁해요|부탁합니다|부탁드립니다|보자|볼래|볼게|보여{_END}|"
    rf"열어{_END}|띄워{_END}|눌러{_END}|틀어{_END}|연결해{_END}|요|이요|이야|야|입니다|맞아)?"
)
_CHOICE_EN = compiled(
    r"(?:please)?(?:(?:i(?:'?ll)?)?(?:take|choose|pick|select|want|open|gowith)|give ?me|let'?sgowith)?(?:the|number|option|choice|no)*"
    rf"(?P<en>[0-9]{{1,4}}|{WORD_EN})(?:one|option|choice|item|please)*"
)
_COUNTED = ("하나", "둘", "셋", "넷", "다섯")  # number words that are no other word, said without a unit
_MONTH_OR_BUS = re.compile(r"번(?:버스|출구|국도|마을버스)")


def _command(name: IntentName, direction: Direction | None = None, media: Media | None = None) -> Intent:
    return Intent(name, direction=direction, media=media)


_N, _D = IntentName, Direction
_CALLING = (
    f"(?:을|를|로|으로|좀|지금|바로)*(?:걸어|연결해|연결|걸자|하자|하고싶어|부탁해|부탁합니다|부탁드립니다|해){_END}"
)
_OWNER = "(?:(?:여기|이거|이건|이것|이|이화면|이패널|지금|지금화면|지금보는거|지금이거|화면|해당|그)(?:의|에|은|는)?)?(?:담당|주무|소관|관할|책임)(?:하는)?(?:부서|과|실국|국|팀|자|직원|공무원|사람)?(?:분|님)?(?:하고|한테|에게|에다가|에다|이랑|에|으로|로|랑|와|과|을|를|께)?(?:얼굴보면서|좀|지금|바로|얼른|빨리|당장)*"
_UNDOING = "(?:방금|아까|조금전|좀전|마지막|이번|지금)(?:에|에한|한|했던|그|의)*(?:거|것|건|걸|꺼|명령|화면|동작)?(?:은|는|을|를|좀)?"
_HANDS = "(?:손|손짓|모션|제스처|제스쳐)(?:동작|인식|제어|조작|마우스|커서)?(?:인식|제어|조작)?(?:기능|모드|카메라)?(?:을|를|은|는|좀|이제|지금|다시)*"
_HANDS_EN = "(?:hand|hands|gesture|motion)(?:control|mouse|cursor|gestures?|recognition)"
_PATTERNS: tuple[tuple[str, Intent], ...] = (
    (
        rf"{_OWNER}(?:(?:영상|화상|음성)(?:으로|로)?)?(?:(?:(?:전화|통화|연결|연락|호출|콜)(?:한통|을|를|로|으로|좀)*){{1,2}}(?:넣어|걸어|해|하자|할래|할게|시켜|부탁해|부탁합니다|부탁드립니다|부탁드려요)?|불러|바꿔|대|이어){_END}|(?:call|phone|ring|contact|connectmeto|putmethroughto|getme)(?:the)?(?:owner|department|office|team|people|person|department|responsible|incharge|ofthis|that|who|owns|for|this|isin|charge|responsibledepartment|in)+(?:please)?",
        _command(_N.CALL),
    ),
    (
        rf"{_UNDOING}(?:취소|되돌려|되돌리|무르|물러|없던걸로|없던일로|원래대로)(?:해|하자|할래|해놔|돌려|돌려놔)?{_END}|(?:undo|revert)(?:that|this|it|thelastone)?(?:please)?|takethatback|putitback",
        _command(_N.NAVIGATE, _D.BACK),
    ),
    (
        rf"(?:영상|화상)(?:전화|통화){_CALLING}|(?:start|make|place)(?:a|the)?videocall|videocall(?:please)?",
        _command(_N.CALL, media=Media.VIDEO),
    ),
    (
        rf"(?:음성)?(?:전화|통화){_CALLING}|(?:start|make|place)(?:a|the)?(?:voice|phone)?call|(?:voice|phone)call(?:please)?",
        _command(_N.CALL, media=Media.VOICE),
    ),
    (
        rf"(?:뒤로|되돌려|되돌아|돌아|(?:바로|방금)?(?:이?전|직전|아까|방금)(?:에?보던|에?있던)?화면(?:으로|로)?|(?:아까|방금)(?:에?보던|에?있던)(?:화면|페이지|거|걸)(?:으로|로)?|뒤로돌아|앞화면으로돌아|원래대로|하나뒤로)(?:{ADVERB})*(?:가|돌아가|되돌려|돌려|보여|돌아와|가기)?{_END}|뒤로가기|goback|back|pleasegoback|backplease|return|gobackplease|previousscreen|gobacktothepreviousscreen|undo",
        _command(_N.NAVIGATE, _D.BACK),
    ),
    (
        rf"(?:전체|모든|메인)?메뉴(?:판|창|목록)?(?:좀|를|을)*(?:열어|보여|띄워|펼쳐|켜|보자|열자|보기|열기)?{_END}|(?:open|show)(?:me)?(?:the|all)*menus?(?:please)?|(?:the|main)?menus?(?:please)?",
        _command(_N.NAVIGATE, _D.MENU),
    ),
    (
        rf"(?:메인|홈|첫|처음|초기|대기|시작)(?:화면|페이지)?(?:으로|로)(?:{ADVERB})*(?:가|돌아가|이동해|이동|돌려|넘어가|보내|전환해|와|돌아와)?{_END}|gohome|home|homeplease|gotohome|gotothehome(?:page|screen)|gototheh?omescreen|homescreen|backtohome|gobackhome|mainscreen|gotothemain(?:page|screen)|takemehome",
        _command(_N.NAVIGATE, _D.HOME),
    ),
    (
        rf"다음{_SCREEN}(?:{ADVERB})*(?:가|넘겨|넘어가|보여|이동해|띄워|틀어|넘기자)?{_END}|(?:화면을?)?(?:오른쪽|우측)(?:으로)?(?:{ADVERB})*(?:넘겨|넘어가|넘기자|이동해){_END}|다음거|다음장|다음|next|nextpage|nextone|nextplease|gotothenext(?:page|one|screen)?|nextscreen|gonext|nextslide|turnthepage",
        _command(_N.NAVIGATE, _D.NEXT),
    ),
    (
        rf"(?:이전|앞|전)(?:장|쪽|페이지|거|걸|항목)(?:으로|로)?(?:{ADVERB})*(?:가|넘겨|돌려|보여|넘어가)?{_END}|이전|앞으로넘겨{_END}|(?:화면을?)?(?:왼쪽|좌측)(?:으로)?(?:{ADVERB})*(?:넘겨|넘어가|넘기자|이동해){_END}|이전(?:거|걸|장|쪽|페이지)(?:으로|로)?|previous|previouspage|previousone|prev|previousplease|gotothepreviouspage",
        _command(_N.NAVIGATE, _D.PREVIOUS),
    ),
    (
        rf"(?:화면|조금|좀더|더|살짝)?(?:위로|위쪽으로|윗쪽으로)(?:{ADVERB})*(?:올려|올라가|스크롤해|스크롤|가|움직여|이동해)?{_END}|위에(?:거|것)?보여{_END}|scrollup|up|goup|moveup|pageup|scrollupplease|scrollupabit",
        _command(_N.NAVIGATE, _D.UP),
    ),
    (
        rf"(?:화면|조금|좀더|더|살짝)?(?:아래로|아래쪽으로|밑으로|밑에쪽으로)(?:{ADVERB})*(?:더)?(?:내려|내려가|스크롤해|스크롤|가|움직여|이동해)?{_END}|(?:화면|스크롤)(?:을|좀)?내려{_END}|scrolldown|down|godown|movedown|pagedown|scrolldownplease|scrolldownabit",
        _command(_N.NAVIGATE, _D.DOWN),
    ),
    (
        rf"(?:이|지금|현재|그)?(?:화면|페이지)?(?:을|은|좀|이대로|그대로)*(?:고정|홀드|유지)(?:해|시켜|하자|부탁해)?{_END}|(?:이|지금)?화면(?:을)?(?:그대로|계속)(?:놔|둬|두|유지해)+{_END}|그대로(?:둬|있어|놔둬){_END}|holdthescreen|hold|holdit|holdthis|keepthis(?:screen)?|keepthisonthescreen|keepitthere|holdthispage|stayhere|pinthis(?:screen)?",
        _command(_N.NAVIGATE, _D.HOLD),
    ),
    (
        rf"(?:화면)?(?:고정|홀드)(?:을|좀|된거|된것)*(?:풀어|해제해|해제|해제하자|취소해|꺼){_END}|release|releasethescreen|unpin|unhold|releasethehold|unpinthescreen|letitgo",
        _command(_N.NAVIGATE, _D.RELEASE),
    ),
    (
        rf"(?:이제|인제|자|좀|아|야|그만|됐어|됐으니까|됐으니|알았으니까|알았으니|알았어|시끄러우니까|충분하니까)*(?:그만|조용히|말|말을|읽는거|읽기|소리|음성|안내|설명|얘기|이야기|그거|이거|화면|창|팝업|떠있는거)?(?:을|를|은|는|좀|그만|이제|다)*(?:멈춰|멈춰라|멈추자|멈춥시다|그만|그만해|그만하자|그만합시다|그만해도돼|그만하세요|그만하시죠|그만둬|그만말해|그만읽어|그만떠들어|그만얘기해|중지|중지해|중단|중단해|정지|정지해|스톱|스탑|조용히해|조용히하자|조용히있어|조용|닫아|닫자|닫아버려|닫기|꺼|끄자|끝내|끝내자|됐어|됐다|됐습니다){_END}|말하지마(?:세요|라)?|입다물어|시끄러워|쉿|음소거(?:해)?(?:줘|주세요|요)?|명령취소|취소할게|취소하자|취소합시다|"
        rf"(?:이제|그만|됐어|됐으니까)*(?:그만|됐어|됐어요|됐습니다|그만해|그만하자|그만둬|멈춰|중지|중지해|정지|정지해|중단해|스톱|스탑|취소|취소해|조용히해|조용|조용히|그만말해|말그만해|그만읽어|그만닫아|닫아|닫기|화면닫아|꺼|화면꺼){_END}|stop|stopit|stopplease|cancel|closeit|close|closethis|quiet|bequiet|stoptalking|shutup|nevermind|silence|pleasestop|cancelthat|thatsenough|enough",
        _command(_N.STOP),
    ),
    (
        rf"(?:(?:(?:잘|제대로)?못들었|(?:제대로)?못알아들었|놓쳤|안들렸|안들려)(?:어|어요|습니다|네|네요|는데|는데요|으니까|으니|다|거든)?|소리가(?:너무)?작아서못들었(?:어|으니까|는데)?)?(?:방금|아까|금방|조금전에|다시|한번|한번만|한번더|또)*(?:한말|했던말|말한거|한거|그거|말|내용|설명|답|대답)?(?:을|를)?(?:다시|한번|한번만|더|또|처음부터)+(?:말해|말씀해|말씀|읽어|들려|얘기해|이야기해|설명해|해|불러|알려|부탁해|부탁드려요|부탁합니다|부탁드립니다){_END}|(?:방금|아까|금방|지금)?(?:에|한말이)?(?:뭐라고|뭐라|뭐라구|뭐래|뭐라고요)(?:그랬어|그랬지|그랬니|그랬나|했어|했지|했더라|하셨어|하셨어요|하셨죠|하셨나요|하셨습니까|한거야|한거지|한거예요|말했어|말했지|그랬노)?|(?:(?:잘|제대로)?못들었|(?:제대로)?못알아들었|안들렸)(?:어|어요|습니다|네|네요|는데|는데요)|뭐라고했는지(?:다시)?(?:말해|알려|들려){_END}|(?:잘)?안(?:들려|들리네|들리는데)(?:요|다)?|(?:좀|더|조금)*(?:천천히|느리게|또박또박)(?:좀|더|다시)*(?:말해|말씀해|읽어|얘기해|이야기해|설명해){_END}|반복(?:해|하자){_END}|"
        rf"(?:방금|아까|지금)?(?:뭐라고|뭐라구|뭐랬어|뭐라고했어|뭐라고했지|뭐라그랬어|뭐라고했어요|뭐라고요)|(?:다시|한번더|한번만더|방금한말|다시한번|아까한말)(?:다시|한번|더|또)*(?:말해|말씀해|읽어|들려|얘기해|이야기해|설명해){_END}|(?:다시|한번더|한번만더|다시한번)|못들었어(?:요)?|repeat|repeatthat|repeatit|sayitagain|saythatagain|onemoretime|again|pardon|whatdidyousay|comeagain|pleaserepeat(?:that)?|canyourepeat(?:that)?",
        _command(_N.REPEAT),
    ),
    (
        rf"(?:여기서|이걸로|이거로|너|넌|너는|네가|니가|당신은|이거|여기|이화면에서|내가|제가|우리가|나는|난|서울아|아니)*(?:뭐|뭘|무엇을|무엇|무슨일을|무슨말을|어떤걸|어떤일을|어떤말을|무슨명령을|어떤명령을|어떤기능|무슨기능|할수있는게|시킬수있는게|할수있는일이|할수있는말이)(?:을|를|이|까지)?(?:좀)?(?:할수있|할줄아|시킬수있|시키면돼|시키면되|물어볼수있|물어보면돼|말할수있|말하면돼|말하면되|해야돼|해야되|하면돼|하면되|도와줄수있|있|뭐|뭔|무엇)(?:어|어요|니|나|나요|지|지요|는지|는데|는거야|는거지|야|예요|인지|있어|있나|있지|을까|습니까)?(?:알려|보여|말해|가르쳐|설명해)?{_END}|(?:도움말|사용법|사용방법|이용법|이용방법|쓰는법|쓰는방법|명령어|기능|안내)(?:목록|화면|페이지|안내)?(?:좀|을|를|이|가)*(?:알려|보여|띄워|띄우자|열어|가르쳐|설명해|필요해|말해|부탁해|부탁드려요|부탁드립니다|부탁합니다|궁금해|보자|볼래|줘|해){_END}|(?:어떻게|뭐라고|어떤식으로)(?:말하면|말해야|물어보면|시키면|써야|쓰면|해야|하면|명령하면|부르면)(?:돼|되|되나|되지|되나요|되는지|되는거야|되죠|됩니까|하지|하나|하나요|될까|될까요)(?:좀)?(?:알려|가르쳐|보여)?{_END}|"
        rf"(?:도움말|사용법|사용방법|이용방법|명령어|도움)(?:좀|을|를|이)?(?:필요해|보여|띄워|알려|열어|부탁해|목록)*{_END}|도와{ENDING}+|(?:너|넌|네가|너는)?(?:뭐|뭘|무엇을|무슨일을|어떤걸|어떤일을)(?:를)?할수있(?:어|니|나|지|어요|나요)|뭐라고말(?:해야돼|하면돼|해야해|하면되지|해야되지)|어떻게(?:쓰는거야|쓰는거지|사용해|쓰면돼|사용하는거야)|help|helpme|whatcanido|whatcanyoudo|showhelp|howdoiusethis|whatcanisay|ineedhelp|howdoesthiswork",
        _command(_N.HELP),
    ),
    (
        rf"(?:비공개|비밀|시장님?전용|프라이빗|개인)(?:모드)?(?:로|을|를|좀)?(?:켜|시작해|시작|들어가|전환해|전환|바꿔|열어|실행해|활성화해|활성화|설정해|온|가|들어가자|켜자|부탁해){_END}|(?:비공개모드|비밀모드)|(?:turnon|start|enable|enter|switchto|activate|gointo|goto)?private(?:mode)(?:on|please)?|turnprivatemodeon|얼굴인식(?:시작해|시작|해|하자|켜){_END}",
        _command(_N.PRIVATE_MODE, _D.ON),
    ),
    (
        rf"(?:비공개|비밀|프라이빗)(?:모드)?(?:을|를|좀|에서)?(?:꺼|끄자|종료해|종료|끝내|해제해|해제|나가|나가자|나와|풀어|그만|중지해|닫아|끝|오프){_END}|공개(?:모드)(?:로|으로)?(?:전환해|전환|바꿔|돌아가|가|해|켜|돌려)?{_END}|(?:turnoff|stop|disable|exit|end|leave|quit|close|deactivate|getoutof)(?:the)?privatemode|privatemodeoff|turnprivatemodeoff|publicmode",
        _command(_N.PRIVATE_MODE, _D.OFF),
    ),
    (
        rf"(?:메인|첫|이|전체)?(?:화면|패널|화면들|장면)?(?:이|을|를|들이|들을)?(?:알아서|자동으로|저절로|스스로|계속|차례대로|차례로|하나씩|번갈아|돌아가면서|시간되면)+(?:화면|패널)?(?:이|을|를)?(?:넘어가게|넘어가도록)?(?:넘어가|넘기|돌아가|돌려|바뀌|바꾸|순환하|순환되|순환|돌)(?:게|도록|면서보여주게)?(?:해|하자|시켜|켜|켜놔|만들어|설정해|놔|놔둬|부탁해)?{_END}|(?:화면|자동|패널|메인)?(?:자동)?(?:순환|로테이션|슬라이드쇼|돌아가기|자동전환)(?:모드)?(?:을|를|좀|다시|기능)*(?:시작해|시작|켜|재개해|재개|계속해|계속|돌려|틀어|해|실행해|시작하자|시켜|켜자){_END}|(?:화면)(?:을|좀|다시|계속|자동으로)*(?:돌려|순환해|순환시켜){_END}|계속돌려{_END}|(?:start|turnon|resume|enable|begin|continue)(?:the)?(?:auto|automatic|screen|timed|panel)*(?:rotation|rotating|slideshow)(?:again)?|rotate(?:the)?screens?|rotationon|startrotating(?:thescreens?)?",
        _command(_N.ROTATION, _D.ON),
    ),
    (
        rf"{_HANDS}(?:(?:다시)?켜|시작해|시작|켜자|켜기|사용해|쓰자|쓸래|쓸게){_END}|(?:turnon|switchon|enable|start)(?:the)?{_HANDS_EN}|{_HANDS_EN}on",
        _command(_N.HANDS, _D.ON),
    ),
    (
        rf"{_HANDS}(?:꺼|끄자|끄기|멈춰|멈추자|정지해|정지|중지해|중지|중단해|해제해|종료해|그만|그만해){_END}|(?:turnoff|switchoff|disable|stop)(?:the)?{_HANDS_EN}|{_HANDS_EN}off",
        _command(_N.HANDS, _D.OFF),
    ),
    (
        rf"(?:메인|이)?(?:화면|패널)?(?:이|을|를)?(?:알아서|자동으로|저절로|자꾸|계속|스스로)*(?:넘어가|돌아가|바뀌|넘기|돌|순환하)(?:는거|는것|는걸|는게)(?:은|는|을|를|좀|이제|그만)*(?:멈춰|멈추게|멈추자|꺼|끄자|세워|그만|그만해|그만하게|정지|정지해|중지해|해제해|안하게|해)?(?:해)?{_END}|(?:화면|자동|패널|메인)?(?:자동)?(?:순환|로테이션|슬라이드쇼|자동전환|돌아가는거)(?:모드)?(?:을|를|좀|이제|기능|은)*(?:멈춰|멈추|정지해|정지|꺼|그만|그만해|중지해|중지|중단해|끄자|끝내|멈추자|스톱|일시정지|잠깐멈춰|해제해|종료해|하지마){_END}|(?:화면)(?:그만|좀그만)?돌(?:리지마|려지마|아가지마)|화면그만돌려{_END}|(?:stop|turnoff|pause|disable|end|halt)(?:the)?(?:auto|automatic|screen|timed|panel)*(?:rotation|rotating|slideshow)|rotationoff|stoprotating(?:thescreens?)?",
        _command(_N.ROTATION, _D.OFF),
    ),
    (
        rf"(?:화면|지도|여기|글씨|이거|이것|그림|그래프)?(?:을|를|좀|더|조금|이부분|이쪽)*(?:확대|크게|더크게|줌인|키워|넓혀|당겨)(?:좀|더)*(?:해|보여|키워|부탁해|하자|띄워)?{_END}|(?:글씨|글자|숫자|화면|그림)(?:가|이)?(?:너무)?(?:잘)?(?:안보이니까|안보여서|안보이는데|안보여|안보인다|작아서|작으니까|작은데|작아|작다)(?:좀|더|조금)*(?:크게|확대|키워)(?:좀|더)*(?:해|보여|키워)?{_END}|zoomin|zoominplease|enlarge|bigger|makeitbigger|magnify|larger|makeitlarger|zoominabit|zoominonthis|enlargeit|zoominonthemap",
        _command(_N.ZOOM, _D.IN),
    ),
    (
        rf"(?:화면|지도|여기|글씨|이거|이것|그림|그래프)?(?:을|를|좀|더|조금)*(?:축소|작게|더작게|줌아웃|줄여)(?:좀|더)*(?:해|보여|줄여|부탁해|하자)?{_END}|zoomout|zoomoutplease|smaller|makeitsmaller|shrink|shrinkit|zoomoutabit|zoomoutonthemap",
        _command(_N.ZOOM, _D.OUT),
    ),
    (
        rf"(?:원래|처음|기본|본래)(?:크기|배율|사이즈)(?:로|으로|대로)?(?:돌려|되돌려|맞춰|해|보여|바꿔|돌아가)*{_END}|(?:확대|축소|줌|배율)(?:를|을|좀)?(?:취소|해제|초기화|원래대로|리셋)(?:해|돌려)?{_END}|resetzoom|resetthezoom|originalsize|normalsize|actualsize|zoomreset|backtonormalsize|resetsize|resettheview",
        _command(_N.ZOOM, _D.RESET),
    ),
    (
        rf"(?:지금|바로|자|이제|그럼|우리|간부들이랑|다같이|오늘|주간|월간|간부|확대간부|긴급|비상)*(?:화상|온라인|원격|영상|비대면|화상으로|온라인으로|원격으로|영상으로|비대면으로)(?:하는)?(?:회의|미팅)(?:실|방)?(?:를|을|에|로|좀|지금|바로|하나|한번|당장)*(?:시작|시작해|시작하자|시작합시다|시작할게|시작할게요|시작하시죠|열어|열자|엽시다|열게|하자|합시다|할게|할게요|할래|할래요|해|하고싶어|들어가|들어가자|들어갈게|들어갈게요|참여해|참여할게|참석할게|참석하자|준비해|소집해|입장해|입장할게|연결해|연결하자|연결부탁해|연결부탁드립니다|켜|켜자|개설해|만들어|걸어|부탁해|부탁합니다|부탁드립니다){_END}|"
        rf"(?:화상|온라인|원격|영상)?회의(?:를|을|좀|지금|바로|방)*(?:시작|시작해|열어|하자|연결해|들어가|참여해|참석할게|준비해|소집해|입장해|켜|개설해|걸어|시작하자|합시다){_END}|회의실(?:에|로)?(?:들어가|입장해|연결해|열어){_END}|화상회의|(?:화상|온라인|원격|영상)회의(?:좀)?(?:부탁해|부탁합니다|해|할래|하고싶어)?{_END}|(?:start|open|begin|join|launch|setup)(?:the|a|an)?(?:video|online)?(?:conference|meeting|videocall meeting)(?:now|please|room)?",
        _command(_N.CONFERENCE),
    ),
    (
        rf"업무지시(?:좀|를|을)?(?:하자|할게|할래|해|내릴게|내려|시작해|등록해|전달해|보내|작성해|부탁해|할거야|하고싶어|하겠습니다|입력해)?{_END}|지시(?:사항)?(?:을|를|좀)?(?:내릴게|내리자|하자|할게|할래|내려|등록해|전달해|보내|작성해|하겠습니다){_END}|(?:giv|mak|creat|send|issu|writ|start)e?(?:a|an|the)?(?:workorder|instructions?)|workorder|giveaninstruction",
        _command(_N.WORK_ORDER),
    ),
    (
        rf"(?:오늘|최근|그|이번|내|회의)?(?:보고자료|보고서|보고서류|보고문서|리포트|회의자료|보고파일)(?:를|을|좀|파일)*(?:열어|띄워|펼쳐|켜|올려|보자|열자|불러와|꺼내|틀어){_END}|(?:open|show|bringup)(?:me)?(?:the|a|my|today's|todays)*(?:report|reports|reportfile|briefing|reportmaterials?|meetingmaterials?)",
        _command(_N.OPEN_REPORT),
    ),
    (
        rf"(?:그|이|저|해당|방금|아까|첫번째)?(?:결재)?(?:문서|서류)(?:의|내용|본문|원문|를|을|좀|파일)*(?:열어|펼쳐|읽어|열람해|열람|띄워|불러와|꺼내|열자){_END}|open(?:the|this|that|a)?document|openthefile|open(?:the|this|that)?approveddocument",
        _command(_N.OPEN_DOCUMENT),
    ),
    (
        r"(?:네|예|응|어|그래|오케이|네네|응응)?(?:그래|그래요|맞아|맞아요|맞습니다|좋아|좋아요|좋습니다|좋지|그거야|그거예요|그거맞아|그거맞아요|그게맞아|바로그거야|그걸로해|그걸로해줘|그걸로해주세요|그걸로하자|그걸로하지|그걸로할게|그걸로가자|그렇게해|그렇게해줘|그렇게해주세요|그렇게하자|그렇게하지|그렇게합시다|그렇게하세요|그렇게진행해|그대로해|그대로해줘|그대로진행해|진행해|진행해줘|진행해주세요|진행하자|진행합시다|진행하세요|해줘|해주세요|하세요|하자|부탁해|부탁해요|부탁합니다|부탁드립니다|보내|보내줘|연결해|연결해줘|계속해|계속하자|당연하지|물론이지|물론입니다|확실해|그러세요|그러자|그러지뭐|그럽시다|상관없어그렇게해)(?:요)?|"
        r"(?:네|예|응|어|그래|그래요|맞아|맞아요|맞습니다|좋아|좋아요|좋습니다|그렇게해|그렇게해줘|그렇게해주세요|그렇게하자|그러자|그럽시다|그렇지|그렇습니다|그렇죠|오케이|오키|오케|콜|당연하지|물론|물론이지|물론이죠|진행해|진행해줘|진행해주세요|진행하자|확인했어|승인|수락|받아|받을게|ok|okay|yes|yeah|yep|yup|sure|correct|right|that'?sright|goahead|doit|confirm|ofcourse|pleasedo|yesplease|soundsgood|네네|응응|예예|어맞아|응맞아|네맞아요|네맞습니다|예맞습니다|응그래|네그래요|네좋아요|응좋아|네그렇게해주세요|응그렇게해)",
        _command(_N.CONFIRM),
    ),
    (
        r"(?:아니|아니요|아뇨|아니야|아니에요|아닙니다|노|됐어|됐어요)(?:아니|아니요|그냥|지금|이제|그건|그거|그게|이건|이거|그럴|내가말한건|말한건|그런거)*(?:아니야|아니에요|아니고|아니지|아니라고|아닙니다|아닌데|아닌데요|아니라니까|말고|필요없어|필요없어요|안돼|안돼요|안됩니다|싫어|싫어요|괜찮아|괜찮아요|괜찮습니다|됐어|됐어요|됐습니다|됐다|취소|취소해|취소해줘|그만둬|그만두자|그만할래|보내지마|보내지마세요|보내지말아줘|걸지마|걸지마세요|열지마|하지않을래|안할거야|안할게|생각없어|잘못됐어|잘못들었어|다른거|다른거야|다른걸로)(?:요)?|(?:그건|그거|그게|이건|이거|그런거)(?:아니야|아니에요|아닙니다|아니지|아닌데|아닌데요|아니라고|아니라니까)|(?:잘못|틀리게)(?:들었어|들었네|알아들었어|알아들었네|이해했어|이해했네)(?:요)?|"
        r"(?:아니|아니요|아뇨|아니야|노|아이다)?(?:그냥|이제|됐고|그거|그건)?(?:안할래|안할래요|안할란다|안할게|안할게요|안해|안합니다|안해도돼|하지마|하지마요|하지마세요|하지마라|하지말아줘|하지말자|관둬|관두자|그만두자|아닌데|아닌데요|아니라고|틀렸어|틀렸는데|틀렸어요|그거아니야|그거아니라고|그게아니야|그게아니고|그거말고|싫은데|싫은데요)|(?:아니|아니요|아뇨|아니오|아니야|아니에요|아닙니다|아냐|노|싫어|싫어요|하지마|하지마요|하지마세요|그게아니야|그거아니야|그거아니에요|그거말고|그건아니야|안돼|안해|안할래|필요없어|필요없어요|괜찮아요됐어|틀렸어|틀려|거절|거절해|거절할게|no|nope|nah|nothanks|nothankyou|don'?t|dont|donot|wrong|incorrect|that'?snotit|thatsnotright|notthat|nonotthat|아니그거말고|아니됐어|아니요됐어요|아니하지마|아니괜찮아|아니요괜찮습니다|아니요괜찮아요)",
        _command(_N.DENY),
    ),
)
_COMPILED: tuple[tuple[Pattern, Intent], ...] = tuple(
    (compiled(pattern), intent) for pattern, intent in (*STEERING, *_PATTERNS)
)


def match_command(keys: Iterable[str]) -> Intent | None:
    """The command that one of the given forms of a sentence (compact, lower case) is, or None."""
    for key in keys:
        for pattern, intent in _COMPILED:
            if pattern.fullmatch(key):
                return intent
        page = page_in(key)
        if page is not None:
            return Intent(IntentName.NAVIGATE, choice=page)
        choice = match_choice(key)
        if choice is not None:
            return Intent(IntentName.CHOOSE, choice=choice)
    return None


def match_choice(key: str) -> int | None:
    """The number chosen by a whole sentence such as "2번", "두번째걸로", "number two"; None if it is none."""
    if _MONTH_OR_BUS.search(key):
        return None
    found = _CHOICE.fullmatch(key)
    if found and (found["digit"] or found["unit"] or found["word"] in _COUNTED):
        return value_of(found["digit"] or found["word"])
    english = _CHOICE_EN.fullmatch(key)
    return value_of(english["en"]) if english else None
