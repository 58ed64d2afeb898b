/** The page of a department's call console: joins the calls, the ring, the notices, the keyboard and the views. */
import { html, nothing, render } from "lit-html";
import { icon, logo } from "#screen/icons.js";
import { initLanguage, language, setLanguage } from "#screen/i18n.js";
import { markKorean } from "#screen/langs.js";
import { renew } from "#screen/renew.js";
import { callLog, missedSince, rowOf } from "./call-log.js";
import { afterDraw, callView, UI } from "./call-view.js";
import { announcedCard, endedCard, incomingCard, placingCard } from "./cards.js";
import { Calls } from "./client.js";
import { deviceTest, lookForDevices, meter } from "./devices.js";
import { directory, othersOf } from "./directory.js";
import { focusOf, meaning } from "./keys.js";
import { Notices } from "./notices.js";
import { Ringer, ringOf } from "./ring.js";
import { lobbyCard, roomList } from "./rooms-view.js";
import { askForLink, linkCard } from "./scene-link.js";
import { soundOf } from "./state.js";
import { spoken } from "./telling.js";
import { cw, cwOther, nameOf, reasonWords } from "./words.js";

const TOKEN = "seoula.token.console";
const SEEN = "seoula.calls.seen";
const STATUSES = ["available", "busy", "dnd", "away"];
const ENDED_S = 8;
const TOAST_MS = 6000;

const storage = (() => {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
})();
const remember = (key, value) => {
  try {
    storage?.setItem(key, value);
  } catch {
    // A browser without a storage asks again.
  }
};

/** The pairing comes once in the fragment; it never stands in an address that is sent. */
function pairing() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    remember(TOKEN, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return given ?? storage?.getItem(TOKEN) ?? null;
}

const token = pairing();
initLanguage();
const page = { tab: "directory", query: "", only: false, asking: null, pin: "", title: "", log: { rows: null, failed: false }, toast: null, check: { on: false }, bell: false, said: "", shouted: "", link: null, seen: Number(storage?.getItem(SEEN)) || 0 };
let ui = { ...UI };
const set = (changes) => {
  Object.assign(page, changes);
  draw();
};
const setUi = (changes) => {
  ui = { ...ui, ...changes };
  draw();
};

const scheme = location.protocol === "https:" ? "wss" : "ws";
const calls = new Calls({ url: `${scheme}://${location.host}/ws/v1/calls`, token });
const ringer = new Ringer();
const notices = new Notices(({ action, call }) => {
  if (action === "accept") calls.accept(call);
  else if (action === "reject") calls.reject(call);
});
let before = calls.state;
let toastTimer = 0;
let endedTimer = 0;

function toast(text) {
  clearTimeout(toastTimer);
  set({ toast: text });
  toastTimer = setTimeout(() => set({ toast: null }), TOAST_MS);
}

calls.onproblem = (code, fallback) => toast(reasonWords(code === "media-failed" ? "media-failed" : code, fallback));
calls.onmessage = (message) => {
  if (message.t === "welcome") welcomed();
  if (message.t === "call.ended" || message.t === "call.accepted") loadLog();
};

/** At every welcome: the newest calls, the rooms, and whether this page is of the service's build. */
async function welcomed() {
  loadLog();
  if (calls.state.can.rooms) calls.listRooms();
  const own = document.querySelector("meta[name=seoula-build]")?.content;
  const made = await fetch("/shell.json", { cache: "no-store" }).then((answer) => answer.json(), () => null);
  if (own && made?.build && made.build !== own && !calls.state.call && !calls.state.incoming.length) renew(undefined, made.build);
}

async function loadLog() {
  try {
    const answer = await fetch("/api/v1/calls?limit=60", { headers: token ? { Authorization: `Bearer ${token}` } : {} });
    if (!answer.ok) throw new Error(String(answer.status));
    const { calls: records } = await answer.json();
    set({ log: { rows: records.map((one) => rowOf(one, calls.state.me, calls.state.presence)), failed: false } });
  } catch {
    set({ log: { rows: page.log.rows, failed: true } });
  }
}

calls.subscribe(({ state }) => {
  const words = spoken(before, state);
  if (words) page[words.urgent ? "shouted" : "said"] = words.text;
  if (before.call && !state.call) ui = { ...UI, view: ui.view };
  if (state.ended && state.ended !== before.ended) {
    clearTimeout(endedTimer);
    endedTimer = setTimeout(() => calls.forgetEnded(), ENDED_S * 1000);
    if (before.call && !state.incoming.length) ringer.once("over");
  }
  if (state.incoming.length && page.check.on) toggleCheck();
  before = state;
  const sound = soundOf(state);
  if (sound === "waiting") ringer.start("waiting");
  else if (sound) ringer.start(sound === "urgent" ? "urgent" : ringOf(state.incoming.at(-1)));
  else ringer.stop();
  notices.follow(state.incoming, document.hidden);
  badge(state);
  draw();
});

