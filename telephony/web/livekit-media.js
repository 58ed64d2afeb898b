/**
 * The media of a room that a LiveKit server carries, as room-media.js is that of others: LiveKit's own client, joined by a
 * way in that the hub gives and that is asked for anew whenever the connection is lost for good.
 */

const SOURCES = ["microphone", "camera", "screen_share"];
/** How LiveKit writes them in what it permits. */
const NUMBERS = { camera: 1, microphone: 2, screen_share: 3 };
const GRADES = { excellent: "good", good: "fair", poor: "poor", lost: "poor" };
const LONGEST_WAIT_S = 8;

export class LiveKitMedia {
  #room = null;
  #kit = null;
  #sent = {};
  #streams = new Map();
  #attempt = 0;
  #retry = null;
  #closed = false;
  #held = false;
  #publishing = false;
  #told = false;
  #chain = Promise.resolve();
  /** How good one's own connection is, as LiveKit has it. */
  grade = null;
  /** Connections whose statistics could be read: none, LiveKit's client keeps them to itself. */
  connections = [];

  /**
   * @param {object} options load(): LiveKit's module. local: LocalMedia. ask(): ask the hub for the way in; the answer comes
   *   to `enter`, or `refused`. stream(part, stream | null): what comes of a person. state("connected" | "mending").
   *   speaking(parts): who speaks, loudest first. graded(): the grade has changed. failed(code): told once for an outage.
   */
  constructor(options) {
    this.options = { later: (seconds, action) => setTimeout(action, seconds * 1000), cancel: (timer) => clearTimeout(timer), ...options };
    this.options.ask();
  }

