/** The pictures of a call, from what the page knows of it and the streams that it has. Pure. */

import { roomPerson } from "./state.js";

const names = (person) => ({ name_ko: person?.name_ko || person?.name || "", name_en: person?.name_en || person?.name || "" });

/**
 * [{key, part, kind: "camera"|"screen", mine, name_ko, name_en, stream, cam, mic, speaking, hand}] in an order that stays.
 * own: the stream in which one sees oneself. local: one's devices. streams: by feed or kind. publishes: whether one is seen
 * at all. direct: whether a connection between two browsers still carries the call.
 */
export function tilesOf(call, { own, local, streams, publishes, direct }) {
  if (!call || call.elsewhere) return [];
  const me = { key: "own", part: call.me ?? "own", kind: "camera", mine: true, name_ko: "", name_en: "", stream: own, cam: Boolean(call.mine.cam && local.video), mic: Boolean(call.mine.mic && local.audio), speaking: false, hand: call.mine.hand };
  const tiles = publishes ? [me] : [];
  if (call.mode !== "room" || direct) {
    const peer = { part: call.peer?.address || "peer", mine: false, ...names(call.peer), mic: call.theirs.mic, speaking: false };
    tiles.push({ ...peer, key: "peer", kind: "camera", stream: streams.get("camera") ?? null, cam: call.theirs.cam, hand: call.theirs.hand });
    if (call.theirs.screen) tiles.push({ ...peer, key: "screen", kind: "screen", stream: streams.get("screen") ?? null, cam: true, hand: false });
    return tiles;
  }
  const raised = new Set(call.hands.map((one) => one.part ?? one));
  for (const person of call.people.filter(({ part }) => part !== call.me)) {
    const feed = call.feeds.find(({ part }) => part === person.part)?.feed;
    tiles.push({
      key: person.part, part: person.part, kind: person.screen ? "screen" : "camera", mine: false, ...names(roomPerson(person)),
      stream: streams.get(feed) ?? streams.get(person.part) ?? null, cam: Boolean(person.screen) || person.cam !== false, mic: person.mic !== false,
      speaking: call.speaking.includes(person.part), hand: Boolean(person.hand) || raised.has(person.part),
    });
  }
  return tiles;
}
