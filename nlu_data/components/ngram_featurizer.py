# ruff: noqa: UP006, UP035, UP045  (Rasa compares annotations at run time and knows only the typing forms)
"""Weighted n-grams of a sentence's syllables and Latin letters, spaces and punctuation left out.

Korean is spaced freely ("미세 먼지", "보여줘"), so the n-grams run over the compact text. Rasa's CountVectorsFeaturizer
joins the tokens of a syllable tokenizer with spaces, which leaves its char_wb n-grams single syllables, and its raw
counts drown a dense vector of unit scale; tf-idf rows of length one do not.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer

from components import ngrams


def compact(text: str) -> str:
    """Letters and digits in lower case, without anything between them."""
    return "".join(char for char in text.lower() if char.isalnum())


def _options(config: Dict[str, Any]) -> Dict[str, Any]:
    return {"analyzer": "char", "ngram_range": (int(config["min_ngram"]), int(config["max_ngram"]))}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NgramFeaturizer(SparseFeaturizer, GraphComponent):
    """Sparse sentence features: tf-idf of character n-grams, rows of length one."""

    @classmethod
    def required_components(cls) -> List[Type]:
        return [Tokenizer]

    @staticmethod
    def required_packages() -> List[str]:
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """min_count: sentences an n-gram must occur in."""
        return {**SparseFeaturizer.get_default_config(), "min_ngram": 1, "max_ngram": 3, "min_count": 2}

    def __init__(
        self,
        config: Dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
        vectorizer: Optional[TfidfVectorizer] = None,
    ) -> None:
        super().__init__(name, config)
        self._model_storage, self._resource, self._vectorizer = model_storage, resource, vectorizer

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NgramFeaturizer:
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NgramFeaturizer:
        with model_storage.read_from(resource) as folder:
            trained = (folder / "vocabulary.json").exists()
            vectorizer = ngrams.load(folder, **_options(config)) if trained else None
        return cls(config, execution_context.node_name, model_storage, resource, vectorizer)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the n-grams and their weights."""
        texts = [compact(text) for example in training_data.training_examples if (text := example.get(TEXT))]
        with self._model_storage.write_to(self._resource) as folder:
            if texts:
                options = {**_options(self._config), "min_df": int(self._config["min_count"])}
                self._vectorizer = ngrams.new_vectorizer(**options).fit(texts)
                ngrams.save(self._vectorizer, folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT)
            if not text or self._vectorizer is None:
                continue
            row = self._vectorizer.transform([compact(text)]).tocoo()
            origin = self._config[FEATURIZER_CLASS_ALIAS]
            message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, origin))
        return messages

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """The n-gram lengths are in order."""
        if not 1 <= int(config.get("min_ngram", 1)) <= int(config.get("max_ngram", 3)):
            raise ValueError("NgramFeaturizer: 1 <= min_ngram <= max_ngram is needed")
