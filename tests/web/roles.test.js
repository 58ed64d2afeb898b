import assert from "node:assert/strict";
import test from "node:test";
import { lastGood } from "../../display_bridge/web/offline.js";
import { haptic, PATTERNS } from "../../display_bridge/web/roles/haptics.js";
import { Idle, QUIET_S, WARNING_S } from "../../display_bridge/web/roles/idle.js";
import { guide, soundOf, wordsOf } from "../../display_bridge/web/roles/guide.js";
import { leastPx, raised } from "../../display_bridge/web/roles/legible.js";
import { opened, search } from "../../display_bridge/web/roles/tiles.js";
import { topicOf, topics } from "../../display_bridge/web/roles/topic-icons.js";
import { askedPanel, linkOf, seen, START, step } from "../../display_bridge/web/roles/visit.js";
import { nearest } from "../../display_bridge/web/roles/keypad.js";

test("a kiosk that was left alone asks, then goes home; whoever answers has the whole time again", () => {
  const idle = new Idle(100);
  assert.equal(idle.at(100 + QUIET_S - 1).phase, "active");
  assert.deepEqual(idle.at(100 + QUIET_S), { phase: "warning", left: WARNING_S });
  assert.ok(WARNING_S >= 20);
  for (let n = 1; n <= 12; n += 1) {
    idle.touch(100 + n * (QUIET_S + 5));
    assert.equal(idle.at(100 + n * (QUIET_S + 5) + 1).phase, "active");
  }
  idle.touch(0);
  assert.deepEqual(idle.at(QUIET_S + WARNING_S), { phase: "over", left: 0 });
});

test("an arrow key goes to the nearest control in its direction, and stays where there is none", () => {
  const grid = [[0, 0], [100, 0], [200, 0], [0, 100], [100, 100], [210, 90]].map(([x, y]) => ({ x, y }));
  assert.equal(nearest(grid, grid[0], [1, 0]), 1);
  assert.equal(nearest(grid, grid[1], [0, 1]), 4);
  assert.equal(nearest(grid, grid[4], [1, 0]), 5);
  assert.equal(nearest(grid, grid[5], [0, -1]), 2);
  assert.equal(nearest(grid, grid[0], [-1, 0]), -1);
});

const element = (text, attributes = {}) => ({ textContent: text, getAttribute: (name) => attributes[name] ?? null });

test("a control's words are its label and its state", () => {
  assert.equal(wordsOf(element("  고대비\n ", { "aria-pressed": "true" })), "고대비, 켜짐");
  assert.equal(wordsOf(element("x", { "aria-label": "뒤로" })), "뒤로");
});

/** A guide whose clock, sounds and service are a test's. */
function booth(answers) {
  const seen = { asked: [], played: [], paused: 0, told: [] };
  let due = null;
  const deps = {
    sound: async (text) => {
      seen.asked.push(text);
      const answer = answers[text];
      if (answer instanceof Error) throw answer;
      return { urls: answer };
    },
    audio: (url) => {
      const made = { url, play: () => (seen.played.push(url), made.refuse ? Promise.reject(made.refuse) : Promise.resolve()), pause: () => (seen.paused += 1) };
      seen.last = made;
      return made;
    },
    later: (action) => ((due = action), 1),
    cancel: () => (due = null),
  };
  const say = guide((code) => seen.told.push(code), deps);
  return { say, seen, wait: async () => { const now = due; due = null; await now?.(); } };
}

test("the newest label alone is said, in order, in the service's voice", async () => {
  const { say, seen, wait } = booth({ 뒤로: ["a", "b"], 처음으로: ["c"] });
  say("처음으로");
  say("뒤로");
  await wait();
  assert.deepEqual(seen.asked, ["뒤로"], "who passes by a control does not hear it");
  seen.last.onended();
  assert.deepEqual(seen.played, ["a", "b"]);
  say("처음으로");
  assert.equal(seen.paused, 1);
  await wait();
  assert.deepEqual(seen.played, ["a", "b", "c"]);
});

test("without our voice nothing else speaks, and it is told", async () => {
  const { say, seen, wait } = booth({ 뒤로: Object.assign(new Error("down"), { code: "speaking-unavailable" }), 처음으로: ["c"] });
  say("뒤로");
  await wait();
  assert.deepEqual([seen.told, seen.played], [["speaking-unavailable"], []]);
  say("처음으로");
  await wait();
  assert.deepEqual(seen.told, ["speaking-unavailable", null]);
});

test("a label is asked for with its panel, and a refusal keeps its code", async () => {
  const sent = [];
  const ok = await soundOf("뒤로", { panel: "ozone" }, async (url, options) => (sent.push([url, JSON.parse(options.body)]), { ok: true, json: async () => ({ urls: ["x"] }) }));
  assert.deepEqual(ok.urls, ["x"]);
  assert.deepEqual(sent, [["/api/v1/speech", { text: "뒤로", language: "ko", panel: "ozone" }]]);
  await assert.rejects(soundOf("x", {}, async () => ({ ok: false, status: 503, json: async () => ({ code: "too-many-labels", detail: "busy" }) })), { code: "too-many-labels" });
});

test("a letter that a drawing has made too small is raised to what a station needs", () => {
  assert.ok(leastPx(3840) >= 21);
  assert.equal(raised(16, 2, 21), null);
  assert.equal(raised(16, 0.5, 21), 42);
  assert.equal(raised(16, 0, 21), null);
});

