/** The calls of one page: joins the line to the hub, the picture of what goes on, one's own devices and the connections. */
import { CallConnection } from "./connection.js";
import { Carriers } from "./carriers.js";
import { LocalMedia } from "./media.js";
import { Film } from "./recorder.js";
import { deeds, reduce, START } from "./state.js";
import { browser } from "./surroundings.js";
import { tilesOf } from "./tiles.js";

export class Calls {
  #listeners = new Set();
  /** What finds the way to others, as RTCPeerConnection takes it; the credentials in it are good for a while. */
  ice = [];
  #carriers = new Map();
  /** What was asked for and holds the devices until it is answered: ids of calls, "room". */
  #pending = new Set();
  #entered = null;
  #told = null;
  /** The film of a meeting that is made here. */
  film = new Film(this);
  #drawing = false;
  #voiceOnly = null;

  /**
   * @param {{url: string, token: string|null, caps?: object, name?: string, publishes?: boolean, facing?: string}} options
   *   publishes: whether this page has a microphone and a camera to send; a television has not.
   */
  constructor(options, deps = {}) {
    this.options = { publishes: true, ...options };
    this.deps = { ...(globalThis.window ? browser() : {}), ...deps };
    this.state = START;
    this.local = deps.local ?? new LocalMedia();
    this.local.facing = options.facing ?? null;
    this.local.changed = () => this.#devicesChanged();
    /** The stream in which one sees oneself. */
    this.own = this.deps.makeStream?.() ?? (globalThis.MediaStream ? new MediaStream() : null);
    const caps = { audio: this.options.publishes, video: this.options.publishes, screen: Boolean(globalThis.navigator?.mediaDevices?.getDisplayMedia), ice_restart: true, ...options.caps };
    this.line = new CallConnection(
      { url: options.url, token: options.token, hello: { caps, ...(options.name ? { name: options.name } : {}) } },
      { message: (m, asked) => this.#message(m, asked), status: (s) => this.#status(s), failed: (asked, error) => this.#refused(asked, error) },
      deps.line,
    );
    /** Told of what went wrong, for a passing message: (code, text). */
    this.onproblem = () => {};
    /** Told of every message after it was read, for sounds and announcements. */
    this.onmessage = () => {};
  }

  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  open() {
    this.line.open();
  }

  close() {
    this.line.close();
    this.#endMedia();
  }

  /** The network is there again, or another one. */
  online() {
    this.line.renew();
    for (const one of this.#carriers.values()) one.online();
  }

  // ------------------------------------------------------------------------------------------ what a person does

  /** Call somebody; returns the call's id. to: an address. peer: who that is, to be shown at once. */
  invite(to, { media = "video", about = null, peer = null } = {}) {
    const call = this.deps.uuid();
    this.set(deeds.invite(this.state, call, peer ?? { address: to }, media, about, this.deps.now()));
    this.#takeDevices(media);
    this.line.send("call.invite", { call, to, media, ...(about ? { about } : {}) });
    return call;
  }

  accept(call, media = null) {
    const one = this.state.incoming.find((rings) => rings.call === call);
    if (!one) return;
    this.#pending.add(call);
    // Who answers by voice is not seen, whatever the call is.
    this.#voiceOnly = media === "audio" ? call : null;
    this.#takeDevices(media ?? one.media);
    this.line.send("call.accept", { call, ...(media ? { media } : {}) });
  }

  reject(call, reason = "rejected") {
    this.line.send("call.reject", { call, reason });
    this.set({ ...this.state, incoming: this.state.incoming.filter((one) => one.call !== call) });
  }

  /** Take back what was announced or rings elsewhere. */
  cancel() {
    const call = this.state.announced?.call ?? this.state.call?.id;
    if (call) this.line.send("call.cancel", { call });
  }

  hangup(reason = "hangup") {
    const { call, waiting } = this.state;
    if (call && ["placing", "ringing"].includes(call.phase)) return void this.cancel();
    if (this.film.runs) return void this.film.whole().then(() => this.hangup(reason));
    if (call?.role === "member") return void this.line.send("room.leave", { room: call.room });
    if (call) return void this.line.send("call.hangup", { call: call.id, reason });
    if (waiting) {
      this.line.send("room.leave", { room: waiting.room });
      this.set({ ...this.state, waiting: null });
    }
  }

  hold(on = !this.state.call?.held) {
    const { call } = this.state;
    if (!call) return;
    this.set(deeds.hold(this.state, on));
    this.#carry();
    if (call.role !== "member") this.line.send("call.hold", { call: call.id, on });
  }

  /** Take up a call that is on hold while another goes on; the other is then on hold. */
  takeUp(call) {
    this.line.send("call.hold", { call, on: false });
  }

  mute(on = this.state.call?.mine.mic) {
    if (!this.state.call) return;
    this.local.mute(on);
    for (const one of this.#carriers.values()) one.sync();
    this.#switched({ mic: !on });
  }

  async camera(on = !this.state.call?.mine.cam) {
    if (!this.state.call) return;
    this.#switched({ cam: on });
    if (on) await this.local.open({ audio: false, video: true, again: true });
    else this.local.stopCamera();
    if (on && !this.local.video) this.#switched({ cam: false });
  }

  async share(on = !this.state.call?.mine.screen) {
    if (!this.state.call) return;
    if (!on) this.local.unshare();
    else if (!(await this.local.share()) && this.local.problem?.kind === "screen") this.onproblem(this.local.problem.why);
  }

  hand(up = !this.state.call?.mine.hand) {
    if (this.state.call) this.#switched({ hand: up });
  }

  transfer(to) {
    if (this.state.call) this.line.send("call.transfer", { call: this.state.call.id, to });
  }

  add(to) {
    if (this.state.call) this.line.send("call.add", { call: this.state.call.id, to });
  }

  presence(status) {
    this.line.send("presence", { status });
    this.set({ ...this.state, status });
  }

  listRooms() {
    this.line.send("room.list");
  }

  createRoom(fields) {
    this.#entered = { media: "video" };
    this.#pending.add("room");
    this.#takeDevices("video");
    this.line.send("room.create", fields);
  }

  joinRoom(room, { media = "video", pin = null } = {}) {
    this.#entered = { room, media, pin };
    this.#pending.add("room");
    this.#takeDevices(media);
    this.line.send("room.join", { room, media: this.options.publishes ? media : "none", ...(pin ? { pin } : {}) });
  }

  /** A message to the room: chat, admit, moderate, page, captions.set, recording.set, consent.set. */
  tell(t, fields = {}) {
    const { call } = this.state;
    if (call) this.line.send(t, { ...(call.mode === "room" ? { room: call.room } : { call: call.id }), ...fields });
  }

  chat(text, kind = "text") {
    this.tell("room.chat", { text, ...(kind === "text" ? {} : { kind }) });
  }

  /** Read captions, or no more; who reads them lets the own voice be written, too. */
  captions(on = !this.state.call?.captions.reads) {
    if (!this.state.call) return;
    this.set(deeds.call(this.state, { captions: { ...this.state.call.captions, reads: on } }));
    // In a room everybody's voice is written unless he says no; in a call of two only after he has said yes.
    this.tell("captions.set", this.state.call.mode === "room" ? { on } : { on, mine: on });
  }

  /** Let the own voice be written for others, or not. */
  letCaptions(mine) {
    this.tell("captions.set", { mine });
  }

  readChat() {
    this.set(deeds.read(this.state));
  }

  forgetEnded() {
    this.set(deeds.forget(this.state));
  }

  /** Every picture of the call, as tiles.js has them. */
  tiles() {
    const carriers = this.#carriers.get(this.state.call?.id);
    return tilesOf(this.state.call, { own: this.own, local: this.local, streams: carriers?.streams ?? new Map(), publishes: this.options.publishes, direct: Boolean(carriers?.direct) });
  }

  // ------------------------------------------------------------------------------------------ what the hub says

  #status({ link, reason }) {
    this.set({ ...this.state, link, refused: link === "refused" ? (reason ?? "refused") : null });
  }

  #message(message, asked) {
    const before = this.state;
    if (message.ice_servers) this.#takeIce(message.ice_servers);
    if (["rtc.desc", "rtc.ice", "room.media"].includes(message.t)) return void this.#rtc(message);
    this.state = reduce(this.state, message, this.deps.now());
    for (const id of [message.call, message.t.startsWith("room.") ? "room" : null]) this.#pending.delete(id);
    this.#follow(before, message);
    this.#carry();
    this.draw();
    this.onmessage(message, before, asked);
  }

  #takeIce(servers) {
    this.ice = servers.map((one) => (typeof one === "string" ? { urls: one } : one));
    for (const one of this.#carriers.values()) one.renewIce();
  }

  #rtc(message) {
    const call = [this.state.call, ...this.state.parked].find((one) => one && (message.call ? one.id === message.call : one.room === message.room));
    if (call) this.#of(call).rtc(message);
  }

