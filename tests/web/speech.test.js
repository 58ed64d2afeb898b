import assert from "node:assert/strict";
import test from "node:test";
import { Speech } from "../../display_bridge/web/speech.js";

/** A screen whose sounds end when a test says so. */
function screen(play = async () => {}) {
  const seen = { made: [], playing: [], paused: [], finished: [], blocked: [] };
  const speech = new Speech(
    { finished: (u, ok) => seen.finished.push([u, ok]), blocked: (u, is) => seen.blocked.push([u, is]) },
    (url) => {
      const audio = {
        url,
        play: () => (seen.playing.push(url), play(url)),
        pause: () => seen.paused.push(url),
        end: () => audio.onended?.(),
        fail: () => audio.onerror?.(),
      };
      seen.made.push(audio);
      return audio;
    },
  );
  const say = (utterance, complete, ...urls) => speech.follow({ utterance, urls, complete, text: "" });
  const sound = (url) => seen.made.find((audio) => audio.url === url);
  return { ...seen, speech, say, sound };
}

test("phrases sound in order as they come, and the end of the last one is reported", () => {
  const { say, sound, playing, finished } = screen();
  say("u", false, "a");
  assert.deepEqual(playing, ["a"]);
  say("u", false, "a", "b");
  assert.deepEqual(playing, ["a"]);
  sound("a").end();
  assert.deepEqual(playing, ["a", "b"]);
  sound("b").end();
  assert.deepEqual(finished, []);
  say("u", true, "a", "b", "c");
  assert.deepEqual(playing, ["a", "b", "c"]);
  sound("c").end();
  assert.deepEqual(finished, [["u", true]]);
  say("u", true, "a", "b", "c");
  assert.deepEqual([playing.length, finished.length], [3, 1]);
});

test("the next phrase is fetched while one sounds", () => {
  const { say, made } = screen();
  say("u", true, "a", "b", "c");
  assert.deepEqual(made.map((audio) => audio.url), ["a", "b"]);
});

test("an utterance that is cut short ends with what there is", () => {
  const { say, sound, finished } = screen();
  say("u", false, "a");
  sound("a").end();
  say("u", true, "a");
  assert.deepEqual(finished, [["u", true]]);
});

test("silence is at once, in the middle of a phrase, and reports nothing", () => {
  const { say, sound, speech, playing, paused, finished } = screen();
  say("u", false, "a", "b");
  const a = sound("a");
  speech.follow(null);
  a.end();
  assert.deepEqual([playing, paused, finished], [["a"], ["a"], []]);
});

test("a newer utterance takes the place of the older one", () => {
  const { say, sound, playing, paused, finished } = screen();
  say("u", true, "a", "b");
  say("v", true, "c");
  sound("c").end();
  assert.deepEqual([playing, paused, finished], [["a", "c"], ["a"], [["v", true]]]);
});

test("a phrase that cannot be played ends the utterance", () => {
  const { say, sound, playing, finished } = screen();
  say("u", true, "a", "b");
  sound("a").fail();
  assert.deepEqual([playing, finished], [["a"], [["u", false]]]);
});

test("a browser that wants a touch first is noted", async () => {
  const { say, blocked, finished } = screen(() => Promise.reject(Object.assign(new Error(), { name: "NotAllowedError" })));
  say("u", true, "a", "b");
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual([blocked, finished], [[["u", true]], [["u", false]]]);
});
