"""The bench of hearing: what it reads and refuses, how it makes recordings, counts and prints."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.contracts import BadInput
from assistant.contracts.events import NoSpeech, Transcript, Wake
from content_registry.loader import load_registry
from tests.bench import hearing
from tests.bench.clips import RATE, Clip, commands_of, read_clips, read_sound, training_hashes
from tests.bench.results import share
from tests.bench.scenes import CONDITIONS, LEAD_S, Heard, Scene, loud_part, recording

REGISTRY = load_registry()


def tone(seconds: float = 0.5) -> np.ndarray:
    return (0.3 * np.sin(np.arange(int(seconds * RATE)) * 0.2)).astype(np.float32)


def a_folder(folder: Path) -> Path:
    for name in ("pico_ann_1", "pico_ann_2", "flite_bob_1"):
        soundfile.write(folder / f"{name}.wav", tone(), RATE)
    (folder / "texts.tsv").write_text("pico_ann_1.wav\t서울아\nflite_bob_1\t미세먼지 보여줘\n", "utf-8")
    (folder / "ann.trans.txt").write_text("pico_ann_2 서울아 오존 보여줘\n", "utf-8")
    return folder


def test_clips_are_read_with_family_speaker_and_text(tmp_path: Path) -> None:
    clips = read_clips(a_folder(tmp_path), frozenset())
    assert [(c.family, c.speaker, c.kind, c.command) for c in clips] == [
        ("flite", "bob", "command", "미세먼지 보여줘"),
        ("pico", "ann", "wake", ""),
        ("pico", "ann", "breath", "오존 보여줘"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("noname.wav", None, "bad-name"), ("a_b_c.wav", None, "no-text"), ("pico_ann_3.wav", b"nothing", "no-text")],
)
def test_a_clip_that_cannot_be_used_is_named(tmp_path: Path, name: str, content: bytes | None, code: str) -> None:
    folder = a_folder(tmp_path)
    if content is None:
        soundfile.write(folder / name, tone(), RATE)
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(BadInput) as refused:
        read_clips(folder, frozenset())
    assert refused.value.code == code
    assert name in refused.value.message


def test_what_the_wake_word_was_trained_on_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clips").mkdir()
    folder = a_folder(tmp_path / "clips")
    head = tmp_path / "head.onnx"
    digest = hashlib.sha256((folder / "pico_ann_1.wav").read_bytes()).hexdigest()
    head.with_suffix(".clips.sha256").write_text(f"{digest}  pico_ann_1.wav\n", "utf-8")
    taught, source = training_hashes(head, tmp_path / "var")
    assert (taught, source) == (frozenset({digest}), "head.clips.sha256")
    with pytest.raises(BadInput) as refused:
        read_clips(folder, taught)
    assert refused.value.code == "trained-on"
    settings = tmp_path / "settings.toml"
    settings.write_text(f'state_dir = "{tmp_path / "var"}"\n[hearing]\nwake_model = "{head}"\n', "utf-8")
    monkeypatch.setattr(hearing, "HearingEngine", lambda *_, **__: None)
    assert hearing.main(["--clips", str(folder), "--settings", str(settings), "--out", str(tmp_path / "out")]) == 2
    assert "trained-on" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_what_lies_in_the_state_folder_was_trained_on_but_for_the_test_split(tmp_path: Path) -> None:
    clips = tmp_path / "wake" / "clips" / "espeak"
    clips.mkdir(parents=True)
    for name, level in (("train.wav", 0.1), ("test.wav", 0.2)):
        soundfile.write(clips / name, tone() * level, RATE)
    rows = [{"path": f"espeak/{split}.wav", "split": split} for split in ("train", "test")]
    (clips.parent / "index.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    taught, _ = training_hashes(tmp_path / "head.onnx", tmp_path)
    assert taught == {hashlib.sha256((clips / "train.wav").read_bytes()).hexdigest()}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_recording_is_always_the_same_and_knows_where_its_clips_are(condition: str) -> None:
    clips = [Clip("pico", "ann", "서울아", tone(0.4)), Clip("pico", "bob", "서울아", tone(0.6))]
    sound, scenes = recording(clips, condition)
    again, _ = recording(clips, condition)
    assert np.array_equal(sound, again)
    assert sound.dtype == np.int16
    assert scenes[0].start == pytest.approx(LEAD_S, abs=0.1)
    for scene, seconds in zip(scenes, (0.4, 0.6), strict=True):
        assert scene.end - scene.start == pytest.approx(seconds, abs=0.03)
        inside = sound[int(scene.start * RATE) : int(scene.end * RATE)].astype(float)
        assert np.sqrt(np.mean(inside**2)) > 1000
    assert scenes[1].until == pytest.approx(len(sound) / RATE)


def test_the_noise_stands_as_far_below_the_speech_as_it_says() -> None:
    clip = Clip("pico", "ann", "서울아", tone(2.0))
    levels = {}
    for condition in ("clean", "15 dB", "5 dB"):
        sound, (scene,) = recording([clip], condition)
        before, inside = (
            sound[: int((scene.start - 0.1) * RATE)],
            sound[int(scene.start * RATE) : int(scene.end * RATE)],
        )
        noise, speech = (np.mean(part.astype(float) ** 2) for part in (before, inside))
        levels[condition] = 10 * np.log10(speech / noise)
    assert levels["clean"] > 60
    assert levels["15 dB"] - levels["5 dB"] == pytest.approx(10, abs=4)
    assert levels["15 dB"] == pytest.approx(15, abs=4)


def test_wakes_and_words_belong_to_their_clips() -> None:
    clip = Clip("pico", "ann", "서울아 오존 보여줘", tone())
    scenes = [Scene(clip, 2.0, 4.0, 9.0), Scene(clip, 11.0, 13.0, 18.0)]
    own, stray = Wake(3.0, 0.99), Wake(7.0, 0.99)
    words = Transcript(5.0, "오존 보여줘", "오존", 0.0, True, 4.0)
    heard = Heard([own, words, stray, NoSpeech(10.0)], 0.5, 20.0)
    assert [heard.wake(scene) for scene in scenes] == [own, None]
    assert heard.transcript(scenes[0], 3.0) == words
    assert heard.transcript(scenes[1]) is None
    assert heard.stray_wakes(scenes) == 1
    assert loud_part(np.zeros(100, np.float32)) == (0, 100)


def test_a_command_is_right_by_what_it_means() -> None:
    meaning = hearing.Meaning(REGISTRY)

    def said(text: str, accepted: bool = True) -> Transcript:
        return Transcript(1.0, text, text, 0.1, accepted, 0.8)

    assert meaning.verdict("오존 보여줘", said("오존 띄워줘")) == "right"
    assert meaning.verdict("오존 보여줘", said("세입 보여줘")) == "wrong"
    assert meaning.verdict("오존 보여줘", said("오존 보여줘", accepted=False)) == "none"
    assert meaning.verdict("오존 보여줘", None) == "none"
    assert meaning.verdict("목이 칼칼하네", said("목이 칼칼하네")) == "right", "names alone do not tell: to the letter"
    assert all(meaning.of(command) is not None for command in commands_of(REGISTRY))


@pytest.mark.parametrize(
    ("events", "hours", "low", "high"),
    [(0, 1.0, 0.0, 3.689), (1, 1.0, 0.0253, 5.572), (10, 2.0, 2.398, 9.195), (3, 0.5, 1.237, 17.535)],
)
def test_exact_poisson_intervals(events: int, hours: float, low: float, high: float) -> None:
    assert hearing.poisson(events, hours) == (pytest.approx(low, abs=2e-3), pytest.approx(high, abs=2e-3))


def test_everything_found_is_printed() -> None:
    every = {condition: share(1, 10) for condition in CONDITIONS}
    verdicts = {
        condition: {v: share(n, 10) for v, n in (("right", 8), ("wrong", 1), ("none", 1))} for condition in CONDITIONS
    }
    found = {
        "wake_missed": {"pico": every},
        "breath_missed": {"pico": every},
        "commands": {"pico, in one breath": verdicts},
        "false_wakes": hearing.rate(2, 7200),
        "stray_wakes": hearing.rate(0, 3600),
        "phrases": {
            "phrases": 60,
            "n": 10,
            "said": verdicts["clean"],
            "strangers": 20,
            "strangers_accepted": share(0, 20),
        },
        "lags_ms": {"end of speech -> transcript": {"p50": 300.0, "p95": 700.0, "n": 5}},
        "cpu_per_second": {"wake word": 0.05},
        "memory_mb": 700.0,
    }
    text = hearing.printed(found)
    for part in ("10.0 [1.8, 40.4]", "80 / 10 / 10", "2 in 2.00 h = 1.00 an hour [0.12, 3.61]",
                 "60 phrases, 10 recordings: right 80.0", "p50 300 ms", "0.050 s", "700 MB"):  # fmt: skip
        assert part in text, part


def test_phrases_need_speech() -> None:
    with pytest.raises(SystemExit) as ended:
        hearing.main(["--phrases", "list.txt"])
    assert ended.value.code == 2


@pytest.mark.real
def test_a_command_in_one_breath_goes_through_the_real_ear() -> None:
    audio = Path(__file__).resolve().parents[1] / "audio" / "one_breath.flac"
    clips = [Clip("kokoro", "committed", "서울아 미세먼지 보여줘", read_sound(audio))]
    engine = hearing.HearingEngine(hearing.registry_phrases())
    tally = hearing.measure_clips(engine, clips, hearing.Meaning(REGISTRY), lambda _: None)
    found = json.loads(json.dumps(hearing.figures(tally)))
    assert set(found["breath_missed"]["kokoro"]) == set(CONDITIONS)
    assert found["breath_missed"]["kokoro"]["clean"]["count"] == 0
    assert found["commands"]["kokoro, in one breath"]["clean"]["right"]["count"] == 1
    assert 0 < found["lags_ms"]["end of speech -> transcript"]["p50"] < 1500
    assert found["wake_missed"] == {}
