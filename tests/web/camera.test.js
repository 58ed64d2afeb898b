import assert from "node:assert/strict";
import test from "node:test";

const { jpegIn, retryAfter } = await import("../../display_bridge/web/camera.js");
const { failureOf, fit, legible } = await import("../../display_bridge/web/paper.js");

test("a lost camera is asked again ever more slowly, and never given up", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 50].map(retryAfter), [1, 2, 4, 8, 16, 30, 30]);
});

test("a picture is cut out of an MJPEG stream wherever the pieces end", () => {
  const jpeg = [0xff, 0xd8, 1, 2, 0xff, 0x00, 3, 0xff, 0xd9];
  const stream = Uint8Array.from([45, 45, 13, 10, ...jpeg, 13, 10, 45, 45]);
  assert.deepEqual(jpegIn(stream), { start: 4, end: 13 });
  for (let length = 0; length < 13; length += 1) assert.equal(jpegIn(stream.subarray(0, length)), null);
  assert.equal(jpegIn(Uint8Array.from([0xff, 0xd9, 0, 0xff])), null);
});

test("pages stand side by side only where both fit", () => {
  const a4 = { width: 595, height: 842 };
  assert.deepEqual(fit({ width: 1200, height: 700 }, a4, { spread: true }).pages, 2);
  assert.equal(fit({ width: 1200, height: 700 }, a4, { spread: false }).pages, 1);
  assert.equal(fit({ width: 390, height: 700 }, a4, { spread: true }).pages, 1);
  for (const box of [{ width: 1200, height: 700 }, { width: 390, height: 600 }, { width: 3000, height: 1400 }]) {
    const { scale, pages } = fit(box, a4, { spread: true });
    assert.ok(scale * 842 <= box.height + 0.01 && scale * 595 * pages <= box.width + 0.01);
  }
  assert.ok(fit({ width: 1200, height: 700 }, a4, { zoom: 2 }).scale > fit({ width: 1200, height: 700 }, a4).scale);
});

test("where letters have a least size a page is drawn larger until they reach it, never wider than its room", () => {
  const a4 = { width: 595, height: 842 };
  assert.equal(legible(1.2, [18, 8, 11], 21, a4, 2000), 21 / 8);
  assert.equal(legible(1.2, [18, 8, 11], 21, a4, 1190), 2);
  assert.equal(legible(3, [18, 8, 11], 21, a4, 1190), 3);
  assert.equal(legible(1.2, [], 21, a4, 2000), 1.2);
  assert.equal(legible(1.2, [8], Number.NaN, a4, 2000), 1.2);
});

test("why a document cannot be read is told apart", () => {
  assert.equal(failureOf({ name: "InvalidPDFException" }), "damaged");
  assert.equal(failureOf({ name: "ResponseException", status: 403 }), "forbidden");
  assert.equal(failureOf({ name: "ResponseException", status: 503 }), "missing");
  assert.equal(failureOf(new TypeError("network")), "unreachable");
});
