"""One generic wire form for every contract message: a JSON object with its `type` beside its fields.

A message class is a frozen dataclass registered with `@message("name")`. Encoding writes the fields as they
are (nested dataclasses, enums and tuples included); decoding checks every field against its annotation,
fills defaults, and skips fields it does not know, so that an older peer can read a newer one.
"""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, Union

from assistant.contracts.errors import SeoulaError

T = TypeVar("T")

_BY_NAME: dict[str, type[Any]] = {}
_NAMES: dict[type[Any], str] = {}


class WireError(SeoulaError):
    """A message that cannot be read: unknown type, missing field or a value of the wrong kind."""

    def __init__(self, message: str) -> None:
        super().__init__("bad-message", message)


def message(name: str) -> Callable[[type[T]], type[T]]:
    """Register a frozen dataclass under `name`; two classes may not share a name."""

    def register(cls: type[T]) -> type[T]:
        if name in _BY_NAME:
            raise ValueError(f"message type {name!r} is registered twice")
        _BY_NAME[name] = cls
        _NAMES[cls] = name
        return cls

    return register


def message_types() -> Mapping[str, type[Any]]:
    """Every registered message class by its wire name."""
    return dict(_BY_NAME)


def type_name(value: object) -> str:
    """The wire name of a message instance."""
    return _NAMES[type(value)]


def encode(value: object) -> dict[str, Any]:
    """A message as a JSON-ready dict with `type` first."""
    if type(value) not in _NAMES:
        raise WireError(f"{type(value).__name__} is not a message")
    return {"type": _NAMES[type(value)], **plain(value)}


def plain(value: object) -> dict[str, Any]:
    """The fields of any dataclass as JSON-ready values, without a type tag."""
    return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}  # type: ignore[arg-type]


def _plain(value: Any) -> Any:
    if type(value) in _NAMES:
        return encode(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    return value


def decode(data: object) -> Any:
    """The message that `data` describes. Raises WireError with the field's path."""
    if not isinstance(data, Mapping):
        raise WireError("a message must be a JSON object")
    name = data.get("type")
    cls = _BY_NAME.get(name) if isinstance(name, str) else None
    if cls is None:
        raise WireError(f"unknown message type {name!r}")
    return _build(cls, data, str(name))


def _build(cls: type[Any], data: Mapping[str, Any], path: str) -> Any:
    hints = typing.get_type_hints(cls)
    values: dict[str, Any] = {}
    for f in dataclasses.fields(cls):
        if f.name in data:
            values[f.name] = _read(hints[f.name], data[f.name], f"{path}.{f.name}")
        elif f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING:
            raise WireError(f"{path}.{f.name} is missing")
    return cls(**values)


def _read(hint: Any, value: Any, path: str) -> Any:
    origin = typing.get_origin(hint)
    if hint is Any:
        return value
    if origin in (Union, types.UnionType):
        options = typing.get_args(hint)
        if value is None and type(None) in options:
            return None
        for option in options:
            if option is type(None):
                continue
            try:
                return _read(option, value, path)
            except WireError:
                continue
        raise WireError(f"{path}: {value!r} fits none of {hint}")
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise WireError(f"{path}: a list is needed")
        item = typing.get_args(hint)[0]
        return tuple(_read(item, v, f"{path}[{i}]") for i, v in enumerate(value))
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise WireError(f"{path}: an object is needed")
        item = typing.get_args(hint)[1]
        return {str(k): _read(item, v, f"{path}.{k}") for k, v in value.items()}
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        try:
            return hint(value)
        except ValueError as error:
            raise WireError(f"{path}: {value!r} is not one of {[e.value for e in hint]}") from error
    if isinstance(hint, type) and issubclass(hint, str) and hint is not str and isinstance(value, str):
        try:
            return hint(value)  # text that checks itself, such as a time's code
        except ValueError as error:
            raise WireError(f"{path}: {error}") from error
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if isinstance(value, hint):
            return value
        if not isinstance(value, Mapping):
            raise WireError(f"{path}: an object is needed")
        return _build(hint, value, path)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint is int and isinstance(value, bool):
        raise WireError(f"{path}: a whole number is needed")
    if isinstance(hint, type) and isinstance(value, hint):
        return value
    raise WireError(f"{path}: {getattr(hint, '__name__', hint)} is needed, got {type(value).__name__}")
