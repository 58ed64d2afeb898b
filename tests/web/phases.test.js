import assert from "node:assert/strict";
import test from "node:test";
import { tellFor } from "../../display_bridge/web/phases.js";

test("a false wake can be told while it goes on and for twelve seconds after", () => {
  assert.equal(tellFor({ phase: "standby", woken: true, since: 100 }, 101), null);
  assert.equal(tellFor({ phase: "speaking", woken: true, since: 100 }, 101), null);
  assert.equal(tellFor({ phase: "idle", woken: true, since: 100 }, 104), 8);
  assert.equal(tellFor({ phase: "idle", woken: true, since: 100 }, 112), 0);
  assert.equal(tellFor({ phase: "idle", woken: true, since: 100 }, 95), 12, "clocks may differ");
});

test("what a person began by touch or text is no false wake", () => {
  assert.equal(tellFor({ phase: "standby", since: 100 }, 101), 0);
  assert.equal(tellFor(undefined, 101), 0);
});
