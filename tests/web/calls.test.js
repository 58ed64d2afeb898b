/** The logic of the call pages, without a browser: what they know, arrange, grade, mend and negotiate. */
import assert from "node:assert/strict";
import test from "node:test";
import { columns, largest, lasting, speakerView } from "../../telephony/web/arrange.js";
import { CallConnection, protocols, retryDelay } from "../../telephony/web/connection.js";
import { meaning } from "../../telephony/web/keys.js";
import { constraints, LocalMedia, whyNot } from "../../telephony/web/media.js";
import { Negotiation } from "../../telephony/web/negotiation.js";
import { paced } from "../../telephony/web/pace.js";
import { Quality, grade, reading } from "../../telephony/web/quality.js";
import { MEND_AFTER_S, GIVE_UP_S, Recovery } from "../../telephony/web/recovery.js";
import { Ringer, ringOf } from "../../telephony/web/ring.js";
import { deeds, personOf, reduce, soundOf, START } from "../../telephony/web/state.js";
import { configure, PeerLink, relayed } from "../../telephony/web/peer.js";
import { Film, fitted, pieces, places, Recorder } from "../../telephony/web/recorder.js";
import { tilesOf } from "../../telephony/web/tiles.js";
import { voiceOf } from "../../telephony/web/voices.js";
import { vp8First } from "../../telephony/web/room-media.js";

/** A clock that only the test moves. */
function clock() {
  const timers = [];
  let now = 0;
  return {
    now: () => now,
    later: (seconds, action) => {
      const timer = { at: now + seconds, action };
      timers.push(timer);
      return timer;
    },
    cancel: (timer) => timer && timers.splice(0, timers.length, ...timers.filter((one) => one !== timer)),
    advance: (seconds) => {
      const until = now + seconds;
      for (;;) {
        const due = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        timers.splice(timers.indexOf(due), 1);
        now = due.at;
        due.action();
      }
      now = until;
    },
  };
}
const settle = async () => {
  for (let n = 0; n < 20; n += 1) await Promise.resolve();
};

// ---------------------------------------------------------------------------------------------- what a page knows

const DEPARTMENTS = [
  { subject: "dept:fire", name_ko: "소방재난본부", name_en: "Fire", status: "available", consoles: 1 },
  { subject: "dept:transport", name_ko: "교통실", name_en: "Transport", status: "busy", consoles: 2 },
];
const WELCOME = { t: "welcome", sid: "s", me: { party: "console:t1", name: "t1", department: "transport", status: "away" }, departments: DEPARTMENTS, calls: [], rooms: true, phones: false, ring_s: 30 };
const after = (messages, state = START) => messages.reduce((now, message, index) => reduce(now, message, index), state);
const welcomed = after([WELCOME]);
const INCOMING = { t: "call.incoming", call: "c1", from: { party: "console:f1", name: "상황실", department: "fire" }, to: "dept:transport", media: "video", about: { kind: "event", id: "e", title: "화재" }, urgent: true, expires_in_ms: 30_000 };

test("a call that comes in is named by its department, and says why it rings", () => {
  const { incoming, status, can } = after([INCOMING], welcomed);
  assert.equal(incoming[0].from.name_ko, "소방재난본부");
  assert.equal(incoming[0].from.place, "상황실");
  assert.equal(incoming[0].about.title, "화재");
  assert.equal(incoming[0].until, 30);
  assert.equal(status, "away");
  assert.deepEqual(can, { rooms: true, phones: false, ring_s: 30 });
  assert.equal(soundOf({ ...welcomed, incoming }), "urgent");
  assert.equal(personOf({ party: "display:main", name: "main" }).name_ko, "시장실");
});

