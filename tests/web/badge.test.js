import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import test from "node:test";
import { badgeOf } from "../../display_bridge/web/badge.js";
import { clockTime, moment } from "../../display_bridge/web/format.js";
import { language, setLanguage } from "../../display_bridge/web/i18n.js";

const now = new Date().toISOString();
const data = { mode: "live", label_ko: "실시간", label_en: "Live", observed_at: now, stale: false };

function inEnglish(work) {
  const before = language();
  setLanguage("en");
  try {
    return work();
  } finally {
    setLanguage(before);
  }
}

test("live data says when it was observed", () => {
  assert.deepEqual(badgeOf(data), { kind: "live", text: `실시간 · ${clockTime(now)}` });
  assert.deepEqual(inEnglish(() => badgeOf(data)), { kind: "live", text: `Live · ${clockTime(now)}` });
});

test("old data says so before its time, and its day when that is another", () => {
  assert.deepEqual(badgeOf({ ...data, stale: true }), { kind: "stale", text: `지난 자료 · ${clockTime(now)}` });
  assert.deepEqual(inEnglish(() => badgeOf({ ...data, stale: true })), { kind: "stale", text: `Old data · ${clockTime(now)}` });
  const before = new Date(Date.now() - 5 * 86_400_000).toISOString();
  assert.equal(badgeOf({ ...data, stale: true, observed_at: before }).text, `지난 자료 · ${moment(before)}`);
  assert.notEqual(moment(before), clockTime(before));
});

test("simulated and replayed data never look live", () => {
  const simulated = { ...data, mode: "simulated", label_ko: "일부 모의 데이터", label_en: "Partly simulated data" };
  assert.deepEqual(badgeOf(simulated), { kind: "simulated", text: "일부 모의 데이터" });
  assert.equal(inEnglish(() => badgeOf(simulated)).text, "Partly simulated data");
  assert.equal(badgeOf({ ...simulated, stale: true }).text, `일부 모의 데이터 · 지난 자료 ${clockTime(now)}`);
  assert.equal(badgeOf({ ...data, mode: "recorded", label_ko: "기록 재생" }).kind, "recorded");
  assert.equal(badgeOf({ mode: "simulated", observed_at: now }).text, "모의 데이터");
});

test("no data is no time, and no view no badge", () => {
  const none = { mode: "live", label_ko: "자료를 받지 못했습니다", label_en: "No data received", observed_at: null, stale: true };
  assert.deepEqual(badgeOf(none), { kind: "none", text: "자료를 받지 못했습니다" });
  assert.equal(inEnglish(() => badgeOf(none)).text, "No data received");
  assert.equal(badgeOf(undefined), null);
});

test("every module of the pages can be read", () => {
  const folder = new URL("../../display_bridge/web/", import.meta.url);
  const modules = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".js"));
  assert.ok(modules.length > 30);
  const failed = modules.filter((name) => {
    try {
      execFileSync(process.execPath, ["--check", new URL(name, folder).pathname], { stdio: "ignore" });
      return false;
    } catch {
      return true;
    }
  });
  assert.deepEqual(failed, []);
});
