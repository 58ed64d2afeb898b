/** What the cameras tell, in words. */
import assert from "node:assert/strict";
import test from "node:test";
import { setLanguage } from "../../display_bridge/web/i18n.js";
import { eventLine, told } from "../../display_bridge/web/seeing-words.js";

test("an event is one line of words, and an unknown code is shown as it is", () => {
  setLanguage("ko", null);
  assert.equal(eventLine({ type: "released", reason: "lowered" }), "커서를 놓음 · 손을 내림");
  assert.equal(eventLine({ type: "released", reason: "left" }), "커서를 놓음 · 자리를 비움");
  assert.equal(eventLine({ type: "challenge", ask: "left", step: 1, of: 3, progress: 0.5 }), "동작 안내 · 왼쪽 · 50 % · 1/3");
  assert.equal(eventLine({ type: "book_taken", slot: "1-04" }), "책을 꺼냄 · 1-04");
  assert.equal(eventLine({ type: "odd", reason: "constructor" }), "odd · constructor");
  setLanguage("en", null);
  assert.equal(eventLine({ type: "rejected", reason: "too-far" }), "refused · too far");
  assert.equal(told("state", "missing"), "missing");
  setLanguage("ko", null);
});
