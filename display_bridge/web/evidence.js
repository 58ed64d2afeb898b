/** Why a run went as it did: from its events to lines for people. Pure. */

const NOTES = {
  "model-unavailable": ["언어 모델 없이 판단", "decided without the language model"],
  "outside-seoul": ["서울 밖의 장소", "a place outside Seoul"],
  negated: ["하지 말라는 말", "said not to"],
  "not-a-sentence": ["문장이 아님", "not a sentence"],
};
const PATHS = { fast: ["이름 사전", "names"], model: ["언어 모델", "language model"], none: ["판단 안 함", "none"] };

/** What else the ear may tell of an utterance: of the second recogniser, where it was asked. */
const EAR = { decided_by: ["결정한 쪽", "decided by"], opinion: ["둘째 의견", "second opinion"], vosk_distance: ["Vosk 거리", "Vosk distance"], whisper_distance: ["Whisper 거리", "Whisper distance"] };

const last = (run, type) => (run.events ?? []).findLast((event) => event.type === type)?.data;
const first = (run, type) => (run.events ?? []).find((event) => event.type === type)?.data;
const share = (value) => (Number.isFinite(value) ? value.toFixed(value > 0.99 && value < 1 ? 4 : 2) : "–");
const yes = (value) => (value ? ["예", "yes"] : ["아니요", "no"]);

/** An intent in one line: name and slots. */
export function intentText(intent) {
  if (!intent) return "–";
  const slots = Object.entries(intent).filter(([key, value]) => key !== "name" && value !== null && value !== undefined && String(value) !== "");
  return [intent.name, ...slots.map(([key, value]) => `${key}=${[].concat(value).join("+")}`)].join(" ");
}

function wake(run) {
  const heard = first(run, "wake");
  if (!heard) return null;
  const known = heard.threshold > 0;
  const asked = typeof heard.evidence === "number";
  const score = known ? `${share(heard.score)} ${asked ? "<" : "≥"} ${share(heard.threshold)}` : share(heard.score);
  const rows = [{ label: ["점수", "score"], text: score, meter: { value: heard.score, low: known ? heard.threshold : null } }];
  if (asked) rows.push({ label: ["두 번째 의견의 근거", "second opinion's evidence"], text: `${heard.evidence.toFixed(1)} nat` });
  return { id: "wake", title: ["부름말", "Wake word"], rows };
}

function recogniser(run) {
  const heard = last(run, "transcript");
  if (!heard) return null;
  const rows = [
    { label: ["들은 말", "heard"], text: heard.text || "–" },
    { label: ["가까운 이름", "nearest phrase"], text: heard.phrase || "–" },
    { label: ["거리", "distance"], text: share(heard.distance), meter: { value: 1 - heard.distance } },
    { label: ["받아들임", "accepted"], word: yes(heard.accepted) },
  ];
  const known = new Set(["t", "stream", "text", "phrase", "distance", "accepted", "speech_end"]);
  for (const [key, value] of Object.entries(heard)) {
    // A second opinion and whatever else the ear tells of how it came to this.
    if (!known.has(key) && value !== "" && value !== null) rows.push({ label: EAR[key] ?? [key, key], text: typeof value === "object" ? JSON.stringify(value) : typeof value === "number" ? share(value) : String(value) });
  }
  return { id: "recogniser", title: ["받아쓰기", "Recogniser"], rows };
}

function understanding(run) {
  const meant = last(run, "understanding");
  if (!meant) return null;
  const rows = [
    { label: ["길", "path"], word: PATHS[meant.path] ?? [meant.path, meant.path] },
    { label: ["뜻", "meaning"], text: intentText(meant.intent) },
    { label: ["확신", "confidence"], text: share(meant.confidence), meter: { value: meant.confidence } },
  ];
  for (const one of meant.alternatives ?? []) {
    rows.push({ label: ["다른 뜻", "alternative"], text: `${one.label_ko || intentText(one.intent)}${one.label_en ? ` · ${one.label_en}` : ""} ${share(one.confidence)}`, meter: { value: one.confidence } });
  }
  for (const note of meant.notes ?? []) rows.push({ label: ["메모", "note"], word: NOTES[note] ?? [note, note] });
  return { id: "understanding", title: ["이해", "Understanding"], rows };
}

function gate(run) {
  const verdict = last(run, "verdict");
  if (!verdict) return null;
  const rows = [{ label: ["허용", "allowed"], word: yes(verdict.allowed) }, { label: ["하려던 일", "intent"], text: intentText(verdict.intent) }];
  if (verdict.reason) rows.push({ label: ["까닭", "reason"], text: verdict.reason });
  return { id: "gate", title: ["허용 판단", "Gate"], rows };
}

/** The parts of the chain that left evidence, in the order of the chain. */
export const evidenceOf = (run) => [wake, recogniser, understanding, gate].map((part) => part(run)).filter(Boolean);

/** Whether the wake word began the run, and whether a person has called that false. */
export const wakeOf = (run) => ({ woken: Boolean(first(run, "wake")), told: Boolean(run.marks?.false_wake) });

/** Whether this person may say what was meant, and whether that nobody called: only the operator at the machine may. */
export const correctable = (run) => Boolean(run.may_judge) && !run.private && Boolean((run.text ?? "").trim());
export const callableFalse = (run) => Boolean(run.may_judge) && wakeOf(run).woken && !wakeOf(run).told;