  get receiving() {
    return [...this.#streams.values()].filter((stream) => stream.getTracks().length).length;
  }

  /** The way in has come. */
  async enter({ url, token }) {
    if (this.#closed) return;
    let room = this.#room;
    try {
      this.#kit ??= await this.options.load();
      // Nothing of a call is written to the browser's console.
      this.#kit.setLogLevel("silent");
      if (this.#closed) return;
      this.#leave();
      room = new this.#kit.Room({ stopLocalTrackOnUnpublish: false, singlePeerConnection: false, publishDefaults: { videoCodec: "vp8", red: false } });
      this.#room = room;
      this.#listen(room);
      await room.connect(url, token, { autoSubscribe: true });
    } catch {
      if (room === this.#room) this.#again("livekit-unavailable");
    }
  }

  /** The hub has no way in now. */
  refused(code) {
    this.#again(code);
  }

  #listen(room) {
    const { RoomEvent } = this.#kit;
    const here = (work) => (...given) => room === this.#room && !this.#closed && work(...given);
    const place = here((track, publication, person) => this.#place(person));
    room.on(RoomEvent.Connected, here(() => this.#connected()))
      .on(RoomEvent.Reconnected, here(() => this.#connected()))
      .on(RoomEvent.Reconnecting, here(() => this.options.state("mending")))
      .on(RoomEvent.SignalReconnecting, here(() => this.options.state("mending")))
      .on(RoomEvent.Disconnected, here(() => this.#again(null)))
      .on(RoomEvent.TrackSubscribed, place)
      .on(RoomEvent.TrackUnsubscribed, place)
      .on(RoomEvent.ParticipantDisconnected, here((person) => this.gone(person.identity)))
      .on(RoomEvent.ActiveSpeakersChanged, here((speakers) => this.options.speaking(speakers.map(({ identity }) => identity))))
      .on(RoomEvent.ConnectionQualityChanged, here((quality, person) => person === room.localParticipant && this.#graded(quality)))
      .on(RoomEvent.ParticipantPermissionsChanged, here((before, person) => person === room.localParticipant && this.sync()))
      .on(RoomEvent.LocalTrackUnpublished, here((publication) => {
        // LiveKit itself has ended it: it is sent anew when that is permitted again.
        for (const source of SOURCES) if (this.#sent[source]?.publication === publication) delete this.#sent[source];
      }));
  }

  #connected() {
    this.#attempt = 0;
    this.#told = false;
    this.options.cancel(this.#retry);
    this.options.state("connected");
    for (const person of this.#room.remoteParticipants.values()) this.#place(person);
    this.sync();
  }

  #graded(quality) {
    this.grade = GRADES[quality] ?? null;
    this.options.graded();
  }

  /** What comes of a person: the voice, and the screen that is shown, else the camera. */
  #place(person) {
    const tracks = {};
    for (const { source, track } of person.trackPublications.values()) if (track?.mediaStreamTrack) tracks[source] = track.mediaStreamTrack;
    const wanted = [tracks.microphone, tracks.screen_share ?? tracks.camera].filter(Boolean);
    if (!wanted.length) return this.gone(person.identity);
    const stream = this.#streams.get(person.identity) ?? this.options.makeStream?.() ?? new MediaStream();
    this.#streams.set(person.identity, stream);
    for (const old of stream.getTracks()) if (!wanted.includes(old)) stream.removeTrack(old);
    for (const one of wanted) if (!stream.getTracks().includes(one)) stream.addTrack(one);
    return this.options.stream(person.identity, stream);
  }

  /** Another way in is asked for: soon at first, then ever more seldom. */
  #again(code) {
    if (this.#closed) return;
    this.#leave();
    for (const part of [...this.#streams.keys()]) this.gone(part);
    this.options.state("mending");
    if (code && !this.#told) {
      this.#told = true;
      this.options.failed(code);
    }
    const wait = Math.min(LONGEST_WAIT_S, 0.5 * 2 ** this.#attempt);
    this.#attempt += 1;
    this.options.cancel(this.#retry);
    this.#retry = this.options.later(wait, () => {
      this.#retry = null;
      this.options.ask();
    });
  }

  /** One's devices are there: they are sent, as far as one may. */
  async publish() {
    this.#publishing = true;
    return this.sync();
  }

  /** Bring what is sent in line with one's own devices and with what LiveKit permits; on hold nothing is. */
  sync() {
    this.#hush();
    this.#chain = this.#chain.then(() => this.#send()).catch(() => {});
    return this.#chain;
  }

  async #send() {
    const room = this.#room;
    if (!this.#publishing || this.#closed || room?.state !== "connected") return;
    const { local } = this.options;
    const devices = { microphone: local.audio, camera: local.video, screen_share: local.screen };
    for (const source of SOURCES) {
      if (room !== this.#room) return;
      const track = this.#held || !this.#permitted(source) ? null : (devices[source] ?? null);
      const sent = this.#sent[source];
      if (!track && sent) {
        delete this.#sent[source];
        await room.localParticipant.unpublishTrack(sent.publication.track, false);
      } else if (track && !sent) {
        const publication = await room.localParticipant.publishTrack(track, { source });
        this.#sent[source] = { publication, track };
      } else if (track && sent.track !== track) {
        sent.track = track;
        await sent.publication.track.replaceTrack(track, { userProvidedTrack: true });
      }
    }
    this.#hush();
  }

  /** Others are told at once that one is silent, whatever else is under way. */
  #hush() {
    const voice = this.#sent.microphone?.publication;
    const { audio } = this.options.local;
    if (voice && audio && voice.isMuted === audio.enabled) (voice.isMuted ? voice.unmute() : voice.mute()).catch(() => {});
  }

  #permitted(source) {
    const may = this.#room.localParticipant.permissions;
    return Boolean(may?.canPublish) && (!may.canPublishSources.length || may.canPublishSources.includes(NUMBERS[source]));
  }

  hold(on) {
    if (on === this.#held) return;
    this.#held = on;
    this.sync();
  }

  /** A person has left, or sends no more. */
  gone(part) {
    if (this.#streams.delete(part)) this.options.stream(part, null);
  }

  close() {
    this.#closed = true;
    this.options.cancel(this.#retry);
    this.#leave();
    this.#streams.clear();
  }

  #leave() {
    const room = this.#room;
    this.#room = null;
    this.#sent = {};
    room?.disconnect(false)?.catch?.(() => {});
  }
}
