import assert from "node:assert/strict";
import test from "node:test";
import { DisplayConnection, REFUSED, retryDelay } from "../../display_bridge/web/connection.js";
import { renew } from "../../display_bridge/web/renew.js";

/** A server's end and a clock that only the test moves. */
function bench() {
  const sockets = [];
  const timers = [];
  const frames = [];
  let now = 0;
  const deps = {
    socket: (url) => {
      const socket = {
        url, readyState: 0, sent: [],
        send: (text) => socket.sent.push(JSON.parse(text)),
        close: (code) => socket.drop(code),
        drop: (code) => {
          socket.readyState = 3;
          socket.onclose?.({ code });
        },
        accept: () => {
          socket.readyState = 1;
          socket.onopen();
        },
        say: (message) => socket.onmessage({ data: typeof message === "string" ? message : JSON.stringify(message) }),
      };
      sockets.push(socket);
      return socket;
    },
    now: () => now,
    later: (seconds, action) => {
      const timer = { at: now + seconds, action };
      timers.push(timer);
      return timer;
    },
    cancel: (timer) => timers.splice(0, timers.length, ...timers.filter((one) => one !== timer)),
    painted: (action) => frames.push(action),
    hidden: () => false,
  };
  const states = [];
  const statuses = [];
  const handlers = { state: (state) => states.push(state), status: (status) => statuses.push(status) };
  return {
    sockets, states, statuses, handlers, deps,
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
    paint: () => frames.splice(0).forEach((action) => action()),
    connect: (options = {}) => {
      const connection = new DisplayConnection({ url: "ws://x", role: "wall", caps: [], token: null, ...options }, handlers, deps);
      connection.open();
      return connection;
    },
  };
}

const welcome = (epoch = "e1") => ({ t: "welcome", display: "wall", epoch, heartbeat_s: 5, resumed: false, server_time: 0 });
const snapshot = (state, seq = 1, epoch = "e1") => ({ t: "snapshot", epoch, seq, state });

test("hello, snapshot, patch; acknowledged after paint", () => {
  const b = bench();
  b.connect({ token: "secret" });
  const [socket] = b.sockets;
  socket.accept();
  assert.deepEqual(socket.sent[0], { t: "hello", proto: 2, role: "wall", caps: [], token: "secret" });
  socket.say(welcome());
  socket.say(snapshot({ a: { b: 1 } }));
  assert.equal(socket.sent.length, 1, "nothing is acknowledged before it is painted");
  b.advance(0.04);
  b.paint();
  assert.deepEqual(socket.sent[1], { t: "ack", seq: 1, status: "rendered", ms: 40 });
  socket.say({ t: "patch", epoch: "e1", seq: 2, p: { a: { c: 2 } } });
  assert.deepEqual(b.states.at(-1), { a: { b: 1, c: 2 } });
});

test("of two states in one frame only the newer was rendered", () => {
  const b = bench();
  b.connect();
  const [socket] = b.sockets;
  socket.accept();
  socket.say(welcome());
  socket.say(snapshot({}));
  socket.say({ t: "patch", epoch: "e1", seq: 2, p: { x: 1 } });
  b.paint();
  assert.deepEqual(socket.sent.slice(1).map(({ seq, status }) => [seq, status]), [[1, "superseded"], [2, "rendered"]]);
});

test("a drawing that throws is acknowledged as failed, with its reason, and the next one still comes", () => {
  const b = bench();
  const connection = b.connect();
  b.handlers.state = () => {
    throw new Error("no such block");
  };
  const [socket] = b.sockets;
  socket.accept();
  socket.say(welcome());
  socket.say(snapshot({ a: 1 }));
  assert.equal(socket.sent[1].status, "failed");
  assert.match(socket.sent[1].error, /no such block/);
  b.handlers.state = (state) => b.states.push(state);
  socket.say({ t: "patch", epoch: "e1", seq: 2, p: { b: 2 } });
  assert.deepEqual(b.states.at(-1), { a: 1, b: 2 });
  assert.deepEqual(connection.state, { a: 1, b: 2 });
});

test("a gap is not drawn: the connection starts again without resume", () => {
  const b = bench();
  b.connect();
  b.sockets[0].accept();
  b.sockets[0].say(welcome());
  b.sockets[0].say(snapshot({ a: 1 }));
  b.sockets[0].say({ t: "patch", epoch: "e1", seq: 5, p: { a: 2 } });
  assert.deepEqual(b.states, [{ a: 1 }]);
  b.advance(1);
  b.sockets[1].accept();
  assert.equal(b.sockets[1].sent[0].resume, undefined);
});

test("a patch seen before (after resume) is passed over", () => {
  const b = bench();
  b.connect();
  b.sockets[0].accept();
  b.sockets[0].say(welcome());
  b.sockets[0].say(snapshot({ a: 1 }, 4));
  b.sockets[0].say({ t: "patch", epoch: "e1", seq: 4, p: { a: 9 } });
  assert.deepEqual(b.states, [{ a: 1 }]);
  assert.equal(b.sockets.length, 1);
});

