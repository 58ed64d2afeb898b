import assert from "node:assert/strict";
import test from "node:test";
import { chooseLayout, heroIndex } from "../../display_bridge/web/layout.js";

const KINDS = ["kpi", "choropleth", "point-map", "line-chart", "table", "donut", "home-mosaic", "document-list", "hologram"];
const placed = ({ strip, columns }) => [...strip, ...columns.flatMap(({ cells }) => cells.map(({ index }) => index))];

test("every block has exactly one place, whatever the kinds", () => {
  let seed = 7;
  const next = (below) => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 3000; round += 1) {
    const kinds = Array.from({ length: 1 + next(6) }, () => KINDS[next(KINDS.length)]);
    const plan = chooseLayout(kinds);
    assert.deepEqual(placed(plan).sort(), kinds.map((_, index) => index), kinds.join(" "));
    assert.ok(placed(plan).includes(plan.hero));
    for (const { cells } of plan.columns) {
      assert.ok(cells.length > 0, "no empty column");
      const figures = cells.every(({ index }) => kinds[index] === "kpi");
      assert.ok(figures || cells.reduce((sum, { grow }) => sum + grow, 0) >= 0.999, `a column fills its height: ${kinds}`);
    }
  }
});

test("no blocks, no places", () => assert.deepEqual(chooseLayout([]), { hero: -1, strip: [], columns: [] }));

test("a map is the middle of the stage with figures at its left", () => {
  const plan = chooseLayout(["choropleth", "kpi", "line-chart", "bar-chart"]);
  assert.deepEqual(plan.columns.map(({ cells }) => cells.map(({ index }) => index)), [[1, 2], [0], [3]]);
});

test("figures that lead a chart stand above it; beside a map they give way to it", () => {
  assert.deepEqual(chooseLayout(["kpi", "line-chart"]).strip, [0]);
  assert.equal(heroIndex(["kpi", "point-map"]), 1);
  assert.equal(heroIndex(["kpi", "line-chart"]), 0);
});

test("a single figure does not take a strip of the whole width", () => {
  const plan = chooseLayout(["gantt", "document-list", "point-map", "kpi"], { sizes: [0, 0, 0, 1] });
  assert.deepEqual(plan.strip, []);
  assert.deepEqual(plan.columns.map(({ cells }) => cells.map(({ index }) => index)), [[0, 1], [3, 2]]);
  assert.deepEqual(chooseLayout(["gantt", "kpi"], { sizes: [0, 3] }).strip, [1]);
});

test("focus leaves the hero alone", () => {
  const plan = chooseLayout(["table", "kpi", "donut"], { focus: true });
  assert.deepEqual(placed(plan), [0]);
});
