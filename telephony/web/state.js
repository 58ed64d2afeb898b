/** What a page of calls knows: messages of the hub in, a picture out. Pure; times are this page's own clock, seconds. */

export const START = Object.freeze({
  link: "connecting",
  refused: null,
  me: null,
  status: "available",
  presence: {},
  announced: null,
  incoming: [],
  call: null,
  /** Calls that are on hold while another goes on. */
  parked: [],
  /** What the service can do: rooms for more than two, telephones; how long it rings. */
  can: { rooms: false, phones: false, ring_s: 30 },
  waiting: null,
  ended: null,
  rooms: null,
});

/** Phases of a call that was answered. */
const STANDS = new Set(["connecting", "active"]);
/** What one sends and shows of oneself. */
const MINE = { mic: true, cam: true, screen: false, hand: false };
const THEIRS = { mic: true, cam: true, screen: false, hand: false };
const LONGEST_CHAT = 300;
const LONGEST_CAPTIONS = 60;

const until = (ms, now) => (Number.isFinite(ms) ? now + ms / 1000 : null);
/** Somebody as every view reads it. known: the departments by address; their names stand for those of consoles. */
export function personOf(from, known = {}) {
  const address = typeof from === "string" ? from : (from?.party ?? from?.address ?? from?.part ?? "");
  const id = typeof from === "object" ? (from?.department ?? "") : "";
  const department = known[address] ?? known[`dept:${id}`] ?? null;
  const name = (typeof from === "object" && from?.name) || "";
  // The screens of the office are one caller; which of them it is stands beside it.
  if (address.startsWith("display:")) return { address, name_ko: "시장실", name_en: "Mayor's office", place: name && name !== address.split(":")[1] ? name : "", department: null };
  return {
    address,
    name_ko: from?.name_ko || department?.name_ko || name || address.split(":").pop(),
    name_en: from?.name_en || department?.name_en || name || address.split(":").pop(),
    /** Which of a department's consoles it is. */
    place: department && !address.startsWith("dept:") ? name : "",
    department: id || null,
  };
}

/** Somebody in a room, as the service names him. Pure. */
export const roomPerson = (one) => ({ name_ko: one.name_ko || one.name || one.part, name_en: one.name_en || one.name_ko || one.name || one.part });

/** A call as it is begun here. */
function begun(id, now, fields) {
  return {
    id, role: "caller", phase: "placing", peer: null, media: "video", about: null, mode: "p2p", room: null, elsewhere: false,
    since: now, startedAt: null, mine: { ...MINE }, theirs: { ...THEIRS }, held: false, heldBy: null, quality: null, notice: null,
    people: [], waiting: [], feeds: [], speaking: [], main: null, chat: [], unread: 0, captions: { on: false, mine: false, reads: false, readers: 0 }, lines: [],
    recordings: {}, host: null, presenter: null, hands: [], page: null, locked: false, urgent: false, pending: null, ...fields,
  };
}

const changed = (state, id, changes) => (state.call?.id === id || (state.call && state.call.room === id) ? { ...state, call: { ...state.call, ...changes } } : state);
/** Which call or room a message is about. */
const idOf = (message) => message.call ?? message.room;

