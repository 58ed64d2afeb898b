import assert from "node:assert/strict";
import test from "node:test";
import { DisplayConnection, REFUSED } from "../../display_bridge/web/connection.js";
import { leaveNothing } from "../../display_bridge/web/discretion.js";

/** A connected screen; `say` is the server, `drop` cuts the link. */
function screen() {
  const sockets = [];
  const timers = [];
  const withdrawn = [];
  const states = [];
  const deps = {
    socket: () => {
      const socket = { readyState: 1, sent: [], send: (text) => socket.sent.push(JSON.parse(text)), close: () => {} };
      sockets.push(socket);
      return socket;
    },
    now: () => 0,
    later: (_, action) => timers.push(action) && action,
    cancel: (timer) => timers.splice(0, timers.length, ...timers.filter((one) => one !== timer)),
    painted: () => {},
    hidden: () => false,
  };
  const handlers = { state: (state) => states.push(state), status: () => {}, withdrawn: (before) => withdrawn.push(before) };
  const connection = new DisplayConnection({ url: "u", role: "wall", caps: [], token: "t" }, handlers, deps);
  connection.open();
  const say = (message) => sockets.at(-1).onmessage({ data: JSON.stringify(message) });
  const begin = (epoch, state) => {
    sockets.at(-1).onopen();
    say({ t: "welcome", epoch, display: "main", heartbeat_s: 15, server_time: 0 });
    say({ t: "snapshot", epoch, seq: 4, state });
  };
  return { connection, sockets, timers, withdrawn, begin, say, drop: (code) => sockets.at(-1).onclose({ code, reason: "" }) };
}

const internal = { display: { trust: "internal" }, shown: { panel: "cctv" } };
const secret = { display: { trust: "private" }, shown: { panel: "interest-topics" } };

test("a link that breaks over private content takes it away, and what was there before comes back", () => {
  const s = screen();
  s.begin("e1", internal);
  s.say({ t: "snapshot", epoch: "e2", seq: 1, state: secret });
  assert.equal(s.connection.state.shown.panel, "interest-topics");
  s.drop(1006);
  assert.deepEqual(s.withdrawn, [internal]);
  assert.equal(s.connection.state, null);
  s.timers.at(-1)();
  s.sockets.at(-1).onopen();
  assert.equal(s.sockets.at(-1).sent[0].resume, undefined, "it asks anew what it may show");
});

test("a link that breaks over anything else leaves the picture", () => {
  const s = screen();
  s.begin("e1", internal);
  s.drop(1006);
  assert.deepEqual(s.withdrawn, []);
  assert.deepEqual(s.connection.state, internal);
});

test("a screen that is let in no more has nothing to come back to", () => {
  const s = screen();
  s.begin("e1", internal);
  s.drop(REFUSED);
  s.timers.at(-1)();
  s.begin("e3", secret);
  s.drop(1006);
  assert.deepEqual(s.withdrawn, [null]);
});

test("a private screen that was never anything else has nothing before it", () => {
  const s = screen();
  s.begin("e1", secret);
  s.drop(1006);
  assert.deepEqual(s.withdrawn, [null]);
});

test("a page that is left goes empty and unconnected, and comes back by asking anew", () => {
  const page = new EventTarget();
  const done = [];
  const does = (what) => () => done.push(what);
  leaveNothing({ close: does("close"), open: does("open"), clear: does("clear") }, page);
  page.dispatchEvent(new Event("pagehide"));
  assert.deepEqual(done, ["close", "clear"]);
  page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
  assert.deepEqual(done, ["close", "clear"]);
  page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  assert.deepEqual(done, ["close", "clear", "open"]);
});

test("what was forgotten is asked for in full", () => {
  const s = screen();
  s.begin("e1", internal);
  s.connection.close();
  s.drop(1000);
  s.connection.forget();
  s.connection.open();
  s.sockets.at(-1).onopen();
  assert.equal(s.sockets.at(-1).sent[0].resume, undefined);
});
