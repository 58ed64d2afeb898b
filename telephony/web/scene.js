/** The page of an on-site link: a phone at the scene shows with its camera what happens there. One room, one use. */
import { html, nothing, render } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { icon, logo } from "#screen/icons.js";
import { initLanguage, language, pick, setLanguage } from "#screen/i18n.js";
import { markKorean } from "#screen/langs.js";
import { lasting } from "./arrange.js";
import { afterDraw } from "./call-view.js";
import { consentCard } from "./cards.js";
import { Calls } from "./client.js";
import { lobbyCard } from "./rooms-view.js";
import { voiceOf } from "./voices.js";
import { cw, cwOther, nameOf, reasonWords } from "./words.js";

const TOAST_MS = 6000;
const KEPT = "seoula.scene";
/** The token from the fragment, which leaves the address at once; this tab keeps it, for when it is loaded anew. */
function linkOf() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  try {
    if (given) {
      sessionStorage.setItem(KEPT, given);
      history.replaceState(null, "", location.pathname + location.search);
    }
    return { token: given ?? sessionStorage.getItem(KEPT) };
  } catch {
    return { token: given };
  }
}

const link = linkOf();
initLanguage();
const page = { stage: link.token ? "start" : "none", name: "", torch: false, canTorch: false, toast: null, reason: null, quiet: false };
let calls = null;
let awake = null;
let toastTimer = 0;

function toast(text) {
  clearTimeout(toastTimer);
  page.toast = text;
  toastTimer = setTimeout(() => ((page.toast = null), draw()), TOAST_MS);
  draw();
}

/** The camera first: a person sees that it works before anybody else does. */
async function start() {
  page.stage = "joining";
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  calls = new Calls({ url: `${scheme}://${location.host}/ws/v1/calls`, token: link.token, name: page.name.trim(), facing: "environment" });
  calls.onproblem = (code, fallback) => toast(reasonWords(code, fallback));
  calls.onmessage = (message) => {
    if (message.t !== "welcome") return;
    // A pairing of a console or a screen opens no room by itself.
    if (!message.room) return finish("no-link");
    if (!calls.state.call) calls.joinRoom(message.room, { media: "video" });
  };
  calls.subscribe(({ state }) => {
    if (state.link === "refused" && page.stage === "joining") finish(state.refused ?? "revoked");
    if (state.call && page.stage === "joining") shown();
    if (!state.call && !state.waiting && page.stage === "live") finish(state.ended?.reason ?? "left");
    else if (state.ended && page.stage === "joining" && !state.waiting) finish(state.ended.reason);
    draw();
  });
  draw();
  await calls.local.open({ audio: true, video: true });
  if (!calls.local.video && !calls.local.audio) {
    page.stage = "start";
    calls.close();
    return draw();
  }
  return calls.open();
}

async function shown() {
  page.stage = "live";
  page.canTorch = Boolean(calls.local.video?.getCapabilities?.().torch);
  awake = await navigator.wakeLock?.request("screen").catch(() => null);
  draw();
}

function finish(reason) {
  page.stage = "over";
  page.reason = reason;
  awake?.release().catch(() => {});
  calls?.close();
  draw();
}

async function flip() {
  page.torch = false;
  await calls.local.turn();
  page.canTorch = Boolean(calls.local.video?.getCapabilities?.().torch);
  draw();
}

async function torch() {
  page.torch = !page.torch;
  await calls.local.video?.applyConstraints({ advanced: [{ torch: page.torch }] }).catch(() => (page.canTorch = false));
  draw();
}

const big = (name, word, press, { kind = "", pressed = undefined } = {}) =>
  html`<button type="button" class=${`call-key ${kind} ${pressed ? "on" : ""}`} aria-pressed=${pressed === undefined ? nothing : String(pressed)} @click=${press}><i>${icon(name)}</i><span>${word}</span></button>`;

function heading() {
  return html`<header class="scene-top"><p class="brand">${logo()}<span><strong>${cw("scene")}</strong><small>디지털 시민시장실</small></span></p>
    <button type="button" class="round" lang=${language() === "en" ? "ko" : "en"} aria-label=${cw("language")} title=${cw("language")} @click=${() => (setLanguage(language() === "ko" ? "en" : "ko"), draw())}>${icon("language")}</button></header>`;
}

function begin() {
  return html`${heading()}<main class="scene-start">
    <span class="emblem">${icon("video")}</span>
    <h1>${cw("sceneTitle")}</h1><p>${cw("sceneBody")}</p>
    <label class="name"><span>${cw("sceneName")}</span><input maxlength="40" autocomplete="name" .value=${page.name} @input=${(event) => (page.name = event.target.value)} /></label>
    <button type="button" class="scene-go" ?disabled=${page.stage === "joining"} @click=${start}>${icon("video")}${page.stage === "joining" ? cw("sceneWaiting") : cw("sceneStart")}</button>
    <p class="small">${icon("lock")}${cw("sceneNothingKept")}</p>
  </main>`;
}

