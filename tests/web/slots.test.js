import assert from "node:assert/strict";
import test from "node:test";
import { added, assigned, fitted, freeId, merged, moved, removed, slotOf, split } from "../../display_bridge/web/slots.js";

const layout = {
  format: 1,
  size: [640, 360],
  boards: [{ row: 0, from: [0, 300], to: [640, 300] }],
  slots: [
    { id: "1-01", row: 0, box: [10, 100, 40, 200], book: "one" },
    { id: "1-02", row: 0, box: [50, 120, 30, 180], book: "1-02", tag: 4 },
  ],
};

test("a place is split and merged again", () => {
  const two = split(layout, "1-01");
  assert.deepEqual(two.slots.map((s) => [s.id, s.box[0], s.box[2], s.book]), [["1-01", 10, 20, "one"], ["1-03", 30, 20, "1-03"], ["1-02", 50, 30, "1-02"]]);
  assert.deepEqual(merged(two, "1-01"), layout);
  assert.equal(split(layout, "1-01", 12), layout, "too thin");
  assert.equal(merged(layout, "1-02"), layout, "nothing right of it");
});

test("boxes stay within the picture and large enough", () => {
  assert.deepEqual(fitted(layout, [-5, 350, 2, 4]), [0, 342, 6, 18]);
  assert.deepEqual(slotOf(moved(layout, "1-01", [700, 0, 40, 200]), "1-01").box, [600, 0, 40, 200]);
});

test("a book stands at one place, and tags are given and taken", () => {
  const changed = assigned(layout, "1-02", { book: "one" });
  assert.deepEqual(changed.slots.map((s) => s.book), ["1-01", "one"]);
  assert.equal(slotOf(changed, "1-02").tag, 4);
  assert.ok(!("tag" in slotOf(assigned(layout, "1-02", { tag: null }), "1-02")));
  assert.equal(slotOf(assigned(changed, "1-02", { book: "" }), "1-02").book, "1-02");
});

test("places are added and deleted, never the last one", () => {
  const { layout: more, id } = added(layout, "1-02");
  assert.equal(id, "1-03");
  assert.equal(freeId(more, 0), "1-04");
  assert.deepEqual(removed(more, id), layout);
  assert.equal(removed(removed(layout, "1-01"), "1-02").slots.length, 1);
});
