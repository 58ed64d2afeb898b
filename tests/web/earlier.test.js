import assert from "node:assert/strict";
import { test } from "node:test";
import { Earlier } from "../../display_bridge/web/earlier.js";

const said = (text, phase = "idle") => ({ phase, outcome: { code: "answered", text_ko: text } });

test("what was said before an incident goes when the incident comes, and what is said about it stays", () => {
  const earlier = new Earlier();
  assert.equal(earlier.shown(null, said("확인")).outcome.text_ko, "확인");
  assert.equal(earlier.shown("a", said("확인", "speaking")).outcome, null);
  assert.equal(earlier.shown("a", said("확인")).outcome, null);
  assert.equal(earlier.shown("a", said("다른 말")).outcome.text_ko, "다른 말");
  assert.equal(earlier.shown("b", said("다른 말")).outcome, null, "the next incident clears it, too");
});

test("the same words of a new run are shown, and all of it once the incident is over", () => {
  const earlier = new Earlier();
  assert.equal(earlier.shown("a", said("확인")).outcome, null);
  earlier.shown("a", { phase: "hearing", outcome: null });
  assert.equal(earlier.shown("a", said("확인")).outcome.text_ko, "확인");
  earlier.shown("b", said("확인"));
  assert.equal(earlier.shown(null, said("확인")).outcome.text_ko, "확인");
  assert.equal(earlier.shown("b", undefined), undefined);
});