test("from ring to talk to the end", () => {
  const called = deeds.invite(welcomed, "c2", { address: "dept:fire" }, "video", null, 0);
  assert.equal(called.call.phase, "placing");
  assert.equal(called.call.peer.name_ko, "소방재난본부");
  const rung = reduce(called, { t: "call.ringing", call: "c2", n: 2, to: "dept:fire", department: "fire" }, 1);
  assert.equal(rung.call.phase, "ringing");
  assert.equal(soundOf(rung), "waiting");
  const answered = reduce(rung, { t: "call.accepted", call: "c2", by: { party: "console:f1", name: "f1", department: "fire" }, polite: false, mode: "p2p", media: "video", watch: false }, 5);
  assert.equal(answered.call.phase, "connecting");
  assert.equal(answered.call.polite, false);
  const active = deeds.connected(answered);
  const held = reduce(active, { t: "peer.state", call: "c2", party: "console:f1", held: true }, 6);
  assert.equal(held.call.heldBy, "console:f1");
  assert.equal(reduce(held, { t: "peer.state", call: "c2", party: "console:f1", held: false }, 7).call.heldBy, null);
  const muted = reduce(active, { t: "peer.state", call: "c2", party: "console:f1", mic: false }, 7);
  assert.deepEqual([muted.call.theirs.mic, muted.call.theirs.cam], [false, true]);
  const over = reduce(active, { t: "call.ended", call: "c2", reason: "hangup", duration_s: 12 }, 20);
  assert.equal(over.call, null);
  assert.deepEqual([over.ended.reason, over.ended.seconds], ["hangup", 12]);
});

test("the first to accept has it: elsewhere it stops ringing, and shows where it went", () => {
  const taken = after([INCOMING, { t: "call.ended", call: "c1", reason: "answered_elsewhere" }], welcomed);
  assert.deepEqual(taken.incoming, []);
  assert.equal(taken.ended.reason, "answered_elsewhere");
  const declined = after([INCOMING, { t: "call.ended", call: "c1", reason: "rejected" }], welcomed);
  assert.deepEqual([declined.incoming, declined.ended], [[], null], "declined at another screen, or by voice");
  const watched = after([INCOMING, { t: "call.accepted", call: "c1", by: INCOMING.from, watch: true, mode: "p2p", media: "video" }], welcomed);
  assert.equal(watched.call.elsewhere, true);
});

test("a second call puts the first on hold, and its end brings it back", () => {
  const first = deeds.connected(after([INCOMING, { t: "call.accepted", call: "c1", by: INCOMING.from, polite: true, media: "video" }], welcomed));
  const second = after([{ ...INCOMING, call: "c9", waiting: true }, { t: "peer.state", call: "c1", party: "console:t1", held: true }, { t: "call.accepted", call: "c9", by: INCOMING.from, polite: true, media: "audio" }], first);
  assert.equal(second.call.id, "c9");
  assert.deepEqual(second.parked.map(({ id, held }) => [id, held]), [["c1", true]]);
  const back = reduce(second, { t: "call.ended", call: "c9", reason: "hangup" }, 9);
  assert.deepEqual([back.call.id, back.call.held, back.parked.length], ["c1", true, 0]);
  const swapped = reduce(second, { t: "peer.state", call: "c1", party: "console:t1", held: false }, 9);
  assert.deepEqual([swapped.call.id, swapped.call.held, swapped.parked[0].id, swapped.parked[0].held], ["c1", false, "c9", true]);
});

test("what was announced can be seen running out, and is gone when it was taken back", () => {
  const announced = after([{ t: "call.announced", call: "c3", department: "fire", to: "dept:fire", media: "audio", cancels_in_ms: 3000 }], welcomed);
  assert.deepEqual([announced.announced.until, announced.announced.total, announced.announced.to.name_ko], [3, 3, "소방재난본부"]);
  assert.equal(reduce(announced, { t: "call.ended", call: "c3", reason: "cancelled" }, 2).announced, null);
  const placed = reduce(announced, { t: "call.placing", call: "c3", to: "dept:fire", media: "audio" }, 3);
  assert.deepEqual([placed.announced, placed.call.elsewhere, placed.call.mine.cam], [null, false, false]);
  const beside = reduce(announced, { t: "call.ringing", call: "c3", n: 1, to: "dept:fire" }, 3);
  assert.deepEqual([beside.announced, beside.call.elsewhere, beside.call.phase], [null, true, "ringing"]);
});

