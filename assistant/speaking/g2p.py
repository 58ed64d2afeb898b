"""Korean spelling -> IPA for a synthesiser without Korean rules of its own. Hangul only: write the rest out first.

The sound changes follow the Standard Pronunciation rules (표준 발음법): liaison (13, 14), aspiration with ㅎ (12),
palatalisation (17), nasalisation and lateralisation (18-20), tensification after obstruents (23) and after a ㄹ that
modifies (27), 의 (5). What only a dictionary knows (tense sounds of Chinese words, an inserted ㄴ) is in `_RESPELT`,
for the words of this product. Tense consonants are written doubled: the synthesisers used here have no symbol for them.
"""

from __future__ import annotations

import re

ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
NUCLEI = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
CODAS = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]

Syllable = list[str]
"""[onset, nucleus, coda] in compatibility jamo; coda "" for none."""

# fmt: off
_CLUSTERS = {  # coda -> what stays, what moves on before a vowel
    "ㄳ": ("ㄱ", "ㅆ"), "ㄵ": ("ㄴ", "ㅈ"), "ㄶ": ("ㄴ", "ㅎ"), "ㄺ": ("ㄹ", "ㄱ"), "ㄻ": ("ㄹ", "ㅁ"),
    "ㄼ": ("ㄹ", "ㅂ"), "ㄽ": ("ㄹ", "ㅆ"), "ㄾ": ("ㄹ", "ㅌ"),
    "ㄿ": ("ㄹ", "ㅍ"), "ㅀ": ("ㄹ", "ㅎ"), "ㅄ": ("ㅂ", "ㅆ"),
}
_NEUTRAL = {
    **dict.fromkeys("ㄱㄲㅋㄳㄺ", "ㄱ"), **dict.fromkeys("ㄷㅅㅆㅈㅊㅌㅎ", "ㄷ"), **dict.fromkeys("ㅂㅍㅄㄿ", "ㅂ"),
    **dict.fromkeys("ㄴㄵㄶ", "ㄴ"), **dict.fromkeys("ㄹㄼㄽㄾㅀ", "ㄹ"), **dict.fromkeys("ㅁㄻ", "ㅁ"),
    "ㅇ": "ㅇ", "": "",
}
_TENSE = {"ㄱ": "ㄲ", "ㄷ": "ㄸ", "ㅂ": "ㅃ", "ㅅ": "ㅆ", "ㅈ": "ㅉ"}
_ASPIRATED = {"ㄱ": "ㅋ", "ㄷ": "ㅌ", "ㅂ": "ㅍ", "ㅈ": "ㅊ"}
_NASAL = {"ㄱ": "ㅇ", "ㄷ": "ㄴ", "ㅂ": "ㅁ"}
_ONSET_IPA = dict(zip(ONSETS, [
    "k", "kk", "n", "t", "tt", "ɾ", "m", "p", "pp", "s", "ss", "", "tɕ", "ttɕ", "tɕʰ", "kʰ", "tʰ", "pʰ", "h",
], strict=True))
_NUCLEUS_IPA = dict(zip(NUCLEI, [
    "a", "ɛ", "ja", "jɛ", "ʌ", "e", "jʌ", "je", "o", "wa", "wɛ", "we", "jo", "u", "wʌ", "we", "wi", "ju", "ɯ", "ɯi",
    "i",
], strict=True))
CODA_IPA = {"": "", "ㄱ": "k", "ㄴ": "n", "ㄷ": "t", "ㄹ": "l", "ㅁ": "m", "ㅂ": "p", "ㅇ": "ŋ"}
_VOICED = {"k": "ɡ", "t": "d", "p": "b", "tɕ": "dʑ"}
_RESPELT = {
    # Numbers: ㄴ is inserted before 육.
    "십육": "심뉵", "백육": "뱅뉵", "천육": "천뉵", "만육": "만뉵", "억육": "엉뉵",
    # ㄹ before ㄷ, ㅅ, ㅈ in Chinese words (rule 26).
    "결재": "결째", "결정": "결쩡", "출동": "출똥", "활동": "활똥", "실적": "실쩍", "실시": "실씨", "일정": "일쩡",
    "질소": "질쏘", "일산화": "일싼화", "철도": "철또", "발전": "발쩐", "밀도": "밀또", "설정": "설쩡", "물질": "물찔",
    "돌발": "돌발", "발생": "발쌩", "열대": "열때", "출장": "출짱", "절전": "절쩐", "골든": "골든", "달성": "달썽",
    # Tense by the dictionary.
    "물가": "물까", "평가": "평까", "조건": "조껀", "안건": "안껀", "사건": "사껀", "여건": "여껀", "성과": "성꽈",
    "인기": "인끼", "한자": "한짜", "문법": "문뻡", "안과": "안꽈", "총무과": "총무꽈", "사거리": "사거리",
    "강가": "강까", "등굣길": "등교낄", "둘레길": "둘레낄", "숲길": "숩낄", "녹음길": "노금낄", "단풍길": "단풍낄",
    "눈길": "눈낄", "빗길": "비낄", "손길": "손낄", "발길": "발낄",
    # ㄴ before ㄹ that does not become ㄹ.
    "생산량": "생산냥", "의견란": "의견난", "판단력": "판단녁",
    # An inserted ㄴ.
    "서울역": "서울력", "강남역": "강남녁", "시청역": "시청녁", "종각역": "종강녁", "잠실역": "잠실력",
    "신촌역": "신촌녁", "용산역": "용산녁", "담당역": "담당녁", "맞춤형": "맏춤형", "전철역": "전철력",
}
# fmt: on
_RESPELLING = re.compile("|".join(sorted(_RESPELT, key=len, reverse=True)))
_NOUNS_IN_UI = re.compile("(?:회|모|주|논|동|협|강|정|편|건|결|문|거|의|심|합|유|창)의$")
_AFTER_MODIFIER = re.compile(r"(?:수|줄|데|바)(?:$|[가는도를만에로])|것|거(?:$|[나라])|수(?:있|없)")
_TAIL = ".,!?…"


