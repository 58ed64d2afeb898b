"""Push-to-talk: WS /ws/v1/audio for a live button, POST /api/v1/audio for a recording. Audio is never stored."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, WebSocket
from starlette.websockets import WebSocketDisconnect

from assistant.api.access import SUBPROTOCOL, may_change, may_command, service_of, trust_of
from assistant.api.models import DISPLAY, RecordingAnswer
from assistant.api.problems import responses
from assistant.contracts import BadInput, NotPermitted, SeoulaError, Unavailable
from assistant.process import inherited
from assistant.service import Service
from assistant.talks import Talk

router = APIRouter(tags=["audio"], responses=responses(401, 404, 413, 503))

MOST_UPLOAD_BYTES = 20_000_000
MOST_FRAME_BYTES = 64_000
"""Two seconds of 16 kHz mono s16le in one frame; a live button sends 80 ms."""
DECODE_TIMEOUT_S = 30.0
FEED_BYTES = 32_000
NORMAL, BAD_DATA, POLICY_VIOLATION, TRY_AGAIN = 1000, 1003, 1008, 1013


@router.websocket("/ws/v1/audio")
async def live(socket: WebSocket, display: Annotated[str, Query(pattern=DISPLAY)] = "main") -> None:
    """Binary frames in: s16le, 16 kHz, mono, any size. A text frame ends the utterance. Events come back as JSON."""
    try:
        may_command(socket, display)
    except NotPermitted as error:
        await socket.close(POLICY_VIOLATION, error.code)
        return
    await socket.accept(SUBPROTOCOL if SUBPROTOCOL in socket.scope.get("subprotocols", ()) else None)
    service = service_of(socket)
    try:
        talk = await service.talk(display, trust_of(socket, display))
    except SeoulaError as error:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await socket.send_json({"type": "error", "code": error.code, "message": error.message})
            await socket.close(TRY_AGAIN if isinstance(error, Unavailable) else POLICY_VIOLATION, error.code)
        return
    feeding = asyncio.create_task(_feed(socket, service, talk))
    try:
        code = NORMAL
        async for event in talk.events():
            await socket.send_json(event)
            code = BAD_DATA if event["type"] == "error" else NORMAL
        await socket.close(code)
    except (WebSocketDisconnect, RuntimeError):
        pass
    finally:
        try:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
        finally:  # whatever happened to the feeding, the stream is given back
            await service.end_talk(talk)


async def _feed(socket: WebSocket, service: Service, talk: Talk) -> None:
    """The browser's frames to the ear, until it ends the utterance or goes away."""
    with contextlib.suppress(SeoulaError, RuntimeError):
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect" or message.get("text") is not None:
                break
            pcm = message.get("bytes") or b""
            if len(pcm) > MOST_FRAME_BYTES or len(pcm) % 2:
                talk.fail("bad-audio", "frames must be s16le and at most 2 s long")
                break
            if pcm:
                await service.ears.feed(talk.stream, pcm)
    with contextlib.suppress(SeoulaError, RuntimeError):
        await service.ears.close(talk.stream)


@router.post(
    "/api/v1/audio",
    dependencies=[Depends(may_change)],
    summary="Say something by a recording",
    response_model=RecordingAnswer,
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "wav, flac, ogg or mp3, at most 20 MB; what comes after two minutes is not heard",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def recording(request: Request, display: Annotated[str, Query(pattern=DISPLAY)] = "main") -> dict[str, Any]:
    """A recording (wav, flac, ogg, mp3) as one push-to-talk utterance; answers with what was heard and the outcome."""
    may_command(request, display)
    data = await _body(request)
    pcm = await _decode(data)
    service = service_of(request)
    talk = await service.talk(display, trust_of(request, display))
    try:
        for start in range(0, len(pcm), FEED_BYTES):
            await service.ears.feed(talk.stream, pcm[start : start + FEED_BYTES])
        await service.ears.close(talk.stream)
        events = [event async for event in talk.events()]
    finally:
        await service.end_talk(talk)
    outcome = events[-1] if events and events[-1]["type"] == "outcome" else None
    if outcome is None:
        raise Unavailable("hearing-unavailable", "hearing stopped before the recording was understood")
    return {"run": talk.run, "events": events[:-1], "outcome": {k: v for k, v in outcome.items() if k != "type"}}


async def _body(request: Request) -> bytes:
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > MOST_UPLOAD_BYTES:
            raise BadInput("too-large", f"a recording of at most {MOST_UPLOAD_BYTES // 1_000_000} MB is accepted")
    if not data:
        raise BadInput("empty-audio", "the recording is empty")
    return bytes(data)


async def _decode(data: bytes) -> bytes:
    """Any format to s16le 16 kHz mono, in a process of its own: a hostile file must not reach the core's memory."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "assistant.hearing.decode",
        env=inherited(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        pcm, _ = await asyncio.wait_for(process.communicate(data), DECODE_TIMEOUT_S)
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise BadInput("bad-audio", "the recording takes too long to decode") from error
    if process.returncode != 0 or not pcm:
        raise BadInput("bad-audio", "this is not a recording that can be read (wav, flac, ogg, mp3)")
    return pcm
