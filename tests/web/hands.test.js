import assert from "node:assert/strict";
import test from "node:test";
import { counts, follow, Glide, GONE_S, PALE_S, scrolled, standing, targetOf } from "../../display_bridge/web/hand-motion.js";

/** A hand that moves as `path` says, seen at `fps` and drawn at 60; the drawn places with their times. */
function drawn(path, fps, seconds, held = false) {
  const glide = new Glide();
  const places = [];
  let next = 0;
  for (let frame = 0; frame < seconds * 60; frame += 1) {
    const now = frame / 60;
    if (now >= next - 1e-9) {
      glide.tell(path(now), 0.5, now, held);
      next += 1 / fps;
    }
    places.push([now, glide.place(now)[0]]);
  }
  return places;
}

test("the cursor follows a steady hand smoothly: a frame after the camera's word it is at most a frame behind it", () => {
  for (const fps of [10, 15, 30]) {
    const speed = 0.4;
    const path = (at) => 0.1 + speed * at;
    const places = drawn(path, fps, 1.8).slice(30);
    const behind = places.map(([at, x]) => (path(Math.floor((at - 1 / 60) * fps + 1e-6) / fps) - x) / speed);
    assert.ok(Math.max(...behind) < 1 / 60 + 0.001, `${fps}: ${Math.max(...behind)} s behind the last word`);
    const steps = places.slice(1).map(([, x], n) => x - places[n][1]);
    assert.ok(Math.min(...steps) >= -1e-6, "never backwards");
    assert.ok(Math.max(...steps) < (speed / fps) * 0.8, "no leap from word to word");
  }
});

test("it stops where the hand stops: little overshoot, none when it has snapped", () => {
  const path = (at) => Math.min(0.5, at * 0.8);
  const free = Math.max(...drawn(path, 15, 2).map(([, x]) => x));
  assert.ok(free - 0.5 < 0.8 / 15 / 2 + 1e-6, `overshoot ${free - 0.5}`);
  assert.ok(Math.max(...drawn(path, 15, 2, true).map(([, x]) => x)) <= 0.5);
  assert.ok(Math.abs(drawn(path, 15, 2).at(-1)[1] - 0.5) < 1e-3);
});

test("a pause is no speed, and places stay on the screen", () => {
  const glide = new Glide();
  assert.equal(glide.place(0), null);
  glide.tell(0.2, 0.2, 0);
  glide.tell(0.9, 0.99, 5);
  for (let n = 0; n < 20; n += 1) glide.place(5 + n / 60);
  assert.deepEqual(glide.place(6).map((v) => Math.round(v * 1e4)), [9000, 9900]);
  glide.tell(1, 1, 6.05);
  for (let n = 0; n < 20; n += 1) assert.ok(glide.place(6.05 + n / 60).every((v) => v <= 1));
  glide.forget();
  assert.equal(glide.place(7), null);
});

test("a hand of which nothing is heard pales, then goes; a raised one goes as well", () => {
  const engaged = follow(null, { t: "hands", phase: "engaged", x: 0.5, y: 0.5, lead: true }, 10);
  assert.equal(standing(engaged, 10.1), "engaged");
  assert.equal(standing(engaged, 10 + PALE_S + 0.01), "pale");
  assert.equal(standing(engaged, 10 + GONE_S + 0.01), "off");
  assert.equal(standing(follow(null, { phase: "raising", progress: 0.4 }, 3), 3.1), "raising");
  assert.equal(standing(follow(engaged, { phase: "off" }, 11), 11), "off");
  assert.equal(standing(null, 0), "off");
});

test("engaged without a place keeps the place that there is", () => {
  const before = follow(null, { phase: "engaged", x: 0.3, y: 0.4, hand: "left" }, 1);
  assert.deepEqual({ ...follow(before, { phase: "engaged" }, 2), at: 0 }, { ...before, at: 0 });
});

test("an old choice presses nothing", () => {
  assert.ok(counts({ at: 100 }, 100.4));
  assert.ok(!counts({ at: 100 }, 101.2));
  assert.ok(!counts({ at: 102 }, 100));
});

test("targets are parts of the screen; what is off it, or tiny, is none", () => {
  assert.deepEqual(targetOf("t1", { left: 192, top: 108, right: 384, bottom: 216 }, [1920, 1080]), ["t1", 0.1, 0.1, 0.2, 0.2]);
  assert.deepEqual(targetOf("t1", { left: -100, top: 0, right: 96, bottom: 54 }, [1920, 1080]), ["t1", 0, 0, 0.05, 0.05]);
  for (const rect of [{ left: 1915, top: 0, right: 2000, bottom: 50 }, { left: 0, top: -50, right: 90, bottom: 4 }, { left: 5, top: 5, right: 5, bottom: 5 }]) {
    assert.equal(targetOf("t1", rect, [1920, 1080]), null);
  }
});

test("a list waits a moment, then moves, faster the longer one stays", () => {
  assert.equal(scrolled(0.016, 0.2), 0);
  assert.ok(scrolled(0.1, 0.5) > 0);
  assert.ok(scrolled(0.1, 2) > scrolled(0.1, 0.5));
  assert.ok(scrolled(0.1, 60) <= 0.12 + 1e-9);
});
