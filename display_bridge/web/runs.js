/** The page of run records: the last runs, and one as a waterfall: "why did it do that?". */
import { html, nothing, render } from "lit-html";
import { styleMap } from "lit-html/directives/style-map.js";
import { correctionDialog, groupsOf } from "./correction.js";
import { callableFalse, correctable, evidenceOf, wakeOf } from "./evidence.js";
import { clockTime, moment, number } from "./format.js";
import { icon } from "./icons.js";
import { initLanguage, language, pick } from "./i18n.js";
import { OUTCOMES } from "./voice.js";
import { spanOf, ticksOf } from "./waterfall.js";

const REFRESH_MS = 4000;
const SOURCES = { microphone: ["마이크", "Microphone"], text: ["글", "Text"], touch: ["터치", "Touch"], api: ["API", "API"], push_to_talk: ["눌러 말하기", "Push to talk"], tablet: ["태블릿", "Tablet"], watch: ["시계", "Watch"], hands: ["손동작", "Hands"], face: ["얼굴", "Face"], shelf: ["책장", "Bookshelf"] };
const STAGES = { wake: ["부름", "Wake"], standby: ["대기", "Standby"], hearing: ["듣기", "Hearing"], endpointing: ["끝맺음", "Endpoint"], recognising: ["받아쓰기", "Recogniser"], understanding: ["이해", "Understanding"], deciding: ["판단", "Deciding"], gate: ["허용", "Gate"], acting: ["실행", "Acting"], display: ["화면", "Display"], rendering: ["그리기", "Painting"], speaking: ["말하기", "Speaking"], asking: ["물음", "Asking"] };
const word = (table, key) => (table[key] ? table[key][language() === "en" ? 1 : 0] : key);
const say = (ko, en) => (language() === "en" ? en : ko);

const page = { runs: null, error: null, id: null, run: null, runError: null, told: null, correcting: null };

async function get(url, options) {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error((await response.json().catch(() => null))?.detail ?? `${response.status}`);
  return response.json();
}

