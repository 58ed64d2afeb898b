/** The page of run records: the last runs, and one as a waterfall: "why did it do that?". */
import { html, nothing, render } from "lit-html";
import { styleMap } from "lit-html/directives/style-map.js";
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

const page = { runs: null, error: null, id: null, run: null, runError: null };

async function get(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}

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
  page.runError = null;
  if (remember) history.replaceState(null, "", `#${id}`);
  draw();
  try {
    const run = await get(`/api/v1/runs/${encodeURIComponent(id)}`);
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
          <b>${run.text || say("(말 없음)", "(no words)")}</b>
          ${outcomeChip(run.outcome)}
          <small>${word(SOURCES, run.source)} · ${number(run.duration_ms)} ms</small>
        </button>
      </li>`,
    )}
  </ol>`;
}

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
        <a href="/"><img src="/web/icon.svg" alt="" width="48" height="48" /></a>
        <div><h1>${say("실행 기록", "Runs")} <small>${say("왜 그렇게 했을까?", "Why did it do that?")}</small></h1></div>
        <nav><a class="action" href="/screen/wall/main">${say("벽 화면", "Wall")}</a></nav>
      </header>
      <main class="split"><div>${list()}</div><div>${detail()}</div></main>`,
    document.body,
  );
}

initLanguage();
const wanted = location.hash.slice(1);
if (wanted) open(decodeURIComponent(wanted), false);
refresh();
setInterval(() => document.hidden || refresh(), REFRESH_MS);