test("after a reconnect the hub's word counts: calls go on, are found again, or are over", () => {
  const talking = deeds.connected(after([INCOMING, { t: "call.accepted", call: "c1", by: INCOMING.from, polite: true, media: "video" }], welcomed));
  const told = { call: "c1", phase: "active", media: "video", mode: "p2p", polite: true, mine: true, people: [INCOMING.from, { party: "console:t1" }], ms: 4000, to: "dept:transport" };
  assert.equal(reduce(talking, { ...WELCOME, calls: [told] }, 10).call.phase, "active");
  const anew = reduce(START, { ...WELCOME, calls: [told] }, 10).call;
  assert.deepEqual([anew.id, anew.peer.name_ko, anew.startedAt, anew.elsewhere, anew.polite], ["c1", "소방재난본부", 6, false, true]);
  assert.equal(reduce(talking, WELCOME, 10).ended.reason, "connection_lost");
  const rings = reduce(START, { ...WELCOME, calls: [{ ...told, phase: "ringing", people: [INCOMING.from], mine: false }] }, 10);
  assert.deepEqual([rings.call, rings.incoming[0].call], [null, "c1"]);
});

const JOINED = { t: "room.joined", room: "r1", title_ko: "회의", me: "a", role: "speaker", people: [{ part: "a", name: "나" }, { part: "b", name: "둘", mic: false }], hands: ["b"], feeds: [{ feed: "fb", part: "b" }], speaking: ["b"] };

test("a meeting: people, feeds, chat, captions, recording, the end", () => {
  const waiting = after([{ t: "room.waiting", room: "r1", why: "lobby" }], welcomed);
  assert.equal(waiting.waiting.why, "lobby");
  const inside = reduce(waiting, JOINED, 1);
  assert.equal(inside.waiting, null);
  const streams = new Map([["fb", "stream"]]);
  const tiles = tilesOf(inside.call, { own: "own", local: { audio: {}, video: {} }, streams, publishes: true, direct: false });
  assert.deepEqual(tiles.map(({ key, stream, mic, speaking, hand }) => [key, stream, mic, speaking, hand]), [["own", "own", true, false, false], ["b", "stream", false, true, true]]);
  const fed = reduce(inside, { t: "room.feeds", room: "r1", added: [{ feed: "fc", part: "c" }], removed: ["fb"] }, 2);
  assert.deepEqual(fed.call.feeds, [{ feed: "fc", part: "c" }]);
  const said = after([{ t: "room.chat", room: "r1", n: 1, part: "b", name: "둘", text: "안녕", ago_ms: 0 }, { t: "room.chat", room: "r1", n: 1, part: "b", name: "둘", text: "안녕", ago_ms: 9 }], inside);
  assert.deepEqual([said.call.chat.length, said.call.unread > 0], [1, true]);
  assert.equal(deeds.read(said).call.unread, 0);
  const captions = after([{ t: "captions", room: "r1", on: true, mine: true, reads: true }, { t: "caption", room: "r1", part: "b", name: "둘", text: "지금", final: false }, { t: "caption", room: "r1", part: "b", name: "둘", text: "지금 비가", final: true }], inside);
  assert.deepEqual([captions.call.captions.on, captions.call.captions.mine, captions.call.captions.reads], [true, true, true]);
  assert.deepEqual(captions.call.lines.map(({ text, final }) => [text, final]), [["지금 비가", true]]);
  const recorded = reduce(inside, { t: "recording", room: "r1", kind: "recording", state: "asking", you: "asked" }, 3);
  assert.equal(recorded.call.recordings.recording.state, "asking");
  assert.equal(reduce(inside, { t: "room.ended", room: "r1", reason: "ended" }, 9).ended.room, true);
  assert.equal(reduce(inside, { t: "room.chat", room: "other", text: "x" }, 3), inside, "of another room nothing is read");
  assert.equal(reduce(inside, { t: "no.such" }, 3), inside);
});

test("a call of two that becomes a room stays the same call", () => {
  const talking = deeds.connected(after([INCOMING, { t: "call.accepted", call: "c1", by: INCOMING.from, polite: true, media: "video" }], welcomed));
  const moved = after([{ t: "call.upgrade", call: "c1", room: "call-c1" }, { ...JOINED, room: "call-c1" }], talking);
  assert.deepEqual([moved.call.id, moved.call.room, moved.call.role, moved.call.people.length], ["c1", "call-c1", "callee", 2]);
  assert.equal(reduce(moved, { t: "call.ended", call: "c1", reason: "hangup" }, 9).call, null);
});