test("every topic is drawn, and no public panel or part of a menu has the same picture as all others", () => {
  const { drawn, used } = topics();
  assert.deepEqual(used.filter((name) => !drawn.includes(name)), []);
  assert.deepEqual(drawn.filter((name) => !used.includes(name)), []);
  assert.equal(topicOf("fine-dust-pm10"), "fine");
  assert.equal(topicOf("subway-arrival"), "train");
  assert.equal(topicOf("no-such-thing"), null);
});

const CATALOG = {
  menus: [{ id: "realtime", ko: "실시간", submenus: [{ id: "traffic", ko: "교통" }, { id: "water", ko: "물" }, { id: "none", ko: "없음" }] }, { id: "resume", ko: "이력서", submenus: [] }],
  panels: [
    { id: "subway", menu: "realtime", submenu: "traffic", name_ko: "지하철 도착", name_en: "Subway" },
    { id: "tap", menu: "realtime", submenu: "water", name_ko: "수돗물", name_en: "Tap water", aliases_ko: ["아리수"] },
    { id: "press", menu: "resume", submenu: null, name_ko: "외신보도", name_en: "Press" },
  ],
};

test("a menu with parts opens to them, one without opens to its panels", () => {
  assert.deepEqual(opened(CATALOG, {}), { menu: null, sub: null, panels: null });
  const { panels, subs } = opened(CATALOG, { tileMenu: "realtime" });
  assert.equal(panels, null);
  assert.deepEqual(subs.map(({ id }) => id), ["traffic", "water"]);
  assert.deepEqual(opened(CATALOG, { tileMenu: "realtime", tileSub: "water" }).panels.map(({ id }) => id), ["tap"]);
  assert.deepEqual(opened(CATALOG, { tileMenu: "resume" }).panels.map(({ id }) => id), ["press"]);
});

test("screens are found by names in both languages and by aliases, whatever the blanks", () => {
  assert.deepEqual(search(CATALOG, "지하철도착").map(({ id }) => id), ["subway"]);
  assert.deepEqual(search(CATALOG, "아리수").map(({ id }) => id), ["tap"]);
  assert.deepEqual(search(CATALOG, "TAP  w").map(({ id }) => id), ["tap"]);
  assert.deepEqual(search(CATALOG, "  "), []);
});

test("a citizen's page looks at one panel of its own and can be shared", () => {
  assert.equal(askedPanel("?panel=fine-dust-pm10"), "fine-dust-pm10");
  assert.equal(askedPanel("?panel=../x"), null);
  assert.equal(askedPanel(""), null);
  assert.equal(linkOf("ozone", "http://a/screen/web/citizen?panel=x#token=1"), "http://a/screen/web/citizen?panel=ozone");
  assert.equal(linkOf(null, "http://a/screen/web/citizen?panel=x", "en"), "http://a/screen/web/citizen?lang=en");
  const ozone = step(START, "show", { panel: "ozone" });
  assert.deepEqual(step(ozone, "select_district", { district: "강남구" }).args, { district: "강남구" });
  assert.equal(step(step(ozone, "next"), "previous").page, 0);
  assert.equal(step(ozone, "call", { media: "voice" }), null, "nothing here calls or commands");
  assert.equal(step(ozone, "home"), START);
  const state = { view: { title_ko: "집" }, shown: { panel: "home" }, weather: 1 };
  assert.equal(seen(state, ozone), state, "until the panel is there the display's own picture stands");
  assert.deepEqual(seen(state, { ...ozone, view: { title_ko: "오존" } }).shown.panel, "ozone");
});

test("the wrist feels listening, each ending once, a question and a lost link", () => {
  const still = { link: "open", talking: false, outcome: null, question: null };
  assert.equal(haptic(still, still), null);
  assert.equal(haptic(still, { ...still, talking: true }), PATTERNS.hearing);
  const shown = { ...still, outcome: "shown" };
  assert.equal(haptic(still, shown), PATTERNS.ok);
  assert.equal(haptic(shown, shown), null);
  assert.equal(haptic(still, { ...still, outcome: "not_understood" }), PATTERNS.failed);
  assert.equal(haptic(still, { ...still, question: "q" }), PATTERNS.ask);
  assert.equal(haptic(still, { ...still, link: "lost" }), PATTERNS.lost);
});

test("a phone keeps the last public picture, and nothing that is not public", () => {
  const kept = new Map();
  const storage = { setItem: (key, value) => kept.set(key, value), getItem: (key) => kept.get(key) ?? null };
  let now = 0;
  const last = lastGood("citizen", storage, () => now);
  assert.equal(last.load(), null);
  assert.equal(last.save({ display: { trust: "internal" }, shown: {} }), false);
  assert.equal(last.save({ display: { trust: "public" }, shown: { panel: "ozone" } }), true);
  assert.equal(last.load().state.shown.panel, "ozone");
  assert.equal(last.save({ display: { trust: "public" } }), false, "not at every patch");
  storage.setItem("seoula.last.web.citizen", JSON.stringify({ at: 1, state: { display: { trust: "internal" } } }));
  assert.equal(last.load(), null);
  storage.setItem("seoula.last.web.citizen", "{broken");
  assert.equal(last.load(), null);
});