def syllables(text: str) -> list[Syllable]:
    """[[onset, nucleus, coda], ...] of the Hangul syllables of one word; other characters are left out."""
    out = []
    for char in text:
        index = ord(char) - 0xAC00
        if 0 <= index < 11172:
            out.append([ONSETS[index // 588], NUCLEI[index % 588 // 28], CODAS[index % 28]])
    return out


def pronounce(word: str) -> list[Syllable]:
    """The word's syllables after the sound changes; every coda is one of ㄱㄴㄷㄹㅁㅂㅇ or none."""
    word = _RESPELLING.sub(lambda found: _RESPELT[found.group()], word)
    syls = syllables(word)
    _simplify_vowels(word, syls)
    for here, after in zip(syls, syls[1:], strict=False):
        _meet(here, after)
    for syl in syls:
        syl[2] = _NEUTRAL[syl[2]]
    return syls


def phones(word: str) -> list[str]:
    """The word as a list of IPA phones, e.g. 서울아 -> s ʌ u ɾ a."""
    return _phones(pronounce(word))


def ipa(text: str) -> str:
    """IPA of a sentence: words separated by spaces, sentence punctuation kept."""
    words, before = [], ""
    for word in text.split():
        syls = pronounce(word)
        if syls and syls[0][0] in _TENSE and before.endswith("ㄹ") and _AFTER_MODIFIER.match(word):
            syls[0][0] = _TENSE[syls[0][0]]  # 보실 수 있습니다: 보실 쑤
        tail = word[-1] if word[-1] in _TAIL else ""
        sound = "".join(_phones(syls))
        if sound or tail:
            words.append(sound + tail)
        before = syls[-1][2] if syls and not tail else ""
    return " ".join(words)


def _simplify_vowels(word: str, syls: list[Syllable]) -> None:
    """의 and ㅖ as they are said (rule 5)."""
    for place, syl in enumerate(syls):
        onset, nucleus, _ = syl
        if nucleus == "ㅢ" and (onset != "ㅇ" or place):
            particle = onset == "ㅇ" and place == len(syls) - 1 and not _NOUNS_IN_UI.search(word.strip(_TAIL))
            syl[1] = "ㅔ" if particle else "ㅣ"
        elif nucleus == "ㅖ" and onset not in "ㅇㄹ":
            syl[1] = "ㅔ"
        elif onset in "ㅈㅉㅊ" and nucleus in "ㅑㅕㅛㅠㅒㅖ":
            syl[1] = dict(zip("ㅑㅕㅛㅠㅒㅖ", "ㅏㅓㅗㅜㅐㅔ", strict=True))[nucleus]


def _meet(here: Syllable, after: Syllable) -> None:
    """What a coda and the next onset do to each other; changes both."""
    coda, onset = here[2], after[0]
    if onset == "ㅇ" and coda not in ("", "ㅇ"):  # liaison
        stays, moves = _CLUSTERS.get(coda, ("", coda))
        here[2], after[0] = stays, moves
        if moves == "ㅎ":  # 좋아, 많이, 싫어
            here[2], after[0] = "", stays or "ㅇ"
        if after[1] == "ㅣ" and after[0] in "ㄷㅌ":
            after[0] = "ㅈ" if after[0] == "ㄷ" else "ㅊ"
        return
    if coda in ("ㅎ", "ㄶ", "ㅀ") and (onset in _ASPIRATED or onset == "ㅅ"):
        here[2] = {"ㅎ": "", "ㄶ": "ㄴ", "ㅀ": "ㄹ"}[coda]
        after[0] = "ㅆ" if onset == "ㅅ" else _ASPIRATED[onset]
        return
    base = _NEUTRAL[coda]
    stays, moved = _CLUSTERS.get(coda, ("", base))
    if onset == "ㅎ" and (base in ("ㄱ", "ㄷ", "ㅂ") or moved in _ASPIRATED):
        moved = "ㅈ" if coda == "ㅈ" else moved if moved in _ASPIRATED else base
        here[2], after[0] = stays, "ㅊ" if moved == "ㄷ" and after[1] == "ㅣ" else _ASPIRATED[moved]
        return
    if base in _NASAL and onset in "ㄴㅁ":
        base = _NASAL[base]
    elif onset == "ㄹ" and base in ("ㅁ", "ㅇ", "ㄱ", "ㄷ", "ㅂ"):
        base, after[0] = _NASAL.get(base, base), "ㄴ"
    elif {base, onset} == {"ㄴ", "ㄹ"}:
        base, after[0] = "ㄹ", "ㄹ"
    elif base in ("ㄱ", "ㄷ", "ㅂ") and onset in _TENSE:
        after[0] = _TENSE[onset]
    here[2] = base


def _phones(syls: list[Syllable]) -> list[str]:
    out: list[str] = []
    coda = "#"
    for onset, nucleus, coda_now in syls:
        sound = _ONSET_IPA[onset]
        if sound:
            if onset == "ㄹ" and coda == "ㄹ":
                sound = "l"
            elif sound in _VOICED and coda in ("", "ㄴ", "ㄹ", "ㅁ", "ㅇ"):
                sound = _VOICED[sound]
            elif onset in "ㅅㅆ" and nucleus in "ㅣㅑㅕㅛㅠㅟ":
                sound = sound.replace("s", "ɕ")
            out.append(sound)
        vowel = _NUCLEUS_IPA[nucleus]
        out.extend([vowel[0], vowel[1:]] if len(vowel) > 1 else [vowel])
        if coda_now:
            out.append(CODA_IPA[coda_now])
        coda = coda_now
    return out
