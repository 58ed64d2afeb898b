import assert from "node:assert/strict";
import test from "node:test";

const { insideBox, scaledBox } = await import("../../display_bridge/web/pan.js");
const { hexField } = await import("../../display_bridge/web/heat.js");

const WHOLE = [0, 0, 1000, 828];

test("looking closer stays on the sheet, keeps its shape and ends at the whole", () => {
  let seed = 11;
  const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  let box = WHOLE;
  for (let step = 0; step < 3000; step += 1) {
    box = next() < 0.6 ? scaledBox(box, 0.4 + 2 * next(), [next(), next()], WHOLE) : insideBox([box[0] + 900 * (next() - 0.5), box[1] + 900 * (next() - 0.5), box[2], box[3]], WHOLE);
    const [x, y, w, h] = box;
    assert.ok(x >= -0.2 && y >= -0.2 && x + w <= 1000.3 && y + h <= 828.3, `${box}`);
    assert.ok(w >= 124.9 && w <= 1000, `${w}`);
    assert.ok(Math.abs(w / h - 1000 / 828) < 0.02, `${w} x ${h}`);
  }
  assert.deepEqual(scaledBox(box, 0.0001, [0.5, 0.5], WHOLE), WHOLE);
});

test("the point that is looked at closer stays where it is", () => {
  const [x, y, w, h] = scaledBox(WHOLE, 2, [0.3, 0.6], WHOLE);
  assert.ok(Math.abs(x + 0.3 * w - 300) < 0.2 && Math.abs(y + 0.6 * h - 0.6 * 828) < 0.2);
});

test("the field of hexagons is strongest at the heaviest spot and empty far from all", () => {
  const { cells } = hexField([[300, 300, 1], [700, 500, 0.4]], WHOLE, { steps: 6 });
  const near = (px, py) => cells.reduce((best, cell) => (Math.hypot(cell.x - px, cell.y - py) < Math.hypot(best.x - px, best.y - py) ? cell : best));
  assert.equal(near(300, 300).step, 6);
  assert.ok(near(700, 500).step < 6 && near(700, 500).step >= 2);
  assert.ok(!cells.some(({ x, y }) => Math.hypot(x - 950, y - 60) < 60));
  assert.ok(cells.every(({ step }) => Number.isInteger(step) && step >= 1 && step <= 6));
  assert.deepEqual(hexField([], WHOLE).cells, []);
  assert.deepEqual(hexField([[300, 300, 0]], WHOLE).cells, []);
});
