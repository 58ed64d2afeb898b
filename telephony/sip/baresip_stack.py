"""baresip's SIP stack set up for a line: its configuration, its errors as ours, its sound as a stream."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Callable, Iterator

from baresip import (
    Account,
    AudioNotActive,
    AudioRestarted,
    BaresipError,
    Config,
    RuntimeDead,
    StackEvent,
    StaleHandleError,
)
from baresip.call import Call, TransferRequest
from baresip.runtime import Runtime
from baresip.ua import UserAgent

from assistant.contracts import Unavailable
from telephony.sip.legs import unknown_leg
from telephony.sip.line import PhoneLine

DIALLED = ("P-Called-Party-ID", "To", "t")
"""The headers that tell which of our numbers was dialled, the surest first. `t` is the short form of To."""
_CODECS = {"pcma": "pcma", "pcmu": "pcmu", "g722": "g722/16000/1"}
_SRTP = {"off": (), "optional": ("mediaenc=srtp",), "required": ("mediaenc=srtp-mand",)}
_PLAIN_TARGET = re.compile(r"<?sips?:[^?<>]+(\?Replaces=[^&<>]+)?>?(;method=INVITE)?", re.IGNORECASE)


async def start(
    line: PhoneLine, on_event: Callable[[StackEvent], None], on_dead: Callable[[], None]
) -> tuple[Runtime, UserAgent]:
    """The running stack and our account on it. Raises Unavailable `phones-unavailable`."""
    logging.getLogger("baresip").setLevel(logging.ERROR)  # its notes name callers
    where = line.address or "0.0.0.0"
    runtime = Runtime(native_log_level="error")
    try:
        await runtime.start(_config(line, where))
        runtime.on_dead = on_dead  # type: ignore[assignment]  # the library leaves it untyped
        runtime.subscribe(on_event)
        return runtime, await UserAgent.create(runtime, _account(line), transfer_policy="manual")
    except (BaresipError, ValueError, OSError) as error:
        await stop(runtime)
        raise Unavailable("phones-unavailable", f"the SIP stack does not start on {where}:{line.port}") from error


async def stop(runtime: Runtime) -> None:
    """End the stack, whatever state it is in."""
    with contextlib.suppress(BaresipError):
        await runtime.close()


def _config(line: PhoneLine, where: str) -> Config:
    return Config(
        net_interface=line.address or None,
        max_concurrent_calls=line.lines,
        rtp_timeout=line.lost_s,
        expose_headers=DIALLED,
        native_log_level="error",
        extra_config_text=f"sip_listen {where}:{line.port}\n"
        f"sip_transports {line.transport}\nsip_trans_def {line.transport}\n"
        f"rtp_ports {line.rtp_ports[0]}-{line.rtp_ports[1]}\n"
        f"call_local_timeout {int(line.ring_s) + 30}\n"
        "audio_jitter_buffer_type adaptive\naudio_jitter_buffer_ms 20-200\n",
    )


def _account(line: PhoneLine) -> Account:
    return Account(
        line.user,
        line.domain,
        line.secret,
        registrar=f"{line.registrar};transport={line.transport}" if line.registrar else None,
        reg_interval=line.register_every_s if line.registrar else 0,
        transport=line.transport,
        audio_codecs=tuple(_CODECS[name] for name in line.codecs),
        dtmf_mode=line.dtmf,
        auth_user=line.auth_user or None,
        extra_params=_SRTP[line.srtp],
    )


@contextlib.contextmanager
def doing() -> Iterator[None]:
    """The stack's errors as ours."""
    try:
        yield
    except StaleHandleError:
        raise unknown_leg() from None
    except RuntimeDead as error:
        raise Unavailable("phones-unavailable", "the SIP stack does not run") from error
    except (BaresipError, ValueError) as error:
        raise Unavailable("phone-refused", "the SIP stack would not do this") from error


async def hang_up(call: Call, *, refuse: bool) -> None:
    """End a call, or refuse it as busy. One that is over already is fine. Raises Unavailable."""
    with doing(), contextlib.suppress(StaleHandleError):
        await (call.reject() if refuse else call.hangup())


def plain(request: TransferRequest) -> bool:
    """Whether a far end's wish to be connected elsewhere is a plain call, and smuggles no headers."""
    return request.method == "INVITE" and _PLAIN_TARGET.fullmatch(request.raw.strip()) is not None


class Sound:
    """A call's audio without its surprises: sound that is not there, or was just changed, is none."""

    def __init__(self, call: Call) -> None:
        self._audio = call.audio

    def ready(self) -> tuple[int, int, int] | None:
        """See pump.Stream."""
        try:
            info = self._audio.info()
        except AudioNotActive:
            return None
        if not (info.tx_ready and info.rx_ready) or info.tx_channels != 1 or info.rx_channels != 1:
            return None
        return info.tx_sample_rate, info.rx_sample_rate, info.tx_buffered

    def read(self) -> bytes:
        """See pump.Stream."""
        with contextlib.suppress(AudioNotActive, AudioRestarted):
            return bytes(self._audio.read(32_768))
        return b""

    def write(self, pcm: bytes) -> None:
        """See pump.Stream."""
        with contextlib.suppress(AudioNotActive, AudioRestarted):
            self._audio.write(pcm)
