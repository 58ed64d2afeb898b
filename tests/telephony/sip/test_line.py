"""The settings of the phone line."""

from __future__ import annotations

import json

import pytest

from assistant.contracts import ConfigError
from telephony.sip.line import PhoneLine


def line(**values: object) -> PhoneLine:
    return PhoneLine(**{"user": "office", "domain": "pbx.office", **values})  # type: ignore[arg-type]


def test_the_secret_is_never_shown() -> None:
    kept = line(secret="swordfish")
    assert "swordfish" not in repr(kept)
    assert "swordfish" not in f"{kept}"


def test_it_crosses_the_wire_whole() -> None:
    sent = line(secret="s p;a", codecs=("g722", "pcma"), rtp_ports=(20000, 20100), allow=("02-2133-*",), names=("a",))
    assert PhoneLine.from_wire(json.loads(json.dumps(sent.wire()))) == sent


@pytest.mark.parametrize(
    "wrong",
    [
        {"user": ""},
        {"port": 0},
        {"rtp_ports": (3000, 2000)},
        {"rtp_ports": (20, 30)},
        {"lines": 0},
        {"ring_s": 0.5},
        {"codecs": ("opus",)},
        {"codecs": ()},
        {"transport": "tls"},
        {"gateway": "asterisk"},
        {"dtmf": "inband"},
        {"secret": 'swordfish"'},
        {"secret": "sword\nfish"},
        {"register_every_s": 1},
        {"allow": ("anything",)},
    ],
)
def test_a_wrong_setting_is_refused_without_the_secret(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as caught:
        line(**{"secret": "swordfish", **wrong})
    assert "swordfish" not in str(caught.value)


@pytest.mark.parametrize("wrong", [{"user": 5}, {"domain": None}, {"surprise": 1}, {"rtp_ports": [1]}, {"port": "x"}])
def test_a_wrong_message_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        PhoneLine.from_wire({**line().wire(), **wrong})
