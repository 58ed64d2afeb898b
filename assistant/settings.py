"""The app's settings: settings.toml, then SEOULA_* environment variables, then files of the secrets folder; read once.

A nested field is set from the environment, and by a file of the secrets folder, with two underscores:
SEOULA_SERVER__PORT=8701, secrets/SEOULA_CITY_DATA__DATA_GO_KR_KEY.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from assistant.contracts import ConfigError
from assistant.settings_calls import CallSettings, MeetingSettings, PhoneSettings, Section
from assistant.settings_seeing import PrivateModeSettings, SeeingSettings

PROJECT = Path(__file__).resolve().parent.parent
NLU_DATA = PROJECT / "nlu_data"


_TIME_OF_DAY = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_DISPLAY = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"
_HOST = r"^([0-9A-Za-z_-]{1,63}(\.[0-9A-Za-z_-]{1,63})*|[0-9A-Fa-f:.]{2,45})$"


def _path(given: object) -> object:
    if isinstance(given, str) and not (given.strip() and given.isprintable()):
        raise ValueError("a path is needed")  # an empty one would be the folder that the service happens to start in
    return given


_Path = Annotated[Path, BeforeValidator(_path)]


class ServerSettings(Section):
    """Where the one origin listens. Any host but a loopback address requires device tokens for every change."""

    host: str = Field("127.0.0.1", pattern=_HOST)
    port: int = Field(8700, ge=0, le=65535)
    allowed_hosts: list[str] = ["127.0.0.1", "localhost", "[::1]"]
    trust_local_operator: bool = True
    """Whether requests that come straight from this machine (loopback, no proxy header) count as the operator's: they
    may command screens, read run records and list the displays without a token. Switched off, nobody is local and
    everybody needs a device token (our own workers excepted): needed where a reverse proxy on this machine adds no
    forwarding header."""


class RoomSettings(Section):
    """The room the local microphone stands in, by the display it commands."""

    display: str = Field("main", pattern=_DISPLAY)


class MicrophoneSettings(Section):
    """One of several microphones. device: as in HearingSettings. display: the one it commands, the room's if none is
    named; it stands there, so that display's voice is taken out of what it hears. group: microphones of a group stand
    within earshot of each other, and so of each other's displays, and only the loudest answers a call; those of one
    display are a group unless another one is named."""

    device: str | None = None
    display: str | None = Field(None, pattern=_DISPLAY)
    group: str | None = None


class HearingSettings(Section):
    """The hearing worker. device: sounddevice's name or number; None is the system's default microphone.
    microphone_file: a recording played in real time in the microphone's place, for demonstrations and tests.
    echo_cancellation: while the assistant speaks its own voice is taken out of what the microphone hears, so that the
    wake word and "그만" interrupt it; without it the microphone is deaf meanwhile. noise_suppression: steady noise is
    taken out of what the microphones hear, and of recordings that are replayed."""

    microphone: bool = True
    device: str | None = None
    microphone_file: _Path | None = None
    microphones: list[MicrophoneSettings] = Field([], max_length=8)
    """Several microphones; none named: the one that `device` says."""
    wake_model: _Path = PROJECT / "models" / "wake" / "seoul_a.onnx"
    wake_people: bool | list[str] = True
    """Whose enrolled wake heads (`seoula enroll wake`) are used beside it: everybody's, nobody's, or these names'."""
    wake_threshold: float | None = Field(None, gt=0, lt=1)
    wake_patience_frames: int | None = Field(None, ge=1, le=10)
    wake_refractory_s: float | None = Field(None, ge=0, le=30)
    """In place of what the head's card says: a score from which on a frame (80 ms) counts, how many must follow one
    another, and how long the head then rests."""
    wake_twice_within_s: float = Field(0.0, ge=0, le=5)
    """The wake word must be said twice within so long ("서울아 서울아"), for rooms where it wakes
    too easily; 0: once."""
    wake_voice_gate: float = Field(0.0, ge=0, le=1)
    """The least probability of a voice, by Silero, for a wake to count; 0: not asked."""
    wake_ask_from: float = Field(0.2, ge=0, lt=1)
    """The score from which a call that the head is not sure of is put to the second opinion; 0: never."""
    echo_cancellation: bool = True
    noise_suppression: bool = True
    start_timeout_s: float = Field(60.0, gt=0)
    memory_limit_mb: int = Field(1600, gt=0)
    keep_false_wakes: bool = False
    """Whether the 2.8 s of sound around a wake-up that a person called false are kept for the next training of the wake
    word, in `STATE_DIR/wake/false`. Never while a recognised person's private content is open."""
    false_wake_days: float = Field(30.0, gt=0)
    """When such a clip is deleted."""