/** How many calls wait for somebody, on the icon of the installed app and in the title. */
function badge(state) {
  const count = state.incoming.length + missedSince(page.log.rows ?? [], page.seen);
  const one = state.incoming.at(-1);
  document.title = `${one ? `☎ ${nameOf(one.from)} · ` : count ? `(${count}) ` : ""}${cw("console")}`;
  if (count) navigator.setAppBadge?.(count).catch(() => {});
  else navigator.clearAppBadge?.().catch(() => {});
}

async function bell() {
  const ready = await ringer.unlock();
  if ((await notices.ask()) === "denied") toast(cw("noticesOff"));
  set({ bell: ready });
  if (ready) ringer.once("call");
}

let endMeter = null;
async function toggleCheck() {
  if (page.check.on) {
    endMeter?.();
    endMeter = null;
    set({ check: { on: false } });
    if (!calls.state.call) calls.local.close();
    for (const track of calls.own.getTracks()) calls.own.removeTrack(track);
    return;
  }
  set({ check: { on: true, level: 0 } });
  await calls.local.open({ audio: true, video: true, again: true });
  await lookForDevices(calls.local, draw);
  set({ check: { on: true, level: 0, problem: calls.local.problem?.why ?? null } });
  if (calls.local.audio) endMeter = meter(calls.local.audio, (level) => page.check.on && set({ check: { ...page.check, level } }));
}

function call(one, media) {
  if (page.check.on) toggleCheck();
  ringer.unlock();
  calls.invite(one.address, { media, peer: one });
}

function tab(name, word, count = 0) {
  return html`<button type="button" class="tab" aria-current=${page.tab === name ? "page" : nothing} @click=${() => {
    if (name === "log") remember(SEEN, String((page.seen = Date.now() / 1000)));
    if (name === "rooms") calls.listRooms();
    set({ tab: name });
  }}>${icon({ directory: "building", log: "phone", rooms: "people", devices: "settings" }[name])}<span>${cw(word)}</span>${count ? html`<b class="count-badge">${count}<span class="unseen">${cw("missed")}</span></b>` : nothing}</button>`;
}

function top(state) {
  const { me, link } = state;
  const department = me ? nameOf(state.presence[`dept:${me.department}`] ?? { name_ko: me.name }) : "";
  const away = link === "refused";
  const linkWord = link === "open" ? "online" : link === "connecting" ? "linking" : "lost";
  return html`<header class="console-top">
    <p class="brand">${logo()}<span><strong>${department || cw("console")}</strong><small>${me ? `${cw("console")} · ${me.name}` : cw("console")}</small></span></p>
    ${away ? nothing : html`<span class=${`link ${link}`} role="status"><i></i>${cw(linkWord)}</span>`}
    ${away ? nothing : html`<div class="statuses" role="radiogroup" aria-label=${cw("myStatus")}>${STATUSES.map((status) => html`<button type="button" role="radio" class=${`presence ${status}`} aria-checked=${String(state.status === status)} @click=${() => calls.presence(status)}>${cw(status === "away" ? "awayStatus" : status)}</button>`)}</div>`}
    <button type="button" class=${`bell ${page.bell ? "ready" : "off"}`} aria-label=${page.bell ? cw("bellTest") : cw("bellOn")} @click=${bell}>${icon(page.bell ? "bell" : "bell-off")}<span>${page.bell ? cw("bellTest") : cw("bellOn")}</span></button>
    <button type="button" class="round lang" lang=${language() === "en" ? "ko" : "en"} aria-label=${cw("language")} title=${cw("language")} @click=${() => (setLanguage(language() === "ko" ? "en" : "ko"), draw())}>${icon("language")}</button>
  </header>`;
}

/** Why this page is not let in, in both languages: whoever stands before it may read only one. */
function turnedAway(code) {
  const [why, how] = { "token-needed": ["pairFirst", "pairHow"], "bad-token": ["pairGone", "pairHow"], revoked: ["pairGone", "pairHow"], "not-for-this-role": ["pairWrong", "pairHow"], "bad-origin": ["originWrong", "originHow"], "a-link": ["linkHere", "linkHereHow"], "link-used": ["sceneUsed", "sceneUsedHow"], "link-expired": ["sceneUsed", "sceneUsedHow"], "calls-off": ["callsOff", "callsOffHow"] }[code] ?? [null, "pairHow"];
  const other = language() === "en" ? "ko" : "en";
  return html`<main class="turned-away" data-why=${code}><span class="emblem">${icon("lock")}</span>
    <h1>${why ? cw(why) : reasonWords(code)}</h1><p>${cw(how)}</p>
    <p class="other" lang=${other}>${why ? html`<b>${cwOther(why)}</b> ` : nothing}${cwOther(how)}</p></main>`;
}

function body(state) {
  const refused = state.link === "refused" ? state.refused : state.me?.role === "guest" ? "a-link" : null;
  if (refused) return turnedAway(refused);
  const now = calls.deps.now();
  if (state.call && !state.call.elsewhere && !["placing", "ringing"].includes(state.call.phase)) {
    return html`<main class="in-call"><h1 class="unseen">${cw("call")}</h1>${callView(state, calls, { ui, set: setUi, now, parties: () => othersOf(state) })}</main>`;
  }
  const options = { ...page, set, call, now: Date.now() / 1000 };
  return html`<main class=${`desk show-${page.tab}`}><h1 class="unseen">${cw("console")}</h1>
    <div class="left">${page.tab === "rooms" ? meetings(state) : page.tab === "devices" ? html`<div class="panel">${deviceTest(calls.local, calls.own, page.check, toggleCheck, draw)}</div>` : directory(state, calls, options)}</div>
    <div class="right">${callLog(state, options)}</div>
  </main>`;
}

