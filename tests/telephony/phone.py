"""A desk phone for the tests: real SIP and RTP, in a process of its own, as a SIP stack fits into a process only once.

`DeskPhone` is the tests' side. Run as a module it is the phone: requests as JSON lines on stdin, answers and events on
stdout. One process holds any number of extensions, each with its manner: it answers, is busy, or only rings.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.telephony.tones import strength, tone

PROJECT = Path(__file__).resolve().parents[2]
WAIT_S = 120.0


def free_port() -> int:
    """A UDP and TCP port of the loopback that nobody has now."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind(("127.0.0.1", 0))
            port = int(udp.getsockname()[1])
            with contextlib.suppress(OSError):
                tcp.bind(("127.0.0.1", port))
                return port


async def until(true: Callable[[], Any], what: str | Callable[[], str] = "", *, seconds: float = WAIT_S) -> Any:
    """The first true value of `true`, asked again and again. what: was waited for in vain."""
    end = time.monotonic() + seconds
    while not (value := true()):
        assert time.monotonic() < end, f"never came: {what() if callable(what) else what}"
        await asyncio.sleep(0.005)
    return value


class DeskPhone:
    """A phone process. `events`: everything it told, in order."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self._answers: dict[int, dict[str, Any]] = {}
        self._asked = 0
        for _ in range(3):  # somebody else may take the port first
            if self._start():
                return
            self.close()
        raise AssertionError("the phone does not start")

    def _start(self) -> bool:
        self.port = free_port()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.telephony.phone", str(self.port)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        end = time.monotonic() + WAIT_S
        while not self.events and time.monotonic() < end and self._process.poll() is None:
            time.sleep(0.01)
        return bool(self.events)

    def address(self, extension: str) -> str:
        """Where an extension is reached directly."""
        return f"sip:{extension}@127.0.0.1:{self.port}"

    async def ask(self, do: str, **values: Any) -> dict[str, Any]:
        """Let the phone do something. Fails on an error of the phone."""
        self._asked += 1
        number = self._asked
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"id": number, "do": do, **values}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = await until(lambda: self._answers.pop(number, None), f"the phone's answer to {do}")
        assert "error" not in answer, answer["error"]
        return answer

    async def extension(self, user: str, how: str = "answer", **values: Any) -> None:
        """An extension and its manner: answer, busy, ring. tone: what it plays, Hz. after: seconds until it acts.
        echo: it says what it hears."""
        await self.ask("extension", user=user, how=how, **values)

    async def told(self, event: str, **values: Any) -> dict[str, Any]:
        """The next event of this kind with these values, taken out of `events`."""

        def find() -> dict[str, Any] | None:
            for at, known in enumerate(self.events):
                if known["event"] == event and all(known.get(name) == value for name, value in values.items()):
                    return self.events.pop(at)
            return None

        found: dict[str, Any] = await until(find, lambda: f"{event} {values} among {self.events[-12:]}")
        return found

    async def heard(self, call: int, *, fresh: bool = True) -> bytes:
        """What the phone heard on a call: 8 kHz mono s16. fresh: forget it afterwards."""
        return base64.b64decode((await self.ask("heard", call=call, fresh=fresh))["pcm"])

    async def hears(self, call: int, hz: float, *, least: float = 6_000, seconds: float = 0.25) -> bytes:
        """The sound of the first stretch in which the phone hears this tone."""
        length = round(seconds * 8_000) * 2
        sound = bytearray()
        end = time.monotonic() + WAIT_S
        while len(sound) < length or strength(bytes(sound[-length:]), hz) < least:
            assert time.monotonic() < end, f"the phone never heard {hz} Hz"
            sound += await self.heard(call)
            await asyncio.sleep(0.02)
        return bytes(sound[-length:])

    async def silent(self, call: int, hz: float, *, most: float = 800, seconds: float = 0.25) -> None:
        """Until a whole stretch of what the phone hears is without this tone."""
        length = round(seconds * 8_000) * 2
        sound = bytearray()
        end = time.monotonic() + WAIT_S
        while len(sound) < length or strength(bytes(sound[-length:]), hz) >= most:
            assert time.monotonic() < end, f"the phone still hears {hz} Hz"
            sound += await self.heard(call)
            await asyncio.sleep(0.02)

    def forget(self) -> None:
        """Forget the events so far."""
        self.events.clear()

    def kill(self) -> None:
        """The phone loses its power: it says goodbye to nobody."""
        self._process.kill()
        self.close()

    def close(self) -> None:
        """Put it away."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(120)
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            message = json.loads(line)
            if "re" in message:
                self._answers[message["re"]] = message
            else:
                self.events.append(message)


# ---------------------------------------------------------------------------------------------- the phone itself


