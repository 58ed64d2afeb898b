import assert from "node:assert/strict";
import test from "node:test";
import { mergePatch } from "../../display_bridge/web/patch.js";

// The examples of RFC 7396, appendix A.
const RFC = [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [["a", "b"], ["c", "d"], ["c", "d"]],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

test("the examples of RFC 7396", () => {
  for (const [target, patch, expected] of RFC) assert.deepEqual(mergePatch(target, patch), expected);
});

test("the target is not changed and untouched parts keep their identity", () => {
  const target = { view: { blocks: [1] }, shown: { panel: "a" } };
  const frozen = structuredClone(target);
  const result = mergePatch(target, { shown: { panel: "b" } });
  assert.deepEqual(target, frozen);
  assert.equal(result.view, target.view);
  assert.notEqual(result.shown, target.shown);
});
