"""A reference client of the voice relay: `python -m assistant.relay FILE.wav --display main`.

Sends 16 kHz mono s16le sound to `WS /ws/v1/audio` as a watch does, and prints what comes back, one JSON object a line.
The protocol is docs/relay.md. A connection that breaks before the outcome is made anew and the whole utterance is sent
again, at most `tries` times; after an outcome nothing is ever sent twice. Exit code 1 without an outcome.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import wave
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

RATE = 16_000
FRAME_BYTES = 2_560
"""80 ms."""
FRAME_S = FRAME_BYTES / 2 / RATE
LAST = ("outcome", "error")
REFUSED = 1008
FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 5.0


class Refused(Exception):
    """The service does not take this caller or display; trying again does not help."""


def sound_of(path: Path) -> bytes:
    """The samples of a wav file. Raises ValueError when it is not 16 kHz, mono, 16 bit."""
    try:
        with wave.open(str(path), "rb") as file:
            found = (file.getframerate(), file.getnchannels(), file.getsampwidth())
            if found != (RATE, 1, 2):
                raise ValueError(f"{path}: 16 kHz, mono, 16 bit is needed, not {found}")
            return file.readframes(file.getnframes())
    except (EOFError, wave.Error) as error:
        raise ValueError(f"{path}: a wav of 16 kHz, mono, 16 bit is needed ({error})") from error


async def relay(
    sound: bytes, *, origin: str, display: str, token: str = "", tries: int = 5, paced: bool = True
) -> AsyncIterator[dict[str, Any]]:
    """One utterance; yields the service's events, the last of them an outcome or an error.

    Between two tries it yields {"type": "reconnecting", "try", "wait_s"}. paced: as fast as a microphone, else at once.
    Raises Refused, or ConnectionError when the tries are used up.
    """
    address = f"{origin.replace('http', 'ws', 1)}/ws/v1/audio?display={quote(display, safe='')}"
    offered = [Subprotocol("seoula"), *([Subprotocol(f"token.{token}")] if token else [])]
    wait = FIRST_WAIT_S
    for attempt in range(1, tries + 1):
        try:
            async with connect(address, subprotocols=offered) as socket:
                async for event in _once(socket, sound, paced):
                    yield event
                    if event["type"] in LAST:
                        return
        except ConnectionClosed as closed:
            if closed.rcvd and closed.rcvd.code == REFUSED:
                raise Refused(closed.rcvd.reason) from closed
        except InvalidStatus as refused:
            asked = "; is the token paired, and for this display?" if refused.response.status_code in (401, 403) else ""
            raise Refused(f"{refused}{asked}") from refused
        except (OSError, InvalidHandshake):
            pass  # not there, or gone before it answered
        if attempt < tries:
            yield {"type": "reconnecting", "try": attempt + 1, "wait_s": wait}
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT_S, wait * 2)
    raise ConnectionError(f"no outcome after {tries} tries")


async def _once(socket: ClientConnection, sound: bytes, paced: bool) -> AsyncIterator[dict[str, Any]]:
    sending = asyncio.create_task(_send(socket, sound, paced))
    try:
        while True:
            event: dict[str, Any] = json.loads(await socket.recv())
            yield event
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def _send(socket: ClientConnection, sound: bytes, paced: bool) -> None:
    for start in range(0, len(sound), FRAME_BYTES):
        await socket.send(sound[start : start + FRAME_BYTES])
        if paced:
            await asyncio.sleep(FRAME_S)
    await socket.send(json.dumps({"type": "end"}))


async def _run(options: argparse.Namespace) -> int:
    try:
        sound = sound_of(options.file)
        events = relay(sound, origin=options.origin, display=options.display, token=options.token, tries=options.tries)
        last = {}
        async for last in events:
            print(json.dumps(last, ensure_ascii=False), flush=True)
        return 0 if last.get("type") == "outcome" else 1
    except (OSError, ValueError, Refused) as error:
        print(f"relay: {error}", file=sys.stderr)
        return 1


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(prog="python -m assistant.relay", description="say a recording as a watch does")
    parser.add_argument("file", type=Path, help="wav, 16 kHz, mono, 16 bit")
    parser.add_argument("--origin", default="http://127.0.0.1:8700")
    parser.add_argument("--display", default="main", help="the screen that shall act")
    parser.add_argument("--token", default="", help="device token: seoula pair issue watch main")
    parser.add_argument("--tries", type=int, default=5)
    return asyncio.run(_run(parser.parse_args(argv)))


if __name__ == "__main__":
    sys.exit(main())
