import assert from "node:assert/strict";
import test from "node:test";

// map.js reads the DOM only when it draws; the pure parts load in Node.
const { placeLabels, readMap, shortName, zoomedBox } = await import("../../display_bridge/web/map.js");

test("a zoomed map stays on its sheet and around its point", () => {
  const sheet = [0, 0, 1000, 828];
  assert.deepEqual(zoomedBox(sheet, 1), sheet);
  assert.deepEqual(zoomedBox(sheet, 0.5), sheet);
  for (const factor of [1.5, 2, 3, 6, 40]) {
    for (const point of [[0, 0], [500, 400], [1000, 828]]) {
      const [x, y, w, h] = zoomedBox(sheet, factor, point);
      assert.ok(y >= 0 && y + h <= 828.1, `${factor}`);
      if (w <= 1000) assert.ok(x >= 0 && x + w <= 1000.1);
      else assert.ok(Math.abs(x + w / 2 - 500) < 0.2, "a sheet narrower than the stage stands in its middle");
    }
  }
});

test("labels never lie on one another or on a mark", () => {
  let seed = 3;
  const next = (below) => (seed = (seed * 48271) % 2147483647) % below;
  const points = Array.from({ length: 80 }, (_, index) => ({ x: next(1000), y: next(800), r: 6, text: `지점 ${index}` }));
  const labels = placeLabels(points, [0, 0, 1000, 800], 16);
  const boxes = labels.flatMap((label, index) => {
    if (!label) return [];
    const width = [...points[index].text].reduce((sum, letter) => sum + (/[\u1100-\uFFFF]/.test(letter) ? 0.92 : 0.56), 0) * 16;
    const left = { start: label.x, end: label.x - width, middle: label.x - width / 2 }[label.anchor];
    return [{ left, right: left + width, y: label.y }];
  });
  assert.ok(boxes.length > 20, "most labels find a place");
  boxes.forEach((a, index) => {
    for (const b of boxes.slice(index + 1)) assert.ok(a.right <= b.left || b.right <= a.left || Math.abs(a.y - b.y) >= 14);
  });
});

test("places are projected as the map document says", () => {
  const map = readMap({ projection: { lon0: 126.75, m0: 40.76, k: 2331 }, districts: [{ ko: "중구" }] });
  const [west] = map.project(126.8, 37.5);
  const [east, south] = map.project(127.1, 37.5);
  const [, north] = map.project(127.1, 37.6);
  assert.ok(east > west && south > north);
  assert.ok(Math.abs(east - west - 0.3 * 2331) < 0.001);
  assert.ok(map.byName.has("중구"));
});

test("district names lose 구 only where a name is left", () => {
  assert.equal(shortName("종로구"), "종로");
  assert.equal(shortName("중구"), "중구");
});
