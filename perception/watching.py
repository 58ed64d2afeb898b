"""One camera and what looks at it: frames to every ability that is switched on, their events to whoever wants them.

The camera is open only while an ability is on: a light beside it then means what people think it means. Frames are in
memory, one at a time, and go nowhere.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, runtime_checkable

import structlog

from assistant.contracts.errors import BadInput, SeoulaError
from perception.frames import Frame, LiveSource
from perception.newest import NewestFrame
from perception.pacing import PaceSettings, Pacing

log = structlog.get_logger(__name__)

_WAIT_S = 0.5
_AGAIN_S = 10.0
"""After so long an ability that failed is tried again."""


class Event(Protocol):
    """Something that was seen. message: as JSON, without a picture."""

    def message(self) -> dict[str, Any]: ...


class Ability(Protocol):
    """Something that a camera is used for. All its methods run in the seeing thread."""

    name: str

    def see(self, frame: Frame) -> Iterable[Event]:
        """The next frame."""
        ...

    def idle(self) -> bool:
        """Nothing goes on: a few frames a second are enough."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class Told(Protocol):
    """An ability that is told things: what can be chosen on the screen, whom to expect."""

    def tell(self, message: Mapping[str, Any]) -> Iterable[Event]:
        """Raises BadInput."""
        ...


@runtime_checkable
class Sketching(Protocol):
    """An ability that can show what it sees, as points and never as a picture."""

    def sketch(self) -> dict[str, Any]: ...


@runtime_checkable
class Troubled(Protocol):
    """An ability that knows when it cannot do its work, although it runs: its camera looks elsewhere, or gives pictures
    that it refuses."""

    @property
    def trouble(self) -> str:
        """A code, that of the BadInput where it refuses pictures; empty where all is well."""
        ...


