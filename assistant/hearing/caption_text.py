"""A recogniser's Korean made fit to read: particles and endings on their words, names as they are spelt. Pure.

Vosk's vocabulary is of morphemes ("인간 으로서 느낄 수 있는"); what it writes apart is joined again by grammar. Neither
recogniser can be told which names to expect in free speech, so names are put right in what they wrote.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz.distance import Levenshtein

from content_registry.jamo import compact, ends_in_rieul, has_final, to_jamo
from content_registry.particles import is_josa


def _forms(words: str) -> frozenset[str]:
    return frozenset(words.split())


_AFTER_FINAL = _forms("은 을 과 이랑 이나 이라는 이라고 이란 이라도 이며 이나마 아 ")
_AFTER_VOWEL = _forms("가 는 를 와 랑 라는 라고 란 라도 며 ")
_PARTICLES = _forms(
    "의 에 에서 에게 에는 에도 에만 에서는 에서도 에게는 한테 께 께서 께서는 으로 로 으로는 로는 "
    "으로도 로도 으로서 로서 으로써 로써 으로부터 로부터 까지 까지는 부터 부터는 처럼 조차 마저 마다 "
    "밖에 이라 만을 만이 만은 만의 들 들이 들은 들을 들의 들과 들도 들에게 들에게는 님 님이 님은 "
    "님의 적 적인 적으로 적이고 적이다 씩 째 쯤 짜리 끼리 이야 이죠 이지 이고 이고요 이네요 이구나 "
    "이었던 이었다 이었습니다 이에요 예요 입니다 입니까 인데 인데요 이잖아요 이거든요 이니까 이면 "
    "이라면 이지만 이었고 였습니다 였던 였고 였다 였어요 이었어요 뿐만 "
)
"""Forms that stand after a word and never begin one."""
_ENDINGS = _forms(
    "습니다 습니까 었습니다 았습니다 였습니다 겠습니다 었던 았던 었다 았다 었는데 았는데 는데 은데 "
    "니까 으니까 면서 으면서 으면 려고 으려고 어서 아서 었어요 았어요 어요 아요 었고 았고 었죠 았죠 "
    "거든요 잖아요 네요 군요 더라고요 더라구요 는지 을지 지만 지는 기도 기는 기가 "
)
_OF_DOING = tuple(_forms("하 했 해 합 할 한다 시키 시킬 시켜 되 된 됐 될 됩 돼 당하 당했"))
"""Beginnings of the verbs that make a verb of a noun (공부 하다, 구성 되다)."""
_NO_NOUN = re.compile(
    r".*(?:[은는을를이가게히서고면지도만요다까며나로써]|수|것|거|때|안|못|잘|더|다시|많이|함께|같이|어떻게|그렇게|이렇게)"
)


def joined(text: str) -> str:
    """Words written as morphemes, with particles, endings and 하다 joined to the word before."""
    words: list[str] = []
    for word in text.split():
        if words and _belongs(words[-1], word):
            words[-1] += word
        else:
            words.append(word)
    return " ".join(words)


def _belongs(before: str, word: str) -> bool:
    final = has_final(before)
    if final is None:
        return False
    if word in _AFTER_FINAL:
        return final
    if word in _AFTER_VOWEL:
        return not final
    if word == "으로" or word.startswith("으로"):
        return word in _PARTICLES and final and not ends_in_rieul(before)
    if word == "로" or word.startswith(("로는", "로도", "로서", "로써", "로부터")):
        return word in _PARTICLES and (not final or ends_in_rieul(before))
    if word in _PARTICLES or word in _ENDINGS:
        return True
    return word.startswith(_OF_DOING) and len(before) > 1 and _NO_NOUN.fullmatch(before) is None


class Names:
    """Names that are likely to be said, to be written as they are spelt.

    A name of several words, or one that was written in pieces, is found by its letters; one of four syllables or more
    also where it is off by one jamo in ten. A particle may stand behind.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._exact: dict[str, str] = {}
        self._near: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
        for name in names:
            key = compact(name)
            if len(key) < 2 or not all("가" <= char <= "힣" for char in key):
                continue
            self._exact.setdefault(key, name)
            if len(key) >= 4:
                self._near[len(key)].append((key, to_jamo(name), name))

    def spelt(self, text: str) -> str:
        """The text with the names in it put right."""
        words, out, at = text.split(), [], 0
        while at < len(words):
            for count in range(min(4, len(words) - at), 0, -1):
                found = self._name(words[at : at + count])
                if found is not None:
                    out.append(found)
                    at += count
                    break
            else:
                out.append(words[at])
                at += 1
        return " ".join(out)

    def _name(self, words: list[str]) -> str | None:
        mark = re.search(r"[.,?!]*$", words[-1])
        tail = mark.group() if mark else ""
        key = compact("".join(words))
        for length in range(len(key), 1, -1):
            stem, rest = key[:length], key[length:]
            if not is_josa(rest):
                continue
            name = self._exact.get(stem)
            # A name in one piece that was heard as it is spelt needs nothing; one in pieces loses its gaps.
            if name is not None and (len(words) > 1 or not rest):
                return name + rest + tail
            if name is None and (near := self._nearly(stem)) is not None:
                return near + rest + tail
        return None

    def _nearly(self, stem: str) -> str | None:
        if stem in self._exact or len(stem) < 4:
            return None
        jamo = to_jamo(stem)
        best, found = 1 + len(jamo) // 10, None
        for key, its, name in self._near.get(len(stem), ()):
            off = Levenshtein.distance(jamo, its, score_cutoff=best - 1)
            if off < best and _shares_start(key, stem):
                best, found = off, name
        return found


def _shares_start(key: str, stem: str) -> bool:
    """A name misheard by little keeps a syllable at one of its ends."""
    return key[0] == stem[0] or key[-1] == stem[-1]
