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

test("a link that breaks in mid-talk is told", async () => {
  const room = bench();
  await started(room);
  room.seen.sockets[0].close(1011);
  assert.ok(room.seen.ends[0] instanceof MicError);
  nothingLive(room.seen);
});

test("the device token travels among the subprotocols", async () => {
  assert.deepEqual(protocols(null), ["seoula"]);
  const room = bench("abc-_1");
  await started(room);
  assert.deepEqual(room.seen.sockets[0].offered, ["seoula", "token.abc-_1"]);
  assert.equal(room.seen.sockets[0].path, "/ws/v1/audio?display=main");
});