// ---------------------------------------------------------------------------------------------- arranging

test("a grid makes pictures as large as they can be", () => {
  assert.deepEqual([1, 2, 3, 4, 6, 9].map((count) => columns(count, 1600, 900)), [1, 2, 2, 2, 3, 3]);
  assert.equal(columns(2, 400, 900), 1);
});

test("what is shown stands large, else who was pinned, else who speaks, else who spoke last", () => {
  const [own, a, b] = [{ key: "own", kind: "camera", mine: true }, { key: "a", kind: "camera" }, { key: "b", kind: "camera", speaking: true }];
  assert.equal(largest([own, a, b]), "b");
  assert.equal(largest([own, a, { ...b, speaking: false }], { before: "b" }), "b");
  assert.equal(largest([own, a, b], { pinned: "a" }), "a");
  assert.equal(largest([own, a, b, { key: "s", kind: "screen" }]), "s");
  assert.equal(largest([own]), "own");
  assert.equal(largest([]), null);
  const view = speakerView([own, a, b]);
  assert.deepEqual([view.main.key, view.strip.map(({ key }) => key), view.own.key], ["b", ["a"], "own"]);
  assert.equal(speakerView([own]).own, null, "alone one is large oneself");
  assert.deepEqual([lasting(75), lasting(3675), lasting(-1)], ["1:15", "1:01:15", "0:00"]);
});

test("keys do what they say, and nothing while somebody types", () => {
  const page = { incoming: false, placing: false, inCall: true, typing: false, pressing: false, dialog: false };
  const key = (code, name = code) => ({ code, key: name });
  assert.equal(meaning({ code: "KeyM", key: "ㅡ" }, page), "mic", "a Korean keyboard, too");
  assert.equal(meaning(key("KeyM"), { ...page, typing: true }), null);
  assert.equal(meaning({ ...key("KeyM"), ctrlKey: true }, page), null);
  assert.equal(meaning(key("Enter"), { ...page, incoming: true }), "accept");
  assert.equal(meaning(key("Enter"), { ...page, incoming: true, pressing: true }), null, "the button that has the focus does it");
  assert.equal(meaning(key("Escape"), { ...page, incoming: true }), "reject");
  assert.equal(meaning(key("Escape"), { ...page, placing: true, inCall: false }), "cancel");
  assert.equal(meaning(key("Escape"), page), null, "no key alone ends a call");
});

// ---------------------------------------------------------------------------------------------- quality and mending

const stats = (received, lost, more = {}) => [{ type: "inbound-rtp", packetsReceived: received, packetsLost: lost, jitter: 0.01, ...more }, { type: "candidate-pair", nominated: true, state: "succeeded", currentRoundTripTime: more.rtt ?? 0.02 }];

test("loss, delay and silence make a connection fair or poor; a badge does not flicker", () => {
  const at = (received, lost, more) => reading(stats(received, lost, more));
  assert.equal(grade(at(0, 0), at(100, 0)), "good");
  assert.equal(grade(at(0, 0), at(100, 4)), "fair");
  assert.equal(grade(at(0, 0), at(100, 20)), "poor");
  assert.equal(grade(at(0, 0), at(100, 0, { rtt: 0.4 })), "fair");
  assert.equal(grade(at(100, 0), at(100, 0)), "poor");
  assert.equal(grade(at(100, 0), at(100, 0), false), null);
  assert.equal(grade(at(100, 0), at(10, 0)), null, "a new connection counts anew");
  const quality = new Quality();
  const shown = [0, 100, 200, 300].map((received) => quality.add(at(received, 0)));
  assert.deepEqual(shown, [null, "good", "good", "good"]);
  assert.equal(quality.add(at(400, 60)), "good", "one bad moment is none");
  assert.equal(quality.add(at(500, 160)), "poor");
  assert.deepEqual([600, 700, 800].map((received) => quality.add(at(received, 160))), ["poor", "poor", "good"]);
});

