"""Which of the messages that a client is sent answers what it has just said. Pure."""

from __future__ import annotations

from dataclasses import replace

from telephony.effects import Effect, Send
from telephony.protocol import CALL_MESSAGES


def answering(effects: tuple[Effect, ...], client: str, said: CALL_MESSAGES) -> tuple[Effect, ...]:
    """The effects of what a client has said, the first that tells it of that very call marked as the answer (`re`)."""
    call = getattr(said, "call", None)
    told = [(n, one) for n, one in enumerate(effects) if isinstance(one, Send) and one.client == client]
    if said.id is None or call is None or any(one.message.get("re") == said.id for _, one in told):
        return effects
    for n, one in told:
        if one.message.get("call") == call:
            answer = replace(one, message={"t": one.message["t"], "re": said.id, **one.message})
            return (*effects[:n], answer, *effects[n + 1 :])
    return effects
