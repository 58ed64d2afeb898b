"""Written Korean as it is read out: numerals with counters, dates, units, Latin letters; and its sounds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.speaking.g2p import ipa, phones
from assistant.speaking.reading import native, read, sino
from content_registry.loader import load_registry


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("3곳", "세 곳"),
        ("12대", "열두 대"),
        ("20명", "스무 명"),
        ("21명", "이십일 명"),
        ("0건", "영 건"),
        ("1863대", "천팔백육십삼 대"),
        ("3만 1618대", "삼만 천육백십팔 대"),
        ("1만", "만"),
        ("11만", "십일만"),
        ("1억 2840만 건", "일억 이천팔백사십만 건"),
        ("약 1047만 명", "약 천사십칠만 명"),
        ("45조 6000억 원", "사십오조 육천억 원"),
        ("1,234명", "천이백삼십사 명"),
        ("0.034피피엠", "영쩜영삼사 피피엠"),
        ("영하 7.5도", "영하 칠쩜오 도"),
        ("-3.2%", "마이너스 삼쩜이 퍼센트"),
        ("42㎍/㎥", "사십이 마이크로그램"),
        ("24.5km/h", "시속 이십사쩜오 킬로미터"),
        ("60%", "육십 퍼센트"),
        ("오후 3시 25분 기준", "오후 세 시 이십오 분 기준"),
        ("14시", "십사 시"),
        ("15:05", "십오 시 오 분"),
        ("3시간 전", "세 시간 전"),
        ("24시간", "이십사 시간"),
        ("2026년 6월 16일", "이천이십육 년 유월 십육 일"),
        ("10월", "시월"),
        ("3개월", "삼 개월"),
        ("10~20명", "십에서 스무 명"),
        ("02-120으로", "공이 일이공으로"),
        ("119 출동 3건", "일일구 출동 세 건"),
        ("119명", "백십구 명"),
        ("서울로 7017 방문객", "서울로 칠공일칠 방문객"),
        ("PM2.5는", "피엠 이점오는"),
        ("CCTV 18개소", "씨씨티비 열여덟 개소"),
        ("R&D 혁신지구", "알앤디 혁신지구"),
        ("50+시설", "오십 플러스 시설"),
        ("GTX-A", "지티엑스 에이"),
        ("1번 미세먼지, 2번 오존", "일 번 미세먼지, 이 번 오존"),
        ("2번째", "두 번째"),
        ("5개 도시재생", "다섯 개 도시재생"),
        ("4대 핵심사업", "사 대 핵심사업"),
        ("우호·자매도시", "우호 자매도시"),
        ("", ""),
    ],
)
def test_is_read_as_it_is_said(written: str, said: str) -> None:
    assert read(written) == said


@pytest.mark.parametrize(("value", "said"), [(1, "한"), (11, "열한"), (20, "스무"), (21, "스물한"), (99, "아흔아홉")])
def test_native_numbers(value: int, said: str) -> None:
    assert native(value) == said


@pytest.mark.parametrize("value", [0, -1, 100])
def test_no_native_number(value: int) -> None:
    with pytest.raises(ValueError, match="1 to 99"):
        native(value)


def _value_of(words: str) -> int:
    """The number that Sino-Korean words stand for, computed the other way round."""
    total = group = digit = 0
    for char in words.replace(" ", ""):
        if char in "영일이삼사오육칠팔구":
            digit = "영일이삼사오육칠팔구".index(char)
        elif char in "십백천":
            group, digit = group + (digit or 1) * {"십": 10, "백": 100, "천": 1000}[char], 0
        else:
            total += (group + digit or 1) * {"만": 10**4, "억": 10**8, "조": 10**12, "경": 10**16}[char]
            group = digit = 0
    return total + group + digit


@given(st.integers(0, 10**20 - 1))
def test_a_number_in_words_is_the_same_number(value: int) -> None:
    assert _value_of(sino(value)) == value


@given(st.text(max_size=60) | st.from_regex(r"[0-9,.~%-]{1,12}(명|대|시|월|조 [0-9]|㎍/㎥|km)?", fullmatch=True))
def test_nothing_but_hangul_is_left(text: str) -> None:
    assert re.fullmatch(r"[가-힣.,!?…\s]*", read(text))


def test_every_panel_has_a_name_that_can_be_read() -> None:
    for panel in load_registry().panels.values():
        said = read(panel.name_ko)
        assert re.fullmatch(r"[가-힣., ]+", said), panel.id
        assert ipa(said)


@pytest.mark.parametrize(
    ("word", "sound"),
    [
        ("서울아", "sʌuɾa"),
        ("독립문", "toŋnimmun"),  # nasalised
        ("관악구", "kwanakkku"),  # liaison, tense
        ("신림", "ɕillim"),  # lateralised
        ("입학", "ipʰak"),  # aspirated
        ("밝혀", "palkʰjʌ"),
        ("앉히다", "antɕʰida"),
        ("좋습니다", "tɕossɯmnida"),
        ("많이", "mani"),
        ("값이", "kapɕɕi"),
        ("닫힌", "tatɕʰin"),  # palatalised
        ("같이", "katɕʰi"),
        ("시계", "ɕiɡe"),
        ("회의", "hwei"),
        ("서울의", "sʌuɾe"),
        ("희망", "himaŋ"),
        ("십육", "ɕimnjuk"),  # an inserted ㄴ
        ("이산화질소", "isanhwadʑilsso"),
    ],
)
def test_sounds_change_where_syllables_meet(word: str, sound: str) -> None:
    assert "".join(phones(word)) == sound


def test_a_dependent_noun_is_tense_after_a_modifier_and_another_word_is_not() -> None:
    assert ipa("보실 수 있습니다.") == "poɕil ssu itssɯmnida."
    assert ipa("서울 수돗물") == "sʌul sudonmul"
