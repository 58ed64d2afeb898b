import assert from "node:assert/strict";
import test from "node:test";
import * as format from "../../display_bridge/web/format.js";

test("numbers keep the decimals that mean something", () => {
  assert.equal(format.number(31482), "31,482");
  assert.equal(format.number(21.44), "21.4");
  assert.equal(format.number(9.4), "9.4");
  assert.equal(format.number(0.0412), "0.041");
  assert.equal(format.number(0), "0");
  assert.equal(format.number(-3.25), "-3.25");
  for (const none of [null, undefined, NaN, Infinity, "many"]) assert.equal(format.number(none), "–");
});

test("만, 억 and 조 from a million on", () => {
  assert.deepEqual(format.figure(10_780_000, "명"), { text: "1,078", unit: "만 명" });
  assert.deepEqual(format.figure(999_999, "명"), { text: "999,999", unit: "명" });
  assert.deepEqual(format.figure(234_500_000, "원"), { text: "2.3", unit: "억 원" });
  assert.deepEqual(format.figure(47_000_000_000_000, "원"), { text: "47", unit: "조 원" });
  assert.deepEqual(format.figure(-2_000_000, "명"), { text: "-200", unit: "만 명" });
  assert.deepEqual(format.figure(10_780_000, "people", "en"), { text: "10.8", unit: "M people" });
});

test("units that are scaled already keep their scale, 억 turns into 조", () => {
  assert.deepEqual(format.figure(3_000_000, "만원"), { text: "3,000,000", unit: "만원" });
  assert.deepEqual(format.figure(306_000, "억원"), { text: "30.6", unit: "조원" });
  assert.deepEqual(format.figure(9_000, "억원"), { text: "9,000", unit: "억원" });
  assert.deepEqual(format.figure(null, "명"), { text: "–", unit: "명" });
});

test("Korean units are English in English", () => {
  assert.deepEqual(format.figure(1234, "명", "en"), { text: "1,234", unit: "people" });
  assert.deepEqual(format.figure(10_780_000, "명", "en"), { text: "10.8", unit: "M people" });
  assert.deepEqual(format.figure(306_000, "억원", "en"), { text: "30.6", unit: "T won" });
  assert.deepEqual(format.figure(320, "만㎥/일", "en"), { text: "3.2", unit: "M m³/day" });
  assert.deepEqual(format.figure(24, "대", "en"), { text: "24", unit: "" });
  assert.equal(format.figureText(17, "건", "en"), "17 cases");
  assert.equal(format.unitText("억원", "en"), "100,000,000 won");
  assert.equal(format.unitText("㎍/㎥", "en"), "㎍/㎥");
  assert.equal(format.unitText("명"), "명");
  assert.equal(format.unitText(undefined, "en"), "");
});

test("figures in one string", () => {
  assert.equal(format.figureText(10_780_000, "명"), "1,078만 명");
  assert.equal(format.figureText(30, "µg/m³"), "30 µg/m³");
  assert.equal(format.figureText(72, "%"), "72%");
  assert.equal(format.figureText(null, "%"), "–");
});

test("times are Seoul's, wherever the screen stands", () => {
  const at = Date.UTC(2026, 2, 12, 5, 31, 52) / 1000;
  assert.equal(format.clockTime(at), "14:31");
  assert.equal(format.clockTime(at, { seconds: true }), "14:31:52");
  assert.equal(format.longDate(at), "3월 12일 목요일");
  assert.equal(format.shortDate("2026-03-11T23:00:00+00:00"), "2026.03.12");
  assert.equal(format.clockTime("not a time"), "");
  assert.equal(format.shortDate("봄"), "봄");
});

test("durations and axis words", () => {
  assert.equal(format.duration(18.2), "18초");
  assert.equal(format.duration(125), "2분 5초");
  assert.equal(format.duration(-4), "0초");
  assert.equal(format.duration(14_340), "3시간 59분");
  assert.equal(format.duration(7200, "en"), "2 h");
  assert.equal(format.duration(60, "en"), "1 min");
  const at = Date.UTC(2026, 2, 12, 5, 0) / 1000;
  assert.equal(format.axisTime(at, 600), "14:00");
  assert.equal(format.axisTime(at, 7200), "14시");
  assert.equal(format.axisTime(at, 86_400), "3.12.");
  assert.equal(format.axisTime(at, 86_400 * 30), "3월");
  assert.equal(format.axisTime(at, 86_400 * 365), "2026년");
});