const READ = {
  welcome(state, m, now) {
    const presence = m.departments ? Object.fromEntries(m.departments.map((one) => [one.subject, one])) : state.presence;
    const base = { ...state, refused: null, me: m.me ?? state.me, status: m.me?.status ?? state.status, presence, can: { rooms: Boolean(m.rooms), phones: Boolean(m.phones), ring_s: m.ring_s ?? 30 } };
    if (!m.calls) return base;
    const told = m.calls.map((one) => resumed(base, one, now));
    const incoming = told.filter(({ rings }) => rings).map(({ rings }) => rings);
    const here = told.filter(({ call }) => call).map(({ call }) => call);
    const current = here.find(({ id }) => id === state.call?.id) ?? here.find(({ held }) => !held) ?? here[0] ?? null;
    const next = { ...base, incoming, parked: here.filter((call) => call !== current) };
    // A meeting that nobody was called to is joined anew; of a call that the hub does not know any more nothing is left.
    if (!current && state.call?.role === "member") return next;
    if (!current && state.call) return over(next, state.call, "connection_lost", now);
    return { ...next, call: current };
  },
  presence: (state, m) => ({ ...state, presence: { ...state.presence, [m.subject]: m } }),
  "call.announced": (state, m, now) => ({
    ...state,
    announced: { call: m.call, department: m.department, to: personOf(m.to ?? `dept:${m.department}`, state.presence), media: m.media, about: m.about ?? null, until: until(m.cancels_in_ms, now), total: m.cancels_in_ms / 1000 },
    ended: null,
  }),
  "call.placing": (state, m, now) => place(state, m, now, false),
  "call.ringing"(state, m, now) {
    const { call } = state;
    if (call?.id !== m.call) return state.parked.some(({ id }) => id === m.call) ? state : place(state, m, now, true, "ringing");
    // It goes on, and somebody else is rung for it.
    if (STANDS.has(call.phase)) return changed(state, m.call, { asking: m.n && !m.ended ? { to: personOf(m.to, state.presence), n: m.n } : null, refusedBy: m.ended ? { to: personOf(m.to, state.presence), reason: m.ended } : null });
    const deputy = m.department && `dept:${m.department}` !== m.to ? personOf(`dept:${m.department}`, state.presence) : null;
    return changed(state, m.call, { phase: "ringing", ringing: m.n ?? 1, deputy });
  },
  "call.incoming"(state, m, now) {
    const one = ringing(m, now, state.presence);
    return { ...state, incoming: [...state.incoming.filter(({ call }) => call !== one.call), one], ended: state.ended?.id === one.call ? null : state.ended };
  },
  "call.accepted"(state, m, now) {
    const rang = state.incoming.find(({ call }) => call === m.call);
    const known = [state.call, ...state.parked].find((one) => one?.id === m.call);
    const base = known ?? begun(m.call, now, rang ? { role: "callee", peer: rang.from, about: rang.about, urgent: rang.urgent } : {});
    const by = m.by ? personOf(m.by, state.presence) : null;
    const video = (m.media ?? base.media) !== "audio";
    const call = {
      ...base, peer: by ?? base.peer, phase: m.watch ? "active" : "connecting", mode: m.mode ?? "p2p", room: m.room ?? null, polite: Boolean(m.polite), elsewhere: Boolean(m.watch),
      startedAt: base.startedAt ?? now, media: m.media ?? base.media, mine: known ? base.mine : { ...base.mine, cam: video }, theirs: { ...THEIRS, cam: video }, asking: null, held: false, heldBy: null,
    };
    const other = state.call && state.call.id !== m.call && STANDS.has(state.call.phase) ? [{ ...state.call, held: true }] : [];
    return {
      ...state, incoming: state.incoming.filter(({ call: id }) => id !== m.call), announced: state.announced?.call === m.call ? null : state.announced, ended: null, call,
      parked: [...state.parked.filter(({ id }) => id !== m.call), ...other],
    };
  },
  "call.upgrade": (state, m) => changed(state, m.call, { mode: "room", room: m.room }),
  "call.ended"(state, m, now) {
    const incoming = state.incoming.filter(({ call }) => call !== m.call);
    const rang = state.incoming.find(({ call }) => call === m.call);
    const announced = state.announced?.call === m.call ? null : state.announced;
    const next = { ...state, incoming, announced, parked: state.parked.filter(({ id }) => id !== m.call) };
    if (state.call?.id === m.call) return over(next, state.call, m.reason, now, m);
    if (state.announced?.call === m.call) return { ...next, ended: { id: m.call, reason: m.reason, peer: state.announced.to, at: now, seconds: 0, media: state.announced.media } };
    // Declined by oneself, at another screen or by voice: nothing to be told.
    if (rang && m.reason === "rejected") return next;
    if (rang) return { ...next, ended: { id: m.call, reason: m.reason, peer: rang.from, at: now, seconds: 0, media: rang.media } };
    return next;
  },
  "peer.state"(state, m) {
    const id = idOf(m);
    const parked = state.parked.find((one) => one.id === id);
    if (parked && m.party === state.me?.party && m.held === false) return { ...state, call: { ...parked, held: false }, parked: [...state.parked.filter((one) => one !== parked), ...(state.call ? [{ ...state.call, held: true }] : [])] };
    if (!state.call || (state.call.id !== id && state.call.room !== id)) return state;
    const { call } = state;
    const part = m.party ?? m.part;
    if (part === state.me?.party) return changed(state, id, "held" in m ? { held: Boolean(m.held) } : {});
    const people = call.people.map((one) => (one.part === part ? { ...one, ...switches(m) } : one));
    if (call.mode === "room") return changed(state, id, { people });
    return changed(state, id, { theirs: { ...call.theirs, ...switches(m) }, heldBy: "held" in m ? (m.held ? part : null) : call.heldBy, away: m.link ? m.link === "lost" : Boolean(call.away) });
  },
  "room.list": (state, m) => ({ ...state, rooms: m.rooms ?? [] }),
  "room.waiting": (state, m, now) => ({ ...state, waiting: { room: m.room, why: m.why, kinds: m.kinds ?? [], since: now } }),
  "room.joined"(state, m, now) {
    const one = state.call && (state.call.room === m.room || state.call.id === m.room) ? state.call : begun(m.room, now, { role: "member", room: m.room });
    const call = {
      ...one, mode: "room", media_by: m.media ?? null, room: m.room, phase: "active", startedAt: one.startedAt ?? now, title: { name_ko: m.title_ko ?? m.title ?? "", name_en: m.title_en ?? "" },
      meeting: m.meeting ?? null, me: m.me, myRole: m.role ?? null, people: m.people ?? [], feeds: m.feeds ?? [], hands: m.hands ?? [], speaking: m.speaking ?? [], main: m.main ?? null,
      host: m.host ?? null, presenter: m.presenter ?? null, page: m.page ?? null, follows: m.follows ?? true, chat: m.chat ?? one.chat, captions: { ...one.captions, ...(m.captions ?? {}) }, locked: Boolean(m.locked),
    };
    return { ...state, waiting: null, ended: null, incoming: state.incoming.filter(({ call: id }) => id !== one.id), call: (m.recording ? [m.recording].flat() : []).reduce(record, call) };
  },
  "room.people": (state, m) => changed(state, m.room, { people: m.people, hands: m.hands ?? [], host: m.host ?? null, presenter: m.presenter ?? null, locked: Boolean(m.locked), waiting: m.waiting ?? [] }),
  "room.feeds"(state, m) {
    if (state.call?.room !== m.room) return state;
    const gone = new Set((m.removed ?? []).map((one) => one.feed ?? one));
    const added = (m.added ?? []).map((one) => (typeof one === "string" ? { feed: one, part: one } : one));
    const names = new Set(added.map(({ feed }) => feed));
    return changed(state, m.room, { feeds: [...state.call.feeds.filter(({ feed }) => !gone.has(feed) && !names.has(feed)), ...added] });
  },
  "room.speaking": (state, m) => changed(state, m.room, { speaking: m.speaking ?? [], main: m.main ?? null }),
  "room.chat"(state, m, now) {
    if (!state.call || (state.call.room !== m.room && state.call.id !== m.call)) return state;
    const said = { n: m.n, part: m.part, name: m.name, text: m.text, kind: m.kind ?? "text", at: now - (m.ago_ms ?? 0) / 1000 };
    return { ...state, call: { ...state.call, chat: [...state.call.chat.filter(({ n }) => n === undefined || n !== m.n), said].slice(-LONGEST_CHAT), unread: state.call.unread + (m.part === state.call.me ? 0 : 1) } };
  },
  "room.page": (state, m) => changed(state, m.room, { page: m }),
  "room.moderated": (state, m) => changed(state, m.room, { notice: { do: m.do, by: m.by } }),
  "room.ended"(state, m, now) {
    if (state.waiting?.room === m.room) return { ...state, waiting: null, ended: { id: m.room, reason: m.reason, peer: null, at: now, seconds: 0, room: true } };
    return state.call?.room === m.room ? over(state, state.call, m.reason, now, m) : state;
  },
  captions: (state, m) => changed(state, idOf(m), { captions: { ...state.call?.captions, on: Boolean(m.on), mine: Boolean(m.mine ?? state.call?.captions.mine), reads: Boolean(m.on && (m.reads ?? state.call?.captions.reads)), readers: m.readers ?? 0 } }),
  caption(state, m, now) {
    const { call } = state;
    if (!call || (call.room !== idOf(m) && call.id !== idOf(m))) return state;
    const part = m.part ?? m.feed ?? "";
    // What is not final yet is replaced by what comes after it from the same person.
    const rest = call.lines.filter((line) => line.final || line.part !== part);
    return { ...state, call: { ...call, lines: [...rest, { part, name: m.name ?? "", text: m.text, final: Boolean(m.final), at: now }].slice(-LONGEST_CAPTIONS) } };
  },
  recording: (state, m) => (state.call?.room === m.room ? { ...state, call: record(state.call, m) } : state),
};