test("after a loss it comes back with resume, keeps the picture, and says so", () => {
  const b = bench();
  const connection = b.connect();
  b.sockets[0].accept();
  b.sockets[0].say(welcome());
  b.sockets[0].say(snapshot({ a: 1 }, 7));
  b.sockets[0].drop(1006);
  assert.equal(b.statuses.at(-1).link, "lost");
  assert.deepEqual(connection.state, { a: 1 });
  b.advance(0.4);
  b.sockets[1].accept();
  assert.deepEqual(b.sockets[1].sent[0].resume, { epoch: "e1", seq: 7 });
  b.sockets[1].say(welcome("e2"));
  b.sockets[1].say(snapshot({ a: 2 }, 1, "e2"));
  b.sockets[1].say({ t: "patch", epoch: "e2", seq: 2, p: { a: 3 } });
  assert.deepEqual(b.states.at(-1), { a: 3 });
});

test("it tries for ever: quick at first, then up to half a minute apart", () => {
  const b = bench();
  b.connect();
  let attempts = 1;
  for (let second = 0; second < 3600; second += 1) {
    while (b.sockets.length >= attempts) b.sockets[attempts++ - 1].drop(1006);
    b.advance(1);
  }
  assert.ok(b.sockets.length > 80, "an hour without a server brings many tries");
  for (let attempt = 1; attempt < 40; attempt += 1) {
    assert.ok(retryDelay(attempt, 20, 1) <= 1, "a server that restarts is found within a second");
    assert.ok(retryDelay(attempt, 900, 1) <= 30);
    assert.ok(retryDelay(attempt, 900, 0) >= 0.7);
  }
  assert.ok(retryDelay(0, 0, 1) < 0.31);
  assert.ok(retryDelay(30, 900, 0.5) > 20);
});

test("a silent server is left after two missed beats", () => {
  const b = bench();
  b.connect();
  b.sockets[0].accept();
  b.sockets[0].say(welcome());
  b.sockets[0].say(snapshot({}));
  b.advance(30);
  assert.equal(b.statuses.at(-1).link, "lost");
  assert.ok(b.sockets[0].sent.some(({ t }) => t === "ping"));
  assert.ok(b.sockets.length >= 2);
});

test("commands find their results; a lost connection answers them", async () => {
  const b = bench();
  const connection = b.connect();
  assert.deepEqual(await connection.command("home"), { ok: false, error: { code: "offline" } });
  b.sockets[0].accept();
  b.sockets[0].say(welcome());
  b.sockets[0].say(snapshot({}));
  const shown = connection.command("show", { panel: "home" });
  const sent = b.sockets[0].sent.at(-1);
  assert.deepEqual({ t: sent.t, op: sent.op, args: sent.args }, { t: "cmd", op: "show", args: { panel: "home" } });
  b.sockets[0].say({ t: "result", id: sent.id, ok: true });
  assert.equal((await shown).ok, true);
  const lost = connection.command("back");
  b.sockets[0].drop(1006);
  assert.equal((await lost).error.code, "offline");
});

test("what is not JSON closes the connection instead of breaking the page", () => {
  const b = bench();
  b.connect();
  b.sockets[0].accept();
  b.sockets[0].say("{");
  b.advance(1);
  assert.equal(b.sockets.length, 2);
});

test("a screen that is let in no more keeps nothing of what it saw", () => {
  const b = bench();
  const connection = new DisplayConnection({ url: "u", role: "wall", caps: [], token: "t" }, b.handlers, b.deps);
  connection.open();
  b.sockets[0].accept();
  b.sockets[0].say({ t: "welcome", epoch: "e", display: "main", heartbeat_s: 15, server_time: 0 });
  b.sockets[0].say({ t: "snapshot", epoch: "e", seq: 4, state: { shown: { panel: "cctv" } } });
  b.sockets[0].onclose({ code: REFUSED, reason: "bad-token" });
  assert.equal(connection.state, null);
  assert.equal(b.statuses.at(-1).link, "connecting");
  b.advance(1);
  b.sockets[1].accept();
  assert.equal(b.sockets[1].sent[0].resume, undefined);
});

test("a page of another version than the server is told so, and loads itself anew once a minute at most", () => {
  const b = bench();
  let outdated = 0;
  b.handlers.outdated = () => (outdated += 1);
  b.connect();
  b.sockets[0].accept();
  b.sockets[0].say({ t: "error", code: "bad-proto", message: "protocol 3 is spoken here" });
  b.sockets[0].readyState = 3;
  b.sockets[0].onclose({ code: REFUSED, reason: "bad-proto" });
  assert.equal(outdated, 1);
  b.advance(1);
  b.sockets[1].accept();
  b.sockets[1].onclose({ code: REFUSED, reason: "bad-token" });
  assert.equal(outdated, 1);

  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  let now = 1_000_000;
  let reloads = 0;
  const deps = { storage, now: () => now, reload: () => (reloads += 1) };
  assert.equal(renew(deps), true);
  now += 59_000;
  assert.equal(renew(deps), false);
  now += 2_000;
  assert.equal(renew(deps), true);
  assert.equal(renew({ ...deps, storage: null }), false);
  assert.equal(reloads, 2);
});