test("a broken path is mended after 5 s, at once when it failed, and given up after 15 s", () => {
  const time = clock();
  const did = [];
  const recovery = new Recovery({ mend: () => did.push(["mend", time.now()]), giveUp: () => did.push(["give up", time.now()]), ...time });
  recovery.state("disconnected");
  time.advance(MEND_AFTER_S - 0.1);
  recovery.state("connected");
  time.advance(60);
  assert.deepEqual(did, [], "it healed by itself");
  recovery.state("disconnected");
  time.advance(MEND_AFTER_S);
  assert.equal(did.length, 1);
  recovery.state("failed");
  assert.equal(did.length, 2);
  time.advance(GIVE_UP_S);
  assert.equal(did.at(-1)[0], "give up");
  did.length = 0;
  recovery.stop();
  recovery.online("connected");
  recovery.online("disconnected");
  assert.deepEqual(did.map(([what]) => what), ["mend"]);
});

/** Two ends of a connection, as the specification has their states; what they say arrives when the test lets it. */
function ends() {
  const make = (name) => ({
    name, signalingState: "stable", localDescription: null, closed: false, taken: [], rolledBack: 0,
    async setLocalDescription() {
      await Promise.resolve();
      if (this.signalingState === "have-remote-offer") {
        this.localDescription = { type: "answer", sdp: `answer of ${name}` };
        this.signalingState = "stable";
      } else {
        this.localDescription = { type: "offer", sdp: `offer of ${name}` };
        this.signalingState = "have-local-offer";
      }
    },
    async setRemoteDescription(description) {
      await Promise.resolve();
      if (description.type === "offer") {
        if (this.signalingState === "have-local-offer") this.rolledBack += 1;
        this.signalingState = "have-remote-offer";
      } else {
        if (this.signalingState !== "have-local-offer") throw new Error("an answer to nothing");
        this.signalingState = "stable";
      }
      this.taken.push(description.type);
    },
    async addIceCandidate(candidate) {
      this.taken.push(candidate.candidate);
    },
  });
  const wire = [];
  const failures = [];
  const pair = [make("a"), make("b")];
  const negotiations = pair.map((pc, index) => new Negotiation(pc, { polite: index === 1, send: (description) => wire.push([1 - index, description]), candidate: () => {}, failed: (error) => failures.push(error) }));
  const deliver = async () => {
    for (;;) {
      await settle();
      const next = wire.shift();
      if (!next) return;
      negotiations[next[0]].description(next[1]);
    }
  };
  return { pair, negotiations, deliver, failures, wire };
}

test("when both change something at once the polite one gives way, and both agree", async () => {
  const { pair, deliver, failures } = ends();
  pair[0].onnegotiationneeded();
  pair[1].onnegotiationneeded();
  await deliver();
  assert.deepEqual(pair.map(({ signalingState }) => signalingState), ["stable", "stable"]);
  assert.deepEqual(pair.map(({ rolledBack }) => rolledBack), [0, 1]);
  assert.deepEqual(pair[0].taken, ["answer"], "the impolite one took no offer");
  assert.deepEqual(failures, []);
});

test("an offer that was lost on the way is said once more, and only while it is open", async () => {
  const { pair, negotiations, deliver, wire } = ends();
  pair[0].onnegotiationneeded();
  await settle();
  wire.length = 0;
  negotiations[0].repeat();
  await deliver();
  assert.equal(pair[0].signalingState, "stable");
  negotiations[0].repeat();
  assert.equal(wire.length, 0);
  negotiations[0].close();
  await negotiations[0].description({ type: "offer", sdp: "late" });
  assert.equal(pair[0].signalingState, "stable", "what is closed takes nothing");
});

// ---------------------------------------------------------------------------------------------- the line

function lines({ stored = null } = {}) {
  const time = clock();
  const sockets = [];
  const seen = { messages: [], statuses: [], failed: [] };
  const kept = new Map(stored ? [["seoula.calls.session.ws://x", stored]] : []);
  const deps = {
    ...time, random: () => 0.5,
    storage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) },
    socket: (url, offered) => {
      const socket = { url, offered, readyState: 0, sent: [], send: (text) => socket.sent.push(JSON.parse(text)), close() {} };
      sockets.push(socket);
      return socket;
    },
  };
  const line = new CallConnection({ url: "ws://x", token: "T", hello: { caps: {} } }, { message: (m) => seen.messages.push(m), status: (s) => seen.statuses.push(s), failed: (asked, error) => seen.failed.push([asked?.t, error.code]) }, deps);
  const accept = (socket, welcome = {}) => {
    socket.readyState = 1;
    socket.onopen();
    socket.onmessage({ data: JSON.stringify({ t: "welcome", sid: "S", ...welcome }) });
  };
  return { time, sockets, seen, line, accept, kept };
}