class Watching:
    """abilities: how each is made, by name; none is on at first. on_event: gets the ability's name and an event's
    message; on_change: something about `detail` has changed. Both are called from threads."""

    def __init__(
        self,
        open_: Callable[[], LiveSource],
        abilities: Mapping[str, Callable[[], Ability]],
        on_event: Callable[[str, dict[str, Any]], None],
        on_change: Callable[[], None] = lambda: None,
        pace: PaceSettings | None = None,
    ) -> None:
        self._open, self._make, self._on_event, self._on_change = open_, dict(abilities), on_event, on_change
        self._pacing = Pacing(pace)
        self._on: dict[str, Ability] = {}
        self._wanted: set[str] = set()
        self._failed: dict[str, tuple[float, str]] = {}
        self._troubles: dict[str, str] = {}
        self._orders: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._camera: NewestFrame | None = None
        self._sketch_at: float | None = None
        self._seen_at = time.monotonic()
        self._frames = 0
        self._thread = threading.Thread(target=self._run, name="seeing", daemon=True)
        self._thread.start()

    def use(self, name: str, *, on: bool) -> None:
        """Switch an ability on or off. Raises BadInput `no-such-ability`."""
        self._known(name)
        self._orders.put(lambda: self._use(name, on))

    def tell(self, name: str, message: Mapping[str, Any]) -> None:
        """Tell an ability something; nothing while it is off. Raises BadInput `no-such-ability`."""
        self._known(name)
        self._orders.put(lambda: self._tell(name, message))

    def sketch(self, *, on: bool) -> None:
        """Whether to send what is seen, as points, five times a second."""
        self._sketch_at = 0.0 if on else None

    def close(self) -> None:
        """End. The camera is free when this returns, or hangs."""
        self._orders.put(None)
        self._thread.join(5.0)

    @property
    def camera(self) -> str:
        """`off`, `starting`, `ok` or `missing`."""
        return self._camera.state if self._camera else "off"

    @property
    def stuck_s(self) -> float:
        """So long the seeing thread has not come round: a library that hangs. Only a new process helps."""
        return time.monotonic() - self._seen_at

    def detail(self) -> dict[str, Any]:
        """For people and for the page of workers."""
        camera = self._camera
        return {
            "camera": self.camera,
            "camera_detail": camera.detail if camera else "",
            "abilities": {name: self._state(name) for name in self._make},
            "idle": self._pacing.idle,
            "fps": round(1 / self._pacing.interval, 1) if self._on else 0.0,
            "slowed": self._pacing.slowed,
            "cpu_ms_per_frame": round(self._pacing.cost_s * 1000, 1),
            "frames": self._frames,
            "dropped_frames": camera.dropped if camera else 0,
        }

    def _state(self, name: str) -> str:
        if name in self._failed:
            return self._failed[name][1]
        if name in self._on and name in self._troubles:
            return self._troubles[name]
        return "ok" if name in self._on else "starting" if name in self._wanted else "off"

    def _known(self, name: str) -> None:
        if name not in self._make:
            raise BadInput("no-such-ability", f"this camera is not used for {name!r}")

    # ------------------------------------------------------------------------------------------ the seeing thread

    def _run(self) -> None:
        try:
            while self._obey():
                self._seen_at = time.monotonic()
                self._retry()
                frame = self._camera.next(_WAIT_S) if self._camera else None
                if frame is not None:
                    self._look(frame)
        finally:
            for name in list(self._on):
                self._drop(name)
            self._close_camera()

    def _obey(self) -> bool:
        """All orders that wait; while nothing is on, wait for one."""
        wait: float | None = None if self._wanted else _WAIT_S
        while True:
            try:
                order = self._orders.get(wait is not None, wait)
            except queue.Empty:
                return True
            if order is None:
                return False
            order()
            wait = None

    def _use(self, name: str, on: bool) -> None:
        if not on:
            self._wanted.discard(name)
            self._failed.pop(name, None)
            self._drop(name)
            if not self._wanted:
                self._close_camera()
        elif name not in self._wanted:
            self._wanted.add(name)
            self._start(name)
            if self._camera is None:
                self._camera = NewestFrame(self._open, self._pacing.due, self._on_change)
        self._on_change()

    def _start(self, name: str) -> None:
        try:
            self._on[name] = self._make[name]()
        except SeoulaError as error:
            self._fail(name, error.message)

    def _retry(self) -> None:
        now = time.monotonic()
        for name, (at, _) in list(self._failed.items()):
            if now - at >= _AGAIN_S:
                del self._failed[name]
                self._start(name)
                self._on_change()

    def _tell(self, name: str, message: Mapping[str, Any]) -> None:
        ability = self._on.get(name)
        if isinstance(ability, Told):
            self._guarded(name, lambda: ability.tell(message))

    def _look(self, frame: Frame) -> None:
        began = time.thread_time(), time.process_time()
        for name, ability in list(self._on.items()):
            self._guarded(name, lambda ability=ability: ability.see(frame))  # type: ignore[misc]
            self._note(name, ability.trouble if isinstance(ability, Troubled) else "")
        idle = all(ability.idle() for ability in self._on.values())
        # the libraries compute in threads of their own; the camera's thread is small beside them
        cost = max(time.thread_time() - began[0], time.process_time() - began[1])
        self._pacing.saw(frame.at, cost, idle=idle)
        self._frames += 1
        self._draw(frame.at)

    def _draw(self, at: float) -> None:
        if self._sketch_at is None or at < self._sketch_at:
            return
        self._sketch_at = at + 0.2
        for name, ability in self._on.items():
            if isinstance(ability, Sketching):
                self._on_event(name, {"type": "sketch", "t": round(at, 3), **ability.sketch()})

    def _note(self, name: str, trouble: str) -> None:
        """What keeps an ability from its work, for as long as it does."""
        if trouble != self._troubles.get(name, "") and name in self._on:
            self._troubles.pop(name, None)
            if trouble:
                self._troubles[name] = trouble
            self._on_change()

    def _guarded(self, name: str, work: Callable[[], Iterable[Event]]) -> None:
        """One ability that fails does not take the others with it."""
        try:
            for event in work():
                self._on_event(name, event.message())
        except BadInput as error:
            if self._troubles.get(name) != error.code:  # what lasts is said once, not with every frame
                self._on_event(name, {"type": "error", "code": error.code, "message": error.message})
        except SeoulaError as error:
            self._fail(name, error.message)
        except Exception as error:
            log.exception("seeing failed", ability=name)
            self._fail(name, f"failed: {type(error).__name__}")

    def _fail(self, name: str, why: str) -> None:
        self._failed[name] = (time.monotonic(), why)
        self._drop(name)
        self._on_change()

    def _drop(self, name: str) -> None:
        ability = self._on.pop(name, None)
        self._troubles.pop(name, None)
        if ability is None:
            return
        try:
            ability.close()
        except Exception:
            log.exception("an ability did not close", ability=name)

    def _close_camera(self) -> None:
        if self._camera is not None:
            self._camera.close()
            self._camera.join(2.0)
            self._camera = None