/** Seeded, so that a failure can be seen again. */
const dice = (seed) => () => {
  seed = (seed * 1664525 + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

test("a thousand cuts at any moment: it always comes back, resumes where it was, and shows what the server has", () => {
  const random = dice(7);
  const b = bench();
  const connection = b.connect();
  const server = { epoch: "e1", seq: 0, log: [], state: {} };
  const change = () => {
    server.seq += 1;
    const p = { [`k${server.seq % 7}`]: server.seq };
    server.log.push({ t: "patch", epoch: server.epoch, seq: server.seq, p });
    server.state = { ...server.state, ...p };
    return server.log.at(-1);
  };
  let resumed = 0;
  for (let cut = 0; cut < 1000; cut += 1) {
    const socket = b.sockets.at(-1);
    const fate = random();
    if (fate < 0.25) {
      socket.drop(1006);
    } else if (fate < 0.35) {
      socket.accept();
      socket.drop(1006);
    } else {
      socket.accept();
      const { resume } = socket.sent[0];
      const known = resume && resume.epoch === server.epoch && server.log.some(({ seq }) => seq === resume.seq);
      socket.say({ ...welcome(server.epoch), resumed: Boolean(known) });
      if (known) {
        resumed += 1;
        for (const missed of server.log.filter(({ seq }) => seq > resume.seq)) socket.say(missed);
      } else socket.say({ ...snapshot(server.state, server.seq, server.epoch) });
      assert.deepEqual(connection.state, server.state, `after cut ${cut}`);
      for (let n = Math.floor(random() * 4); n > 0; n -= 1) socket.say(change());
      assert.deepEqual(connection.state, server.state);
      b.advance(random() * 12);
      if (socket.readyState === 1) socket.drop(1006);
    }
    // Meanwhile the city goes on; now and then the service starts anew and counts from one.
    for (let n = Math.floor(random() * 3); n > 0; n -= 1) change();
    if (random() < 0.05) Object.assign(server, { epoch: `e${cut}x`, seq: 1, log: [] });
    const before = b.sockets.length;
    for (let waited = 0; b.sockets.length === before && waited < 31; waited += 0.05) b.advance(0.05);
    assert.equal(b.sockets.length, before + 1, "it tries again within half a minute, for ever");
  }
  assert.ok(resumed > 300);
  assert.ok(b.statuses.every(({ link }) => link === "open" || link === "lost"));
});

test("a service that lets in and throws out at once is not hammered", () => {
  const b = bench();
  b.connect();
  let tried = 0;
  for (let second = 0; second < 600; second += 0.25) {
    const socket = b.sockets.at(-1);
    if (socket.readyState === 0) {
      tried += 1;
      socket.accept();
      socket.say(welcome());
      socket.drop(1011);
    }
    b.advance(0.25);
  }
  assert.ok(tried < 150, `${tried} tries in ten minutes`);
  for (let waited = 0; b.sockets.at(-1).readyState === 3 && waited < 31; waited += 0.05) b.advance(0.05);
  const good = b.sockets.at(-1);
  good.accept();
  good.say(welcome());
  good.say(snapshot({}));
  for (let n = 0; n < 3; n += 1) {
    b.advance(4);
    good.say({ t: "pong" });
  }
  const before = b.sockets.length;
  good.drop(1006);
  b.advance(0.31);
  assert.equal(b.sockets.length, before + 1, "after a link that held it is quick again");
});

test("a server that takes the call and says nothing, or never answers it, is left", () => {
  const b = bench();
  b.connect();
  b.advance(13);
  assert.equal(b.sockets[0].readyState, 3, "no answer at all");
  b.sockets.at(-1).accept();
  const silent = b.sockets.at(-1);
  b.advance(13);
  assert.equal(silent.readyState, 3, "an open line without a welcome");
  assert.equal(b.statuses.at(-1).link, "lost");
  b.advance(31);
  assert.ok(b.sockets.at(-1) !== silent);
});

test("a browser that cannot open a socket is asked again", () => {
  const b = bench();
  const real = b.deps.socket;
  let refusing = 5;
  b.deps.socket = (url) => {
    if (refusing-- > 0) throw new Error("insufficient resources");
    return real(url);
  };
  b.connect();
  b.advance(10);
  assert.equal(b.sockets.length, 1);
  assert.equal(b.statuses.length, 5);
  assert.match(b.statuses[0].reason, /insufficient/);
});

test("five hundred screens do not come back in one moment", () => {
  const random = dice(3);
  for (const [attempt, down] of [[1, 5], [60, 900]]) {
    const delays = Array.from({ length: 500 }, () => retryDelay(attempt, down, random())).sort((a, c) => a - c);
    const spread = delays.at(-1) - delays[0];
    const widest = Math.max(...delays.slice(50).map((delay, n) => delay - delays[n] < spread / 100));
    assert.equal(widest, 0, `no tenth of the screens within a hundredth of the time at attempt ${attempt}`);
    assert.ok(spread > 0.4);
  }
});
