import assert from "node:assert/strict";
import test from "node:test";

import { linesOf } from "../../display_bridge/web/sketch.js";

test("a face is drawn as dots and not as one long line", () => {
  const face = [[0.4, 0.3], [0.5, 0.3], [0.45, 0.4]];
  const lines = linesOf({ face });
  assert.deepEqual(lines.map((line) => line.points), face.map((place) => [place]));
  assert.ok(lines.every((line) => line.dots));
  assert.deepEqual(linesOf({ face: [] }), []);
});
