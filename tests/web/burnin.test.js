import assert from "node:assert/strict";
import test from "node:test";
import { careOf, DAY, isNight, levelAt, shiftAt } from "../../display_bridge/web/burnin.js";

const at = (text) => Date.parse(`2026-11-28T${text}:00+09:00`) / 1000;

test("the picture walks over every place of its square, one pixel at a time, and back", () => {
  for (const shift_px of [1, 4, 12]) {
    const care = { shift_px, shift_s: 60 };
    const places = new Set();
    const side = 2 * shift_px + 1;
    let before = shiftAt(0, care);
    assert.deepEqual(before, { x: 0, y: 0 });
    for (let step = 1; step <= 2 * side * side; step += 1) {
      const now = shiftAt(step * 60, care);
      assert.ok(Math.abs(now.x - before.x) + Math.abs(now.y - before.y) <= 1, `a leap at ${step}`);
      assert.ok(now.x <= 0 && now.x >= -2 * shift_px && now.y <= 0 && now.y >= -2 * shift_px);
      places.add(`${now.x} ${now.y}`);
      before = now;
    }
    assert.equal(places.size, side * side);
  }
});

test("between two steps it stands still; no shift is none; a clock before the epoch is no error", () => {
  const care = { shift_px: 4, shift_s: 60 };
  assert.deepEqual(shiftAt(119.9, care), shiftAt(60, care));
  assert.notDeepEqual(shiftAt(120, care), shiftAt(60, care));
  for (const seconds of [0, 61, 1e9]) assert.deepEqual(shiftAt(seconds, { shift_px: 0, shift_s: 60 }), { x: 0, y: 0 });
  assert.ok(shiftAt(-61, care).x <= 0);
});

test("the night is Seoul's, across midnight or within a day", () => {
  const over = { night_from: "22:00", night_to: "06:00" };
  for (const [time, night] of [["21:59", false], ["22:00", true], ["23:59", true], ["00:00", true], ["05:59", true], ["06:00", false], ["12:00", false]]) {
    assert.equal(isNight(at(time), over), night, time);
  }
  const within = { night_from: "01:00", night_to: "05:30" };
  for (const [time, night] of [["00:59", false], ["01:00", true], ["05:29", true], ["05:30", false], ["23:00", false]]) {
    assert.equal(isNight(at(time), within), night, time);
  }
  for (let hour = 0; hour < 24; hour += 1) assert.equal(isNight(at(`${String(hour).padStart(2, "0")}:00`), { night_from: "07:00", night_to: "07:00" }), false);
});

test("a night of a week by a virtual clock: dark at ten, light at six, and light while somebody is there", () => {
  const care = careOf({ shift_px: 4, shift_s: 60, night_from: "22:00", night_to: "06:00", night_level: 0.4, night_wake_s: 120 });
  let dark = 0;
  for (let minute = 0; minute < 7 * 1440; minute += 1) if (levelAt(at("12:00") + minute * 60, care, -Infinity) === 0.4) dark += 1;
  assert.equal(dark, 7 * 8 * 60);
  const touched = at("23:00");
  assert.equal(levelAt(touched, care, touched), 1);
  assert.equal(levelAt(touched + 119, care, touched), 1);
  assert.equal(levelAt(touched + 120, care, touched), 0.4);
  assert.equal(levelAt(touched - 3600, care, touched), 0.4, "a clock that was set back wakes nothing for an hour");
});

test("settings of another service, or none, are brought within bounds", () => {
  assert.deepEqual(careOf(null), DAY);
  assert.deepEqual(careOf(undefined), DAY);
  assert.deepEqual(careOf({ shift_px: "x", night_from: "25:00", night_to: "06:00", night_level: null }), DAY);
  const far = careOf({ shift_px: 900, shift_s: 0, night_from: "22:00", night_to: "06:00", night_level: 0, night_wake_s: 1e9 });
  assert.deepEqual(far, { shift_px: 12, shift_s: 5, night_from: "22:00", night_to: "06:00", night_level: 0.2, night_wake_s: 3600 });
});