test("the token stands among the subprotocols, never in the address or the hello", () => {
  const { line, sockets, accept } = lines();
  line.open();
  assert.deepEqual(sockets[0].offered, ["seoula", "token.T"]);
  accept(sockets[0]);
  assert.deepEqual(sockets[0].sent, [{ t: "hello", v: 1, caps: {} }]);
  assert.deepEqual(protocols(null), ["seoula"]);
});

test("a lost line resumes its session, says soon what it could not say, and forgets what is old", () => {
  const { line, sockets, accept, time } = lines();
  line.open();
  accept(sockets[0]);
  sockets[0].onclose({ code: 1006 });
  line.send("call.hangup", { call: "old" });
  time.advance(0.3);
  sockets[1].onclose({ code: 1006 });
  time.advance(11);
  const last = sockets.at(-1);
  line.send("call.hangup", { call: "new" });
  accept(last);
  assert.equal(last.sent[0].resume, "S");
  assert.equal("fresh" in last.sent[0], false);
  assert.deepEqual(last.sent.slice(1).map(({ call }) => call), ["new"]);
});

test("a page that was loaded anew resumes as one without connections", () => {
  const { line, sockets, accept, kept } = lines({ stored: "S0" });
  line.open();
  accept(sockets[0]);
  assert.deepEqual([sockets[0].sent[0].resume, sockets[0].sent[0].fresh], ["S0", true]);
  assert.equal([...kept.values()][0], "S");
  sockets[0].onclose({ code: 1000, reason: "resumed-elsewhere" });
  assert.equal(kept.size, 0, "another tab has the session now");
});

test("errors find what they answer; a refusal waits long, and says why", () => {
  const { line, sockets, accept, seen, time } = lines();
  line.open();
  accept(sockets[0]);
  const id = line.send("call.invite", { call: "c" });
  sockets[0].onmessage({ data: JSON.stringify({ t: "error", re: id, code: "in-a-call" }) });
  assert.deepEqual(seen.failed, [["call.invite", "in-a-call"]]);
  sockets[0].onclose({ code: 1008, reason: "revoked" });
  assert.deepEqual(seen.statuses.at(-1), { link: "refused", reason: "revoked" });
  time.advance(20);
  assert.equal(sockets.length, 1);
  time.advance(15);
  assert.equal(sockets.length, 2);
  sockets[1].onmessage({ data: JSON.stringify({ t: "error", code: "bad-token", message: "not known" }) });
  assert.equal(seen.failed.length, 1, "it answers nothing that was asked");
  sockets[1].onclose({ code: 1008 });
  assert.deepEqual(seen.statuses.at(-1), { link: "refused", reason: "bad-token" });
});

test("tries spread out, and never stop", () => {
  assert.ok(retryDelay(0, 0, 1) < 0.31);
  assert.ok(retryDelay(5, 10, 1) <= 1);
  assert.ok(retryDelay(30, 600, 1) <= 30);
  assert.ok(retryDelay(30, 600, 0) >= 20);
});

// ---------------------------------------------------------------------------------------------- devices and sound

const track = (kind) => ({ kind, enabled: true, stopped: false, stop() { this.stopped = true; } });

test("without a camera one still speaks, and is told why one is not seen; nothing is asked twice", async () => {
  const asked = [];
  const media = new LocalMedia({
    getUserMedia: async (wanted) => {
      asked.push([Boolean(wanted.audio), Boolean(wanted.video)]);
      if (wanted.video) throw Object.assign(new Error("no"), { name: "NotReadableError" });
      return { getTracks: () => [track("audio")] };
    },
  });
  await media.open({ audio: true, video: true });
  assert.ok(media.audio);
  assert.deepEqual(media.problem, { why: "deviceBusy", kind: "video" });
  await media.open({ audio: true, video: true });
  assert.deepEqual(asked, [[true, true], [true, false]]);
  media.mute(true);
  assert.equal(media.audio.enabled, false);
  const { audio } = media;
  media.close();
  assert.equal(audio.stopped, true);
  assert.equal(new LocalMedia(undefined).audio, null);
  const insecure = new LocalMedia(undefined);
  insecure.devices = undefined;
  await insecure.open({ video: false });
  assert.equal(insecure.problem.why, "deviceInsecure");
});

