/** The carrier of rooms that a LiveKit server carries, with a LiveKit client of our own: who it asks, sends and shows. */
import assert from "node:assert/strict";
import test from "node:test";
import { LiveKitMedia } from "../../telephony/web/livekit-media.js";

const EVENTS = ["Connected", "Reconnected", "Reconnecting", "SignalReconnecting", "Disconnected", "TrackSubscribed", "TrackUnsubscribed", "ParticipantDisconnected", "ActiveSpeakersChanged", "ConnectionQualityChanged", "ParticipantPermissionsChanged", "LocalTrackUnpublished"];
const MAY = { canPublish: true, canPublishSources: [1, 2, 3] };

class Stream {
  #tracks = [];
  getTracks = () => [...this.#tracks];
  addTrack = (track) => this.#tracks.push(track);
  removeTrack = (track) => this.#tracks.splice(this.#tracks.indexOf(track), 1);
}

class Room {
  static made = [];
  static refuse = false;
  state = "disconnected";
  remoteParticipants = new Map();
  published = [];
  handlers = {};
  constructor(options) {
    this.options = options;
    Room.made.push(this);
    const room = this;
    this.localParticipant = {
      identity: "me",
      permissions: MAY,
      async publishTrack(track, { source }) {
        const publication = { source, isMuted: false, track: { replaceTrack: async (other) => void (publication.sends = other) }, sends: track };
        publication.mute = async () => void (publication.isMuted = true);
        publication.unmute = async () => void (publication.isMuted = false);
        room.published.push(publication);
        return publication;
      },
      async unpublishTrack(track) {
        room.published = room.published.filter((one) => one.track !== track);
      },
    };
  }
  on(event, handler) {
    this.handlers[event] = handler;
    return this;
  }
  async connect(url, token) {
    this.way = [url, token];
    if (Room.refuse) throw new Error("refused");
    this.state = "connected";
    this.handlers.Connected();
  }
  async disconnect(stop) {
    this.left = stop;
    this.state = "disconnected";
  }
  sources = () => this.published.map(({ source }) => source).sort();
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

async function begun(local = { audio: { enabled: true }, video: {}, screen: null }) {
  Room.made = [];
  Room.refuse = false;
  const told = { asked: 0, states: [], streams: {}, speaking: null, failed: [], timers: [] };
  const media = new LiveKitMedia({
    load: async () => ({ Room, RoomEvent: Object.fromEntries(EVENTS.map((name) => [name, name])), setLogLevel: (level) => (told.level = level) }),
    local,
    makeStream: () => new Stream(),
    ask: () => (told.asked += 1),
    state: (state) => told.states.push(state),
    stream: (part, stream) => (told.streams[part] = stream),
    speaking: (parts) => (told.speaking = parts),
    graded: () => (told.grade = media.grade),
    failed: (code) => told.failed.push(code),
    later: (seconds, action) => told.timers.push({ seconds, action }),
    cancel: () => (told.timers.length = 0),
  });
  const enter = async (token = "t1") => {
    await media.enter({ url: "wss://meet.office", token });
    await settle();
    return Room.made.at(-1);
  };
  return { media, told, local, enter };
}

test("a page enters with the way in it was given, and sends what it has", async () => {
  const { media, told, local, enter } = await begun();
  assert.equal(told.asked, 1);
  const room = await enter();
  assert.deepEqual(room.way, ["wss://meet.office", "t1"]);
  assert.equal(room.options.stopLocalTrackOnUnpublish, false, "devices are the page's own");
  assert.equal(told.level, "silent");
  assert.deepEqual(room.sources(), [], "nothing before its person is ready");
  await media.publish();
  assert.deepEqual(room.sources(), ["camera", "microphone"]);
  local.screen = {};
  await media.sync();
  assert.deepEqual(room.sources(), ["camera", "microphone", "screen_share"]);
  local.video = null;
  const other = (local.audio = { enabled: false });
  await media.sync();
  assert.deepEqual(room.sources(), ["microphone", "screen_share"]);
  const voice = room.published.find(({ source }) => source === "microphone");
  assert.equal(voice.sends, other);
  assert.equal(voice.isMuted, true, "others are told that one is silent");
  other.enabled = true;
  await media.sync();
  assert.equal(voice.isMuted, false);
  media.hold(true);
  await settle();
  assert.deepEqual(room.sources(), []);
  media.hold(false);
  await settle();
  assert.deepEqual(room.sources(), ["microphone", "screen_share"]);
  media.close();
  assert.equal(room.left, false);
});

test("what is not permitted is not sent, and is sent when it is", async () => {
  const { media, enter } = await begun();
  const room = await enter();
  room.localParticipant.permissions = { canPublish: false, canPublishSources: [] };
  await media.publish();
  assert.deepEqual(room.sources(), []);
  room.localParticipant.permissions = { canPublish: true, canPublishSources: [2] };
  room.handlers.ParticipantPermissionsChanged({}, room.localParticipant);
  await settle();
  assert.deepEqual(room.sources(), ["microphone"]);
  const [gone] = room.published.splice(0);
  room.handlers.LocalTrackUnpublished(gone);
  room.localParticipant.permissions = MAY;
  room.handlers.ParticipantPermissionsChanged({}, room.localParticipant);
  await settle();
  assert.deepEqual(room.sources(), ["camera", "microphone"], "what LiveKit had ended comes back");
});

test("of others one sees the screen before the camera, hears who speaks, and knows how good it is", async () => {
  const { media, told, enter } = await begun();
  const room = await enter();
  const [voice, camera, screen] = [{}, {}, {}];
  const person = { identity: "wall", trackPublications: new Map([["a", { source: "microphone", track: { mediaStreamTrack: voice } }], ["b", { source: "camera", track: { mediaStreamTrack: camera } }], ["c", { source: "camera", track: null }]]) };
  room.handlers.TrackSubscribed({}, {}, person);
  const { wall } = told.streams;
  assert.deepEqual(wall.getTracks(), [voice, camera]);
  assert.equal(media.receiving, 1);
  person.trackPublications.set("d", { source: "screen_share", track: { mediaStreamTrack: screen } });
  room.handlers.TrackSubscribed({}, {}, person);
  assert.equal(told.streams.wall, wall, "the picture goes on in its place");
  assert.ok(wall.getTracks().includes(screen) && !wall.getTracks().includes(camera));
  room.handlers.ActiveSpeakersChanged([person, room.localParticipant]);
  assert.deepEqual(told.speaking, ["wall", "me"]);
  room.handlers.ConnectionQualityChanged("poor", person);
  assert.equal(told.grade, undefined, "of one's own connection alone");
  for (const [theirs, ours] of [["excellent", "good"], ["good", "fair"], ["lost", "poor"], ["unknown", null]]) {
    room.handlers.ConnectionQualityChanged(theirs, room.localParticipant);
    assert.equal(told.grade, ours);
  }
  person.trackPublications.clear();
  room.handlers.TrackUnsubscribed({}, {}, person);
  assert.equal(told.streams.wall, null);
});

test("a connection that is lost for good asks for a new way in, ever more seldom, and says so once", async () => {
  const { media, told, enter } = await begun();
  const room = await enter();
  await media.publish();
  room.handlers.SignalReconnecting();
  assert.equal(told.states.at(-1), "mending");
  room.handlers.Reconnected();
  assert.equal(told.states.at(-1), "connected");
  assert.equal(told.asked, 1, "LiveKit's client mends what it can by itself");
  room.handlers.Disconnected();
  assert.equal(told.states.at(-1), "mending");
  const waits = [];
  for (let n = 0; n < 7; n += 1) {
    const [timer] = told.timers.splice(0);
    waits.push(timer.seconds);
    timer.action();
    media.refused("livekit-unavailable");
  }
  assert.deepEqual(waits, [0.5, 1, 2, 4, 8, 8, 8]);
  assert.equal(told.asked, 8);
  assert.deepEqual(told.failed, ["livekit-unavailable"]);
  Room.refuse = true;
  await enter("t2");
  assert.equal(told.timers.length, 1, "a server that does not answer is tried again");
  Room.refuse = false;
  const again = await enter("t3");
  assert.notEqual(again, room);
  assert.deepEqual(again.way, ["wss://meet.office", "t3"]);
  assert.deepEqual(again.sources(), ["camera", "microphone"]);
  room.handlers.Disconnected();
  assert.equal(told.timers.length, 0, "what the old one says concerns nobody");
  media.close();
  again.handlers.Disconnected();
  media.refused("x");
  await media.enter({ url: "wss://meet.office", token: "late" });
  assert.equal(told.timers.length, 0);
  assert.equal(Room.made.at(-1), again);
});
