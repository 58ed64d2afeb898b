import assert from "node:assert/strict";
import test from "node:test";
import { awayWords } from "../../display_bridge/web/away.js";
import { lastGood } from "../../display_bridge/web/offline.js";

const memory = () => {
  const kept = new Map();
  return {
    kept,
    setItem: (key, value) => kept.set(key, value),
    getItem: (key) => kept.get(key) ?? null,
    removeItem: (key) => kept.delete(key),
  };
};
const picture = (panel, more = {}) => ({ display: { id: "lobby", trust: "public" }, shown: { panel, layer: "rotation" }, view: { panel: { id: panel, visibility: "public" } }, ...more });

test("a citizens' screen keeps the last public picture, and nothing that is not public", () => {
  const storage = memory();
  let now = 1_000_000;
  const last = lastGood("kiosk", "lobby", storage, () => now);
  assert.equal(last.load(), null);
  assert.equal(last.save({ display: { trust: "internal" }, shown: {} }), false);
  assert.equal(last.save(picture("cctv", { view: { panel: { visibility: "internal" } } })), false);
  assert.equal(storage.kept.size, 0);
  assert.equal(last.save(picture("ozone")), true);
  assert.equal(last.load().state.shown.panel, "ozone");
  assert.equal(last.load().at, 1000);
  now += 1000;
  assert.equal(last.save(picture("bus")), false, "not at every patch");
  now += 5000;
  assert.equal(last.save(picture("bus")), true);
  assert.equal(lastGood("web", "lobby", storage).load(), null, "each role has its own");
  last.forget();
  assert.equal(last.load(), null);
});

test("what people said, were asked and were told is no part of the picture", () => {
  const storage = memory();
  const last = lastGood("kiosk", "lobby", storage, () => 1e9);
  last.save(picture("ozone", {
    assistant: { phase: "speaking", text: "우리 집 주소는" }, speech: { text: "비밀" }, question: { prompt_ko: "누구" },
    overlay: { name: "help" }, incidents: [{ id: "i" }], banner: { id: "b" }, menu: [{ id: "main" }],
  }));
  const text = [...storage.kept.values()].join();
  for (const word of ["우리 집", "비밀", "누구", "help", "incidents", "banner"]) assert.ok(!text.includes(word), word);
  assert.deepEqual(Object.keys(last.load().state).sort(), ["display", "menu", "shown", "view"]);
});

test("an alert is not kept: hours later it would still look like one", () => {
  const last = lastGood("kiosk", "lobby", memory(), () => 1e9);
  assert.equal(last.save(picture("disaster-messages", { shown: { panel: "disaster-messages", layer: "alert" } })), false);
  assert.equal(last.load(), null);
});

test("a store that is full, broken, foreign or a week old costs only the picture", () => {
  const full = { setItem: () => { throw new DOMException("full", "QuotaExceededError"); }, getItem: () => null, removeItem: () => { throw new Error("no"); } };
  const last = lastGood("web", "a", full, () => 1e9);
  assert.equal(last.save(picture("ozone")), false);
  assert.equal(last.load(), null);
  last.forget();
  assert.equal(lastGood("web", "a", null, () => 1e9).save(picture("ozone")), false);
  assert.equal(lastGood("web", "a", null).load(), null);
  const storage = memory();
  for (const bad of ["{broken", "null", "3", JSON.stringify({ at: 1e6 }), JSON.stringify({ at: 1e6, state: { display: { trust: "internal" } } }), JSON.stringify({ state: picture("ozone") })]) {
    storage.setItem("seoula.last.web.a", bad);
    assert.equal(lastGood("web", "a", storage, () => 1e9).load(), null, bad);
  }
  let now = 1e12;
  const one = lastGood("web", "a", storage, () => now);
  assert.equal(one.save(picture("ozone")), true);
  now += 6 * 86_400_000;
  assert.ok(one.load());
  now += 2 * 86_400_000;
  assert.equal(one.load(), null);
});

test("a lost link is told in both languages, with the hour of the picture, and its day when it is not today's", () => {
  const at = Date.UTC(2026, 10, 28, 5, 31) / 1000;
  assert.deepEqual(awayWords(at, at + 600), { ko: "연결 끊김 · 14:31 자료", en: "Disconnected · data of 14:31" });
  assert.equal(awayWords(at, at + 10 * 3600).ko, "연결 끊김 · 11월 28일 14:31 자료", "past midnight in Seoul");
  assert.equal(awayWords(at, at + 10 * 3600).en, "Disconnected · data of Nov 28 14:31");
  assert.equal(awayWords(at, at + 9 * 3600).ko, "연결 끊김 · 14:31 자료", "23:31 in Seoul is the same day");
  assert.equal(awayWords(null, at).ko, "연결 끊김 · 다시 연결하고 있습니다");
});