  /** The connections of a call. */
  #of(call) {
    if (!this.#carriers.has(call.id)) this.#carriers.set(call.id, new Carriers(this, call.id));
    return this.#carriers.get(call.id);
  }

  #follow(before, message) {
    const { call } = this.state;
    if (!call || call.elsewhere) return;
    const again = () => this.joinRoom(call.room, { media: this.#entered?.media ?? call.media, pin: this.#entered?.pin ?? null });
    switch (message.t) {
      case "welcome":
        if (call.mode === "room") again();
        else if (["connecting", "active"].includes(call.phase)) this.#of(call).back(call);
        break;
      case "call.placing":
        this.#takeDevices(call.media);
        break;
      case "call.accepted":
        if (message.call !== call.id) break;
        if (call.mode === "room") again();
        else this.#enterPeer(call);
        break;
      case "call.upgrade":
        again();
        break;
      case "peer.state":
        // The other page was loaded anew: its end of the connection is gone, and so is this one.
        if (message.fresh && message.link === "back" && message.call === call.id && call.mode !== "room") this.#enterPeer(call);
        break;
      case "room.joined":
        this.#of(call).startRoom(call, this.#entered ?? call);
        break;
      case "room.feeds":
        for (const gone of message.removed ?? []) this.#of(call).gone(gone.feed ?? gone);
        break;
      case "room.moderated":
        this.#obey(message);
        break;
      case "recording":
        this.film.follow(call);
        break;
      case "captions":
        this.#of(call).tapFollows(call);
        break;
      default:
    }
  }

  /** Connections follow the calls there are; without any, one's devices are let go. */
  #carry() {
    const { call, parked, waiting } = this.state;
    const there = new Map([call, ...parked].filter(Boolean).map((one) => [one.id, one]));
    if (!call?.room) this.film.follow(null);
    for (const [id, one] of this.#carriers) {
      if (!there.has(id)) {
        one.end();
        this.#carriers.delete(id);
      } else one.hold(id !== call?.id || there.get(id).held);
    }
    const here = [...there.values()].some(({ elsewhere }) => !elsewhere);
    if (!here && !waiting && !this.#pending.size) this.#endMedia();
  }

  /** What a host did to this person. */
  #obey({ do: deed }) {
    if (deed === "mute" || deed === "mute_all") this.mute(true);
    if (deed === "stop_camera") this.camera(false);
    if (deed === "stop_screen") this.local.unshare();
    if (deed === "lower_hand") this.set(deeds.mine(this.state, { hand: false }));
  }

