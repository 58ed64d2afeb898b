# ruff: noqa: UP006, UP035, UP045  (Rasa compares annotations at run time and knows only the typing forms)
"""How surely a sentence is meant for the assistant, whatever it is about.

What tells "미세먼지 보여 줘" from "미세먼지 심하다고 마스크 쓰고 나왔어" is the form, not the topic. So the registry's
names are taken out ("ⓟ 보여 줘", "ⓟ 심하다고 ...") before the n-grams are counted; the meaning vector of the featurizer
before this component stands beside them. Logistic regression on two classes; its probability goes out as
`addressed` with the parse result.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from components import ngrams

ATTRIBUTE = "addressed"
_NGRAMS = {"analyzer": "char_wb", "ngram_range": (1, 4)}
SIGNS = {"panel": "ⓟ", "department": "ⓓ", "district": "ⓖ"}


def without_names(text: str, entities: List[Dict[str, Any]]) -> str:
    """The sentence with one sign for each name, its end marked, so that endings are features of their own."""
    parts, at = [], 0
    for entity in sorted(entities, key=lambda found: found["start"]):
        sign = SIGNS.get(entity["entity"])
        if sign is None or entity["start"] < at:
            continue
        parts += [text[at : entity["start"]], sign]
        at = entity["end"]
    return " ".join("".join((*parts, text[at:])).lower().split()) + "。"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class AddressedClassifier(GraphComponent):
    """Adds `addressed` (0..1). The intent `outside` (chatter) is its negative class, all others are positive."""

    @classmethod
    def required_components(cls) -> List[Type]:
        return [Featurizer]

    @staticmethod
    def required_packages() -> List[str]:
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """outside: the label of what is not meant for us. C: inverse regularisation."""
        return {"outside": "chatter", "C": 5.0, "max_iter": 300}

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage, self._resource = model_storage, resource
        self._vectorizer: Optional[TfidfVectorizer] = None
        self._weights: Optional[np.ndarray] = None

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AddressedClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> AddressedClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            if (folder / "weights.npy").exists():
                component._vectorizer = ngrams.load(folder, **_NGRAMS)
                component._weights = np.load(folder / "weights.npy")
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples with an intent; without two classes it stays silent."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        wanted = np.array([example.get(INTENT) != self._config["outside"] for example in examples])
        with self._model_storage.write_to(self._resource) as folder:
            if len(set(wanted.tolist())) == 2:
                self._vectorizer = ngrams.new_vectorizer(min_df=2, **_NGRAMS)
                sparse = self._vectorizer.fit_transform([self._frame(example) for example in examples])
                classifier = LogisticRegression(
                    C=float(self._config["C"]), class_weight="balanced", max_iter=int(self._config["max_iter"])
                ).fit(self._features(sparse, examples), wanted)
                # The last weight is the intercept; classes are ordered False, True.
                self._weights = np.append(classifier.coef_[0], classifier.intercept_[0])
                ngrams.save(self._vectorizer, folder)
                np.save(folder / "weights.npy", self._weights)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        if self._weights is None or self._vectorizer is None:
            return messages
        for message in messages:
            sparse = self._vectorizer.transform([self._frame(message)])
            score = float((self._features(sparse, [message]) @ self._weights[:-1])[0] + self._weights[-1])
            message.set(ATTRIBUTE, float(1.0 / (1.0 + np.exp(-score))), add_to_output=True)
        return messages

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """C is a positive number."""
        if float(config.get("C", 5.0)) <= 0:
            raise ValueError("AddressedClassifier: C must be positive")

    @staticmethod
    def _frame(message: Message) -> str:
        return without_names(message.get(TEXT) or "", message.get(ENTITIES) or [])

    @staticmethod
    def _features(sparse: csr_matrix, messages: List[Message]) -> csr_matrix:
        dense = [message.get_dense_features(TEXT)[1] for message in messages]
        if any(found is None for found in dense):
            return sparse
        rows = np.vstack([found.features for found in dense])
        return csr_matrix(hstack([sparse, csr_matrix(rows)]))