class _Phone:
    def __init__(self) -> None:
        from baresip.runtime import Runtime

        self.runtime = Runtime(native_log_level="error")
        self.agents: dict[str, Any] = {}
        self.manners: dict[str, dict[str, Any]] = {}
        self.calls: dict[int, _Call] = {}
        self.tasks: set[asyncio.Task[Any]] = set()
        self.early: dict[int, list[Any]] = {}

    async def serve(self, port: int) -> None:
        from baresip import Config

        await self.runtime.start(
            Config(
                net_interface="127.0.0.1",
                max_concurrent_calls=None,
                native_log_level="error",
                extra_config_text=f"sip_listen 127.0.0.1:{port}\n",
            )
        )
        self.runtime.subscribe(self.on_stack)
        tell(event="ready")
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            request = json.loads(line)
            try:
                answer = await getattr(self, f"on_{request.pop('do')}")(request) or {}
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            tell(re=request["id"], **answer)
        await self.runtime.close()

    async def on_extension(self, request: dict[str, Any]) -> None:
        from baresip import Account
        from baresip.ua import UserAgent

        user = request["user"]
        if user not in self.agents:
            registrar = request.get("registrar")
            agent = await UserAgent.create(
                self.runtime,
                Account(
                    user,
                    request.get("domain", "127.0.0.1"),
                    request.get("secret", ""),
                    registrar=registrar,
                    reg_interval=60 if registrar else 0,
                    audio_codecs=tuple(request.get("codecs", ("pcmu", "pcma"))),
                    dtmf_mode=request.get("dtmf", "rtpevent"),
                    transport=request.get("transport", "udp"),
                    extra_params=("mediaenc=srtp-mand",) if request.get("srtp") else (),
                ),
            )
            agent.on_incoming(lambda call: self.later(self.incoming(user, call)))
            self.agents[user] = agent
            if registrar:
                await agent.register()
        self.manners[user] = request

    async def incoming(self, user: str, call: Any) -> None:
        manner = self.manners[user]
        kept = self.keep(user, call, manner)
        tell(event="incoming", call=kept.number, user=user, peer=call.peer)
        await asyncio.sleep(manner.get("after", 0))
        if manner["how"] == "answer":
            await call.answer()
        elif manner["how"] == "busy":
            await call.reject()

    def on_stack(self, event: Any) -> None:
        if event.call:
            self.early.setdefault(event.call, []).append(event)

    async def on_dial(self, request: dict[str, Any]) -> dict[str, Any]:
        self.early.clear()
        call = await self.agents[request["user"]].dial(request["uri"])
        kept = self.keep(request["user"], call, request)
        for event in self.early.pop(call.handle, ()):
            call._on_stack_event(event)  # what was told before there was a call to tell it to
        return {"call": kept.number}

    async def on_answer(self, request: dict[str, Any]) -> None:
        await self.calls[request["call"]].call.answer()

    async def on_reject(self, request: dict[str, Any]) -> None:
        await self.calls[request["call"]].call.reject()

    async def on_hang_up(self, request: dict[str, Any]) -> None:
        await self.calls[request["call"]].call.hangup()

    async def on_press(self, request: dict[str, Any]) -> None:
        await self.calls[request["call"]].call.send_dtmf(request["digits"])

    async def on_hold(self, request: dict[str, Any]) -> None:
        from baresip import BaresipError

        call = self.calls[request["call"]].call
        for _ in range(2_000):
            with contextlib.suppress(BaresipError):
                await (call.hold() if request["on"] else call.resume())
                return
            await asyncio.sleep(0.05)

    async def on_transfer(self, request: dict[str, Any]) -> None:
        self.later(self.calls[request["call"]].call.transfer(request["uri"]))

    async def on_tone(self, request: dict[str, Any]) -> None:
        self.calls[request["call"]].tone = request["hz"]

    async def on_heard(self, request: dict[str, Any]) -> dict[str, Any]:
        kept = self.calls[request["call"]]
        pcm = bytes(kept.heard)
        if request["fresh"]:
            kept.heard.clear()
        return {"pcm": base64.b64encode(pcm).decode()}

    async def on_count(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"calls": sum(kept.call.state.value != "closed" for kept in self.calls.values())}

    def keep(self, user: str, call: Any, manner: dict[str, Any]) -> _Call:
        kept = _Call(self, len(self.calls) + 1, user, call, manner)
        self.calls[kept.number] = kept
        return kept

    def later(self, work: Any) -> None:
        async def do() -> None:
            from baresip import BaresipError

            with contextlib.suppress(BaresipError):
                await work

        task = asyncio.ensure_future(do())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


class _Call:
    def __init__(self, phone: _Phone, number: int, user: str, call: Any, manner: dict[str, Any]) -> None:
        self.phone, self.number, self.user, self.call = phone, number, user, call
        self.tone: float = manner.get("tone", 0)
        self.echoes = bool(manner.get("echo"))
        self.heard = bytearray()
        call.on(self.on_event)

    def on_event(self, event: Any) -> None:
        name = event.event.name
        if name == "CALL_RINGING":
            tell(event="ringing", call=self.number)
        elif name == "CALL_ESTABLISHED":
            tell(event="established", call=self.number, user=self.user)
            self.phone.later(self.sound())
        elif name == "CALL_CLOSED":
            tell(event="closed", call=self.number, user=self.user, text=event.text)
        elif name == "CALL_DTMF_START":
            tell(event="dtmf", call=self.number, digit=event.text)
        elif name in ("CALL_HOLD", "CALL_RESUME"):
            tell(event="held", call=self.number, on=name == "CALL_HOLD")
        elif name == "CALL_TRANSFER":
            tell(event="asked_to_call", call=self.number, uri=event.text)
            self.phone.later(self.follow())

    async def follow(self) -> None:
        new = self.phone.keep(self.user, await self.call.accept_transfer(), {"tone": self.tone})
        tell(event="transferred", call=self.number, to=new.number)

    async def sound(self) -> None:
        from baresip import AudioNotActive, AudioRestarted

        at = 0
        while self.call.state.value != "closed":
            with contextlib.suppress(AudioNotActive, AudioRestarted):
                info = self.call.audio.info()
                sound = self.call.audio.read(32_768)
                self.heard += sound
                if self.echoes and sound:
                    self.call.audio.write(sound)
                missing = 3 * info.tx_sample_rate // 25 - info.tx_buffered
                if self.tone and missing > 0:
                    sound = tone(self.tone, missing / 2 / info.tx_sample_rate, rate=info.tx_sample_rate, start=at)
                    at += self.call.audio.write(sound) // 2
            await asyncio.sleep(0.005 if self.echoes else 0.02)


def tell(**values: Any) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_Phone().serve(int(sys.argv[1])))
