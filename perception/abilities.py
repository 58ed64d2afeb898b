"""What a camera can be used for, by name. Each is made, and its libraries loaded, when it is first switched on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assistant.contracts.errors import ConfigError
from perception.watching import Ability


def _hands(options: Mapping[str, Any], source: str | None) -> Callable[[], Ability]:
    from perception.hands.settings import HandsSettings, hands_settings

    settings: HandsSettings = hands_settings(options)

    def make() -> Ability:
        from perception.hands.ability import HandsAbility

        return HandsAbility(settings)

    return make


def _face(options: Mapping[str, Any], source: str | None) -> Callable[[], Ability]:
    from perception.face.settings import FaceSettings, face_settings

    settings: FaceSettings = face_settings(options)

    def make() -> Ability:
        from perception.face.ability import FaceAbility

        return FaceAbility(settings, source)

    return make


_MAKERS: dict[str, Callable[[Mapping[str, Any], str | None], Callable[[], Ability]]] = {"hands": _hands, "face": _face}


def makers(wanted: Mapping[str, Mapping[str, Any]], source: str | None = None) -> dict[str, Callable[[], Ability]]:
    """How each wanted ability is made, by its name and options. source: the camera's address; None: a recording in its
    place, which no face is believed from. Raises ConfigError `no-such-ability`, `bad-setting`."""
    for name in wanted:
        if name not in _MAKERS:
            raise ConfigError("no-such-ability", f"a camera can be used for {', '.join(sorted(_MAKERS))}, not {name!r}")
    return {name: _MAKERS[name](options, source) for name, options in wanted.items()}
