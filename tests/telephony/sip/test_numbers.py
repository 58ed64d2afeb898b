"""Numbers as people write them, and which of them may be dialled."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts import BadInput, ConfigError, NotPermitted
from telephony.sip.numbers import DialPlan, dtmf_digits, normalise

HYPHENS = "-‐‑‒–—－ "


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("02-2133-1234", "+82221331234"),
        ("(02) 2133 1234", "+82221331234"),
        ("０２－２１３３－１２３４", "+82221331234"),
        ("+82 2 2133 1234", "+82221331234"),
        ("+82 (0)2-2133-1234", "+82221331234"),
        ("tel:+82-2-2133-1234", "+82221331234"),
        ("2133-1234", "+82221331234"),
        ("010-1234-5678", "+821012345678"),
        ("1588-1234", "+8215881234"),
        ("02-120", "+822120"),
        ("120", "120"),
        ("4312", "4312"),
        (" 43 12 ", "4312"),
        ("+1 (212) 555-0100", "+12125550100"),
    ],
)
def test_what_is_meant(written: str, meant: str) -> None:
    assert str(normalise(written)) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "+",
        "1",
        "0",
        "02",
        "00 82 2 2133",
        "sip:1234@evil",
        "12a4",
        "1234;ext=5",
        "12\n34",
        "٣٤٥٦a",
        "+0821234567",
    ]
    + ["1" * 65, "123456789", "+1234567890123456", "1+234", "++82212345", "12\x0034", "*123#"],
)
def test_what_is_no_number(written: str) -> None:
    with pytest.raises(BadInput, match=r".") as caught:
        normalise(written)
    assert caught.value.code == "bad-number"


@given(st.text(max_size=80))
def test_any_text_is_a_number_or_a_clear_refusal(text: str) -> None:
    try:
        number = normalise(text)
    except BadInput:
        return
    assert number.digits.isascii()
    assert number.digits.isdigit()
    assert normalise(str(number)) == number


@given(st.from_regex(r"0[1-9][0-9]{5,9}", fullmatch=True), st.data())
def test_separators_and_widths_change_nothing(digits: str, data: st.DataObject) -> None:
    written = ""
    for digit in digits:
        wide = data.draw(st.booleans())
        written += (chr(ord(digit) + 0xFEE0) if wide else digit) + data.draw(st.sampled_from(["", *HYPHENS]))
    assert normalise(written) == normalise(digits)
    assert str(normalise(digits)) == "+82" + digits[1:]


@given(st.from_regex(r"[2-9][0-9]{1,5}", fullmatch=True))
def test_short_numbers_are_extensions(digits: str) -> None:
    assert normalise(digits).kind == "extension"
    assert DialPlan("pbx").dialled(normalise(digits)) == digits


PLAN = DialPlan("pbx.office:5070", allow=("xxxx", "02-2133-*", "120"), names=frozenset({"situation-room"}))


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("4312", "sip:4312@pbx.office:5070"),
        ("02-2133-1234", "sip:0221331234@pbx.office:5070"),
        ("+82 2 2133 5678", "sip:0221335678@pbx.office:5070"),
        ("2133-5678", "sip:0221335678@pbx.office:5070"),
        ("120", "sip:120@pbx.office:5070"),
        ("situation-room", "sip:situation-room@pbx.office:5070"),
        ("sip:4312@pbx.office:5070", "sip:4312@pbx.office:5070"),
        ("SIP:4312@PBX.office:5070", "sip:4312@pbx.office:5070"),
        ("4312@pbx.office:5070", "sip:4312@pbx.office:5070"),
        ("sip:situation-room@pbx.office:5070", "sip:situation-room@pbx.office:5070"),
    ],
)
def test_what_may_be_dialled(target: str, address: str) -> None:
    assert PLAN.address(target) == address


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("119", "number-not-allowed"),
        ("431", "number-not-allowed"),
        ("43123", "number-not-allowed"),
        ("010-1234-5678", "number-not-allowed"),
        ("+1 212 555 0100", "number-not-allowed"),
        ("060-700-1234", "number-not-allowed"),
        ("sip:4312@evil.example", "number-not-allowed"),
        ("4312@evil.example", "number-not-allowed"),
        ("sip:4312@pbx.office", "number-not-allowed"),
        ("sip:4312@pbx.office:5070;transport=tcp", "number-not-allowed"),
        ("sip:4312@pbx.office:5070?Replaces=x", "number-not-allowed"),
        ("sip:4312:secret@pbx.office:5070", "bad-number"),
        ("sip:4312@a@pbx.office:5070", "bad-number"),
        ("sip:evil@pbx.office:5070", "bad-number"),
        ("sip:pbx.office:5070", "bad-number"),
        ("sips:4312@pbx.office:5070", "bad-number"),
        ("sip:43 12@pbx.office:5070", "bad-number"),
        ("someone", "bad-number"),
    ],
)
def test_what_may_not_be_dialled(target: str, code: str) -> None:
    with pytest.raises((BadInput, NotPermitted)) as caught:
        PLAN.address(target)
    assert caught.value.code == code


@given(st.one_of(st.text(max_size=80), st.from_regex(r"sips?:[^@]{0,20}@[a-z.:0-9;?=]{0,30}", fullmatch=True)))
def test_nothing_leaves_the_exchange(target: str) -> None:
    try:
        address = PLAN.address(target)
    except (BadInput, NotPermitted):
        return
    user, _, host = address.removeprefix("sip:").partition("@")
    assert host == "pbx.office:5070"
    assert user == "situation-room" or user.isdigit()
    assert user in ("situation-room", "120") or len(user) == 4 or user.startswith("022133")


def test_special_numbers_are_spelt_out() -> None:
    assert not DialPlan("pbx", allow=("xxx", "1*")).allows(normalise("119"))
    assert DialPlan("pbx", allow=("119",)).allows(normalise("119"))
    assert not DialPlan("pbx").allows(normalise("112"))


EVERYTHING = ("*", "xx*", "0*", "02*", "+*", "+82*", "9*", "1*", "xxx", "xxxx")


@given(st.integers(100, 199), st.sampled_from(["", "02-", "031-", "064", "+82 ", "+82-2-", "+8251", "9", "9-", "0082"]))
def test_no_pattern_of_many_reaches_an_emergency_number_by_any_way(number: int, before: str) -> None:
    allow = tuple(pattern for pattern in EVERYTHING if pattern not in ("*", "+*"))
    with pytest.raises((NotPermitted, BadInput)):
        DialPlan("pbx", allow=allow, outside="9").address(f"{before}{number}")
    if before in ("", "02-", "9"):
        spelt = DialPlan("pbx", allow=(*allow, f"{before}{number}"), outside="9")
        assert spelt.address(f"{before}{number}").startswith("sip:")


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("010-1234-5678", "+821012345678"),
        ("02)2133-1234", "+82221331234"),
        ("031 123 4567", "+82311234567"),
        ("064-710-2114", "+82647102114"),
        ("070-7777-1234", "+827077771234"),
        ("1588-1234", "+8215881234"),
        ("080-123-4567", "+82801234567"),
        ("2133-1234", "+82221331234"),
        ("733-1234", "+8227331234"),
        ("+82 (0)10 1234 5678", "+821012345678"),
        ("tel:+82-2-2133-1234", "+82221331234"),
        ("+１ ２１２ ５５５ ０１００", "+12125550100"),
    ],
)
def test_korean_forms_are_one_number(written: str, e164: str) -> None:
    assert str(normalise(written)) == e164


HOSTILE = st.text(alphabet=st.sampled_from('0123456789sip:@;=?&<>"\r\n\t \x00%,/+*#.한１\u202e\u2028'), max_size=90)


@given(
    HOSTILE,
    st.sampled_from(["{}", "sip:{}", "sip:4312@{}", "{}@pbx.office:5070", "sip:4312@pbx.office:5070{}", "4312{}"]),
)
def test_what_is_dialled_is_one_plain_address(text: str, form: str) -> None:
    try:
        address = PLAN.address(form.format(text))
    except (BadInput, NotPermitted):
        return
    assert re.fullmatch(r"sip:(?:[0-9]{3,16}|situation-room)@pbx\.office:5070", address)


@pytest.mark.parametrize(
    "target",
    [
        "4312\r\nRoute: <sip:evil>",
        "sip:4312@pbx.office:5070\r\nX: y",
        "sip:4312%0d%0a@pbx.office:5070",
        "sip:4312@pbx.office:5070;maddr=10.0.0.1",
        "sip:4312;phone-context=x@pbx.office:5070",
        "sip:4312@pbx.office:5070?Replaces=a%3Bto-tag%3Db",
        "<sip:4312@pbx.office:5070>",
        "sip:" + "4" * 70_000 + "@pbx.office:5070",
        "4312" + " " * 70_000,
        "sip:사삼일이@pbx.office:5070",
        "sip:4312@ｐｂｘ.office:5070",
    ],
)
def test_hostile_addresses_are_refused(target: str) -> None:
    with pytest.raises((BadInput, NotPermitted)):
        PLAN.address(target)


def test_what_the_exchange_is_given() -> None:
    abroad = normalise("+1 212 555 0100")
    assert DialPlan("pbx", outside="9").dialled(normalise("02-2133-1234")) == "90221331234"
    assert DialPlan("pbx", outside="9").dialled(normalise("1588-1234")) == "915881234"
    assert DialPlan("pbx", national=False).dialled(normalise("02-2133-1234")) == "+82221331234"
    assert DialPlan("pbx").dialled(abroad) == "+12125550100"


@pytest.mark.parametrize(
    "wrong",
    [
        {"domain": "two words"},
        {"domain": ""},
        {"domain": "pbx;lr"},
        {"allow": ("12**",)},
        {"allow": ("abc",)},
        {"allow": ("",)},
        {"names": frozenset({"a@b"})},
        {"country": "082"},
        {"area": "two"},
        {"outside": "9;"},
    ],
)
def test_a_wrong_plan_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        DialPlan(**{"domain": "pbx", **wrong})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("uri", "caller"),
    [
        ("sip:4312@10.0.0.5", "4312"),
        ("sip:0221331234@pbx;user=phone", "+82221331234"),
        ("sip:desk.7@10.0.0.5:5060", "desk.7"),
        ('"Kim" <sip:4312@10.0.0.5;user=phone>;tag=5', "4312"),
        ("4312", "4312"),
        ("tel:+82-2-2133-1234", "+82221331234"),
        ("sip:<script>@x", ""),
        ("", ""),
    ],
)
def test_who_calls(uri: str, caller: str) -> None:
    assert DialPlan("pbx").caller(uri) == caller


def test_keys() -> None:
    assert dtmf_digits("12a*#") == "12A*#"
    for wrong in ("", "12 3", "E", "1" * 33, "１"):
        with pytest.raises(BadInput):
            dtmf_digits(wrong)
