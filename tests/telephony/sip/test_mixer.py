"""The sound of a room for a phone and back, judged by the energy at frequencies."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.sip.bridge import MOST_WAITING, PhoneBridge
from telephony.sip.mixer import MOST_PARTS, Mixer, Waiting
from telephony.sip.pcm import CEILING, PIECE, ROOM_RATE, Down, Limiter, Up, pcm, samples
from tests.telephony.tones import loudness, strength, tone

PIECE_BYTES = 2 * PIECE


def pieces(hz: float, count: int, *, level: float = 8_000) -> list[bytes]:
    return [tone(hz, 0.02, rate=ROOM_RATE, level=level, start=n * PIECE) for n in range(count)]


def through(step: Down | Up, sound: bytes, size: int) -> bytes:
    values = samples(sound)
    parts = [step(values[at : at + size]) for at in range(0, len(values), size)]
    return pcm(np.concatenate(parts))


# ---------------------------------------------------------------------------------------------- rates


@pytest.mark.parametrize("rate", [8_000, 16_000])
@pytest.mark.parametrize("hz", [300, 1_000, 3_000])
def test_a_voice_keeps_its_strength_down_and_up(rate: int, hz: int) -> None:
    low = through(Down(rate), tone(hz, 1, rate=ROOM_RATE), PIECE)
    assert len(low) == 2 * rate
    assert strength(low[rate // 2 :], hz, rate=rate) == pytest.approx(8_000, rel=0.02)
    high = through(Up(rate), tone(hz, 1, rate=rate), rate // 50)
    assert len(high) == 2 * ROOM_RATE
    assert strength(high[ROOM_RATE // 2 :], hz, rate=ROOM_RATE) == pytest.approx(8_000, rel=0.02)


@pytest.mark.parametrize("hz", [4_600, 6_000, 7_000, 15_000])
def test_what_a_phone_cannot_carry_does_not_fold_back(hz: int) -> None:
    low = through(Down(8_000), tone(hz, 1, rate=ROOM_RATE), PIECE)
    assert loudness(low[2_000:]) < 8_000 / 500


def test_a_phone_brings_no_images_into_the_room() -> None:
    high = through(Up(8_000), tone(1_000, 1), 160)[10_000:]
    assert max(strength(high, image, rate=ROOM_RATE) for image in (7_000, 9_000, 15_000, 17_000)) < 8_000 / 500


@given(st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_the_cut_of_the_pieces_changes_nothing(cuts: list[int]) -> None:
    rng = np.random.default_rng(sum(cuts))
    for step, unit in ((Down, 6), (Up, 1)):
        whole = rng.normal(0, 3_000, sum(cuts) * unit).astype(np.float32)
        ends = np.cumsum(cuts) * unit
        one, many = step(8_000), step(8_000)
        joined = np.concatenate([many(whole[end - cut * unit : end]) for cut, end in zip(cuts, ends, strict=True)])
        np.testing.assert_allclose(one(whole), joined, atol=0.01)


def test_the_delay_of_both_ways_is_three_milliseconds() -> None:
    click = np.zeros(PIECE * 2, dtype=np.float32)
    click[PIECE] = 20_000
    back = Up(8_000)(Down(8_000)(click))
    assert abs(int(np.argmax(back)) - PIECE - 144) <= 6


def test_odd_rates_are_refused() -> None:
    for rate in (0, 11_025, 44_100):
        with pytest.raises(ValueError, match="rate"):
            Down(rate)


def test_half_a_sample_is_left_off() -> None:
    assert len(samples(b"\x01\x02\x03")) == 1


# ---------------------------------------------------------------------------------------------- mixing


def test_everybody_is_heard_but_oneself() -> None:
    mixer = Mixer("phone")
    heard = []
    own, first, second = pieces(500, 60), pieces(1_000, 60), pieces(1_700, 60, level=4_000)
    for n in range(60):
        mixer.say("phone", samples(own[n]))
        mixer.say("wall", samples(first[n]))
        mixer.say("console", samples(second[n]))
        heard.append(pcm(mixer.mix(PIECE)))
    sound = b"".join(heard[10:])
    assert strength(sound, 1_000, rate=ROOM_RATE) == pytest.approx(8_000, rel=0.01)
    assert strength(sound, 1_700, rate=ROOM_RATE) == pytest.approx(4_000, rel=0.01)
    assert strength(sound, 500, rate=ROOM_RATE) < 10


def test_gain_and_mute() -> None:
    mixer = Mixer("phone")
    mixer.gain("loud", 0.25)
    mixer.gain("mute", 0)
    mixer.gain("huge", 1_000)
    heard = []
    for one, two, three in zip(pieces(1_000, 40), pieces(1_700, 40), pieces(2_500, 40, level=500), strict=True):
        for part, piece in (("loud", one), ("mute", two), ("huge", three)):
            mixer.say(part, samples(piece))
        heard.append(pcm(mixer.mix(PIECE)))
    sound = b"".join(heard[10:])
    assert strength(sound, 1_000, rate=ROOM_RATE) == pytest.approx(2_000, rel=0.01)
    assert strength(sound, 1_700, rate=ROOM_RATE) < 5
    assert strength(sound, 2_500, rate=ROOM_RATE) == pytest.approx(2_000, rel=0.01)


def test_many_loud_voices_are_turned_down_and_not_cut() -> None:
    mixer = Mixer("phone")
    tones = [400, 700, 1_100, 1_600, 2_300]
    voices = [pieces(hz, 100, level=20_000) for hz in tones]
    heard = []
    for n in range(100):
        for name, voice in enumerate(voices):
            mixer.say(str(name), samples(voice[n]))
        heard.append(pcm(mixer.mix(PIECE)))
    sound = b"".join(heard[10:])
    values = np.abs(samples(sound))
    assert values.max() <= CEILING + 1
    kept = [strength(sound, hz, rate=ROOM_RATE) for hz in tones]
    assert min(kept) > 4_000
    assert max(kept) < 1.02 * min(kept)
    rest = [strength(sound, hz, rate=ROOM_RATE) for hz in (250, 550, 900, 1_350, 2_000, 2_700, 3_000, 3_400)]
    assert max(rest) < min(kept) / 30, "cut peaks would show as tones that nobody sent"


def test_the_limiter_lets_go_again() -> None:
    limit = Limiter()
    loud, soft = (
        samples(tone(1_000, 0.02, rate=ROOM_RATE, level=32_000)) * 3,
        samples(tone(1_000, 0.02, rate=ROOM_RATE)),
    )
    for _ in range(5):
        limit(loud)
    assert limit.gain < 0.4
    for _ in range(40):
        out = limit(soft)
    assert limit.gain == 1.0
    np.testing.assert_allclose(out, soft, atol=0.5)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3 * PIECE), st.integers(-32_768, 32_767)), max_size=40))
def test_whatever_comes_the_mix_has_its_length_and_its_bound(saids: list[tuple[int, int, int]]) -> None:
    mixer = Mixer("0")
    for part, length, value in saids:
        mixer.say(str(part), np.full(length, value, dtype=np.float32))
        out = mixer.mix(PIECE)
        assert len(out) == PIECE
        assert np.all(np.abs(out) <= CEILING)
        assert np.all(np.isfinite(out))


def test_a_part_that_left_or_fell_silent_is_forgotten() -> None:
    mixer = Mixer("phone")
    mixer.say("gone", samples(pieces(1_000, 1)[0]))
    mixer.say("left", samples(pieces(1_000, 1)[0]))
    mixer.forget("left")
    assert mixer.parts == ("gone",)
    for _ in range(260):
        mixer.mix(PIECE)
    assert mixer.parts == ()
    for n in range(3 * MOST_PARTS):
        mixer.say(str(n), samples(pieces(1_000, 1)[0]))
    assert len(mixer.parts) == MOST_PARTS


# ---------------------------------------------------------------------------------------------- late and missing


def test_a_voice_starts_after_two_pieces_and_then_flows() -> None:
    voice = Waiting()
    sound = [samples(piece) for piece in pieces(1_000, 10)]
    voice.push(sound[0])
    assert not voice.pull(PIECE).any()
    voice.push(sound[1])
    first = voice.pull(PIECE)
    np.testing.assert_allclose(first[200:], sound[0][200:])
    voice.push(sound[2])
    np.testing.assert_allclose(voice.pull(PIECE), sound[1])


def test_a_missing_piece_is_silence_without_a_click() -> None:
    voice = Waiting()
    sound = [samples(piece) for piece in pieces(200, 40)]
    out = []
    for n, piece in enumerate(sound):
        if n not in (10, 11, 12, 13, 20):
            voice.push(piece)
        out.append(voice.pull(PIECE))
    assert voice.dry >= 1
    joined = np.concatenate(out)
    steepest = 8_000 * 2 * np.pi * 200 / ROOM_RATE
    assert np.max(np.abs(np.diff(joined))) < 2 * steepest + 8_000 / 90


def test_late_pieces_are_skipped_not_kept_for_ever() -> None:
    voice = Waiting()
    for piece in pieces(1_000, 100):
        voice.push(samples(piece))
    assert len(voice) <= 10 * PIECE
    assert voice.skipped > 80 * PIECE
    out = np.concatenate([voice.pull(PIECE) for _ in range(10)])
    assert strength(pcm(out[: 2 * PIECE]), 1_000, rate=ROOM_RATE) > 7_000


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3_000)), max_size=60))
def test_what_waits_is_bounded_and_counted(steps: list[tuple[bool, int]]) -> None:
    voice = Waiting()
    pushed = pulled = 0
    for push, count in steps:
        if push:
            voice.push(np.ones(count, dtype=np.float32))
            pushed += count
        else:
            assert len(voice.pull(count)) == count
            pulled += count
        assert len(voice) <= 10 * PIECE
    assert len(voice) + voice.skipped <= pushed


# ---------------------------------------------------------------------------------------------- the bridge


async def test_a_room_hears_the_phone_and_the_phone_the_room() -> None:
    bridge = PhoneBridge("phone")
    heard: list[bytes] = []

    async def room() -> None:
        async for piece in bridge.heard():
            heard.append(piece)

    listening = asyncio.create_task(room())
    spoken = []
    for n in range(50):
        bridge.say("wall", tone(1_000, 0.02, rate=ROOM_RATE, start=n * PIECE))
        bridge.say("phone", tone(500, 0.02, rate=ROOM_RATE, start=n * PIECE))
        bridge.listen(tone(700, 0.02, start=n * 160))
        spoken.append(bridge.speak(160))
        await asyncio.sleep(0)
    bridge.close()
    await listening
    assert {len(piece) for piece in heard} == {PIECE_BYTES}
    assert len(heard) == 50
    assert {len(piece) for piece in spoken} == {320}
    to_room, to_phone = b"".join(heard[10:]), b"".join(spoken[10:])
    assert strength(to_room, 700, rate=ROOM_RATE) == pytest.approx(8_000, rel=0.02)
    assert strength(to_room, 1_000, rate=ROOM_RATE) < 10
    assert strength(to_phone, 1_000) == pytest.approx(8_000, rel=0.02)
    assert strength(to_phone, 500) < 10


async def test_on_hold_nothing_passes_and_nothing_is_kept() -> None:
    bridge = PhoneBridge("phone")
    for n in range(5):
        bridge.say("wall", tone(1_000, 0.02, rate=ROOM_RATE, start=n * PIECE))
        bridge.listen(tone(700, 0.02, start=n * 160))
    bridge.pause(True)
    silence = bridge.speak(800)
    bridge.listen(tone(700, 0.02), pieces=5)
    pieces_heard = [piece async for piece in _some(bridge, 10)]
    assert loudness(silence[400:]) < 5
    assert loudness(b"".join(pieces_heard[5:])) == 0
    bridge.pause(False)
    assert loudness(bridge.speak(800)[400:]) < 5


async def test_a_room_that_does_not_listen_misses_the_oldest() -> None:
    bridge = PhoneBridge("phone")
    for n in range(300):
        bridge.listen(tone(700, 0.02, start=n * 160))
    bridge.close()
    assert len([piece async for piece in bridge.heard()]) == MOST_WAITING


async def test_a_wideband_phone() -> None:
    bridge = PhoneBridge("phone")
    bridge.tune(16_000)
    spoken = []
    for n in range(40):
        bridge.say("wall", tone(6_000, 0.02, rate=ROOM_RATE, start=n * PIECE))
        spoken.append(bridge.speak(320))
    assert strength(b"".join(spoken[10:]), 6_000, rate=16_000) == pytest.approx(8_000, rel=0.02)


async def _some(bridge: PhoneBridge, count: int):  # type: ignore[no-untyped-def]
    async for piece in bridge.heard():
        yield piece
        count -= 1
        if not count:
            return