class OpinionSettings(Section):
    """The second opinion's worker (Whisper). deadline_s: how long after the end of speech an answer still counts;
    without one the first recogniser's opinion stands."""

    enabled: bool = True
    deadline_s: float = Field(1.5, gt=0, le=10)
    threads: int = Field(2, ge=1, le=16)
    start_timeout_s: float = Field(60.0, gt=0)
    memory_limit_mb: int = Field(800, gt=0)


class SpeakingSettings(Section):
    """The voice worker. output: the screen plays it, the local device plays it, or nothing is spoken.
    engine: auto is the neural voice where it is installed and the machine is fast enough for it, else espeak; kokoro
    does not ask how fast. Whatever it is, espeak speaks where the neural voice fails. rate_wpm: espeak's.
    timeout_s: for each phrase of a sentence. stock: make common phrases in advance, in free time."""

    output: Literal["screen", "device", "off"] = "screen"
    engine: Literal["auto", "kokoro", "espeak"] = "auto"
    rate_wpm: int = Field(160, ge=80, le=400)
    timeout_s: float = Field(8.0, gt=0)
    start_timeout_s: float = Field(60.0, gt=0)
    memory_limit_mb: int = Field(900, gt=0)
    cache_entries: int = Field(500, ge=1)
    stock: bool = True


class ConversationSettings(Section):
    """How the assistant talks with people. follow_up_s: after a success the ear stays open for so long, and a next
    command needs no wake word; 0 switches this off."""

    follow_up_s: float = Field(4.0, ge=0, le=15)


class RasaSettings(Section):
    """The NLU server. port 0: a free port. python: the interpreter of its own environment (also RASA_PYTHON)."""

    port: int = Field(0, ge=0, le=65535)
    python: _Path | None = None
    enabled: bool = True
    start_timeout_s: float = Field(120.0, gt=0)
    memory_limit_mb: int = Field(2000, gt=0)
    corrections: bool = True
    """Whether `seoula train` learns from what operators corrected on the page of runs."""


class CityDataSettings(Section):
    """Where the city's figures come from: from each source that has its key, else simulated. seed: the simulation's.
    alerts: whether incidents pre-empt the screens. incidents: what of them is made up by itself; `none`: nothing,
    `scripted`: exercises at fixed times after the service began, for demonstrations. The ordinary events of the
    simulated city interrupt nobody; an exercise can be held at any time (`POST /api/v1/incidents/drill`)."""

    seed: int = 7
    alerts: bool = True
    incidents: Literal["none", "scripted"] = "none"
    poll: bool = True
    """Whether the sources are asked; switched off, what was last read stays, with its age."""
    remote_url: str = Field("", pattern=r"^(https?://[^\s/?#@]+(/[^\s?#]*)?)?$")
    """The address of a shared city-data API (another seoula, or the city's own), as in "https://data.example:8700"."""
    remote_token: SecretStr = SecretStr("")
    """A device token of it, for what the public may not see."""
    seoul_open_data_key: SecretStr = SecretStr("")
    """Of data.seoul.go.kr."""
    seoul_subway_key: SecretStr = SecretStr("")
    """Of the real-time subway service of data.seoul.go.kr, which has keys of its own."""
    data_go_kr_key: SecretStr = SecretStr("")
    """Of data.go.kr: weather, air, buses."""
    safety_data_key: SecretStr = SecretStr("")
    """Of safetydata.go.kr: disaster messages."""
    base_urls: dict[str, str] = {}
    """Other addresses of sources, by the source's id."""
    quotas: dict[str, int] = {}
    """Calls a day in place of what a source is known to allow, by its id."""

    def keys(self) -> dict[str, str]:
        """The secrets by the names that sources ask for; empty ones mean that a source is not used."""
        found = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: value.get_secret_value() for name, value in found.items() if isinstance(value, SecretStr)}


