"""What the API answers with: the models of its OpenAPI document."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from assistant.api.city_models import DatasetBody
from assistant.contracts import Direction, IntentName, Media, OutcomeCode, UnderstandingOutcome, UnderstandingPath
from content_registry.schema import Visibility

DISPLAY = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"


class OutcomeBody(BaseModel):
    """How a run ended. reason: a stable kebab-case code, empty where the code says all."""

    code: OutcomeCode
    text_ko: str
    text_en: str
    reason: str = ""


class Slots(BaseModel):
    """An intent with its slots; null where a slot does not apply."""

    intent: IntentName | None
    panel: str | None
    district: str | None
    department: str | None
    media: Media | None
    direction: Direction | None
    choice: int | None


class AlternativeBody(Slots):
    """A candidate with the words that are shown for it."""

    confidence: float
    label_ko: str
    label_en: str


class UnderstandingBody(BaseModel):
    """What a sentence means, in the order people read it; slots as in an alternative; ms: how long it took."""

    text: str
    outcome: UnderstandingOutcome
    intent: IntentName | None
    panel: str | None
    district: str | None
    department: str | None
    media: Media | None
    direction: Direction | None
    choice: int | None
    confidence: float
    alternatives: list[AlternativeBody]
    path: UnderstandingPath
    ms: float
    notes: list[str]


class UtteranceAnswer(BaseModel):
    """With dry_run only `understanding`, else `run` and `outcome`."""

    understanding: UnderstandingBody | None = None
    run: str | None = None
    outcome: OutcomeBody | None = None


class CommandAnswer(BaseModel):
    """seq: the number of the display's state after the command; 0 while no screen is connected."""

    run: str
    outcome: OutcomeBody
    seq: int


class RecordingAnswer(BaseModel):
    """events: what was heard, in order (AsyncAPI: audio), each with `type` and `t` seconds."""

    run: str
    events: list[dict[str, Any]]
    outcome: OutcomeBody


class DisplayRow(BaseModel):
    """A display. panel: what it shows, as the public may know it. screens: how many are connected. role:
    that of its most trusted screens, a wall's before a television's; while none is connected that of the last that was,
    by which a command in between is judged."""

    id: str
    role: str
    trust: str
    screens: int
    panel: str


class DisplaysAnswer(BaseModel):
    """The displays that exist."""

    displays: list[DisplayRow]


class CallAboutBody(BaseModel):
    """What a call was about."""

    kind: str
    id: str
    title: str


class CallRow(BaseModel):
    """A call of the log. Times are epoch seconds. ended_at null: it goes on. duration_s: from the answer to the end.
    reason: hangup, cancelled, rejected, busy, no_answer, offline, connection_lost, media_failed, error; "" while it
    goes on. department: the one called, caller_department: of the console that called, "" for none. missed_by: the
    parties or the department that have missed it."""

    id: str
    started_at: float
    ended_at: float | None
    caller: str
    caller_name: str
    caller_department: str
    to: str
    department: str
    media: str
    about: CallAboutBody | None
    urgent: bool
    answered_by: str
    duration_s: float | None
    reason: str
    parties: list[str]
    missed_by: list[str]


class CallsAnswer(BaseModel):
    """Calls, the newest first."""

    calls: list[CallRow]


class LinkBody(BaseModel):
    """An on-site link. expires: epoch seconds."""

    id: str
    room: str
    name: str
    expires: float
    used: bool


class LinkAnswer(LinkBody):
    """A new link: its token is told only now. qr_svg: its address as a QR code."""

    token: str
    url: str
    qr_svg: str


class SubmenuBody(BaseModel):
    """A sub-menu."""

    id: str
    ko: str
    en: str


class MenuBody(SubmenuBody):
    """A menu with its sub-menus."""

    submenus: list[SubmenuBody]


class PanelBody(BaseModel):
    """A content panel."""

    id: str
    name_ko: str
    name_en: str
    menu: str
    submenu: str | None
    department: str | None
    visibility: Visibility
    visualizations: list[str]
    aliases_ko: list[str]


class DepartmentBody(BaseModel):
    """A department."""

    id: str
    name_ko: str
    name_en: str


class DistrictBody(BaseModel):
    """One of the 25 districts. code: of the administrative standard, as in "11680"."""

    code: str
    ko: str
    en: str


class RegistryAnswer(BaseModel):
    """A registry that was read again: how many panels it has, and what is wrong in its files."""

    panels: int
    problems: list[str]


class SnapshotAnswer(BaseModel):
    """A public panel. at: when it was made, epoch seconds. view: its blocks, as the display protocol has them."""

    panel: str
    at: float
    view: dict[str, Any]


class CatalogAnswer(BaseModel):
    """What there is to show to this caller."""

    menus: list[MenuBody]
    panels: list[PanelBody]
    departments: list[DepartmentBody]
    districts: list[DistrictBody]
    datasets: list[DatasetBody]


class RunSummary(BaseModel):
    """A run. started_at: seconds since the epoch. asked_ko, asked_en: of a run without words what was touched or
    commanded; empty where that is private, and where nothing was."""

    id: str
    started_at: float
    source: str
    display: str
    text: str
    outcome: OutcomeBody
    duration_ms: float
    asked_ko: str = ""
    asked_en: str = ""


class RunsAnswer(BaseModel):
    """The newest runs first."""

    runs: list[RunSummary]


class EventBody(BaseModel):
    """One thing that happened, t_ms milliseconds after the run began."""

    t_ms: float
    type: str
    data: dict[str, Any]


class StageBody(BaseModel):
    """A part of the run."""

    name: str
    start_ms: float
    end_ms: float


class CorrectionNote(BaseModel):
    """label: what the next training learns. at: seconds since the epoch. by_name: the sentence was understood by the
    registry's names, which no training changes."""

    label: str
    at: float
    by_name: bool


class PanelMeaning(BaseModel):
    """A panel that may have been meant, with its menu."""

    panel: str
    ko: str
    en: str
    menu_ko: str
    menu_en: str


class CommandMeaning(BaseModel):
    """A command that may have been meant."""

    intent: IntentName
    direction: Direction | None
    ko: str
    en: str


class MeaningsAnswer(BaseModel):
    """Everything that a correction can name."""

    panels: list[PanelMeaning]
    commands: list[CommandMeaning]
    departments: list[DepartmentBody]


class MarksBody(BaseModel):
    """What a person said of a run afterwards."""

    false_wake: bool = False
    correction: CorrectionNote | None = None


class RunBody(RunSummary):
    """A whole run. models: component -> SHA-256 of what it ran with. private: its words are withheld. sound: its sound
    is kept, and this caller may hear it. may_judge: this caller may correct it and say that nobody called."""

    events: list[EventBody]
    stages: list[StageBody]
    models: dict[str, str]
    private: bool = False
    marks: MarksBody = MarksBody()
    sound: bool = False
    may_judge: bool = False


class ReadyAnswer(BaseModel):
    """components: each part's state (ok, starting, restarting, down, off) and details."""

    ready: bool
    components: dict[str, dict[str, Any]]


class ActionAnswer(BaseModel):
    """Rasa's action-server answer."""

    events: list[dict[str, Any]] = Field(default_factory=list)
    responses: list[dict[str, Any]] = Field(default_factory=list)