test("constraints name the chosen devices, a phone's camera by where it looks", () => {
  assert.equal(constraints({ audio: true, video: false }).video, false);
  assert.deepEqual(constraints({ audio: false, video: true, devices: { videoinput: "d" } }).video.deviceId, { exact: "d" });
  assert.deepEqual(constraints({ audio: false, video: true, devices: { videoinput: "d" }, facing: "environment" }).video.facingMode, { ideal: "environment" });
  assert.equal(whyNot({ name: "NotAllowedError" }), "deviceDenied");
  assert.deepEqual(vp8First([{ mimeType: "video/H264" }, { mimeType: "video/VP8" }]).map(({ mimeType }) => mimeType), ["video/VP8", "video/H264"]);
});

test("a ring sounds again and again until it stops, and not before it may", async () => {
  const time = clock();
  let started = 0;
  let touched = false;
  const node = () => ({ frequency: {}, gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (next) => next, start: () => (started += 1), stop() {} });
  const context = { state: "suspended", currentTime: 0, resume: async () => (context.state = touched ? "running" : "suspended"), createOscillator: node, createGain: node, destination: {} };
  const ringer = new Ringer({ ...time, context: () => context });
  ringer.start("call");
  time.advance(5);
  await settle();
  assert.equal(started, 0);
  touched = true;
  assert.equal(await ringer.unlock(), true);
  time.advance(5);
  const once = started;
  assert.ok(once >= 6);
  ringer.start("call");
  assert.equal(started, once, "the same ring is not begun twice");
  ringer.stop();
  time.advance(20);
  assert.equal(started, once);
  assert.equal(ringOf({ about: { kind: "event" } }), "urgent");
  assert.equal(ringOf({ about: { kind: "project" } }), "call");
});

// ---------------------------------------------------------------------------------------------- the film of a meeting

test("pictures stand side by side and are not cut; pieces are as small as the service wants them", () => {
  assert.deepEqual(places(1), [{ x: 0, y: 0, width: 1280, height: 720 }]);
  assert.equal(places(0).length, 0);
  const four = places(4);
  assert.deepEqual(four[3], { x: 640, y: 360, width: 640, height: 360 });
  assert.deepEqual(fitted({ x: 0, y: 0, width: 640, height: 360 }, 360, 640), [218.75, 0, 202.5, 360]);
  const blob = { size: 2_000_000, slice: (from, to) => [from, Math.min(to, 2_000_000)] };
  assert.deepEqual(pieces(blob), [[0, 800_000], [800_000, 1_600_000], [1_600_000, 2_000_000]]);
});

test("only the page of who began it makes the film, and only while everybody agrees", () => {
  const did = [];
  const calls = { options: { token: "T" }, deps: {}, tiles: () => [], local: {}, tell() {}, onproblem() {} };
  const call = (state, by) => ({ me: "a", meeting: "m", recordings: { recording: { state, by } } });
  const film = new Film(calls, (options) => ({ start: () => did.push(`start ${options.headers.Authorization}`), stop: () => did.push("stop") }));
  film.follow(call("asking", "a"));
  film.follow(call("on", "b"));
  assert.equal(film.runs, false);
  film.follow(call("on", "a"));
  film.follow(call("on", "a"));
  assert.equal(film.runs, true);
  film.follow(call("off", "a"));
  film.follow(null);
  assert.deepEqual(did, ["start Bearer T", "stop"]);
});

test("a film that is ended here is whole before anybody is told", async () => {
  const did = [];
  const calls = { options: {}, deps: {}, tiles: () => [], local: {}, tell() {}, onproblem() {} };
  let sent;
  const film = new Film(calls, () => ({ start() {}, stop: () => (did.push("stop"), new Promise((resolve) => (sent = resolve))) }));
  await film.whole();
  film.follow({ me: "a", meeting: "m", recordings: { recording: { state: "on", by: "a" } } });
  const ended = film.whole().then(() => did.push("told"));
  assert.equal(film.runs, false, "asked twice, it is ended once");
  film.whole();
  await settle();
  assert.deepEqual(did, ["stop"]);
  sent();
  await ended;
  assert.deepEqual(did, ["stop", "told"]);
});

