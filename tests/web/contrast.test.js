/** Contrast of the design's colours in both themes, over the gradients too, where a tool in the browser gives up. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

const css = (name) => readFileSync(new URL(`../../display_bridge/web/css/${name}`, import.meta.url), "utf8");

/** Custom properties of the first rule with this selector: {name: "#rrggbb"}. */
function tokens(text, selector) {
  const at = text.indexOf(`${selector} {`);
  assert.ok(at >= 0, selector);
  const body = text.slice(text.indexOf("{", at) + 1, text.indexOf("}", at));
  const found = {};
  for (const [, name, value] of body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{3,8})\s*;/gi)) found[name] = value;
  return found;
}

const rgb = (hex) => {
  const digits = hex.length === 4 ? [...hex.slice(1)].map((d) => d + d).join("") : hex.slice(1, 7);
  return [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16));
};
const light = (colour) => {
  const [r, g, b] = colour.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ratio = (one, other) => {
  const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
};
const mix = (top, under, share) => rgb(top).map((v, index) => v * share + rgb(under)[index] * (1 - share));

const base = tokens(css("base.css"), ":root");
const MENUS = ["realtime", "analytics", "opinion", "status", "documents", "resume"].map((menu) => tokens(css("base.css"), `body[data-menu="${menu}"]`));
const LIGHTS = [{}, ...MENUS, tokens(css("base.css"), 'body[data-layer="alert"]')];
const THEMES = {
  usual: LIGHTS.map((one) => ({ ...base, ...one })),
  contrast: [{ ...base, ...tokens(css("roles/reach.css"), "body.contrast") }],
};
const GRADES = ["good", "moderate", "bad", "very-bad"];
/** The strongest share of a menu's light in a page's ground: css/chrome.css 26 %, css/roles/web.css 34 %. */
const LIGHT_SHARE = 0.34;

for (const [name, themes] of Object.entries(THEMES)) {
  test(`text of the ${name} theme has 4.5:1 on every paper and over the light of every menu`, () => {
    for (const colours of themes) {
      const grounds = { ...Object.fromEntries(["ground", "ground-2", "paper", "paper-2"].map((paper) => [paper, rgb(colours[paper])])), lit: mix(colours["accent-deep"], colours.ground, LIGHT_SHARE) };
      for (const [paper, ground] of Object.entries(grounds)) {
        for (const text of ["text", "text-2", "text-3", "accent"]) {
          const found = ratio(rgb(colours[text]), ground);
          assert.ok(found >= 4.5, `${text} on ${paper} of ${colours["accent-deep"]}: ${found.toFixed(2)}`);
        }
      }
      assert.ok(ratio(rgb(colours.text), rgb(colours["paper-3"])) >= 4.5, "text on paper-3");
      assert.ok(ratio(rgb(colours.text), rgb(colours["accent-deep"])) >= 4.5, `text on ${colours["accent-deep"]}`);
      assert.ok(ratio(rgb(colours.ink), rgb(colours.accent)) >= 4.5, `ink on ${colours.accent}`);
      for (const grade of GRADES) assert.ok(ratio(rgb(colours.ink), rgb(colours[grade])) >= 4.5, `ink on ${grade}`);
    }
  });

  test(`what is drawn in the ${name} theme has 3:1 on its paper, and names on a map can be read`, () => {
    for (const colours of themes) {
      for (const graphic of [...GRADES, "accent", ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `series-${n}`)]) {
        for (const paper of ["ground", "paper", "paper-2"]) assert.ok(ratio(rgb(colours[graphic]), rgb(colours[paper])) >= 3, `${graphic} on ${paper}`);
      }
      for (const fill of ["none", "land", ...GRADES].map((grade) => `map-${grade}`)) {
        const found = ratio(rgb("#ffffff"), rgb(colours[fill]));
        assert.ok(found >= 4.5, `white on ${fill}: ${found.toFixed(2)}`);
      }
    }
  });
}

test("the formula gives the known extremes", () => {
  assert.equal(ratio(rgb("#000"), rgb("#ffffff")).toFixed(0), "21");
  assert.equal(ratio(rgb("#777777"), rgb("#fff")).toFixed(2), "4.48");
});

test("nothing flashes: what moves for ever changes at most three times a second, and rests for who wants rest", () => {
  const sheets = readdirSync(new URL("../../display_bridge/web/css/", import.meta.url), { recursive: true }).filter((name) => name.endsWith(".css"));
  let endless = 0;
  for (const name of sheets) {
    for (const [, rule] of css(name).matchAll(/animation:\s*([^;}]*infinite[^;}]*)/g)) {
      endless += 1;
      const seconds = parseFloat(/(\d*\.?\d+)s\b/.exec(rule)?.[1]);
      assert.ok(seconds >= 1 / 3, `${name}: ${rule}`);
    }
  }
  assert.ok(endless >= 5);
  assert.match(css("base.css"), /prefers-reduced-motion: reduce[^}]*animation-iteration-count: 1 !important/);
});
