"""Run records: what happened in each run, when, and how it ended. The answer to "why did it do that?".

A record holds words and ids, never audio, pictures or face data. Words of a run that touched private content, or that
name such content or nearly so, are withheld before the record is written, however the run ended.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Float, Integer, String, Text, create_engine, delete, event, func, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from assistant.contracts import ConfigError, Outcome, SeoulaError, Unavailable

log = structlog.get_logger(__name__)

WITHHELD = "(비공개)"
Asked = Callable[[dict[str, Any]], tuple[str, str]]
"""A kept record -> what was asked in it, Korean and English."""
_WORDS = ("text", "phrase", "label_ko", "label_en", "text_ko", "text_en", "say_ko")


@dataclass(frozen=True, slots=True)
class RunEvent:
    """One thing that happened, `t_ms` milliseconds after the run began (monotonic)."""

    t_ms: float
    type: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the run for the waterfall, milliseconds from the run's start."""

    name: str
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A finished run. started_at: seconds since the epoch. models: component -> SHA-256 of what it ran with.

    private: it touched or nearly named private content, or was overheard, so its words are withheld. unlocked: private
    content was open on the screen meanwhile. Of neither may any sound be kept. overheard: nobody had called, nor was it
    for us.
    """

    id: str
    started_at: float
    source: str
    display: str
    text: str
    outcome: Outcome
    duration_ms: float
    events: tuple[RunEvent, ...]
    stages: tuple[Stage, ...]
    models: Mapping[str, str] = field(default_factory=dict)
    private: bool = False
    unlocked: bool = False
    overheard: bool = False


STAGES: tuple[tuple[str, str, str], ...] = (
    ("standby", "begin", "speech_start"),
    ("hearing", "speech_start", "transcript"),
    ("understanding", "understand", "understanding"),
    ("deciding", "understanding", "plan"),
    ("acting", "plan", "rendered"),
)
"""Stage name, the event that opens it, the event that closes it."""


@dataclass(slots=True)
class RunLog:
    """One run while it goes on. `clock` is monotonic seconds."""

    id: str
    source: str
    display: str
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    text: str = ""
    private: bool = False
    unlocked: bool = False
    overheard: bool = False
    events: list[RunEvent] = field(default_factory=list)
    _t0: float = field(init=False)
    _started_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._t0, self._started_at = self.clock(), self.wall()
        self.add("begin")

    def add(self, type_: str, **data: Any) -> None:
        """Note an event now."""
        self.events.append(RunEvent(round((self.clock() - self._t0) * 1000, 1), type_, data))

    def words(self) -> frozenset[str]:
        """All that was said in it: as heard so far, in the end, and as it was taken."""
        heard = (e.data.get(key) for e in self.events for key in ("text", "phrase"))
        return frozenset(words for words in (self.text, *heard) if isinstance(words, str) and words)

    def finish(
        self, outcome: Outcome, models: Mapping[str, str], names_private: Callable[[str], bool] = lambda _: False
    ) -> RunRecord:
        """The record, its words withheld where private content was touched, or where they are near its names: a run
        that ended before it was understood is judged by them alone."""
        private = self.private or self.overheard or any(map(names_private, self.words()))
        self.add("outcome", code=outcome.code.value, reason=outcome.reason, text_ko=outcome.text_ko)
        record = RunRecord(
            self.id,
            self._started_at,
            self.source,
            self.display,
            self.text,
            outcome,
            self.events[-1].t_ms,
            tuple(self.events),
            stages_of(self.events),
            dict(models),
            private,
            self.unlocked,
            self.overheard,
        )
        return _withhold(record) if private else record


def stages_of(events: list[RunEvent]) -> tuple[Stage, ...]:
    """The waterfall: each stage from the first opening event to the first closing event after it."""
    stages = []
    for name, opens, closes in STAGES:
        start = next((e.t_ms for e in events if e.type == opens), None)
        if start is None:
            continue
        end = next((e.t_ms for e in events if e.type == closes and e.t_ms >= start), None)
        if end is not None:
            stages.append(Stage(name, start, end))
    return tuple(stages)


def _withhold(record: RunRecord) -> RunRecord:
    events = tuple(RunEvent(e.t_ms, e.type, _without_words(e.data)) for e in record.events)
    outcome = replace(record.outcome, text_ko=WITHHELD, text_en=WITHHELD)
    return replace(record, text=WITHHELD, events=events, outcome=outcome)


def _without_words(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {k: WITHHELD if k in _WORDS else _without_words(v) for k, v in data.items()}
    if isinstance(data, list | tuple):
        return [_without_words(v) for v in data]
    return data


class _Base(DeclarativeBase):
    pass


class _Row(_Base):
    __tablename__ = "runs"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    started_at: Mapped[float] = mapped_column(Float, index=True)
    source: Mapped[str] = mapped_column(String(20))
    display: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(20), index=True)
    duration_ms: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)


class RunStore:
    """Finished runs in a database. Calls block for milliseconds: use them from a thread.

    Raises ConfigError("bad-run-store") where it cannot be opened; asking a damaged one raises Unavailable("no-runs").
    """

    def __init__(self, url: str, *, keep_days: float = 7.0, keep_runs: int = 2000) -> None:
        # hide_parameters: a database error, which is logged, must not carry the words of a record.
        self._engine = create_engine(url, hide_parameters=True)
        try:
            if self._engine.dialect.name == "sqlite":
                _sound_sqlite(self._engine)
            _Base.metadata.create_all(self._engine)
        except OperationalError as error:
            where = self._engine.url.database
            raise ConfigError("bad-run-store", f"{where}: the run records cannot be opened: {error.orig}") from error
        self._keep_s, self._keep_runs = keep_days * 86400, keep_runs
        self._writes = 0

    def save(self, record: RunRecord) -> None:
        """Write one record; every hundredth write also removes what is too old."""
        with Session(self._engine) as session:
            session.merge(
                _Row(
                    id=record.id,
                    started_at=record.started_at,
                    source=record.source,
                    display=record.display,
                    outcome=record.outcome.code.value,
                    duration_ms=int(record.duration_ms),
                    body=json.dumps(as_json(record), ensure_ascii=False),
                )
            )
            session.commit()
        self._writes += 1
        if self._writes % 100 == 1:
            self.prune(time.time())

    def prune(self, now: float) -> None:
        """Remove records older than `keep_days`, and all but the newest `keep_runs`."""
        with Session(self._engine) as session:
            session.execute(delete(_Row).where(_Row.started_at < now - self._keep_s))
            total = session.scalar(select(func.count()).select_from(_Row)) or 0
            if total > self._keep_runs:
                oldest = select(_Row.id).order_by(_Row.started_at).limit(total - self._keep_runs)
                session.execute(delete(_Row).where(_Row.id.in_(oldest)))
            session.commit()

    def latest(self, limit: int = 50, asked: Asked = lambda _: ("", "")) -> list[dict[str, Any]]:
        """The newest runs, summaries only. asked: titles of a record without words."""
        with self._asked() as session:
            rows = session.scalars(select(_Row).order_by(_Row.started_at.desc()).limit(limit)).all()
            return [_summary(json.loads(row.body), asked) for row in rows]

    def get(self, run: str) -> dict[str, Any]:
        """One whole run. Raises SeoulaError("run-not-found")."""
        with self._asked() as session:
            row = session.get(_Row, run)
            if row is None:
                raise SeoulaError("run-not-found", f"no run {run}")
            body: dict[str, Any] = json.loads(row.body)
            # Records of earlier versions say neither.
            return {"private": body["text"] == WITHHELD, "marks": {}, **body}

    def mark(self, run: str, name: str, value: Any) -> None:
        """Note what a person says of a run. Raises SeoulaError("run-not-found")."""
        with self._asked() as session:
            row = session.get(_Row, run)
            if row is None:
                raise SeoulaError("run-not-found", f"no run {run}")
            body = json.loads(row.body)
            row.body = json.dumps({**body, "marks": {**body.get("marks", {}), name: value}}, ensure_ascii=False)
            session.commit()

    @contextlib.contextmanager
    def _asked(self) -> Iterator[Session]:
        try:
            with Session(self._engine) as session:
                yield session
        except DatabaseError as error:
            log.error("the run records cannot be used", error=str(error.orig))
            raise Unavailable("no-runs", "the run records cannot be used now; the log says why") from error

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def _sound_sqlite(engine: Engine) -> None:
    """Make the folder; a file that is no sound database is moved aside, so that the product starts without it."""
    event.listen(engine, "connect", _prepare_sqlite)
    name = engine.url.database
    if not name or name == ":memory:":
        return
    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        return
    try:
        with engine.connect() as connection:
            if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == "ok":
                return
    except OperationalError:
        raise  # locked, or not ours to read: the file itself may be sound
    except DatabaseError:
        pass
    engine.dispose()
    aside = file.with_name(f"{file.name}.corrupt-{time.strftime('%Y%m%dT%H%M%S')}")
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            file.with_name(file.name + suffix).rename(aside.with_name(aside.name + suffix))
    log.warning("the run records cannot be read; they were moved aside", file=str(aside))


def _prepare_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def as_json(record: RunRecord) -> dict[str, Any]:
    """A record as the API and the golden files show it."""
    return {
        "id": record.id,
        "started_at": record.started_at,
        "source": record.source,
        "display": record.display,
        "text": record.text,
        "outcome": {
            "code": record.outcome.code.value,
            "text_ko": record.outcome.text_ko,
            "text_en": record.outcome.text_en,
            "reason": record.outcome.reason,
        },
        "duration_ms": record.duration_ms,
        "events": [{"t_ms": e.t_ms, "type": e.type, "data": dict(e.data)} for e in record.events],
        "stages": [{"name": s.name, "start_ms": s.start_ms, "end_ms": s.end_ms} for s in record.stages],
        "models": dict(record.models),
        "private": record.private,
        "marks": {},
    }


def _summary(body: dict[str, Any], asked: Asked) -> dict[str, Any]:
    told = {key: body[key] for key in ("id", "started_at", "source", "display", "text", "outcome", "duration_ms")}
    return told | dict(zip(("asked_ko", "asked_en"), asked(body), strict=True))
