import assert from "node:assert/strict";
import test from "node:test";
import { haptic, PATTERNS } from "../../display_bridge/web/roles/haptics.js";
import { Idle, QUIET_S, WARNING_S } from "../../display_bridge/web/roles/idle.js";
import { guide, localVoice, wordsOf } from "../../display_bridge/web/roles/guide.js";
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

test("what has the focus is said with its state, and only in a voice of this device", () => {
  assert.equal(wordsOf(element("  고대비\n ", { "aria-pressed": "true" })), "고대비, 켜짐");
  assert.equal(wordsOf(element("x", { "aria-label": "뒤로" })), "뒤로");
  const cloud = { lang: "ko-KR", localService: false };
  const own = { lang: "ko-KR", localService: true };
  assert.equal(localVoice([cloud], "ko"), null);
  assert.equal(localVoice([cloud, own], "ko"), own);
  const said = [];
  const synth = (voices) => ({ getVoices: () => voices, cancel: () => said.push("stop"), speak: (one) => said.push(one.text) });
  assert.equal(guide(synth([cloud]), (text) => ({ text }))("처음으로"), false);
  assert.equal(guide(synth([own]), (text) => ({ text }))("처음으로"), true);
  assert.deepEqual(said, ["stop", "처음으로"]);
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
