"""Korean spelling -> IPA, as far as a wake word trainer needs it: Hangul only, standard sound changes across syllables.

The changes follow the Standard Pronunciation rules: liaison, aspiration with ㅎ, nasalisation, lateralisation and
tensification after obstruents. Tense consonants are written doubled because the synthesisers used here have no symbol
for them. Numbers and Latin letters are dropped: write them out first.
"""

from __future__ import annotations

ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
NUCLEI = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
CODAS = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
SPLIT = {  # cluster coda -> (stays, moves on before a vowel)
    "ㄳ": "ㄱㅅ",
    "ㄵ": "ㄴㅈ",
    "ㄶ": "ㄴㅎ",
    "ㄺ": "ㄹㄱ",
    "ㄻ": "ㄹㅁ",
    "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ",
    "ㅀ": "ㄹㅎ",
    "ㅄ": "ㅂㅅ",
}
NEUTRAL = {
    **dict.fromkeys("ㄱㄲㅋㄳㄺ", "ㄱ"),
    **dict.fromkeys("ㄷㅅㅆㅈㅊㅌㅎ", "ㄷ"),
    **dict.fromkeys("ㅂㅍㅄㄿ", "ㅂ"),
    "ㄴ": "ㄴ",
    "ㄵ": "ㄴ",
    "ㄶ": "ㄴ",
    "ㄹ": "ㄹ",
    "ㄼ": "ㄹ",
    "ㄽ": "ㄹ",
    "ㄾ": "ㄹ",
    "ㅀ": "ㄹ",
    "ㅁ": "ㅁ",
    "ㄻ": "ㅁ",
    "ㅇ": "ㅇ",
    "": "",
}
TENSE = {"ㄱ": "ㄲ", "ㄷ": "ㄸ", "ㅂ": "ㅃ", "ㅅ": "ㅆ", "ㅈ": "ㅉ"}
ASPIRATED = {"ㄱ": "ㅋ", "ㄷ": "ㅌ", "ㅂ": "ㅍ", "ㅈ": "ㅊ"}
NASAL = {"ㄱ": "ㅇ", "ㄷ": "ㄴ", "ㅂ": "ㅁ"}
ONSET_IPA = dict(
    zip(
        ONSETS,
        ["k", "kk", "n", "t", "tt", "ɾ", "m", "p", "pp", "s", "ss", "_", "tɕ", "ttɕ", "tɕʰ", "kʰ", "tʰ", "pʰ", "h"],
        strict=True,
    )
)
NUCLEUS_IPA = dict(
    zip(
        NUCLEI,
        [
            "a",
            "ɛ",
            "ja",
            "jɛ",
            "ʌ",
            "e",
            "jʌ",
            "je",
            "o",
            "wa",
            "wɛ",
            "we",
            "jo",
            "u",
            "wʌ",
            "we",
            "wi",
            "ju",
            "ɯ",
            "ɯi",
            "i",
        ],
        strict=True,
    )
)
CODA_IPA = {"": "", "ㄱ": "k", "ㄴ": "n", "ㄷ": "t", "ㄹ": "l", "ㅁ": "m", "ㅂ": "p", "ㅇ": "ŋ"}
VOICED = {"k": "ɡ", "t": "d", "p": "b", "tɕ": "dʑ"}


def syllables(text: str) -> list[list[str]]:
    """[[onset, nucleus, coda], ...] of the Hangul syllables of one word; other characters are left out."""
    out = []
    for char in text:
        index = ord(char) - 0xAC00
        if 0 <= index < 11172:
            out.append([ONSETS[index // 588], NUCLEI[index % 588 // 28], CODAS[index % 28]])
    return out


def pronounce(word: str) -> list[list[str]]:
    """The word's syllables after the sound changes."""
    syls = syllables(word)
    for here, after in zip(syls, syls[1:], strict=False):
        coda, onset = here[2], after[0]
        if onset == "ㅇ" and coda not in ("", "ㅇ"):  # liaison
            stays, moves = SPLIT.get(coda, ("", coda)) if coda in SPLIT else ("", coda)
            here[2], after[0] = stays, ("ㅇ" if moves == "ㅎ" else moves)
            if moves == "ㅎ" and stays:
                here[2], after[0] = "", stays
            if after[1] == "ㅣ" and after[0] in "ㄷㅌ":  # palatalisation
                after[0] = "ㅈ" if after[0] == "ㄷ" else "ㅊ"
            continue
        if coda in ("ㅎ", "ㄶ", "ㅀ") and onset in ASPIRATED:
            here[2], after[0] = {"ㅎ": "", "ㄶ": "ㄴ", "ㅀ": "ㄹ"}[coda], ASPIRATED[onset]
            continue
        base = NEUTRAL[coda]
        if onset == "ㅎ" and base in ("ㄱ", "ㄷ", "ㅂ"):
            here[2], after[0] = "", {"ㄱ": "ㅋ", "ㄷ": "ㅌ", "ㅂ": "ㅍ"}[base]
            continue
        if base in NASAL and onset in "ㄴㅁ":
            base = NASAL[base]
        elif onset == "ㄹ" and base in ("ㅁ", "ㅇ", "ㄱ", "ㄷ", "ㅂ"):
            base, after[0] = NASAL.get(base, base), "ㄴ"
        elif {base, onset} == {"ㄴ", "ㄹ"}:
            base, after[0] = "ㄹ", "ㄹ"
        elif base in ("ㄱ", "ㄷ", "ㅂ") and onset in TENSE:
            after[0] = TENSE[onset]
        here[2] = base
    for syl in syls:
        syl[2] = NEUTRAL[syl[2]]
    return syls


def phones(word: str) -> list[str]:
    """The word as a list of IPA phones, e.g. 서울아 -> s ʌ u ɾ a."""
    out: list[str] = []
    coda = "#"
    for onset, nucleus, coda_now in pronounce(word):
        sound = ONSET_IPA[onset]
        if sound != "_":
            if onset == "ㄹ" and coda == "ㄹ":
                sound = "l"
            elif sound in VOICED and coda in ("", "ㄴ", "ㄹ", "ㅁ", "ㅇ"):
                sound = VOICED[sound]
            elif onset == "ㅅ" and nucleus in "ㅣㅑㅕㅛㅠㅟ":
                sound = "ɕ"
            out.append(sound)
        vowel = NUCLEUS_IPA[nucleus]
        out.extend([vowel[0], vowel[1:]] if len(vowel) > 1 else [vowel])
        if coda_now:
            out.append(CODA_IPA[coda_now])
        coda = coda_now
    return out


def ipa(text: str) -> str:
    """IPA of a sentence: words separated by spaces, sentence punctuation kept."""
    words = []
    for word in text.split():
        sound = "".join(phones(word))
        tail = word[-1] if word[-1] in ".,!?…" else ""
        if sound or tail:
            words.append(sound + tail)
    return " ".join(words)
