"""The closed family of errors that cross a boundary: each has a stable kebab-case code and a sentence."""

from __future__ import annotations


class SeoulaError(Exception):
    """Base of every typed error. `code` is stable and documented; `message` is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class BadInput(SeoulaError):
    """What came in cannot be used: empty, too long, not audio, not UTF-8, out of range."""


class Unavailable(SeoulaError):
    """A component is missing or down; the feature it gives is off until it returns."""


class NotPermitted(SeoulaError):
    """The gate, a token or a role forbids it."""


class ConfigError(SeoulaError):
    """A setting, a registry file or a model manifest is wrong; the message names file and line."""
