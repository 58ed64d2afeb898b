/** Private mode's screens: the outline of a face, what a passing message says, and what stands beside the digits. */
import assert from "node:assert/strict";
import test from "node:test";

globalThis.HTMLElement ??= class {};
const { outline, pinWords, privateNotice, saidByCheck } = await import("../../display_bridge/web/private-mode.js");

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

test("a wrong PIN is said with the tries that are left; what is no PIN at all, in its own words", () => {
  assert.equal(pinWords({}, null), null);
  assert.equal(pinWords({ wrong: "1", left: "3" }, null), "PIN이 맞지 않습니다. 3번 더 시도할 수 있습니다.");
  assert.equal(pinWords({ check: "d" }, { check: "c", code: "not-asked" }), null, "what went wrong at another check");
  assert.equal(pinWords({ wrong: "1" }, null), "PIN이 맞지 않습니다.");
  assert.equal(pinWords({ check: "c", wrong: "1", left: "3" }, { check: "c", code: "bad-pin" }), "PIN은 6~12자리 숫자입니다.");
});

test("the voice's card keeps quiet of what the check says, and of nothing else", () => {
  const state = (reason, args) => ({ overlay: { name: "private-mode", args }, assistant: { outcome: { reason } } });
  assert.ok(saidByCheck(state("face-needed", { phase: "starting" })));
  assert.ok(saidByCheck(state("no-face", { phase: "refused", reason: "no-face" })));
  assert.ok(!saidByCheck(state("too-many", { phase: "refused", reason: "no-face" })));
  assert.ok(!saidByCheck(state("face-needed", {})), "the service has not said anything yet");
  assert.ok(!saidByCheck({ assistant: { outcome: { reason: "face-needed" } } }));
});