function showing() {
  const { state, local } = calls;
  const { call } = state;
  const others = calls.tiles().filter(({ mine }) => !mine);
  const now = calls.deps.now();
  return html`<main class="scene-live"><h1 class="unseen">${cw("scene")}</h1>
    <div class="scene-own">${local.video ? html`<video class=${local.facing === "user" ? "mirror-image" : ""} autoplay playsinline .muted=${true} .srcObject=${live(calls.own)} aria-label=${cw("camera")}></video>` : html`<p class="no-camera">${icon("camera-off")}${cw("cameraOff")}</p>`}</div>
    <div class="scene-head"><span class="call-chip live-chip" role="status"><i></i>${call.mending || state.link !== "open" ? cw("mending") : cw("sceneLive")}</span>${call.startedAt ? html`<span class="call-chip time" role="timer">${lasting(now - call.startedAt)}</span>` : nothing}
      ${Object.values(call.recordings).some(({ state: is }) => is === "on") ? html`<span class="call-chip rec" role="status"><i></i>${cw("recording")}</span>` : nothing}</div>
    ${call.title ? html`<p class="scene-room">${pick(call.title, "name")}</p>` : nothing}
    ${consentCard(state, calls)}
    <div class="scene-others">${others.slice(0, 3).map((one) => html`<figure class=${`call-tile strip ${one.cam ? "" : "blank"} ${one.speaking ? "speaking" : ""}`}><video autoplay playsinline .muted=${true} .srcObject=${live(one.stream)} aria-label=${nameOf(one)}></video><audio autoplay .srcObject=${live(voiceOf(one.stream))}></audio><figcaption><span>${nameOf(one)}</span></figcaption></figure>`)}</div>
    <footer class="scene-keys">
      ${big(call.mine.mic ? "mic" : "mic-off", call.mine.mic ? cw("mute") : cw("unmute"), () => calls.mute(), { kind: call.mine.mic ? "" : "off" })}
      ${big("flip", cw("flip"), flip)}
      ${page.canTorch ? big("torch", cw("torch"), torch, { pressed: page.torch }) : nothing}
      ${big("hangup", cw("stopScene"), () => calls.hangup(), { kind: "stop" })}
    </footer>
  </main>`;
}

function message(name, title, body) {
  return html`${heading()}<main class="scene-start"><span class="emblem">${icon(name)}</span><h1>${title}</h1><p>${body}</p></main>`;
}

/** Why the link opens nothing, in both languages. */
function turnedAway() {
  const used = ["bad-token", "revoked", "token-needed", "link-used", "link-expired"].includes(page.reason);
  const why = used ? "sceneUsed" : page.reason === "no-link" || page.reason === "not-for-this-role" ? "sceneWrong" : page.reason === "calls-off" ? "callsOff" : null;
  const other = html`<span class="other" lang=${language() === "en" ? "ko" : "en"}>${why ? html`<b>${cwOther(why)}</b> ` : nothing}${cwOther("sceneUsedHow")}</span>`;
  return message("lock", why ? cw(why) : reasonWords(page.reason), html`${cw("sceneUsedHow")}${other}`);
}

function draw() {
  const { stage } = page;
  const state = calls?.state;
  const body =
    stage === "none" ? message("lock", cw("sceneNoToken"), cw("sceneUsedHow"))
    : stage === "over"
      ? ["left", "hangup", "ended", "empty"].includes(page.reason) ? message("check", cw("sceneOver"), cw("sceneThanks")) : turnedAway()
    : state?.waiting ? html`${heading()}<main class="scene-start">${lobbyCard(state, calls)}</main>`
    : stage === "live" && state?.call ? showing()
    : begin();
  render(html`${body}${page.toast ? html`<p class="toast" role="alert">${icon("alert")}${page.toast}</p>` : nothing}`, document.body);
  document.body.dataset.stage = stage;
  document.title = `${cw("scene")} · 서울`;
  afterDraw(document.body, () => page.toast !== cw("soundBlocked") && toast(cw("soundBlocked")));
  markKorean(document.body, language() === "en");
}

// Another link in the same window is another page.
addEventListener("hashchange", () => location.hash.includes("token=") && location.reload());
addEventListener("online", () => calls?.online());
document.addEventListener("visibilitychange", async () => {
  // A lock is lost whenever the page is hidden.
  if (!document.hidden && page.stage === "live") awake = await navigator.wakeLock?.request("screen").catch(() => null);
});
setInterval(() => page.stage === "live" && draw(), 1000);
draw();