test("pieces go one after another; one that cannot be sent is sent again, a refusal ends the film", async () => {
  const asked = [];
  let answers = [];
  const recorder = new Recorder({ meeting: "m", query: "?display=main", headers: {}, failed: () => asked.push("failed") }, {
    wait: async () => {},
    fetch: async (path, { method }) => {
      asked.push(`${method} ${path}`);
      const next = answers.shift() ?? 200;
      if (next === "away") throw new TypeError("network");
      return { ok: next === 200, status: next, json: async () => ({ id: "r" }) };
    },
  });
  answers = [403];
  await recorder.start();
  assert.deepEqual(asked, ["POST /api/v1/meetings/m/recordings?display=main", "failed"]);
});

test("other credentials are taken for what is made from now on, and a way through a relay is made anew", async () => {
  const entries = (kind) => [{ id: "p", type: "candidate-pair", state: "succeeded", nominated: true, localCandidateId: "c" }, { id: "c", type: "local-candidate", candidateType: kind }];
  assert.equal(relayed(entries("relay")), true);
  assert.equal(relayed(entries("host")), false);
  assert.equal(relayed([]), false);
  const did = [];
  const made = (kind) => ({
    signalingState: "stable", iceConnectionState: "connected", addTransceiver: () => ({ sender: {} }), close() {},
    getConfiguration: () => ({ bundlePolicy: "max-bundle", iceServers: ["old"] }),
    setConfiguration: (configuration) => did.push(configuration),
    getStats: async () => new Map(entries(kind).map((one) => [one.id, one])), restartIce: () => did.push("restart"),
  });
  const link = (kind) => new PeerLink(made(kind), { polite: false, local: {}, ready: Promise.resolve(), description() {}, candidate() {}, makeStream: () => ({ id: "s" }) });
  await link("host").renewIce(["new"]);
  assert.deepEqual(did.splice(0), [{ bundlePolicy: "max-bundle", iceServers: ["new"] }]);
  await link("relay").renewIce(["new"]);
  assert.deepEqual(did.splice(0).at(-1), "restart");
  configure({ signalingState: "closed", setConfiguration: () => did.push("closed") }, ["new"]);
  assert.deepEqual(did, []);
});

test("a picture may begin fast, whatever its codec; sound and what is said already stay as they are", () => {
  const sdp = "v=0\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:102 H264/90000\r\na=fmtp:102 packetization-mode=1\r\n";
  const fast = paced(sdp, 900);
  assert.ok(fast.includes("a=rtpmap:96 VP8/90000\r\na=fmtp:96 x-google-start-bitrate=900\r\n"));
  assert.ok(fast.includes("a=fmtp:102 packetization-mode=1;x-google-start-bitrate=900\r\n"));
  assert.ok(fast.includes("a=fmtp:111 minptime=10\r\n") && fast.includes("a=fmtp:97 apt=96\r\n"));
  assert.equal(paced(fast, 900), fast);
  assert.equal(paced("v=0\r\n"), "v=0\r\n");
});

test("the sound of a stream is one stream, which follows what comes and goes", () => {
  const makeStream = (tracks = []) => ({ tracks, getTracks: () => [...tracks], getAudioTracks: () => tracks.filter(({ kind }) => kind === "audio"), addTrack: (one) => tracks.push(one), removeTrack: (one) => tracks.splice(tracks.indexOf(one), 1) });
  assert.equal(voiceOf(null), null);
  const stream = makeStream([{ kind: "video" }]);
  assert.equal(voiceOf(stream, makeStream), null);
  const first = { kind: "audio", id: 1 };
  stream.addTrack(first);
  const voice = voiceOf(stream, makeStream);
  assert.deepEqual(voice.getTracks(), [first]);
  stream.removeTrack(first);
  stream.addTrack({ kind: "audio", id: 2 });
  assert.equal(voiceOf(stream, makeStream), voice);
  assert.deepEqual(voice.getTracks().map(({ id }) => id), [2]);
});
