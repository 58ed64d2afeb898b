# ruff: noqa: UP006, UP035, UP045  (Rasa compares annotations at run time and knows only the typing forms)
"""One token per Hangul syllable, per run of Latin letters or digits, and per other sign.

Rasa 3.6's WhitespaceTokenizer takes Hangul for emoji and drops it, and words are no unit of meaning in Korean
anyway: particles stick to nouns ("교통실에").
"""

from __future__ import annotations

import re
from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

_TOKEN = re.compile(r"[가-힣]|[A-Za-z]+|\d+|\S")


def spans(text: str) -> List[tuple]:
    """(token, start) of every token; nothing but white space is left out."""
    return [(match.group(), match.start()) for match in _TOKEN.finditer(text)]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SyllableTokenizer(Tokenizer):
    """Tokenizer of Korean by syllables; of Latin script by words."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Intents are plain labels here: never split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SyllableTokenizer:
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> List[Token]:
        text = message.get(attribute)
        return [Token(token, start) for token, start in spans(text)]
