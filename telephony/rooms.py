"""Every meeting room: `Rooms` takes messages and the clock, and gives effects. Pure.

rooms.know(person)                                  a party said hello (its token says who it is)
rooms.handle(part, message, now) -> effects         one of INCOMING; raises BadInput, NotPermitted, Unavailable
rooms.lost(part, now), rooms.back(part, now)        its last socket broke; it is there again within the grace
rooms.forget(part, now)                             its token was revoked or its link is over: out at once
rooms.engine_event(kind, room, part, feed, level_db, now)
rooms.tick(now)                                     a few times a second
rooms.upgrade(call, people, title, now)             a call of two becomes a room, which both enter without a lobby
rooms.may_publish(room, part), rooms.may_subscribe(room, part)   asked before any rtc.desc is passed on
"""

from __future__ import annotations

from telephony.room_effects import DEEDS, INCOMING, OUTGOING, Effect, Engine, Note, Person, Send

__all__ = ["DEEDS", "INCOMING", "OUTGOING", "Effect", "Engine", "Note", "Person", "Send"]
