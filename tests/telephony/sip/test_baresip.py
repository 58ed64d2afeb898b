"""Calls to and from a real phone: SIP and RTP on the loopback."""

from __future__ import annotations

import asyncio
import socket

import pytest
from baresip import BaresipError
from baresip.call import Call

from assistant.contracts import BadInput, NotPermitted, Unavailable
from telephony.sip.pcm import ROOM_RATE
from tests.telephony.phone import WAIT_S, DeskPhone, until
from tests.telephony.sip.conftest import Office, Open
from tests.telephony.tones import loudness, strength


async def connected(office: Office, phone: DeskPhone, number: str, leg: str = "leg") -> int:
    """Dial an extension that answers; the phone's number for the call."""
    await office.gateway.dial(leg, number, "room", f"sip:{number}")
    await office.told("answered", leg=leg)
    call: int = (await phone.told("established", user=number))["call"]
    return call


async def test_a_call_out_is_heard_both_ways_and_hung_up_by_us(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1001", tone=700)
    office.says = {"wall": 1_100, "console": 1_900}
    await office.gateway.dial("leg", "1001", "room", "sip:1001")
    assert (await office.told("ringing", leg="leg")).code == 180
    assert (await office.told("answered", leg="leg")).code == 200
    call = (await phone.told("established"))["call"]
    room = await office.hears("sip:1001", 700)
    assert strength(room, 1_100, rate=ROOM_RATE) < 800, "the room must not hear itself"
    await phone.hears(call, 1_900)
    heard = await phone.hears(call, 1_100)
    assert strength(heard, 1_900) > 5_000
    assert strength(heard, 700) < 800, "the phone must not hear itself"
    await office.gateway.hang_up("leg")
    assert (await office.told("ended", leg="leg")).reason == "hangup"
    await phone.told("closed", call=call)
    with pytest.raises(BadInput, match="no such leg"):
        await office.gateway.hang_up("leg")


async def test_a_call_in_is_announced_answered_and_heard(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1002", tone=600)
    dialled = (await phone.ask("dial", user="1002", uri=office.address, tone=600))["call"]
    incoming = await office.told("incoming")
    assert (incoming.caller, incoming.called) == ("1002", "office")
    with pytest.raises(BadInput, match="not answered"):
        await office.gateway.dtmf(incoming.leg, "1")
    await office.gateway.accept(incoming.leg, "room", "sip:1002")
    await office.told("answered", leg=incoming.leg)
    await phone.told("established", call=dialled)
    office.says = {"wall": 1_100}
    await office.hears("sip:1002", 600)
    await phone.hears(dialled, 1_100)
    with pytest.raises(BadInput, match="does not wait"):
        await office.gateway.accept(incoming.leg, "room", "sip:1002")
    await phone.ask("hang_up", call=dialled)
    assert (await office.told("ended", leg=incoming.leg)).reason == "hangup"


async def test_a_call_in_is_refused_or_given_up(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1003")
    first = (await phone.ask("dial", user="1003", uri=office.address))["call"]
    incoming = await office.told("incoming")
    await office.gateway.hang_up(incoming.leg)
    assert (await phone.told("closed", call=first))["text"] == "486 Busy Here"
    assert (await office.told("failed", leg=incoming.leg)).reason == "refused"
    second = (await phone.ask("dial", user="1003", uri=office.address))["call"]
    incoming = await office.told("incoming")
    await phone.ask("hang_up", call=second)
    ended = await office.told("failed", leg=incoming.leg)
    assert (ended.code, ended.reason) == (487, "cancelled")
    await until(lambda: office.gateway.legs == 0, "no legs")


async def test_a_busy_phone(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1004", "busy")
    await office.gateway.dial("leg", "1004", "room", "sip:1004")
    assert (await office.told("busy", leg="leg")).code == 486
    assert office.heard == {}


async def test_an_unknown_number(office: Office, phone: DeskPhone) -> None:
    await office.gateway.dial("leg", "4999", "room", "sip:4999")
    failed = await office.told("failed", leg="leg")
    assert (failed.code, failed.reason) == (404, "unknown-number")


async def test_cancelled_while_it_rings(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1005", "ring")
    await office.gateway.dial("leg", "1005", "room", "sip:1005")
    await office.told("ringing", leg="leg")
    call = (await phone.told("incoming", user="1005"))["call"]
    await office.gateway.hang_up("leg")
    failed = await office.told("failed", leg="leg")
    assert (failed.code, failed.reason) == (487, "cancelled")
    await phone.told("closed", call=call)
    assert office.heard == {}


async def test_nobody_answers(opened: Open, phone: DeskPhone) -> None:
    office = await opened(ring_s=1)
    await phone.extension("1006", "ring")
    await office.gateway.dial("leg", "1006", "room", "sip:1006")
    call = (await phone.told("incoming", user="1006"))["call"]
    failed = await office.told("failed", leg="leg")
    assert (failed.code, failed.reason) == (408, "no-answer")
    await phone.told("closed", call=call)
    dialled = (await phone.ask("dial", user="1006", uri=office.address))["call"]
    incoming = await office.told("incoming")
    failed = await office.told("failed", leg=incoming.leg)
    assert (failed.code, failed.reason) == (480, "no-answer")
    await phone.told("closed", call=dialled)


async def test_keys_travel_both_ways(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1007")
    call = await connected(office, phone, "1007")
    await office.gateway.dtmf("leg", "19#")
    assert [(await phone.told("dtmf", call=call))["digit"] for _ in range(3)] == ["1", "9", "#"]
    await phone.ask("press", call=call, digits="*70")
    assert [(await office.told("dtmf", leg="leg")).digits for _ in range(3)] == ["*", "7", "0"]
    with pytest.raises(BadInput, match="keys"):
        await office.gateway.dtmf("leg", "press one")


async def test_keys_by_sip_info(opened: Open, phone: DeskPhone) -> None:
    office = await opened(dtmf="info")
    await phone.extension("1008", dtmf="info")
    call = await connected(office, phone, "1008")
    await office.gateway.dtmf("leg", "5")
    assert (await phone.told("dtmf", call=call))["digit"] == "5"
    await phone.ask("press", call=call, digits="8")
    assert (await office.told("dtmf", leg="leg")).digits == "8"


async def test_on_hold_nothing_is_heard_either_way(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1009", tone=700)
    call = await connected(office, phone, "1009")
    office.says = {"wall": 1_100}
    await office.hears("sip:1009", 700)
    await phone.hears(call, 1_100)
    await office.gateway.hold("leg", True)
    await phone.told("held", call=call, on=True)
    await office.quiet("sip:1009", seconds=0.4)
    await phone.heard(call)
    assert loudness(await office.sound("sip:1009", 0.4)) == 0
    async with asyncio.timeout(WAIT_S):
        while loudness(await phone.heard(call)) >= 20:  # what was under way is late on a busy machine
            await office.sound("sip:1009", 0.4)
    await office.gateway.hold("leg", False)
    await phone.told("held", call=call, on=False)
    await office.hears("sip:1009", 700)
    await phone.hears(call, 1_100)


async def test_the_phone_holds_us(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1010", tone=700)
    call = await connected(office, phone, "1010")
    await office.hears("sip:1010", 700)
    await phone.ask("hold", call=call, on=True)
    await office.told("held", leg="leg", on=True)
    await office.quiet("sip:1010", most=20)
    await phone.ask("hold", call=call, on=False)
    await office.told("held", leg="leg", on=False)
    await office.hears("sip:1010", 700)


async def test_a_phone_is_transferred_to_another(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1011")
    await phone.extension("1012", tone=900)
    call = await connected(office, phone, "1011")
    await office.gateway.transfer("leg", "1012")
    new = (await phone.told("transferred", call=call))["to"]
    assert (await office.told("ended", leg="leg")).reason == "transferred"
    await phone.told("established", user="1012")
    await phone.told("established", call=new)
    await phone.hears(new, 900)


async def test_a_transfer_that_fails_leaves_the_call(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1013", tone=700)
    await phone.extension("1014", "busy")
    await connected(office, phone, "1013")
    await office.gateway.transfer("leg", "1014")
    failed = await office.told("transfer_failed", leg="leg")
    assert failed.code == 486
    await office.hears("sip:1013", 700)
    with pytest.raises(NotPermitted):
        await office.gateway.transfer("leg", "sip:1014@elsewhere.example")


async def test_two_phones_are_connected_with_each_other(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1015", tone=700)
    await phone.extension("1016", tone=900)
    first = await connected(office, phone, "1015", "first")
    await connected(office, phone, "1016", "second")
    await office.gateway.hand_over("first", "second")
    new = (await phone.told("transferred", call=first))["to"]
    assert (await office.told("ended", leg="first")).reason == "transferred"
    assert (await office.told("ended", leg="second")).reason == "transferred"
    await phone.told("established", call=new)
    await phone.hears(new, 900)
    await until(lambda: office.gateway.legs == 0, "no legs")


async def test_a_hand_over_of_which_the_second_phone_knows_nothing_leaves_nobody_on_hold(
    office: Office, phone: DeskPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    await phone.extension("1019", tone=700)
    await phone.extension("1020", tone=900)
    await connected(office, phone, "1019", "first")
    await connected(office, phone, "1020", "second")
    own, gateway = Call.hold, office.gateway

    async def stubborn(call: Call) -> None:
        if call is gateway._legs.get("second").call:
            raise BaresipError("not now")
        await own(call)

    monkeypatch.setattr(Call, "hold", stubborn)
    monkeypatch.setattr("telephony.sip.baresip.REFRESH_PAUSE_S", 0.01)
    with pytest.raises(Unavailable):
        await gateway.hand_over("first", "second")
    await office.hears("sip:1019", 700)
    await office.hears("sip:1020", 900)
    assert [leg.bridge.paused for leg in gateway._legs.all()] == [False, False]
    assert not gateway._legs.get("first").call.is_on_hold


@pytest.mark.parametrize("target", ["sip:119@{pbx}", "sip:1018@127.0.0.1:9", "<sip:1018@{pbx}?Route=x>", "sip:x@{pbx}"])
async def test_a_phone_cannot_make_us_call_anybody(office: Office, phone: DeskPhone, target: str) -> None:
    await phone.extension("1017", tone=700)
    await phone.extension("1018")
    call = await connected(office, phone, "1017")
    await phone.ask("transfer", call=call, uri=target.format(pbx=f"127.0.0.1:{phone.port}"))
    await asyncio.sleep(0.3)
    assert not [event for event in phone.events if event["event"] == "incoming" and event["user"] == "1018"]
    assert office.gateway.legs == 1
    await office.hears("sip:1017", 700)


async def test_a_phone_connects_us_with_a_colleague(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1040", tone=700)
    await phone.extension("1041", tone=900)
    call = await connected(office, phone, "1040")
    office.says = {"wall": 1_100}
    await phone.ask("transfer", call=call, uri=phone.address("1041"))
    new = (await phone.told("established", user="1041"))["call"]
    assert (await office.told("moved", leg="leg")).caller == "1041"
    await phone.told("closed", call=call)
    await office.hears("sip:1040", 900)
    await phone.hears(new, 1_100)
    assert office.gateway.legs == 1
    await office.gateway.hang_up("leg")
    assert (await office.told("ended", leg="leg")).reason == "hangup"
    await phone.told("closed", call=new)


async def test_a_colleague_who_does_not_answer_leaves_us_with_the_first(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1042", tone=700)
    await phone.extension("1043", "busy")
    call = await connected(office, phone, "1042")
    await phone.ask("transfer", call=call, uri=phone.address("1043"))
    await phone.told("closed", user="1043")
    await office.hears("sip:1042", 700)
    await office.gateway.hang_up("leg")
    assert (await office.told("ended", leg="leg")).reason == "hangup"
    await phone.told("closed", call=call)


async def test_several_calls_at_once_and_no_more_than_there_are_lines(opened: Open, phone: DeskPhone) -> None:
    office = await opened(lines=4)
    for n in range(5):
        await phone.extension(f"102{n}", tone=500 + 200 * n)
    for n in range(4):
        await connected(office, phone, f"102{n}", f"leg{n}")
    with pytest.raises(Unavailable) as caught:
        await office.gateway.dial("leg4", "1024", "room", "sip:1024")
    assert caught.value.code == "lines-busy"
    dialled = (await phone.ask("dial", user="1024", uri=office.address))["call"]
    assert (await phone.told("closed", call=dialled))["text"].startswith("486")
    for n in range(4):
        sound = await office.hears(f"sip:102{n}", 500 + 200 * n)
        loud = [strength(sound, 500 + 200 * tone, rate=ROOM_RATE) for tone in range(4)]
        assert loud[n] == max(loud) > 6_000
        assert sorted(loud)[-2] < 1_500, "the calls must not be mixed up"


async def test_wideband(opened: Open, phone: DeskPhone) -> None:
    office = await opened(codecs=("g722", "pcma"))
    await phone.extension("1030", tone=5_000, codecs=("g722/16000/1",))
    await connected(office, phone, "1030")
    await office.hears("sip:1030", 5_000, least=5_000)


async def test_encrypted_sound(opened: Open, phone: DeskPhone) -> None:
    office = await opened(srtp="required")
    await phone.extension("1035", tone=700, srtp=True)
    call = await connected(office, phone, "1035")
    office.says = {"wall": 1_100}
    await office.hears("sip:1035", 700)
    await phone.hears(call, 1_100)
    await phone.extension("1036")
    await office.gateway.dial("plain", "1036", "room", "sip:1036")
    assert (await office.told("failed", leg="plain")).reason == "no-common-codec"


async def test_by_tcp(opened: Open, phone: DeskPhone) -> None:
    office = await opened(transport="tcp")
    await phone.extension("1037", tone=700, transport="tcp")
    call = await connected(office, phone, "1037")
    await office.hears("sip:1037", 700)
    await office.gateway.hang_up("leg")
    await office.told("ended", leg="leg")
    await phone.told("closed", call=call)


async def test_what_is_asked_wrongly(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1031", "ring")
    await office.gateway.dial("leg", "1031", "room", "sip:1031")
    for wrong, error, code in (
        (office.gateway.dial("leg", "1031", "r", "p"), BadInput, "leg-exists"),
        (office.gateway.dial("", "1031", "r", "p"), BadInput, "leg-exists"),
        (office.gateway.dial("x", "sip:1@evil", "r", "p"), NotPermitted, "number-not-allowed"),
        (office.gateway.dial("x", "119", "r", "p"), NotPermitted, "number-not-allowed"),
        (office.gateway.dial("x", "nobody", "r", "p"), BadInput, "bad-number"),
        (office.gateway.hold("leg", True), BadInput, "not-answered"),
        (office.gateway.transfer("leg", "1031"), BadInput, "not-answered"),
        (office.gateway.hand_over("leg", "leg"), BadInput, "not-answered"),
        (office.gateway.accept("leg", "r", "p"), BadInput, "not-incoming"),
        (office.gateway.hang_up("other"), BadInput, "unknown-leg"),
    ):
        with pytest.raises(error) as caught:
            await wrong
        assert caught.value.code == code
    assert office.gateway.legs == 1


async def test_a_port_that_is_taken_is_told(opened: Open) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable) as caught:
            await opened(port=taken.getsockname()[1])
    assert caught.value.code == "phones-unavailable"
    await opened()
    with pytest.raises(Unavailable):
        await opened()


async def test_a_room_is_entered_once_it_is_open(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1033", tone=700)
    office.closed = True
    await connected(office, phone, "1033")
    office.closed = False
    await office.hears("sip:1033", 700)


async def test_a_room_that_cannot_be_entered_ends_the_call(
    office: Office, phone: DeskPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("telephony.sip.legs.ENTER_S", 0.2)
    await phone.extension("1038")
    office.closed = True
    await office.gateway.dial("leg", "1038", "room", "part")
    assert (await office.told("ended", leg="leg")).reason == "hangup"
    await phone.told("closed", user="1038")


async def test_a_phone_that_lost_its_power(opened: Open) -> None:
    other = DeskPhone()
    try:
        office = await opened(domain=f"127.0.0.1:{other.port}", lost_s=2)
        await other.extension("1034", tone=700)
        await office.gateway.dial("leg", "1034", "room", "sip:1034")
        await office.hears("sip:1034", 700)
    finally:
        other.kill()
    assert (await office.told("ended", leg="leg")).reason == "lost"


async def test_after_close_there_is_no_call_and_no_gateway(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1032")
    call = await connected(office, phone, "1032")
    await office.gateway.close()
    await phone.told("closed", call=call)
    with pytest.raises(Unavailable):
        await office.gateway.dial("again", "1032", "room", "part")


async def test_a_stack_that_dies_ends_its_calls_and_says_so(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1050")
    await phone.extension("1051", "ring")
    await connected(office, phone, "1050", "first")
    await office.gateway.dial("second", "1051", "room", "part")
    await office.told("ringing", leg="second")
    runtime = office.gateway._runtime
    assert runtime is not None
    assert runtime.on_dead is not None
    runtime.on_dead()  # as the library calls it when its thread has ended
    assert (await office.told("ended", leg="first")).reason == "lost"
    assert (await office.told("failed", leg="second")).reason == "lost"
    assert office.dead == 1
    with pytest.raises(Unavailable):
        await office.gateway.dial("third", "1050", "room", "part")
    await runtime.close()