const switches = (m) => Object.fromEntries(["mic", "cam", "screen", "hand"].filter((name) => typeof m[name] === "boolean").map((name) => [name, m[name]]));
const record = (call, m) => ({ ...call, recordings: { ...call.recordings, [m.kind ?? "recording"]: m } });
const ringing = (m, now, known) => ({
  call: m.call, from: personOf(m.from, known), to: m.to ?? null, media: m.media ?? "video", about: m.about ?? m.ctx ?? null, until: until(m.expires_in_ms, now),
  since: now, urgent: Boolean(m.urgent), waiting: Boolean(m.waiting), room: m.room ?? null,
});

/** A call as the hub tells of it when this page connects: one that rings here, or one that goes on. */
function resumed(state, m, now) {
  const mine = state.me?.party;
  const others = (m.people ?? []).filter(({ party }) => party !== mine);
  const inside = (m.people ?? []).length > others.length;
  const peer = others.length ? personOf(others[0], state.presence) : personOf(m.to, state.presence);
  if (m.phase === "ringing" && !inside) return { rings: { call: m.call, from: peer, to: m.to, media: m.media, about: m.about ?? null, until: null, since: now, urgent: Boolean(m.urgent), waiting: false, room: m.room ?? null } };
  if (!inside || m.phase === "announced") return {};
  const known = [state.call, ...state.parked].find((one) => one?.id === m.call);
  const started = Number.isFinite(m.ms) ? now - m.ms / 1000 : null;
  const base = known ?? begun(m.call, now, { role: m.outgoing ? "caller" : "callee", media: m.media, about: m.about ?? null, urgent: Boolean(m.urgent), startedAt: started, mine: { ...MINE, cam: m.media !== "audio" }, theirs: { ...THEIRS, cam: m.media !== "audio" } });
  return { call: { ...base, peer: known?.peer ?? peer, phase: known && STANDS.has(known.phase) ? known.phase : m.phase, mode: m.mode, room: m.room ?? null, polite: Boolean(m.polite), elsewhere: !m.mine } };
}

