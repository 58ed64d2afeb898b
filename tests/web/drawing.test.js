import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { cloudBox, placeWords } from "../../display_bridge/web/wordcloud.js";
import { spanOf, ticksOf } from "../../display_bridge/web/waterfall.js";
import { landDots } from "../../display_bridge/web/worlddots.js";

test("words of a cloud do not lie on one another and stay inside", () => {
  const words = Array.from({ length: 60 }, (_, index) => ({ text: `낱말${index}`, weight: 1 - index / 60 }));
  const placed = placeWords(words);
  assert.ok(placed.length > 20);
  placed.forEach((a, index) => {
    assert.ok(a.x - a.w / 2 >= 0 && a.x + a.w / 2 <= 1000 && a.y - a.h / 2 >= 0 && a.y + a.h / 2 <= 520);
    for (const b of placed.slice(index + 1)) assert.ok(Math.abs(a.x - b.x) * 2 >= a.w + b.w || Math.abs(a.y - b.y) * 2 >= a.h + b.h, `${a.text} ${b.text}`);
  });
  assert.equal(placed[0].text, "낱말0");
  assert.deepEqual(cloudBox([]), [0, 0, 1000, 520]);
});

test("a waterfall's scale covers the run in round steps", () => {
  assert.equal(spanOf({ stages: [{ start_ms: 0, end_ms: 900 }], events: [{ t_ms: 1010 }] }), 1010);
  assert.equal(spanOf({}), 1);
  for (const span of [1, 7, 130, 1010, 98_000]) {
    const ticks = ticksOf(span);
    assert.ok(ticks.length >= 2 && ticks.length <= 8, `${span}: ${ticks}`);
    assert.equal(ticks[0], 0);
  }
});

test("the dots of the world are on land and on the globe", () => {
  const dots = landDots();
  assert.ok(dots.length > 3000 && dots.length < 7000);
  const has = (lon, lat) => dots.some(([x, y]) => Math.abs(x - lon) <= 1.5 && Math.abs(y - lat) <= 1.5);
  assert.ok(has(127, 37) && has(2, 47) && has(-100, 40) && has(134, -24), "Korea, France, Kansas, Australia");
  assert.ok(!has(-150, 0) && !has(-35, 30) && !has(80, -30), "no land in the oceans");
});

/** Relative luminance and contrast of WCAG 2. */
const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const luminance = (hex) => {
  const [r, g, b] = [1, 3, 5].map((at) => channel(parseInt(hex.slice(at, at + 2), 16) / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};

test("the tokens' contrasts are at least 4.5 to 1", () => {
  const css = readFileSync(new URL("../../display_bridge/web/css/base.css", import.meta.url), "utf8");
  const token = (name) => {
    const found = new RegExp(`--${name}:\\s*(#[0-9a-f]{6})`).exec(css);
    assert.ok(found, `token ${name}`);
    return found[1];
  };
  for (const ground of ["ground", "ground-2", "paper", "paper-2"]) {
    for (const text of ["text", "text-2", "text-3", "accent", "good", "moderate", "bad", "very-bad"]) {
      assert.ok(contrast(token(text), token(ground)) >= 4.5, `${text} on ${ground}: ${contrast(token(text), token(ground)).toFixed(2)}`);
    }
  }
  for (const ground of ["paper-3", "accent-deep", "map-land", "map-good", "map-moderate", "map-bad", "map-very-bad"]) {
    assert.ok(contrast(token("text"), token(ground)) >= 4.5, `text on ${ground}: ${contrast(token("text"), token(ground)).toFixed(2)}`);
  }
  for (const chip of ["good", "moderate", "bad", "very-bad", "accent"]) assert.ok(contrast(token("ink"), token(chip)) >= 4.5, `ink on ${chip}`);
  for (const [, accent, deep] of css.matchAll(/body\[data-(?:menu|layer)[^{]*\{ --accent: (#[0-9a-f]{6}); --accent-deep: (#[0-9a-f]{6})/g)) {
    assert.ok(contrast(accent, token("paper")) >= 4.5 && contrast(token("text"), deep) >= 4.5, `${accent} ${deep}`);
  }
});

test("no page module puts data into innerHTML", () => {
  for (const name of ["main", "stage", "chrome", "chooser", "voice", "overlay", "question", "map", "charts", "runs", "blocks/charts", "blocks/lists", "blocks/pages", "blocks/place-maps", "blocks/district-maps", "blocks/home", "blocks/index"]) {
    const text = readFileSync(new URL(`../../display_bridge/web/${name}.js`, import.meta.url), "utf8");
    assert.ok(!/innerHTML|insertAdjacentHTML|unsafeHTML|unsafeSVG|document\.write/.test(text), name);
  }
});
