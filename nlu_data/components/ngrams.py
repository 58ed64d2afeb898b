"""A tf-idf vectorizer that is kept as plain JSON and NumPy files.

Pickles run code when they are read, and skops writes one file for every number of the vocabulary, which takes a minute
to load again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer


def new_vectorizer(**options: Any) -> TfidfVectorizer:
    """A vectorizer of character n-grams whose rows have length one."""
    return TfidfVectorizer(sublinear_tf=True, lowercase=False, **options)


def save(vectorizer: TfidfVectorizer, folder: Path) -> None:
    """Writes a trained vectorizer's vocabulary and weights."""
    vocabulary = {gram: int(index) for gram, index in vectorizer.vocabulary_.items()}
    (folder / "vocabulary.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    np.save(folder / "idf.npy", vectorizer.idf_)


def load(folder: Path, **options: Any) -> TfidfVectorizer:
    """The vectorizer that was saved in a folder; the options must be those it was made with."""
    vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
    vectorizer = new_vectorizer(**{**options, "vocabulary": vocabulary})
    vectorizer.idf_ = np.load(folder / "idf.npy")
    return vectorizer
