import assert from "node:assert/strict";
import test from "node:test";
import { callableFalse, correctable, evidenceOf, intentText, wakeOf } from "../../display_bridge/web/evidence.js";

const event = (type, data) => ({ t_ms: 0, type, data });
const RUN = {
  text: "미세먼지", marks: {}, may_judge: true,
  events: [
    event("begin", {}),
    event("wake", { t: 1, score: 0.97, threshold: 0.95, stream: "mic" }),
    event("transcript", { t: 3, text: "미세 먼지", phrase: "미세먼지", distance: 0.12, accepted: true, speech_end: 2.6, stream: "mic", opinion: "given", whisper_distance: 0.05, new_field: "미세먼지" }),
    event("understanding", { path: "model", confidence: 0.61, intent: null, notes: ["outside-seoul", "new-note"], alternatives: [{ intent: { name: "show_panel", panel: "ozone" }, confidence: 0.4, label_ko: "오존", label_en: "Ozone" }] }),
    event("verdict", { allowed: false, reason: "locked", intent: { name: "show_panel", panel: "ozone", district: null, compare: [] } }),
  ],
};
const rowsOf = (id) => evidenceOf(RUN).find((part) => part.id === id).rows;

test("the evidence follows the chain", () => {
  assert.deepEqual(evidenceOf(RUN).map((part) => part.id), ["wake", "recogniser", "understanding", "gate"]);
  assert.deepEqual(evidenceOf({ events: [event("begin", {})] }), []);
  assert.deepEqual(evidenceOf({}), []);
});

test("the wake word's score stands beside what it had to reach", () => {
  assert.equal(rowsOf("wake")[0].text, "0.97 ≥ 0.95");
  assert.equal(rowsOf("wake")[0].meter.low, 0.95);
  const old = evidenceOf({ events: [event("wake", { score: 0.9951 })] })[0].rows[0];
  assert.equal(old.text, "0.9951", "records of earlier versions have no threshold");
});

test("a call that the second opinion confirmed says so", () => {
  const { rows } = evidenceOf({ events: [event("wake", { score: 0.41, threshold: 0.88, evidence: 6.94 })] })[0];
  assert.deepEqual(rows.map((row) => row.text), ["0.41 < 0.88", "6.9 nat"]);
});

test("phrase, distance and a second opinion are told", () => {
  const rows = rowsOf("recogniser");
  assert.deepEqual(rows.map((row) => row.text ?? row.word[1]), ["미세 먼지", "미세먼지", "0.12", "yes", "given", "0.05", "미세먼지"]);
  assert.deepEqual(rows.slice(4).map((row) => row.label[1]), ["second opinion", "Whisper distance", "new_field"]);
});

test("understanding tells its path, alternatives and notes; the gate its reason", () => {
  const rows = rowsOf("understanding");
  assert.deepEqual(rows.map((row) => row.text ?? row.word[1]), ["language model", "–", "0.61", "오존 · Ozone 0.40", "a place outside Seoul", "new-note"]);
  assert.deepEqual(rowsOf("gate").map((row) => row.text ?? row.word[1]), ["no", "show_panel panel=ozone", "locked"]);
  assert.equal(intentText({ name: "ask_value", compare: ["송파구", "중구"], choice: 2 }), "ask_value compare=송파구+중구 choice=2");
});

test("a private run and a silent one cannot be corrected", () => {
  assert.ok(correctable(RUN));
  assert.ok(!correctable({ ...RUN, private: true }));
  assert.ok(!correctable({ ...RUN, text: " " }));
  assert.deepEqual(wakeOf(RUN), { woken: true, told: false });
  assert.deepEqual(wakeOf({ events: [], marks: { false_wake: true } }), { woken: false, told: true });
});

test("what the caller may not do is not offered", () => {
  assert.equal(correctable(RUN), true);
  assert.equal(callableFalse(RUN), true);
  assert.equal(callableFalse({ ...RUN, marks: { false_wake: true } }), false);
  for (const may_judge of [false, undefined]) {
    assert.equal(correctable({ ...RUN, may_judge }), false);
    assert.equal(callableFalse({ ...RUN, may_judge }), false);
  }
});