const post = (url, body) => get(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const addressOf = (id) => `/api/v1/runs/${encodeURIComponent(id)}`;

async function refresh() {
  try {
    page.runs = (await get("/api/v1/runs")).runs ?? [];
    page.error = null;
    if (!page.id && page.runs.length) await open(page.runs[0].id, false);
  } catch (error) {
    page.error = String(error.message);
  }
  draw();
}

async function open(id, remember = true) {
  page.id = id;
  page.runError = page.told = null;
  if (remember) history.replaceState(null, "", `#${id}`);
  draw();
  try {
    const run = await get(addressOf(id));
    if (page.id === id) page.run = run;
  } catch (error) {
    page.run = null;
    page.runError = String(error.message);
  }
  draw();
}

const outcomeChip = (outcome) => {
  const [name, tone] = OUTCOMES[outcome?.code] ?? ["spark", "soft"];
  return html`<span class=${`outcome ${tone}`}>${icon(name)}${pick(outcome, "text") || outcome?.code || say("진행 중", "running")}</span>`;
};

function list() {
  if (page.error) return html`<p class="notice">${say("기록을 불러오지 못했습니다.", "The records could not be loaded.")} <code>${page.error}</code></p>`;
  if (!page.runs) return html`<p class="notice">…</p>`;
  if (!page.runs.length) return html`<p class="notice">${say("아직 기록이 없습니다. 말하거나 적어 보세요.", "No runs yet. Say or type something.")}</p>`;
  return html`<ol class="run-list">
    ${page.runs.map(
      (run) => html`<li>
        <button type="button" class=${run.id === page.id ? "active" : ""} aria-current=${run.id === page.id ? "true" : nothing} @click=${() => open(run.id)}>
          <time>${clockTime(run.started_at, { seconds: true })}</time>
          <b>${run.text || pick(run, "asked") || say("(말 없음)", "(no words)")}</b>
          ${outcomeChip(run.outcome)}
          <small>${word(SOURCES, run.source)} · ${number(run.duration_ms)} ms</small>
        </button>
      </li>`,
    )}
  </ol>`;
}

async function callFalse(id) {
  try {
    const run = await post(`${addressOf(id)}/false-wake`, {});
    if (page.id === id) page.run = run;
    page.told = say("고맙습니다. 잘못 깨어난 것으로 기록했습니다.", "Thank you. Noted as a false wake.");
  } catch (error) {
    page.told = String(error.message);
  }
  draw();
}

async function openCorrection() {
  page.correcting = { groups: null, words: "", busy: false, error: null };
  draw();
  document.querySelector("dialog.correction").showModal();
  const opened = page.correcting;
  try {
    opened.groups = groupsOf(await get("/api/v1/runs/meanings"));
  } catch (error) {
    opened.error = String(error.message);
  }
  draw();
}

async function saveCorrection(id, body) {
  page.correcting = { ...page.correcting, busy: true, error: null };
  draw();
  try {
    const note = await post(`${addressOf(id)}/correction`, body);
    if (page.run?.id === id) page.run = { ...page.run, marks: { ...page.run.marks, correction: note } };
    page.told = note.by_name
      ? say("저장했습니다. 다만 이름 사전으로 알아들은 말이라, 학습만으로는 바뀌지 않을 수 있습니다. 화면의 다른 이름(aliases)도 살펴 주세요.", "Saved. But this was understood by a name in the registry, which training may not change: look at the panel's aliases too.")
      : say("저장했습니다. 다음 학습(seoula train)에 들어갑니다.", "Saved. The next training (seoula train) takes it.");
    document.querySelector("dialog.correction")?.close();
  } catch (error) {
    // Closed meanwhile: there is nobody to tell but the page itself.
    if (!page.correcting) page.told = String(error.message);
    else page.correcting = { ...page.correcting, busy: false, error: String(error.message) };
  }
  draw();
}

const correcting = {
  filter: (words) => { page.correcting.words = words; draw(); },
  save: (body) => saveCorrection(page.run.id, body),
  close: () => { page.correcting = null; draw(); },
};

/** What a person can say of the run. */
function tell(run) {
  const { told } = wakeOf(run);
  const note = run.marks?.correction;
  return html`<div class="tell">
    ${correctable(run) ? html`<button type="button" class="action" @click=${openCorrection}>${say("바로잡기", "Correct this")} <small>${say("Correct this", "바로잡기")}</small></button>` : nothing}
    ${callableFalse(run) ? html`<button type="button" class="action quiet" @click=${() => callFalse(run.id)}>${say("부르지 않았어요", "Nobody called")} <small>${say("Nobody called", "부르지 않았어요")}</small></button>` : nothing}
    ${told ? html`<span class="mark">${say("잘못 깨어남", "False wake")}</span>` : nothing}
    ${note ? html`<span class="mark">${say("바로잡음", "Corrected")}: <code>${note.label}</code></span>` : nothing}
    ${run.sound ? html`<audio controls preload="none" src=${`${addressOf(run.id)}/sound`} aria-label=${say("들은 소리", "What was heard")}></audio>` : nothing}
    ${page.told ? html`<p role="status">${page.told}</p>` : nothing}
  </div>`;
}

const wordOf = ([ko, en]) => (ko === en ? ko : language() === "en" ? html`${en} <small>${ko}</small>` : html`${ko} <small>${en}</small>`);

/** The scores and alternatives, part by part of the chain. */
const evidence = (run) => html`<div class="evidence">
  ${evidenceOf(run).map((part) => html`<section data-part=${part.id}>
    <h3>${wordOf(part.title)}</h3>
    <dl>${part.rows.map((row) => html`<div><dt>${wordOf(row.label)}</dt><dd>${row.word ? wordOf(row.word) : row.text}
      ${row.meter ? html`<span class="meter" aria-hidden="true"><i style=${styleMap({ width: `${100 * Math.min(1, Math.max(0, row.meter.value ?? 0))}%` })}></i>${row.meter.low ? html`<b style=${styleMap({ left: `${100 * row.meter.low}%` })}></b>` : nothing}</span>` : nothing}</dd></div>`)}</dl>
  </section>`)}
</div>`;

function detail() {
  const { run } = page;
  if (page.runError) return html`<p class="notice">${say("이 기록을 불러오지 못했습니다.", "This record could not be loaded.")} <code>${page.runError}</code></p>`;
  if (!run) return html`<p class="notice">${say("왼쪽에서 하나를 고르세요.", "Choose one at the left.")}</p>`;
  const span = spanOf(run);
  const at = (ms) => `${(ms / span) * 100}%`;
  return html`<section class="run">
    <header>
      <h2>${outcomeChip(run.outcome)}</h2>
      <p>${moment(run.started_at)} · ${word(SOURCES, run.source)} → ${run.display} · <code>${run.id}</code>${run.outcome?.reason ? html` · <code>${run.outcome.reason}</code>` : nothing}</p>
    </header>
    ${tell(run)} ${evidence(run)}
    <div class="waterfall">
      <div class="scale" aria-hidden="true"><span></span><div>${ticksOf(span).map((ms) => html`<i style=${styleMap({ left: at(ms) })}><b>${number(ms)} ms</b></i>`)}</div></div>
      ${(run.stages ?? []).map(
        (stage, index) => html`<div class="stage-row">
          <span>${word(STAGES, stage.name)}</span>
          <div>
            <i style=${styleMap({ left: at(stage.start_ms), width: at(Math.max(span / 400, stage.end_ms - stage.start_ms)), background: `var(--series-${(index % 8) + 1})` })}></i>
            <b style=${styleMap(stage.end_ms / span > 0.85 ? { right: `${100 - (stage.start_ms / span) * 100}%` } : { left: at(stage.end_ms) })}>${number(stage.end_ms - stage.start_ms, { maxDecimals: 1 })} ms</b>
          </div>
        </div>`,
      )}
    </div>
    <h3>${say("사건", "Events")}</h3>
    <table>
      <thead><tr><th class="right">ms</th><th>${say("사건", "event")}</th><th>${say("내용", "data")}</th></tr></thead>
      <tbody>
        ${(run.events ?? []).map((event) => html`<tr><td class="right">${number(event.t_ms, { maxDecimals: 1 })}</td><th scope="row">${event.type}</th><td>${Object.entries(event.data ?? {}).map(([key, value]) => html`<span class="pair"><small>${key}</small> ${typeof value === "object" ? JSON.stringify(value) : String(value)}</span>`)}</td></tr>`)}
      </tbody>
    </table>
    ${Object.keys(run.models ?? {}).length
      ? html`<h3>${say("모델", "Models")}</h3><p class="models">${Object.entries(run.models).map(([name, sha]) => html`<span class="pair"><small>${name}</small> <code>${String(sha).slice(0, 12)}</code></span>`)}</p>`
      : nothing}
  </section>`;
}

function draw() {
  render(
    html`<header>
        <a href="/"><img src="/web/icon.svg" alt=${say("화면 고르기", "Screens")} width="48" height="48" /></a>
        <div><h1>${say("실행 기록", "Runs")} <small>${say("왜 그렇게 했을까?", "Why did it do that?")}</small></h1></div>
        <nav><a class="action" href="/screen/wall/main">${say("벽 화면", "Wall")}</a></nav>
      </header>
      <main class="split"><div tabindex="0" role="region" aria-label=${say("실행 목록", "List of runs")}>${list()}</div><div tabindex="0" role="region" aria-label=${say("실행 하나", "One run")}>${detail()}</div></main>
      ${page.correcting && page.run ? correctionDialog(page.run, page.correcting, correcting) : nothing}`,
    document.body,
  );
}

initLanguage();
const wanted = location.hash.slice(1);
if (wanted) open(decodeURIComponent(wanted), false);
refresh();
setInterval(() => document.hidden || refresh(), REFRESH_MS);