function invite(room) {
  askForLink(room, token, calls.deps.now()).then((link) => set({ link }), ({ code }) => toast(reasonWords(code)));
}

function meetings(state) {
  const open = (event) => {
    event.preventDefault();
    calls.createRoom({ title: page.title.trim() || cw("meeting") });
    set({ title: "" });
  };
  return html`<section class="panel rooms" aria-labelledby="rooms-title"><header><h2 id="rooms-title">${cw("rooms")}</h2></header>
    ${state.can.rooms
      ? html`<form class="new-room field" @submit=${open}><input maxlength="60" aria-label=${cw("roomTitle")} placeholder=${cw("roomTitle")} .value=${page.title} @input=${(event) => set({ title: event.target.value })} /><button type="submit" class="action">${icon("plus")}${cw("newRoom")}</button></form>
          ${roomList(state.rooms, { ...page, set, join: (room, pin) => calls.joinRoom(room, { pin }), invite })}`
      : html`<p class="notice">${reasonWords("no-rooms")}</p>`}
  </section>`;
}

function over(state) {
  const now = calls.deps.now();
  const again = state.ended?.peer?.address && ["no_answer", "busy", "rejected", "connection_lost", "media_failed"].includes(state.ended.reason) ? () => call(state.ended.peer, state.ended.media) : null;
  const card = state.incoming.length ? incomingCard(state, calls) : state.announced ? announcedCard(state, calls, now) : state.waiting ? lobbyCard(state, calls) : page.link ? linkCard(page.link, now, () => set({ link: null }), () => toast(cw("copied"))) : placingCard(state, calls);
  return html`${card === nothing ? nothing : html`<div class=${`call-veil-back ${state.incoming.some(({ urgent }) => urgent) ? "urgent" : ""}`}>${card}</div>`}
    ${state.ended && !state.incoming.length && !state.call ? html`<div class="call-foot">${endedCard(state, calls, { again })}</div>` : nothing}
    ${page.toast ? html`<p class="toast" role="alert">${icon("alert")}${page.toast}</p>` : nothing}`;
}

function draw() {
  const { state } = calls;
  const missed = missedSince(page.log.rows ?? [], page.seen);
  render(
    html`${top(state)} ${page.bell || state.link === "refused" ? nothing : html`<button type="button" class="bell-strip" @click=${bell}>${icon("bell-off")}<span><b>${cw("bellOff")}</b> ${cw("bellOn")}</span></button>`}
      ${body(state)}
      ${state.link === "refused" || (state.call && !["placing", "ringing"].includes(state.call.phase)) ? nothing : html`<nav class="tabs-bar" aria-label=${cw("console")}>${tab("directory", "directory")}${tab("log", "log", missed)}${tab("rooms", "rooms")}${tab("devices", "deviceTest")}<p class="keys-hint">${cw("keys")}</p></nav>`}
      ${over(state)}
      <p class="unseen" aria-live="polite">${page.said}</p><p class="unseen" aria-live="assertive">${page.shouted}</p>`,
    document.body,
  );
  document.body.dataset.link = state.link;
  afterDraw(document.body, () => page.toast !== cw("soundBlocked") && toast(cw("soundBlocked")));
  markKorean(document.body, language() === "en");
}

addEventListener("keydown", (event) => {
  const { state } = calls;
  const placing = Boolean(state.announced) || ["placing", "ringing"].includes(state.call?.phase);
  const what = meaning(event, { incoming: state.incoming.length > 0, placing, inCall: Boolean(state.call) && !placing, ...focusOf() });
  if (!what) return;
  event.preventDefault();
  const one = state.incoming.at(-1)?.call;
  ({ accept: () => calls.accept(one), reject: () => calls.reject(one), cancel: () => calls.cancel(), mic: () => calls.mute(), camera: () => calls.camera(), hold: () => calls.hold() })[what]();
});
// Another link in the same window is another page.
addEventListener("hashchange", () => location.hash.includes("token=") && location.reload());
addEventListener("online", () => calls.online());
addEventListener("pointerdown", ({ target }) => {
  // The bell's own key does more than let it ring, and must still be there when the finger is lifted.
  if (target.closest?.(".bell-strip, .bell")) return;
  ringer.unlock().then((ready) => ready !== page.bell && set({ bell: ready }));
}, { capture: true });
document.addEventListener("visibilitychange", () => notices.follow(calls.state.incoming, document.hidden));
navigator.mediaDevices?.addEventListener?.("devicechange", () => lookForDevices(calls.local, draw));
setInterval(() => (calls.state.call || calls.state.announced || page.link) && draw(), 500);

notices.begin();
draw();
calls.open();
