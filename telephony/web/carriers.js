/** The connections that carry a call's media: one between two browsers, those of a room, and the one for captions. */
import { LiveKitMedia } from "./livekit-media.js";
import { configure, PeerLink } from "./peer.js";
import { Quality, reading } from "./quality.js";
import { RoomMedia } from "./room-media.js";
import { deeds } from "./state.js";
import { Tap } from "./tap.js";

const STATS_S = 2;

export class Carriers {
  #peer = null;
  #room = null;
  #tap = null;
  #stats = null;
  #quality = new Quality();
  /** What comes of others, by feed; of a call of two by "camera" and "screen". */
  streams = new Map();

  #held = false;

  /** calls: the page's Calls (client.js). id: of the call that these carry. */
  constructor(calls, id) {
    this.calls = calls;
    this.id = id;
    this.deps = calls.deps;
  }

  /** Whether a connection between two browsers carries the call. */
  get direct() {
    return Boolean(this.#peer);
  }

  startPeer(call) {
    this.#endPeer();
    const { calls, deps } = this;
    const where = { call: call.id, pc: "p2p" };
    const ready = calls.local.open({ audio: true, video: call.mine.cam });
    // What of oneself is there is known only now; until then the other end expects what the call is of.
    ready.then(() => calls.state.call?.id === call.id && calls.line.send("call.state", { call: call.id, ...calls.switches() }));
    this.#peer = new PeerLink(deps.peer({ iceServers: calls.ice }), {
      polite: call.polite,
      local: calls.local,
      video: call.media !== "audio",
      ready,
      makeStream: deps.makeStream,
      later: deps.later,
      cancel: deps.cancel,
      description: (desc, streams) => calls.line.send("rtc.desc", { ...where, desc, streams }),
      candidate: (cand) => calls.line.send("rtc.ice", { ...where, cand }),
      streams: (kind, stream) => {
        this.streams.set(kind, stream);
        calls.draw();
      },
      state: (state) => this.#peerState(state, call.id),
      failed: () => calls.onproblem("media-failed"),
    });
    this.#peer.hold(this.#held);
    this.#peer.start();
    this.#watch();
  }

  /** The line to the hub is there again. A page that was loaded anew has no connection any more: it makes one. */
  back(call) {
    if (this.#peer) this.#peer.negotiation.repeat();
    else this.startPeer(call);
  }

  #peerState(state, id) {
    const { calls } = this;
    if (state === "lost") return void calls.line.send("call.state", { call: id, media: "failed" });
    if (calls.state.call?.id !== id) return;
    if (state === "connected") {
      if (calls.state.call.phase === "connecting") calls.line.send("call.state", { call: id, media: "connected" });
      calls.set(deeds.call(deeds.connected(calls.state), { mending: false }));
    } else calls.set(deeds.call(calls.state, { mending: true }));
  }

  /** entered: {media} with which this page went in. */
  startRoom(call, entered) {
    const { calls, deps } = this;
    // Of a call of two the other end's stream stays until the room's has come.
    const before = this.#peer;
    this.#room?.close();
    const { room } = call;
    const common = {
      local: calls.local,
      makeStream: deps.makeStream,
      later: deps.later,
      cancel: deps.cancel,
      stream: (feed, stream) => {
        if (stream) this.streams.set(feed, stream);
        else this.streams.delete(feed);
        if (stream && before && before === this.#peer) this.#endPeer();
        calls.draw();
      },
      state: (state) => calls.state.call?.room === room && calls.set(deeds.call(calls.state, { mending: state === "mending" })),
    };
    const mine = call.media_by === "livekit" ? this.#byLiveKit(room, common) : this.#byTheServer(room, common);
    this.#room = mine;
    mine.hold(this.#held);
    this.#endTap();
    if (calls.options.publishes && entered.media !== "none") {
      calls.local.open({ audio: true, video: entered.media !== "audio" }).then(() => {
        if (this.#room !== mine) return;
        mine.publish().catch(() => calls.onproblem("media-failed"));
        calls.line.send("call.state", { room, ...calls.switches() });
        if (calls.state.call?.room === room) this.tapFollows(calls.state.call);
      });
    }
    this.#watch();
  }

  /** A room whose media the service itself carries: every connection of it is offered or answered there. */
  #byTheServer(room, common) {
    const { calls, deps } = this;
    return new RoomMedia({
      ...common,
      make: () => deps.peer({ iceServers: calls.ice }),
      description: (pc, desc) => calls.line.send("rtc.desc", { room, pc, desc }),
      candidate: (pc, cand) => calls.line.send("rtc.ice", { room, pc, cand }),
      failed: () => calls.onproblem("media-failed"),
    });
  }

  /** A room that LiveKit carries: only the way in comes from the service. */
  #byLiveKit(room, common) {
    const { calls, deps } = this;
    const told = (changes) => calls.state.call?.room === room && calls.set(deeds.call(calls.state, changes));
    return new LiveKitMedia({
      ...common,
      load: deps.livekit ?? (() => import("livekit-client")),
      ask: () => calls.line.send("room.media", { room }),
      // The one who spoke last stays large in the silence after it.
      speaking: (parts) => told({ speaking: parts, main: parts.find((part) => part !== calls.state.call?.me) ?? calls.state.call?.main ?? null }),
      graded: () => told({ quality: this.#room?.grade ?? null }),
      failed: (code) => calls.onproblem(code),
    });
  }

  /** The way into the server that carries the room is refused now; the person is told once for an outage. */
  noWay({ code }) {
    this.#room?.refused?.(code);
    return true;
  }

  /** A description or a candidate from the other end or the server, or the way into another server. */
  rtc(message) {
    if (message.t === "room.media") return void this.#room?.enter?.(message);
    const { pc, desc, cand } = message;
    const failed = () => this.calls.onproblem("media-failed");
    if (message.t === "rtc.desc") {
      if (pc === "p2p") this.#peer?.description(desc, message.streams);
      else if (pc === "tap") this.#tap?.description(desc).catch(failed);
      else this.#room?.description(pc, desc, message.feed ?? message.part);
    } else if (pc === "p2p") this.#peer?.candidate(cand);
    else if (pc === "tap") this.#tap?.candidate(cand).catch(() => {});
    else this.#room?.candidate(pc, cand);
  }

  /** Captions where the service does not carry the media: one's own voice goes to it only while one agrees. */
  tapFollows(call) {
    const { calls } = this;
    const beside = call.mode !== "room" || (call.media_by === "livekit" && calls.options.publishes);
    const wanted = beside && call.captions.on && call.captions.mine;
    if (!wanted) return this.#endTap();
    if (this.#tap) return undefined;
    const where = call.mode === "room" ? { room: call.room } : { call: call.id };
    this.#tap = new Tap({
      local: calls.local,
      make: () => this.deps.peer({ iceServers: calls.ice }),
      description: (pc, desc) => calls.line.send("rtc.desc", { ...where, pc, desc }),
      candidate: (pc, cand) => calls.line.send("rtc.ice", { ...where, pc, cand }),
    });
    return this.#tap.start();
  }

  /** The service says that a feed is gone; of LiveKit's feeds its own client says so, and sooner. */
  gone(feed) {
    if (!this.#room?.enter) this.#room?.gone(feed);
  }

  hold(on) {
    if (on === this.#held) return;
    this.#held = on;
    this.#peer?.hold(on);
    this.#room?.hold(on);
  }

  /** One's devices have changed. */
  sync() {
    this.#peer?.sync();
    this.#room?.sync();
    this.#tap?.sync();
  }

  online() {
    this.#peer?.online();
  }

  /** Other credentials: for every way that is made from now on, and anew for the one that goes through a relay. */
  renewIce() {
    const { ice } = this.calls;
    this.#peer?.renewIce(ice);
    for (const pc of [...(this.#room?.connections ?? []), ...(this.#tap?.connections ?? [])]) configure(pc, ice);
  }

  end() {
    this.deps.cancel?.(this.#stats);
    this.#endPeer();
    this.#endTap();
    this.#room?.close();
    this.#room = null;
    this.streams.clear();
  }

  #endPeer() {
    this.#peer?.close();
    this.#peer = null;
    this.streams.delete("camera");
    this.streams.delete("screen");
  }

  #endTap() {
    this.#tap?.close();
    this.#tap = null;
  }

  #watch() {
    const { calls } = this;
    this.deps.cancel?.(this.#stats);
    this.#quality = new Quality();
    const look = async () => {
      if (this.#room && !this.#peer && "grade" in this.#room) return;
      const connections = this.#room?.connections ?? (this.#peer ? [this.#peer.pc] : []);
      const reports = await Promise.all(connections.map((pc) => pc.getStats().catch(() => new Map())));
      if (!this.#peer && !this.#room) return;
      const { call } = calls.state;
      const sent = this.#peer ? call?.theirs.mic || call?.theirs.cam : this.#room?.receiving;
      const expecting = Boolean(call && call.phase === "active" && !call.held && !call.heldBy && sent);
      const quality = this.#quality.add(reading(reports.flatMap((report) => [...report.values()])), expecting);
      if (call && call.quality !== quality) calls.set(deeds.call(calls.state, { quality }));
      this.#stats = this.deps.later(STATS_S, look);
    };
    this.#stats = this.deps.later(STATS_S, look);
  }
}