  #refused(asked, error) {
    const { call } = this.state;
    const code = error.code ?? "error";
    // What could not even begin is not shown as if it had.
    if (asked?.t === "call.invite" && call?.id === asked.call && call.phase === "placing") this.state = reduce(this.state, { t: "call.ended", call: call.id, reason: code }, this.deps.now());
    // Somebody else shows a screen already.
    if (asked?.t === "call.state" && asked.screen) this.local.unshare();
    if (asked?.t === "call.accept") this.state = { ...this.state, incoming: this.state.incoming.filter((one) => one.call !== asked.call) };
    if (asked?.call) this.#pending.delete(asked.call);
    if (asked?.t?.startsWith("room.")) this.#pending.delete("room");
    this.#carry();
    this.draw();
    if (asked?.t !== "room.media" || !this.#carriers.get(call?.id)?.noWay(error)) this.onproblem(code, error.message ?? "", asked);
  }

  // ------------------------------------------------------------------------------------------ devices

  #enterPeer(call) {
    if (call.id === this.#voiceOnly) this.set(deeds.mine(this.state, { cam: false }));
    this.#of(call).startPeer(this.state.call);
  }

  #takeDevices(media) {
    if (this.options.publishes) this.local.open({ audio: true, video: media !== "audio" });
  }

  /** What of oneself is on, as others are told. */
  switches() {
    const { mine } = this.state.call ?? { mine: {} };
    return { mic: Boolean(mine.mic && this.local.audio), cam: Boolean(mine.cam && this.local.video), screen: Boolean(this.local.screen), hand: Boolean(mine.hand) };
  }

  #switched(changes) {
    this.set(deeds.mine(this.state, changes));
    const { call } = this.state;
    if (call && ["active", "connecting"].includes(call.phase)) this.line.send("call.state", { ...(call.mode === "room" ? { room: call.room } : { call: call.id }), ...changes });
  }

  /** A device came or went: what is sent, what one sees of oneself, and what the others are told follow. */
  #devicesChanged() {
    const { own, local } = this;
    if (own) {
      for (const track of own.getTracks()) if (track !== local.video) own.removeTrack(track);
      if (local.video && !own.getTracks().includes(local.video)) own.addTrack(local.video);
    }
    if (local.audio && this.state.call) local.audio.enabled = this.state.call.mine.mic;
    for (const one of this.#carriers.values()) one.sync();
    const screen = Boolean(local.screen);
    if (this.state.call && this.state.call.mine.screen !== screen) this.#switched({ screen });
    if (local.problem && local.problem !== this.#told) this.onproblem(local.problem.why, "", { kind: local.problem.kind });
    this.#told = local.problem;
    this.draw();
  }

  #endMedia() {
    for (const one of this.#carriers.values()) one.end();
    this.#carriers.clear();
    if (!this.local.audio && !this.local.video && !this.local.screen && !this.local.problem) return;
    this.local.close();
    for (const track of this.own?.getTracks() ?? []) this.own.removeTrack(track);
    this.#entered = null;
  }

  /** Another picture; drawn soon. */
  set(state) {
    this.state = state;
    this.draw();
  }

  draw() {
    if (this.#drawing) return;
    this.#drawing = true;
    this.deps.soon(() => {
      this.#drawing = false;
      for (const listener of this.#listeners) listener(this);
    });
  }
}

