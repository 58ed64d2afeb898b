"""A telephone exchange for the tests: a registrar with passwords, and a proxy, in a hundred lines over UDP.

Numbers that begin with 7 answer by themselves, with the SIP status that follows: 7603 declines, 7302 redirects.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from dataclasses import dataclass, field

REALM = "office"


@dataclass
class Message:
    """A SIP message. headers: in order, names in lower case."""

    first: str
    headers: list[tuple[str, str]]
    body: str = ""

    def get(self, name: str) -> str:
        return next((value for known, value in self.headers if known == name), "")

    def all(self, name: str) -> list[str]:
        return [value for known, value in self.headers if known == name]

    @property
    def method(self) -> str:
        return self.first.partition(" ")[0]

    @property
    def user(self) -> str:
        found = re.search(r"sips?:([^@;>]+)@", self.first)
        return found[1] if found else ""

    def data(self) -> bytes:
        lines = [self.first, *(f"{name}: {value}" for name, value in self.headers)]
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode()


SHORT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length"}


def read(data: bytes) -> Message:
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = []
    for line in lines:
        name, _, value = line.partition(":")
        name = name.strip().lower()
        headers.append((SHORT.get(name, name), value.strip()))
    return Message(first, headers, body)


@dataclass
class Exchange(asyncio.DatagramProtocol):
    """passwords: by user. known: where each registered user is. asked: every request that came."""

    passwords: dict[str, str] = field(default_factory=dict)
    known: dict[str, tuple[str, tuple[str, int]]] = field(default_factory=dict)
    asked: list[Message] = field(default_factory=list)
    redirect: str = ""
    port: int = 0
    _nonces: set[str] = field(default_factory=set)

    async def open(self, port: int = 0) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, ("127.0.0.1", port))
        self.port = self._transport.get_extra_info("sockname")[1]

    async def close(self) -> None:
        self._transport.close()
        await asyncio.sleep(0)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def datagram_received(self, data: bytes, source: tuple[str, int]) -> None:
        if not data.strip():
            return
        message = read(data)
        if message.first.startswith("SIP/2.0"):
            self._back(message)
            return
        self.asked.append(message)
        if message.method == "REGISTER":
            self._register(message, source)
        elif message.method == "ACK" and message.user.startswith("7"):
            return
        elif message.method == "INVITE" and self.passwords and not self._knows(message, "proxy-authorization"):
            self._challenge(message, source, 407)
        elif message.user.startswith("7") and message.method == "INVITE":
            more = [("contact", f"<{self.redirect}>")] if message.user[1:].startswith("3") else []
            self._answer(message, source, int(message.user[1:]), more)
        else:
            self._forward(message, source)

    def _register(self, message: Message, source: tuple[str, int]) -> None:
        found = re.search(r"sip:([^@>]+)@", message.get("to"))
        user = found[1] if found else ""
        if self.passwords and not message.get("authorization"):
            self._challenge(message, source, 401)
        elif self.passwords and not self._knows(message, "authorization"):
            self._answer(message, source, 403)
        else:
            contact = re.search(r"<([^>]+)>", message.get("contact"))
            gone = "expires=0" in message.get("contact") or message.get("expires") == "0"
            if contact and not gone:
                self.known[user] = (contact[1], source)
            else:
                self.known.pop(user, None)
            self._answer(message, source, 200, [("contact", message.get("contact"))])

    def _challenge(self, message: Message, source: tuple[str, int], code: int) -> None:
        nonce = secrets.token_hex(8)
        self._nonces.add(nonce)
        name = "www-authenticate" if code == 401 else "proxy-authenticate"
        self._answer(message, source, code, [(name, f'Digest realm="{REALM}", nonce="{nonce}", algorithm=MD5')])

    def _knows(self, message: Message, header: str) -> bool:
        given = dict(re.findall(r'(\w+)="?([^",]*)"?', message.get(header)))
        if given.get("nonce") not in self._nonces:
            return False

        def md5(*parts: str) -> str:
            return hashlib.md5(":".join(parts).encode()).hexdigest()

        user = given.get("username", "")
        mine = md5(user, REALM, self.passwords.get(user, "")), md5(message.method, given.get("uri", ""))
        if "qop" in given:
            return given["response"] == md5(mine[0], given["nonce"], given["nc"], given["cnonce"], "auth", mine[1])
        return given.get("response") == md5(mine[0], given["nonce"], mine[1])

    def _answer(
        self, message: Message, to: tuple[str, int], code: int, more: list[tuple[str, str]] | None = None
    ) -> None:
        kept = [(name, value) for name, value in message.headers if name in ("via", "from", "call-id", "cseq")]
        tag = hashlib.md5(message.get("call-id").encode()).hexdigest()[:8]
        target = message.get("to") if "tag=" in message.get("to") else f"{message.get('to')};tag={tag}"
        answer = Message(f"SIP/2.0 {code} Answer", [*kept, ("to", target), *(more or []), ("content-length", "0")])
        self._transport.sendto(answer.data(), to)

    def _forward(self, message: Message, source: tuple[str, int]) -> None:
        if message.user not in self.known:
            if message.method != "ACK":
                self._answer(message, source, 404)
            return
        contact, where = self.known[message.user]
        branch = hashlib.md5(re.findall(r"branch=([^;,\s]+)", message.get("via"))[0].encode()).hexdigest()
        version = message.first.rpartition(" ")[2]
        via = ("via", f"SIP/2.0/UDP {self.address};branch=z9hG4bK{branch}")
        top, rest = True, []
        for name, value in message.headers:
            if name == "route":
                continue
            if name == "via" and top:
                value, top = f"{value};received={source[0]};x-port={source[1]}", False
            rest.append((name, value))
        self._transport.sendto(
            Message(f"{message.method} {contact} {version}", [via, *rest], message.body).data(), where
        )

    def _back(self, message: Message) -> None:
        headers = list(message.headers)
        headers.remove(("via", message.get("via")))
        message.headers = headers
        found = re.search(r"x-port=(\d+)", message.get("via"))
        if found:
            self._transport.sendto(message.data(), ("127.0.0.1", int(found[1])))
