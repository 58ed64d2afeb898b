# ruff: noqa: UP006, UP035, UP045  (Rasa compares annotations at run time and knows only the typing forms)
"""Panels, departments and districts named in a sentence, looked up in the registry's names.

The names come as a JSON file, `{"panel": {id: [name, ...]}, "department": {...}, "district": {...}}`, which training
copies into the model. A closed list of 2,000 names needs no learning: exact names first, the longest wins, and when
no panel is named exactly, the nearest one by jamo.
"""

from __future__ import annotations

import json
import logging
import shutil
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from rapidfuzz import fuzz, process
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

logger = logging.getLogger(__name__)

_FILE = "gazetteer.json"
_SHORT = 3  # names of so many letters or fewer must begin a word
_FUZZY_JAMO = 10  # names of fewer jamo are looked up exactly only


@dataclass(frozen=True)
class Found:
    """One name in a sentence: `start` and `end` are offsets into the text."""

    kind: str
    id: str
    name: str
    start: int
    end: int
    score: float


class Gazetteer:
    """Search over the registry's names."""

    def __init__(self, names: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self.names = names
        self._exact: Dict[str, Tuple[str, str, str]] = {}
        self._fuzzy: List[Tuple[str, str, str]] = []
        choices: List[str] = []
        for kind, entries in names.items():
            for entry, forms in entries.items():
                for form in forms:
                    key = _compact(form)[0]
                    if not key:
                        continue
                    self._exact.setdefault(key, (kind, entry, form))
                    jamo = unicodedata.normalize("NFD", key)
                    if kind == "panel" and len(jamo) >= _FUZZY_JAMO:
                        self._fuzzy.append((kind, entry, form))
                        choices.append(jamo)
        self._choices = choices
        self._longest = max((len(key) for key in self._exact), default=0)

    def find(self, text: str, cutoff: float) -> List[Found]:
        """The names in a text; `cutoff` (0..100) is how alike a misspelt panel's name must be."""
        key, origins, words = _compact(text)
        found: List[Found] = []
        taken = [False] * len(key)
        for length in range(min(self._longest, len(key)), 0, -1):
            for start in range(len(key) - length + 1):
                end = start + length
                hit = self._exact.get(key[start:end])
                if hit is None or any(taken[start:end]):
                    continue
                if length <= _SHORT and start not in words:
                    continue
                if length == 1 and end < len(key) and end not in words and key[end] not in "은는이가을를도만":
                    continue
                if _cuts_latin(key, words, start) or _cuts_latin(key, words, end):
                    continue
                taken[start:end] = [True] * length
                found.append(Found(*hit, start=origins[start], end=origins[end - 1] + 1, score=100.0))
        if not any(item.kind == "panel" for item in found):
            near = self._nearest(key, origins, cutoff)
            if near is not None:
                found.append(near)
        return sorted(found, key=lambda item: item.start)

    def _nearest(self, key: str, origins: List[int], cutoff: float) -> Optional[Found]:
        syllable_of: List[int] = []
        jamo = ""
        for index, char in enumerate(key):
            part = unicodedata.normalize("NFD", char)
            jamo += part
            syllable_of += [index] * len(part)
        if len(jamo) < _FUZZY_JAMO or not self._choices:
            return None
        near = process.extract(jamo, self._choices, scorer=fuzz.partial_ratio, score_cutoff=cutoff, limit=8)
        # partial_ratio slides the shorter text over the longer; a name longer than the sentence is no part of it.
        best = next((found for found in near if len(found[0]) <= len(jamo)), None)
        if best is None:
            return None
        alignment = fuzz.partial_ratio_alignment(best[0], jamo)
        first, last = syllable_of[alignment.dest_start], syllable_of[alignment.dest_end - 1]
        return Found(*self._fuzzy[best[2]], start=origins[first], end=origins[last] + 1, score=best[1])


def _compact(text: str) -> Tuple[str, List[int], set]:
    """(letters and digits in lower case, their offsets in the text, positions where words begin)."""
    key, origins, words, broken = "", [], set(), True
    for index, char in enumerate(text):
        if not char.isalnum():
            broken = True
            continue
        if broken:
            words.add(len(key))
            broken = False
        lower = char.lower()
        key += lower
        origins += [index] * len(lower)
    return key, origins, words


def _cuts_latin(key: str, words: set, at: int) -> bool:
    if not 0 < at < len(key) or at in words:
        return False
    left, right = key[at - 1], key[at]
    return (left.isascii() and right.isascii()) and left.isalpha() == right.isalpha()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class RegistryEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Entities `panel`, `department` and `district`; the value is the registry's id."""

    @staticmethod
    def required_packages() -> List[str]:
        return ["rapidfuzz"]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """gazetteer: the JSON file of names, read at training. cutoff: likeness of a misspelt name, 0..100."""
        return {"gazetteer": None, "cutoff": 90.0}

    def __init__(
        self,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        gazetteer: Optional[Gazetteer] = None,
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage, self._resource = model_storage, resource
        self._gazetteer = gazetteer

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RegistryEntityExtractor:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> RegistryEntityExtractor:
        with model_storage.read_from(resource) as folder:
            names = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, Gazetteer(names))

    def train(self, training_data: TrainingData) -> Resource:
        """Takes the registry's names into the model. Raises ValueError when the file is not configured."""
        if not self._config["gazetteer"]:
            raise ValueError("RegistryEntityExtractor needs `gazetteer`, the JSON file of the registry's names")
        source = Path(self._config["gazetteer"])
        self._gazetteer = Gazetteer(json.loads(source.read_text(encoding="utf-8")))
        with self._model_storage.write_to(self._resource) as folder:
            shutil.copyfile(source, folder / _FILE)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        # Components behind this one learn from sentences without their names.
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT)
            if not text or self._gazetteer is None:
                continue
            entities = [
                {
                    "entity": found.kind,
                    "start": found.start,
                    "end": found.end,
                    "value": found.id,
                    "confidence_entity": found.score / 100,
                    "name": found.name,
                }
                for found in self._gazetteer.find(text, float(self._config["cutoff"]))
            ]
            extracted = self.add_extractor_name(entities)
            message.set(ENTITIES, message.get(ENTITIES, []) + extracted, add_to_output=True)
        return messages

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """The cutoff is a percentage."""
        if not 0 <= float(config.get("cutoff", 90.0)) <= 100:
            raise ValueError("RegistryEntityExtractor: cutoff must lie in 0..100")
