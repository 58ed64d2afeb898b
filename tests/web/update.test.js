import assert from "node:assert/strict";
import test from "node:test";
import { renew } from "../../display_bridge/web/renew.js";
import { fetchAll, loadedPaths, Shell } from "../../display_bridge/web/shell.js";
import { Updater } from "../../display_bridge/web/update.js";
import { inUse, QUIET_S, Use } from "../../display_bridge/web/use.js";

/** An updater on a clock that only the test moves. */
function bench(own = "old") {
  const timers = [];
  const done = [];
  let now = 0;
  const b = {
    done, idle: false, may: true,
    prepare: async (build) => ({ ok: true, build: build ?? "new", kept: true }),
    async advance(seconds) {
      const until = now + seconds;
      for (;;) {
        await settled();
        const due = timers.filter(({ at }) => at <= until).sort((a, c) => a.at - c.at)[0];
        if (!due) break;
        timers.splice(timers.indexOf(due), 1);
        now = due.at;
        due.action();
      }
      now = until;
      await settled();
    },
  };
  b.updater = new Updater(own, {
    prepare: (build) => {
      done.push(`prepare ${build}`);
      return b.prepare(build);
    },
    tend: (build) => done.push(`tend ${build}`),
    take: async (build, kept) => void done.push(`take ${build}${kept ? "" : " unkept"}`),
    idle: () => b.idle,
    reload: (build) => {
      if (b.may) done.push(`reload ${build}`);
      return b.may;
    },
    later: (seconds, action) => {
      const timer = { at: now + seconds, action };
      timers.push(timer);
      return timer;
    },
    cancel: (timer) => timers.includes(timer) && timers.splice(timers.indexOf(timer), 1),
    random: () => 1,
  });
  return b;
}
const settled = async () => {
  for (let n = 0; n < 20; n += 1) await null;
};

test("the same build is no update; what the browser lacks of it is mended", async () => {
  const b = bench();
  b.idle = true;
  b.updater.told("old");
  b.updater.told("");
  await b.advance(3600);
  assert.deepEqual(b.done, ["tend old"]);
});

test("a new build is fetched at once and taken only when nobody uses the screen", async () => {
  const b = bench();
  b.updater.told("new");
  await b.advance(3600);
  assert.deepEqual(b.done, ["prepare new"]);
  b.idle = true;
  await b.advance(5);
  assert.deepEqual(b.done, ["prepare new", "take new", "reload new"]);
  await b.advance(3600);
  assert.equal(b.done.length, 3, "a page that is going does nothing more");
});

test("while the new files are not all there the old page stays, however idle, and tries again ever more seldom", async () => {
  const b = bench();
  b.idle = true;
  b.prepare = async () => ({ ok: false, reason: "missing" });
  b.updater.told("new");
  await b.advance(10 + 20 + 40 + 80 + 160 + 300 + 300);
  assert.equal(b.done.filter((one) => one.startsWith("prepare")).length, 8);
  assert.ok(!b.done.some((one) => one.startsWith("reload")));
  b.prepare = async (build) => ({ ok: true, build, kept: true });
  await b.advance(300);
  assert.equal(b.done.at(-1), "reload new");
});

test("of two updates in a row only the newer is taken, and a rollback to our own build takes none", async () => {
  const b = bench();
  b.idle = true;
  let release;
  b.prepare = (build) => (build === "new" ? new Promise((resolve) => { release = () => resolve({ ok: true, build, kept: true }); }) : Promise.resolve({ ok: true, build, kept: true }));
  b.updater.told("new");
  b.updater.told("newer");
  await b.advance(1);
  assert.deepEqual(b.done, ["prepare new"]);
  release();
  await b.advance(1);
  assert.deepEqual(b.done, ["prepare new", "prepare newer", "take newer", "reload newer"]);

  const c = bench();
  c.updater.told("new");
  await c.advance(1);
  c.updater.told("old");
  c.idle = true;
  await c.advance(600);
  assert.deepEqual(c.done, ["prepare new", "tend old"]);
});

test("somebody who comes at the last moment is not interrupted", async () => {
  const b = bench();
  let asked = 0;
  Object.defineProperty(b, "idle", { get: () => (asked += 1) === 1 || asked > 4 });
  b.updater.told("new");
  await b.advance(4);
  assert.deepEqual(b.done, ["prepare new", "take new"]);
  await b.advance(60);
  assert.equal(b.done.at(-1), "reload new");
});

test("a service that speaks another protocol: the page cannot wait, but goes only when the new one is all there", async () => {
  const b = bench();
  b.prepare = async () => ({ ok: false });
  await b.updater.outdated();
  assert.deepEqual(b.done, ["prepare null"]);
  b.prepare = async () => ({ ok: true, build: "new", kept: false });
  await b.updater.outdated();
  assert.deepEqual(b.done.slice(1), ["prepare null", "take new unkept", "reload new"]);
});

test("a page that is left by itself opens as the new one next time", async () => {
  const b = bench();
  b.updater.leaving();
  b.updater.told("new");
  await b.advance(1);
  b.updater.leaving();
  assert.deepEqual(b.done, ["prepare new", "take new"]);
});

test("a page that stays of the old build whatever it does loads itself ever more seldom", () => {
  const kept = new Map();
  let now = 1e12;
  let reloads = 0;
  const deps = { storage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) }, now: () => now, reload: () => (reloads += 1) };
  for (let second = 0; second < 86_400; second += 5) {
    renew(deps, "stuck");
    now += 5000;
  }
  assert.ok(reloads > 20 && reloads < 35, `${reloads} times in a day`);
  now += 3_600_000;
  assert.equal(renew(deps, "another"), true);
  now += 59_000;
  assert.equal(renew(deps, "a third"), false, "a minute apart at least");
  now += 1000;
  assert.equal(renew(deps, "a third"), true);
  kept.set("seoula.renewed", "{broken");
  assert.equal(renew(deps, "another"), true);
});

