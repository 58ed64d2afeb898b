/** Private mode's screens: the outline of a face, and what a passing message says. */
import assert from "node:assert/strict";
import test from "node:test";
import { outline, privateNotice } from "../../display_bridge/web/private-mode.js";

test("an outline is mirrored, fitted and survives what makes no sense", () => {
  const path = outline([[0.2, 0.2], [0.4, 0.2], [0.3, 0.4]]);
  assert.equal(path, "M92.0 8.0h0M8.0 8.0h0M50.0 92.0h0");
  for (const bad of [null, "x", [], [[0, 0]], [[1, "a"], [2], 3, null]]) assert.equal(outline(bad), "");
  assert.equal(outline([[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]), "M50.0 50.0h0".repeat(3));
});

test("why it closed is said where nobody pressed a button", () => {
  assert.match(privateNotice({ t: "private", event: "locked", reason: "left" }), /자리/);
  assert.match(privateNotice({ t: "private", event: "hidden", reason: "onlooker" }), /내렸습니다/);
  assert.equal(privateNotice({ t: "private", event: "locked", reason: "asked" }), null);
  assert.equal(privateNotice({ t: "chime" }), null);
});
