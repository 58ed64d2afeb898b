/** Korean and English are both complete: every word that a page asks for exists, in two languages. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

const WEB = new URL("../../display_bridge/web/", import.meta.url);
const files = readdirSync(WEB, { recursive: true }).filter((name) => name.endsWith(".js"));
const CALLS = new URL("../../telephony/web/", import.meta.url);
const callFiles = readdirSync(CALLS).filter((name) => name.endsWith(".js"));
const callText = (name) => readFileSync(new URL(name, CALLS), "utf8");
const text = (name) => readFileSync(new URL(name, WEB), "utf8");

/** The pairs of a table of words: {key: [ko, en]}. */
const pairs = (source) => Object.fromEntries([...source.matchAll(/^\s{2}"?([\w-]+)"?: \["((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)"\],$/gm)].map(([, key, ko, en]) => [key, [ko, en]]));
const page = pairs(text("i18n.js"));
const roles = pairs(text("roles/words.js"));
const calls = pairs(callText("words.js"));
/** The key that leads to the other language is written in that language; the small line under the title too. */
const CROSSED = new Set(["language", "subtitle"]);

test("every word that is asked for exists", () => {
  let asked = 0;
  for (const name of files) {
    const source = text(name);
    for (const [table, call] of [[page, /\bt\("([\w-]+)"\)/g], [roles, /\bw\("([\w-]+)"\)/g]]) {
      for (const [, key] of source.matchAll(call)) {
        asked += 1;
        assert.ok(table[key], `${name} asks for ${key}`);
      }
    }
  }
  assert.ok(asked > 150, String(asked));
});

test("each word has both languages, and its English is no Korean", () => {
  for (const table of [page, roles, calls]) {
    assert.ok(Object.keys(table).length > 40);
    for (const [key, [ko, en]] of Object.entries(table)) {
      assert.ok(ko.trim() && en.trim(), key);
      if (!CROSSED.has(key)) assert.doesNotMatch(en, /[가-힣]/, key);
    }
  }
});

test("no word of the roles' own is left over", () => {
  const used = files.filter((name) => name !== "roles/words.js").map(text).join("\n");
  const idle = Object.keys(roles).filter((key) => !used.includes(`"${key}"`));
  assert.deepEqual(idle, []);
});

test("every word of calls that is asked for exists, and none is left over", () => {
  const sources = [...callFiles.filter((name) => name !== "words.js").map(callText), callText("words.js").split("const REASONS")[1]];
  const asked = new Set(sources.flatMap((source) => [...source.matchAll(/\bcw(?:Other)?\("([\w-]+)"\)/g)].map(([, key]) => key)));
  assert.ok(asked.size > 90, String(asked.size));
  for (const key of asked) assert.ok(calls[key], key);
  const all = sources.join("\n");
  const unused = Object.keys(calls).filter((key) => !asked.has(key) && !new RegExp(`["'\`]${key}["'\`]|\\b${key}:`).test(all));
  const reasons = new Set([...callText("words.js").split("const REASONS")[1].matchAll(/^\s{2}"?([\w-]+)"?: \[/gm)].map(([, key]) => key));
  assert.deepEqual(unused.filter((key) => !reasons.has(key)), []);
});