const idle = { state: { assistant: { phase: "idle" }, shown: { layer: "rotation" } }, local: {}, seen: { touchedAt: 0, spokeAt: 0 }, page: {} };
const with_ = (changes) => {
  const made = structuredClone(idle);
  for (const [path, value] of Object.entries(changes)) {
    const [first, second] = path.split(".");
    made[first][second] = value;
  }
  return made;
};

test("nothing that somebody does or sees may be disturbed", () => {
  assert.equal(inUse(idle, QUIET_S), null);
  assert.equal(inUse(idle, QUIET_S - 1), "touch");
  assert.equal(inUse(with_({ "seen.spokeAt": 50 }), QUIET_S + 1), "voice");
  const cases = {
    voice: [{ "state.assistant": { phase: "standby" } }, { "state.assistant": { phase: "follow_up" } }, { "state.speech": { utterance: "u" } }, { "state.question": {} }, { "local.talking": true }, { "local.sending": true }],
    alert: [{ "state.shown": { layer: "alert" } }, { "state.banner": { id: "i" } }, { "state.incidents": [{}] }],
    dialog: [{ "page.dialog": true }, { "state.overlay": { name: "help" } }, { "local.chooser": "main" }],
    text: [{ "local.text": "서울" }, { "page.typing": true }, { "local.query": "미세" }],
    shown: [{ "state.shown": { layer: "command" } }],
  };
  for (const [why, all] of Object.entries(cases)) for (const one of all) assert.equal(inUse(with_(one), 1e6), why, JSON.stringify(one));
  assert.equal(inUse(with_({ "state.incidents": [] }), 1e6), null);
  assert.equal(inUse(with_({ "page.hidden": true }), 1), null, "a page that nobody can see is touched by nobody");
  assert.equal(inUse(with_({ "page.hidden": true, "local.text": "a" }), 1), "text");
});

test("a talk that ended a moment ago is still one", () => {
  const use = new Use(0);
  use.follow({ assistant: { phase: "speaking" } }, {}, 100);
  use.follow({ assistant: { phase: "idle" } }, {}, 101);
  assert.equal(inUse({ ...idle, seen: use.seen }, 159), "voice");
  assert.equal(inUse({ ...idle, seen: use.seen }, 161), null);
  use.touch(170);
  assert.equal(inUse({ ...idle, seen: use.seen }, 229), "touch");
});

const answers = (table) => async (path) => {
  if (!(path in table)) return { ok: false };
  return { ok: true, json: async () => table[path], arrayBuffer: async () => new ArrayBuffer(1) };
};

test("without a service worker every file is asked for before the page goes", async () => {
  const shell = { build: "new", files: { "/a": "1", "/b": "2" } };
  assert.deepEqual(await fetchAll("new", answers({ "/shell.json": shell, "/a": 1, "/b": 1 })), { ok: true, build: "new", kept: false });
  assert.equal((await fetchAll("new", answers({ "/shell.json": shell, "/a": 1 }))).ok, false);
  assert.equal((await fetchAll("newer", answers({ "/shell.json": shell, "/a": 1, "/b": 1 }))).reason, "another-build");
  const down = new Shell("wall", undefined, async () => { throw new TypeError("no network"); });
  assert.equal((await down.prepare("new")).ok, false);
});

/** A browser with a service worker that answers as the test says. */
function workers(answer) {
  const told = [];
  const active = { postMessage: (message, [port]) => { told.push(message); port.postMessage(answer(message)); } };
  return { told, register: async () => null, getRegistration: async () => ({ active }) };
}

test("with a service worker it keeps the page; where the storage is full the page lives without a copy", async () => {
  const good = workers(({ build }) => ({ ok: true, build }));
  const shell = new Shell("wall", good);
  assert.deepEqual(await shell.prepare("new"), { ok: true, build: "new", kept: true });
  await shell.take("new", true);
  assert.deepEqual(good.told, [{ op: "prepare", build: "new" }, { op: "switch", build: "new" }]);

  const full = workers(({ op }) => (op === "prepare" ? { ok: false, reason: "quota" } : { ok: true }));
  const fetched = new Shell("wall", full, answers({ "/shell.json": { build: "new", files: { "/a": "1" } }, "/a": 1 }));
  const made = await fetched.prepare("new");
  assert.deepEqual(made, { ok: true, build: "new", kept: false });
  await fetched.take(made.build, made.kept);
  assert.equal(full.told.at(-1).op, "forget");

  const failing = workers(() => ({ ok: false, reason: "changed" }));
  assert.deepEqual(await new Shell("wall", failing).prepare("new"), { ok: false, reason: "changed" });
});

test("of what a page has loaded only files of ours and the catalogue are offered to be kept", () => {
  const origin = "http://127.0.0.1:8700";
  const names = ["/vendor/pretendard/a.woff2", "/vendor/pretendard/a.woff2", "/web-data/seoul-map.json", "/web/main.js", "/api/v1/catalog", "/api/v1/runs", "/audio/x.wav", "https://elsewhere.example/vendor/a.js"];
  const entries = names.map((name) => ({ name: name.startsWith("/") ? origin + name : name }));
  assert.deepEqual(loadedPaths(entries, origin), ["/vendor/pretendard/a.woff2", "/web-data/seoul-map.json", "/api/v1/catalog"]);
});
