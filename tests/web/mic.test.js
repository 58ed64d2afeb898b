import assert from "node:assert/strict";
import test from "node:test";
import { MicError, protocols, PushToTalk } from "../../display_bridge/web/mic.js";

/** A browser whose every pause a test ends, and what became of its microphone, context and sockets. */
function bench(token = null) {
  const pauses = {};
  const pause = (name) => new Promise((resolve, reject) => Object.assign(pauses, { [name]: { resolve, reject } }));
  const seen = { tracks: [], contexts: [], sockets: [], frames: [], timers: [], events: [], ends: [] };
  const deps = {
    microphone: async () => {
      await pause("microphone");
      const track = { live: true, stop: () => (track.live = false) };
      seen.tracks.push(track);
      return { getTracks: () => [track] };
    },
    context: () => {
      const context = {
        state: "running",
        audioWorklet: { addModule: () => pause("module") },
        createMediaStreamSource: () => ({ connect: () => {} }),
        close: () => (context.state = "closed"),
      };
      seen.contexts.push(context);
      return context;
    },
    frames: () => {
      const node = { port: { onmessage: null } };
      seen.frames.push(node);
      return node;
    },
    socket: (path, offered) => {
      const socket = {
        path, offered, readyState: 0, sent: [],
        send: (data) => socket.sent.push(data),
        accept: () => {
          socket.readyState = 1;
          socket.onopen();
        },
        close: (code) => {
          socket.readyState = 3;
          socket.onclose({ code });
        },
        say: (event) => socket.onmessage({ data: JSON.stringify(event) }),
      };
      seen.sockets.push(socket);
      return socket;
    },
    later: (seconds, action) => {
      const timer = { seconds, action };
      seen.timers.push(timer);
      return timer;
    },
    cancel: (timer) => seen.timers.splice(0, seen.timers.length, ...seen.timers.filter((one) => one !== timer)),
  };
  const talk = new PushToTalk(
    { display: "main", token: () => token, onEvent: (event) => seen.events.push(event), onEnd: (error) => seen.ends.push(error) },
    deps,
  );
  return { talk, seen, pauses };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Start a talk and lead it to where sound flows, or only as far as `until`. */
async function started(room, until = "sound") {
  const starting = room.talk.start();
  for (const step of ["microphone", "module", "socket", "sound"]) {
    await settled();
    if (step === until) break;
    if (step === "socket") room.seen.sockets.at(-1).accept();
    else room.pauses[step].resolve();
  }
  if (until === "sound") await starting;
  return { starting }; // not the promise itself: awaiting this function would await it too
}

function nothingLive(seen) {
  assert.ok(seen.tracks.every((track) => !track.live));
  assert.ok(seen.contexts.every((context) => context.state === "closed"));
  assert.ok(seen.sockets.every((socket) => socket.readyState === 3));
  assert.deepEqual(seen.timers, []);
}

test("sound flows until the outcome, and then nothing is live", async () => {
  const room = bench();
  await started(room);
  const [socket] = room.seen.sockets;
  room.seen.frames[0].port.onmessage({ data: "pcm" });
  room.talk.stop();
  room.talk.stop();
  assert.deepEqual(socket.sent, ["pcm", '{"type":"end"}']);
  assert.equal(room.seen.tracks[0].live, false);
  assert.equal(room.talk.active, true);
  socket.say({ type: "outcome", code: "shown" });
  assert.deepEqual(room.seen.ends, [null]);
  assert.equal(room.talk.active, false);
  nothingLive(room.seen);
});

for (const place of ["microphone", "module", "socket"]) {
  test(`stopping while start waits for the ${place} leaves nothing live`, async () => {
    const room = bench();
    const { starting } = await started(room, place);
    room.talk.stop();
    assert.equal(room.talk.active, false);
    if (place !== "socket") room.pauses[place].resolve();
    await starting;
    assert.deepEqual(room.seen.ends, [null]);
    assert.equal(room.seen.frames.length, 0);
    nothingLive(room.seen);
  });
}

test("a talk that was stopped early does not disturb the next one", async () => {
  const room = bench();
  const { starting } = await started(room, "microphone");
  const late = room.pauses.microphone;
  room.talk.stop();
  await started(room);
  late.resolve();
  await starting;
  assert.equal(room.talk.active, true);
  assert.deepEqual(room.seen.tracks.map((track) => track.live), [true, false]);
  assert.deepEqual(room.seen.ends, [null]);
});

test("the timer of a finished talk does not end the next one", async () => {
  const room = bench();
  await started(room);
  room.talk.stop();
  assert.deepEqual(room.seen.timers.map((timer) => timer.seconds), [10]);
  const [old] = room.seen.timers;
  room.seen.sockets[0].say({ type: "outcome", code: "shown" });
  assert.deepEqual(room.seen.timers, []);
  await started(room);
  old.action();
  assert.equal(room.talk.active, true);
  assert.equal(room.seen.ends.length, 1);
});

test("an outcome that never comes is not waited for longer than ten seconds", async () => {
  const room = bench();
  await started(room);
  assert.equal(room.seen.timers[0].seconds, 15);
  room.seen.timers[0].action();
  room.seen.timers[0].action();
  assert.deepEqual(room.seen.ends, [null]);
  nothingLive(room.seen);
});

test("a refusal of the microphone or of the server is told in words, and leaves nothing live", async () => {
  const room = bench();
  const { starting } = await started(room, "microphone");
  room.pauses.microphone.reject(Object.assign(new Error("no"), { name: "NotAllowedError" }));
  await assert.rejects(starting, MicError);
  const again = await started(room, "socket");
  room.seen.sockets[0].close(1008);
  await assert.rejects(again.starting, MicError);
  assert.equal(room.talk.active, false);
  assert.deepEqual(room.seen.ends, []);
  nothingLive(room.seen);
});

const frame = (mark) => Object.assign(new Uint8Array(2560), { mark });
const marks = (socket) => socket.sent.map((data) => data.mark ?? data);

/** The timer of the next try runs out, and the service takes the new link. */
async function again(room) {
  room.seen.timers.filter((timer) => timer.seconds < 4).at(-1).action();
  await settled();
  room.seen.sockets.at(-1).accept();
  await settled();
}

test("a talk cut in the middle goes on over a new link that gets the whole sentence", async () => {
  const room = bench();
  await started(room);
  room.seen.frames[0].port.onmessage({ data: frame("a") });
  room.seen.sockets[0].close(1006);
  assert.deepEqual(room.seen.events, [{ type: "reconnecting", try: 2, wait_s: 0.2 }]);
  room.seen.frames[0].port.onmessage({ data: frame("b") });
  await again(room);
  room.seen.frames[0].port.onmessage({ data: frame("c") });
  assert.deepEqual(marks(room.seen.sockets[1]), ["a", "b", "c"]);
  room.talk.stop();
  assert.equal(room.seen.sockets[1].sent.at(-1), '{"type":"end"}');
  room.seen.sockets[1].say({ type: "outcome", code: "shown" });
  assert.deepEqual(room.seen.ends, [null]);
  nothingLive(room.seen);
});

test("who lets go while the link is made anew is heard to the end", async () => {
  const room = bench();
  await started(room);
  room.seen.frames[0].port.onmessage({ data: frame("a") });
  room.seen.sockets[0].close(1006);
  room.talk.stop();
  assert.equal(room.seen.tracks[0].live, false, "nothing more is recorded");
  assert.equal(room.talk.active, true);
  await again(room);
  assert.deepEqual(marks(room.seen.sockets[1]), ["a", '{"type":"end"}']);
  room.seen.sockets[1].say({ type: "outcome", code: "shown" });
  nothingLive(room.seen);
});

test("a link that stays broken is told, and asks to say it again", async () => {
  const room = bench();
  await started(room);
  room.seen.sockets[0].close(1006);
  await again(room);
  room.seen.sockets[1].close(1006);
  await again(room);
  room.seen.sockets[2].close(1006);
  assert.equal(room.seen.sockets.length, 3);
  assert.ok(room.seen.ends[0] instanceof MicError);
  assert.match(room.seen.ends[0].message, /다시 말씀해 주세요/);
  nothingLive(room.seen);
});

test("after a refusal or an outcome nothing is sent again", async () => {
  for (const close of [(socket) => socket.close(1008), (socket) => (socket.say({ type: "outcome", code: "shown" }), socket.onclose({ code: 1006 }))]) {
    const room = bench();
    await started(room);
    room.seen.frames[0].port.onmessage({ data: frame("a") });
    close(room.seen.sockets[0]);
    assert.equal(room.seen.sockets.length, 1);
    assert.equal(room.seen.ends.length, 1);
    nothingLive(room.seen);
  }
});

test("what is kept of a talk is bounded", async () => {
  const room = bench();
  await started(room);
  for (let n = 0; n < 1000; n += 1) room.seen.frames[0].port.onmessage({ data: frame(n) });
  room.seen.sockets[0].close(1006);
  await again(room);
  const sent = marks(room.seen.sockets[1]);
  assert.ok(sent.length * 2560 <= 17 * 32_000);
  assert.equal(sent.at(-1), 999);
  room.talk.stop();
});


test("the device token travels among the subprotocols", async () => {
  assert.deepEqual(protocols(null), ["seoula"]);
  const room = bench("abc-_1");
  await started(room);
  assert.deepEqual(room.seen.sockets[0].offered, ["seoula", "token.abc-_1"]);
  assert.equal(room.seen.sockets[0].path, "/ws/v1/audio?display=main");
});