class DocumentSettings(Section):
    """folder: where this site keeps PDF files of its own, described by its `documents.yaml` or named
    KIND__Title.pdf; they are listed in the panels of their kind."""

    folder: _Path | None = None


class CameraSettings(Section):
    """A camera: the address of its HLS playlist, WHEP endpoint or MJPEG stream. source None: told by the address
    (.m3u8 is HLS, one that ends in whep is WebRTC, any other MJPEG). visibility: who may see it; only `public` ones
    ever go to citizens' screens. The address itself stays on the server."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    name: str = Field(min_length=1, max_length=60)
    place: str = Field("", max_length=60)
    url: str = Field(pattern=r"^https?://[^\s]+$", max_length=500)
    source: Literal["hls", "whep", "mjpeg"] | None = None
    panel: Literal["cctv", "fire-drone", "air-video"] = "cctv"
    visibility: Literal["public", "internal", "private"] = "internal"

    def kind(self) -> Literal["hls", "whep", "mjpeg"]:
        """How it is watched."""
        path = self.url.partition("?")[0].rstrip("/").lower()
        return self.source or ("hls" if path.endswith(".m3u8") else "whep" if path.endswith("whep") else "mjpeg")


class ScreenSettings(Section):
    """Care for screens that burn day and night: walls, televisions, kiosks.

    shift_px: how far the picture wanders from its place, CSS pixels; 0: not at all. shift_s: seconds from one pixel to
    the next. night_from, night_to: local time in Seoul, HH:MM; equal: no night. night_level: how bright the night is,
    1 as the day. Touch, voice and alerts bring the light back for night_wake_s.
    """

    shift_px: int = Field(4, ge=0, le=12)
    shift_s: float = Field(60.0, ge=5, le=3600)
    night_from: str = Field("22:00", pattern=_TIME_OF_DAY)
    night_to: str = Field("06:00", pattern=_TIME_OF_DAY)
    night_level: float = Field(0.5, ge=0.2, le=1)
    night_wake_s: float = Field(120.0, ge=5, le=3600)

    def told(self) -> dict[str, float | str]:
        """As screens are told it in their welcome."""
        return self.model_dump()


class RunSettings(Section):
    """How long run records are kept, and whether one can be heard again."""

    keep_days: float = Field(7.0, gt=0)
    keep_runs: int = Field(2000, gt=0)
    keep_audio: bool = False
    """Whether the sound of each utterance is kept for the operator at this machine, in `STATE_DIR/runs`. Never of a run
    that touched private content, nor while such content is open."""
    audio_hours: float = Field(24.0, gt=0)
    """When such a sound is deleted."""


@dataclass(frozen=True, slots=True)
class Microphone:
    """device: a name, a number or `default`. display: the one it commands. group: who hears the same calls."""

    device: str
    display: str
    group: str


class Settings(BaseSettings):
    """Everything that can be set. Unknown keys are refused, so a typing mistake is heard."""

    model_config = SettingsConfigDict(
        env_prefix="SEOULA_", env_nested_delimiter="__", extra="forbid", toml_file="settings.toml"
    )

    state_dir: _Path = Path("var")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"
    server: ServerSettings = ServerSettings()
    room: RoomSettings = RoomSettings()
    hearing: HearingSettings = HearingSettings()
    opinion: OpinionSettings = OpinionSettings()
    speaking: SpeakingSettings = SpeakingSettings()
    conversation: ConversationSettings = ConversationSettings()
    rasa: RasaSettings = RasaSettings()
    screens: ScreenSettings = ScreenSettings()
    city_data: CityDataSettings = CityDataSettings()
    documents: DocumentSettings = DocumentSettings()
    cameras: list[CameraSettings] = Field([], max_length=64)
    seeing: SeeingSettings = SeeingSettings()
    private_mode: PrivateModeSettings = PrivateModeSettings()
    phone: PhoneSettings = PhoneSettings()
    meetings: MeetingSettings = MeetingSettings()
    runs: RunSettings = RunSettings()
    calls: CallSettings = CallSettings()
    face_key: SecretStr | None = None
    """What enrolled faces are sealed with, 64 hexadecimal digits; without it a key of this machine's own is used, which
    the first enrolment makes in `STATE_DIR/faces.key`."""

    def microphones(self) -> dict[str, Microphone]:
        """The worker's microphones by the name of their stream; `mic` is the first."""
        asked = self.hearing.microphones or [MicrophoneSettings(device=self.hearing.device)]
        names = ("mic", *(f"mic{number}" for number in range(2, len(asked) + 1)))
        found = {}
        for name, one in zip(names, asked, strict=True):
            display = one.display or self.room.display
            found[name] = Microphone(one.device or "default", display, one.group or f"display {display}")
        return found

    def stands_at(self) -> dict[str, frozenset[str]]:
        """Each microphone with the displays whose voice it hears: its own, and those of its group, within earshot."""
        all_of_them = self.microphones()
        return {
            name: frozenset(other.display for other in all_of_them.values() if other.group == its.group)
            for name, its in all_of_them.items()
        }

    def displays(self) -> frozenset[str]:
        """The displays that are there before any screen opens them: the room's and those of the microphones."""
        return frozenset({self.room.display, *(its.display for its in self.microphones().values())})

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        secrets = NestedSecretsSettingsSource(file_secret_settings)
        return (init_settings, env_settings, secrets, TomlConfigSettingsSource(settings_cls))


