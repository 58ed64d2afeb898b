"""The media of calls as a part of the service: the calling worker, rooms on its engine, captions and telephones, joined
to the call hub."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import structlog

from assistant.call_service import check_phones, plug_phones
from assistant.calling.children import CallingOptions
from assistant.calling.side import CallingSide
from assistant.contracts import ConfigError, SeoulaError
from assistant.meetings import MeetingService, join
from assistant.service import Service
from assistant.settings import Settings
from display_bridge.papers.files import PaperFiles
from telephony.engines.livekit import LiveKit
from telephony.sip.line import PhoneLine
from telephony.sip.remote import RemoteGateway
from telephony.switchboard import is_of_call

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class CallMedia:
    """Made with the service, started when it listens. gateway: telephones, None where no line is set."""

    service: Service
    side: CallingSide
    meetings: MeetingService
    gateway: RemoteGateway | None

    def start(self, port: int) -> None:
        """Keep the worker running. port: where this service listens. What is not installed is said in the log and by
        `seoula doctor`; calls between two browsers go on without it."""
        core, token = f"ws://127.0.0.1:{port}/ws/v1/workers", self.service.workers.token
        try:
            self.side.start(self.service.settings.state_dir, core, token)
        except SeoulaError as error:
            log.error("no rooms and no telephones", code=error.code, message=error.message)
        if self.gateway is not None:
            self.gateway.start()
        self.meetings.start(port)

    async def stop(self) -> None:
        """End the rooms, write what is left of them; the supervisor ends the children."""
        await self.meetings.stop()
        if self.gateway is not None:
            await self.gateway.close()
        await self.side.stop()


def join_media(service: Service, papers: PaperFiles | None) -> CallMedia | None:
    """Rooms, captions and telephones for a service that is not started yet; None where calls are between two
    only, or switched off.

    Raises ConfigError for a telephone line or rooms that cannot be.
    """
    settings = service.settings
    calls = settings.calls
    line = check_line(settings)
    if not calls.enabled or calls.engine == "p2p":
        return None
    options = calling_options(settings, line)
    livekit = None
    if calls.engine == "livekit":
        keys = calls.livekit_key.get_secret_value(), calls.livekit_secret.get_secret_value()
        livekit = LiveKit(calls.livekit_url, *keys)
    # A telephone's sound comes to the worker: where there is a line, calls stay there. Meetings have no telephones.
    side = CallingSide(
        service.workers, service.supervisor, options, livekit, lambda room: line is not None and is_of_call(room)
    )
    gateway = None
    if line is not None:
        gateway = RemoteGateway(side.phones, line)
        plug_phones(service.calls, gateway, line.plan())
        service.calls.line = gateway.health
    return CallMedia(service, side, join(service, side.media, papers), gateway)


def calling_options(settings: Settings, line: PhoneLine | None) -> CallingOptions:
    """What is kept running for these settings, whose engine is none but p2p."""
    calls = settings.calls
    engine: Literal["embedded", "janus"] = "janus" if calls.engine == "janus" else "embedded"
    by_janus = line is not None and line.gateway == "janus"
    where = line.address if line is not None and by_janus else ""
    addresses = tuple(calls.addresses)
    return CallingOptions(engine, addresses, calls.keep_estimate, janus_phones=by_janus, sip_address=where)


def check_line(settings: Settings) -> PhoneLine | None:
    """The line as it would be opened, looked at without opening it. Raises ConfigError."""
    line = phone_line(settings)
    if line is None:
        return None
    if settings.calls.enabled and settings.calls.engine == "p2p":
        raise ConfigError("bad-settings", "a telephone line needs calls.engine to be embedded or janus, not p2p")
    check_phones(settings.calls.phones, line.plan())
    return line


def phone_line(settings: Settings) -> PhoneLine | None:
    """The line with the office's exchange; None where none is set. Raises ConfigError."""
    phone = settings.phone
    if not phone.user and not phone.domain:
        return None
    return PhoneLine.from_wire({**phone.model_dump(), "secret": phone.secret.get_secret_value()})
