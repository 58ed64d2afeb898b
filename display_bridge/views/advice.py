"""What people should do in a disaster, by its words. General advice of the national guidelines, in our own words."""

from __future__ import annotations

Line = tuple[str, str]
"""Korean, English."""

_BY_HAZARD: tuple[tuple[tuple[str, ...], tuple[Line, ...]], ...] = (
    (("화재", "연기", "산불"), (
        ("창문과 문을 닫고, 젖은 수건으로 코와 입을 가립니다", "Close windows and doors, cover your nose and mouth"),
        ("승강기 대신 계단으로, 낮은 자세로 대피합니다", "Leave by the stairs, low to the floor; do not take the lift"),
        ("소방차가 지나가도록 현장 주변 도로를 비웁니다", "Keep the streets around clear for fire engines"),
    )),
    (("지진", "진도"), (
        ("탁자 아래에서 머리를 보호하고, 흔들림이 멈추면 나갑니다", "Protect your head, leave when the shaking stops"),
        ("가스와 전기를 끄고 계단으로 이동합니다", "Turn off gas and power, take the stairs"),
        ("건물과 담장에서 떨어진 넓은 곳으로 갑니다", "Go to an open place away from buildings and walls"),
    )),
    (("호우", "하천", "침수", "홍수", "수위", "폭우", "태풍"), (
        ("하천·계곡·지하차도에 들어가지 않습니다", "Stay out of streams, valleys and underpasses"),
        ("지하 공간에 물이 들어오면 바로 밖으로 나갑니다", "Leave basements at once when water comes in"),
        ("차가 물에 잠기기 전에 버리고 높은 곳으로 갑니다", "Leave your car before it floods and go to higher ground"),
    )),
    (("공습", "경보", "미사일", "대피령"), (
        ("가까운 지하 대피소로 이동합니다", "Go to the nearest underground shelter"),
        ("계단을 이용하고 낙하물을 조심합니다", "Use the stairs and watch for falling objects"),
        ("방송과 안내 문자를 계속 확인합니다", "Keep following broadcasts and messages"),
    )),
    (("붕괴", "구조", "폭발", "가스"), (
        ("현장에 다가가지 않고 통제선 밖에 머뭅니다", "Stay outside the cordon"),
        ("구급차와 구조대가 지나갈 길을 비웁니다", "Keep the way clear for rescue crews"),
        ("추가 위험이 보이면 119에 알립니다", "Call 119 if you see further danger"),
    )),
    (("인파", "밀집", "압사"), (
        ("몰리는 방향으로 더 들어가지 않고 돌아갑니다", "Do not push on; turn back"),
        ("가슴 앞에 팔을 두어 숨 쉴 공간을 지킵니다", "Keep your arms before your chest to breathe"),
        ("현장 안내 요원의 말을 따릅니다", "Follow the stewards"),
    )),
    (("폭염",), (
        ("물을 자주 마시고 한낮 야외 활동을 피합니다", "Drink often, avoid being outside at noon"),
        ("가까운 무더위쉼터를 이용합니다", "Use the nearest cooling centre"),
        ("이웃 어르신의 안부를 확인합니다", "Check on older neighbours"),
    )),
    (("한파", "대설", "빙판", "건조"), (
        ("외출을 줄이고 미끄럼과 화기를 조심합니다", "Go out less; mind ice and open fires"),
        ("수도 계량기와 난방 기구를 점검합니다", "Check water meters and heaters"),
        ("대중교통을 이용합니다", "Use public transport"),
    )),
)  # fmt: skip
_ALWAYS: tuple[Line, ...] = (
    ("현장에 다가가지 않고 안내에 따릅니다", "Keep away and follow instructions"),
    ("안내 문자와 방송을 계속 확인합니다", "Keep following messages and broadcasts"),
    ("위급하면 119에 신고합니다", "In danger call 119"),
)


def advice(title_ko: str) -> tuple[Line, ...]:
    """What to do, most important first; general advice where the hazard is not known."""
    return next((lines for words, lines in _BY_HAZARD if any(word in title_ko for word in words)), _ALWAYS)