def wake_people_folder(settings: Settings) -> Path:
    """Where `seoula enroll wake` keeps people's heads."""
    return settings.state_dir / "wake" / "people"


def load_settings(file: Path | None = None) -> Settings:
    """Read the settings once. `file` replaces ./settings.toml and must exist. Raises ConfigError."""
    if file is not None and not file.is_file():
        raise ConfigError("settings-not-found", f"{file}: no such settings file")
    config = SettingsConfigDict(**Settings.model_config)
    if file is not None:
        config["toml_file"] = file
    secrets = Path(os.environ.get("SEOULA_SECRETS_DIR", "secrets"))
    if secrets.is_dir():
        config["secrets_dir"] = secrets
    reader = type("Settings", (Settings,), {"model_config": config, "__module__": __name__})
    try:
        settings: Settings = reader()
    except ValidationError as error:
        found = "; ".join(_told(problem["loc"], problem["msg"]) for problem in error.errors())
        raise ConfigError("bad-settings", f"{found} (settings come from {_SOURCES})") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError("bad-settings", f"{file or 'settings.toml'}: {error}") from error
    return settings


_SOURCES = "settings.toml or --settings, SEOULA_* variables, the secrets folder"


def _told(location: tuple[int | str, ...], message: str) -> str:
    """One setting's problem, by its name and, where that is what set it, by its variable."""
    names = [str(part) for part in location]
    variable = "SEOULA_" + "__".join(names).upper()
    name = f"{'.'.join(names)} ({variable})" if variable in os.environ else ".".join(names)
    said = "there is no such setting" if "Extra inputs" in message else message.removeprefix("Value error, ")
    return f"{name}: {said}"
