"""The call log: who, when, how long, why it ended, about which panel or event. Nothing that was said, no address."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Boolean, Float, String, Text, create_engine, delete, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from telephony.call import Reason
from telephony.effects import CallRecord

PRUNED_EVERY = 100


class _Base(DeclarativeBase):
    pass


class _Row(_Base):
    __tablename__ = "calls"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    started_at: Mapped[float] = mapped_column(Float, index=True)
    ended_at: Mapped[float | None] = mapped_column(Float, nullable=True)
    caller: Mapped[str] = mapped_column(String(400), index=True)
    to: Mapped[str] = mapped_column("called", String(400))
    department: Mapped[str] = mapped_column(String(80), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    missed: Mapped[bool] = mapped_column(Boolean, index=True)
    body: Mapped[str] = mapped_column(Text)


class _Seat(_Base):
    """Who has to do with a call, for looking it up: party or department, and whether it has missed it."""

    __tablename__ = "call_parties"
    call: Mapped[str] = mapped_column(String(64), primary_key=True)
    party: Mapped[str] = mapped_column(String(400), primary_key=True, index=True)
    missed: Mapped[bool] = mapped_column(Boolean)


class CallLog:
    """Calls in a database. Its methods block for milliseconds: use them from a thread.

    standing: calls of an earlier service that go on. alive: when that service was last known to live, epoch seconds.
    """

    def __init__(
        self, url: str, *, keep_days: float = 90.0, standing: Collection[str] = (), alive: float = 0.0
    ) -> None:
        self._engine = create_engine(url, hide_parameters=True)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _prepare)
        _Base.metadata.create_all(self._engine)
        self._keep_s, self._writes = keep_days * 86400, 0
        self._close_unfinished(frozenset(standing), alive)

    def _close_unfinished(self, standing: frozenset[str], alive: float) -> None:
        """A service that was killed has left rows without an end: they ended with it, and what rang was missed."""
        with Session(self._engine) as session:
            for row in session.scalars(select(_Row).where(_Row.ended_at.is_(None))):
                if row.id in standing:
                    continue
                body = json.loads(row.body)
                answered = bool(body["answered_by"])
                missed = "" if answered else f"dept:{row.department}" if row.department else row.to
                row.ended_at = round(max(row.started_at, alive), 3) if answered else row.started_at
                row.reason, row.missed = Reason.ERROR.value, bool(missed)
                if missed:
                    session.merge(_Seat(call=row.id, party=missed, missed=True))
                body |= {"reason": row.reason, "ended_at": row.ended_at, "missed_by": [missed] if missed else []}
                row.body = json.dumps(body, ensure_ascii=False)
            session.commit()

    def save(self, record: CallRecord, started_at: float, ended_at: float | None) -> None:
        """Write a row, as often as it changes."""
        seats = dict.fromkeys((record.caller, *record.parties, *record.rang, record.to), False)
        if record.department:
            seats[f"dept:{record.department}"] = False
        seats.update(dict.fromkeys(record.missed, True))
        with Session(self._engine) as session:
            session.merge(
                _Row(
                    id=record.id,
                    started_at=started_at,
                    ended_at=ended_at,
                    caller=record.caller,
                    to=record.to,
                    department=record.department,
                    reason=record.reason,
                    missed=bool(record.missed),
                    body=json.dumps(_body(record, started_at, ended_at), ensure_ascii=False),
                )
            )
            session.execute(delete(_Seat).where(_Seat.call == record.id))
            session.add_all(_Seat(call=record.id, party=name, missed=missed) for name, missed in seats.items())
            session.commit()
        self._writes += 1
        if self._writes % PRUNED_EVERY == 1:
            self.prune(time.time())

    def prune(self, now: float) -> None:
        """Remove what is older than `keep_days`."""
        with Session(self._engine) as session:
            old = select(_Row.id).where(_Row.started_at < now - self._keep_s)
            session.execute(delete(_Seat).where(_Seat.call.in_(old)))
            session.execute(delete(_Row).where(_Row.started_at < now - self._keep_s))
            session.commit()

    def latest(
        self, limit: int = 50, *, of: Collection[str] | None = None, missed: bool = False, before: float | None = None
    ) -> list[dict[str, Any]]:
        """The newest calls. of: only those of these parties or departments. missed: only those that they (or, for
        everybody, anybody) have missed."""
        with Session(self._engine) as session:
            query = select(_Row).order_by(_Row.started_at.desc()).limit(limit)
            if before is not None:
                query = query.where(_Row.started_at < before)
            if of is not None:
                seat = select(_Seat.call).where(_Seat.party.in_(of))
                query = query.where(_Row.id.in_(seat.where(_Seat.missed) if missed else seat))
            elif missed:
                query = query.where(_Row.missed)
            # Rows of an older service know no department of the caller.
            return [{"caller_department": "", **json.loads(row.body)} for row in session.scalars(query)]

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def _body(record: CallRecord, started_at: float, ended_at: float | None) -> Mapping[str, Any]:
    talked = None if record.answered is None or record.ended is None else round(record.ended - record.answered, 1)
    about = {"kind": record.about_kind, "id": record.about_id, "title": record.about_title}
    return {
        "id": record.id,
        "started_at": started_at,
        "ended_at": None if ended_at is None else round(ended_at, 3),
        "caller": record.caller,
        "caller_name": record.caller_name,
        "caller_department": record.caller_department,
        "to": record.to,
        "department": record.department,
        "media": record.media,
        "about": about if record.about_kind else None,
        "urgent": record.urgent,
        "answered_by": record.answered_by,
        "duration_s": talked,
        "reason": record.reason,
        "parties": list(record.parties),
        "missed_by": list(record.missed),
    }


def _prepare(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()
