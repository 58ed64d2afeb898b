import assert from "node:assert/strict";
import test from "node:test";
import { filtered, groupsOf } from "../../display_bridge/web/correction.js";

const GROUPS = groupsOf({
  panels: [
    { panel: "ozone", ko: "오존", en: "Ozone", menu_ko: "실시간", menu_en: "Now" },
    { panel: "revenue", ko: "세입", en: "Revenue", menu_ko: "재정", menu_en: "Finance" },
    { panel: "fine-dust-pm10", ko: "미세먼지", en: "Fine dust", menu_ko: "실시간", menu_en: "Now" },
  ],
  commands: [{ intent: "navigate", direction: "back", ko: "화면 이동: 뒤로", en: "Navigate: back" }, { intent: "stop", direction: null, ko: "그만", en: "Stop" }],
  departments: [{ id: "fire", name_ko: "소방재난본부", name_en: "Fire and Disaster HQ" }],
});

test("everything that can be meant stands in groups, panels by menu", () => {
  assert.deepEqual(GROUPS.map((group) => group.title[0]), ["듣지 말았어야 할 말", "명령", "부서 통화", "실시간", "재정"]);
  assert.deepEqual(GROUPS.flatMap((group) => group.options.map((one) => one.body)), [
    {},
    { intent: "navigate", direction: "back" },
    { intent: "stop" },
    { intent: "call", department: "fire" },
    { intent: "show_panel", panel: "ozone" },
    { intent: "show_panel", panel: "fine-dust-pm10" },
    { intent: "show_panel", panel: "revenue" },
  ]);
});

test("typed words narrow it down in either language", () => {
  const names = (words) => filtered(GROUPS, words).flatMap((group) => group.options.map((one) => one.name[1]));
  assert.deepEqual(names("미세"), ["Fine dust"]);
  assert.deepEqual(names("  DUST fine "), ["Fine dust"]);
  assert.deepEqual(names("없는말"), []);
  assert.equal(names("").length, 7);
});
