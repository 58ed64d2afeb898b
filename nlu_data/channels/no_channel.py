# ruff: noqa: UP035
"""No way in but the token-protected HTTP API.

Without credentials Rasa opens its REST channel, whose webhook asks for no token; this channel takes its place and has
no address at all.
"""

from __future__ import annotations

from typing import Any, Awaitable, Callable

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint


class NoChannel(InputChannel):
    """A channel that nothing can come through."""

    @classmethod
    def name(cls) -> str:
        return "none"

    def blueprint(self, on_new_message: Callable[..., Awaitable[Any]]) -> Blueprint:
        return Blueprint("no_channel")