function place(state, m, now, elsewhere, phase = "placing") {
  const announced = state.announced?.call === m.call ? state.announced : null;
  const peer = announced?.to ?? personOf(m.to ?? (m.department ? `dept:${m.department}` : ""), state.presence);
  const media = m.media ?? announced?.media ?? "video";
  const known = state.call?.id === m.call ? state.call : null;
  const other = state.call && !known ? [{ ...state.call, held: true }] : [];
  return {
    ...state, announced: announced ? null : state.announced, ended: null, parked: [...state.parked, ...other],
    call: known ?? begun(m.call, now, { peer, media, about: m.about ?? announced?.about ?? null, elsewhere, phase, mine: { ...MINE, cam: media !== "audio" } }),
  };
}

function over(state, call, reason, now, m = {}) {
  const seconds = m.duration_s ?? (call.startedAt ? now - call.startedAt : 0);
  // One that was put on hold for it is there again, still on hold: a person takes it up.
  const [back = null, ...parked] = [...state.parked].reverse();
  return { ...state, call: back, parked: parked.reverse(), ended: { id: call.id, reason, peer: call.peer ?? call.title ?? null, at: now, seconds, media: call.media, room: call.role === "member", hold: m.sip_code ?? null } };
}

/** The next picture after a message of the hub; what it does not know changes nothing. */
export function reduce(state, message, now) {
  const read = Object.hasOwn(READ, message.t) ? READ[message.t] : null;
  return read ? read(state, message, now) : state;
}

/** What this page itself does: begins a call, switches something, ends it. Pure. */
export const deeds = {
  invite: (state, id, peer, media, about, now) => ({ ...state, ended: null, call: begun(id, now, { peer: personOf(peer, state.presence), media, about, mine: { ...MINE, cam: media !== "audio" } }) }),
  mine: (state, changes) => (state.call ? { ...state, call: { ...state.call, mine: { ...state.call.mine, ...changes } } } : state),
  hold: (state, on) => (state.call ? { ...state, call: { ...state.call, held: on } } : state),
  connected: (state) => (state.call?.phase === "connecting" ? { ...state, call: { ...state.call, phase: "active" } } : state),
  call: (state, changes) => (state.call ? { ...state, call: { ...state.call, ...changes } } : state),
  read: (state) => (state.call?.unread ? { ...state, call: { ...state.call, unread: 0 } } : state),
  forget: (state) => ({ ...state, ended: null }),
  cancelled: (state, now) => (state.call ? over(state, state.call, "cancelled", now) : { ...state, announced: null }),
};

/** What is told of a call to the ear: "ring", "urgent", "waiting", or null. */
export function soundOf(state) {
  if (state.incoming.some(({ urgent, about }) => urgent || about?.kind === "event")) return state.call && state.call.phase === "active" ? null : "urgent";
  if (state.incoming.length) return state.call ? null : "call";
  return state.call && !state.call.elsewhere && state.call.phase === "ringing" ? "waiting" : null;
}
