/** A call that goes on: the pictures, what must be known beside them, and the controls within reach. */
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { repeat } from "lit-html/directives/repeat.js";
import { icon } from "#screen/icons.js";
import { pick } from "#screen/i18n.js";
import { columns, lasting, speakerView } from "./arrange.js";
import { aboutLine, avatar, captionsCard, consentCard } from "./cards.js";
import { drawer } from "./drawer.js";
import { drawn, follow, followedPage, presents } from "./followed.js";
import { focusOf } from "./keys.js";
import { chosen } from "./media.js";
import { voiceOf } from "./voices.js";
import { cw, nameOf } from "./words.js";

const LINES_SHOWN = 2;
const CAPTION_S = 12;

/** What only the page decides: {view: "speaker"|"grid", pinned, drawer, compact, draft, unwritten}. */
export const UI = Object.freeze({ view: "speaker", pinned: null, drawer: null, compact: false, draft: "", before: null, unwritten: false, person: null, find: "" });

const chip = (kind, content, role = nothing) => html`<span class=${`call-chip ${kind}`} role=${role}>${content}</span>`;

function head({ call }, ui, set, now, viewOnly) {
  const title = call.title ? pick(call.title, "name") : nameOf(call.peer);
  const recordings = Object.values(call.recordings).filter(({ state }) => state === "on");
  return html`<header class="call-head">
    <div class="who"><h2>${title}</h2>${aboutLine(call.about)}</div>
    <div class="chips">
      ${recordings.map(({ kind }) => chip("rec", html`<i></i>${cw(kind === "transcript" ? "transcribing" : "recording")}`, "status"))}
      ${call.captions.on ? chip("cc", html`${icon("captions")}${cw("captionsOn")}`, "status") : nothing}
      ${call.asking ? chip("ask", html`${icon("person-add")}${nameOf(call.asking.to)} · ${cw("ringing")}`, "status") : nothing}
      ${call.refusedBy ? chip("ask", html`${nameOf(call.refusedBy.to)} ${cw("closedCall")}`, "status") : nothing}
      ${call.quality ? html`<span class=${`call-chip signal ${call.quality}`} role="img" aria-label=${cw(call.quality)} title=${cw(call.quality)}><i></i><i></i><i></i></span>` : nothing}
      ${call.startedAt ? chip("time", html`<span role="timer">${lasting(now - call.startedAt)}</span>`) : nothing}
      ${viewOnly
        ? nothing
        : html`<button type="button" class="round" aria-pressed=${String(ui.view === "grid")} aria-label=${cw("grid")} title=${cw("grid")} @click=${() => set({ view: ui.view === "grid" ? "speaker" : "grid", pinned: null })}>${icon("grid")}</button>
            <button type="button" class="round shrink" aria-label=${ui.compact ? cw("larger") : cw("smaller")} title=${ui.compact ? cw("larger") : cw("smaller")} @click=${() => set({ compact: !ui.compact, drawer: null })}>${icon(ui.compact ? "zoomin" : "zoomout")}</button>`}
    </div>
  </header>`;
}

function tile(one, place, ui, set, viewOnly) {
  const name = one.mine ? cw("me") : nameOf(one);
  const pinned = ui.pinned === one.key;
  // Set only when it is another stream: a video that is given its stream anew begins anew.
  return html`<figure class=${`call-tile ${place} ${one.kind} ${one.mine ? "mine" : ""} ${one.speaking ? "speaking" : ""} ${one.cam ? "" : "blank"}`} data-key=${one.key}>
    <video autoplay playsinline .srcObject=${live(one.stream)} .muted=${true} aria-label=${name}></video>
    ${one.mine ? nothing : html`<audio autoplay .srcObject=${live(voiceOf(one.stream))}></audio>`}
    ${one.cam ? nothing : avatar(one.mine ? { name_ko: cw("me"), name_en: cw("me") } : one, "tile-initials")}
    <figcaption>${one.hand ? html`<b class="raised">${icon("hand")}</b>` : nothing}${one.mic ? nothing : html`${icon("mic-off")}<span class="unseen">${cw("muted")}</span>`}<span>${name}</span>${one.speaking ? html`<span class="unseen">${cw("speaking")}</span>` : nothing}</figcaption>
    ${viewOnly || one.mine ? nothing : html`<button type="button" class="pin" aria-pressed=${String(pinned)} aria-label=${`${name} – ${pinned ? cw("unpin") : cw("pin")}`} @click=${() => set({ pinned: pinned ? null : one.key, view: "speaker" })}>${icon("whole")}</button>`}
  </figure>`;
}

function pictures(state, calls, ui, set, viewOnly) {
  const tiles = calls.tiles();
  const room = document.querySelector(".call-tiles");
  const grid = ui.view === "grid";
  const shown = speakerView(tiles, { pinned: ui.pinned, before: ui.before });
  ui.before = shown.main?.key ?? null;
  // A page that all follow stands large, and everybody beside it.
  const page = Boolean(drawn(state.call, Boolean(calls.options.display) && !viewOnly));
  const place = (one) => (page ? "strip" : grid ? "cell" : one.key === shown.main?.key ? "main" : one.key === shown.own?.key ? "own" : "strip");
  const strips = page ? tiles.length : shown.strip.length;
  const across = grid ? columns(tiles.length, room?.clientWidth || innerWidth, room?.clientHeight || innerHeight * 0.7) : strips ? 2 : 1;
  return html`<div class=${`call-tiles ${grid && !page ? "grid" : "speaker"} ${page ? "with-page" : ""} ${strips ? "with-strip" : ""} n${tiles.length}`} style=${`--across:${across};--strips:${Math.max(1, strips)}`}>
    ${page ? followedPage(calls, { viewOnly }) : nothing}
    ${repeat(tiles, ({ key }) => key, (one) => tile(one, place(one), ui, set, viewOnly))}
    ${veil(state.call)} ${captionLines(state.call, calls.deps.now())}
  </div>`;
}

/** Why nothing, or nothing new, is seen. */
function veil(call) {
  const [name, word] = call.held ? ["pause", "held"] : call.heldBy ? ["pause", "heldBy"] : call.away ? ["away", "away"] : call.mending ? ["away", "mending"] : call.phase === "connecting" ? ["phone", "connecting"] : [];
  return word ? html`<p class=${`call-veil ${call.held || call.heldBy ? "hold" : ""}`} role="status">${icon(name)}<span>${cw(word)}</span></p>` : nothing;
}

/** The last words, with who said them. */
function captionLines(call, now) {
  if (!call.captions.reads) return nothing;
  const lines = call.lines.filter(({ at }) => now - at < CAPTION_S).slice(-LINES_SHOWN);
  return html`<div class="caption-lines" aria-live="polite" aria-label=${cw("captions")}>
    ${lines.length ? lines.map((line) => html`<p class=${line.final ? "" : "partial"}><b>${line.name}</b> <span lang="ko">${line.text}</span></p>`) : html`<p class="badge-line">${icon("captions")}${cw("captionsOn")}</p>`}
  </div>`;
}

const toggle = (name, word, on, press, { kind = "", pressed = undefined, count = 0, key = null } = {}) =>
  html`<button type="button" class=${`call-key ${kind} ${on ? "on" : ""}`} aria-pressed=${pressed === undefined ? nothing : String(pressed)} aria-keyshortcuts=${key ?? nothing} title=${word} @click=${press}><i>${icon(name)}${count ? html`<b class="count-badge">${count}</b>` : nothing}</i><span>${word}</span></button>`;

function controls(state, calls, ui, set) {
  const { call, can } = state;
  const { mine } = call;
  const room = call.mode === "room";
  const open = (name) => () => {
    set({ drawer: ui.drawer === name ? null : name });
    if (name === "chat") calls.readChat();
  };
  const leave = call.role === "member";
  return html`<footer class="call-controls" role="toolbar" aria-label=${cw("call")}>
    ${toggle(mine.mic ? "mic" : "mic-off", mine.mic ? cw("mute") : cw("unmute"), !mine.mic, () => calls.mute(), { kind: mine.mic ? "" : "off", key: "M" })}
    ${toggle(mine.cam ? "video" : "camera-off", mine.cam ? cw("cameraOff") : cw("cameraOn"), !mine.cam, () => calls.camera(), { kind: mine.cam ? "" : "off", key: "V" })}
    ${navigator.mediaDevices?.getDisplayMedia ? toggle("screen", mine.screen ? cw("unshare") : cw("share"), mine.screen, () => calls.share(), { pressed: mine.screen }) : nothing}
    ${leave ? nothing : toggle(call.held ? "play" : "pause", call.held ? cw("resume") : cw("hold"), call.held, () => calls.hold(), { pressed: call.held, key: "H" })}
    ${room ? toggle("hand", mine.hand ? cw("handDown") : cw("hand"), mine.hand, () => calls.hand(), { pressed: mine.hand }) : nothing}
    ${room && presents(call) ? toggle("book", cw("show"), ui.drawer === "show", open("show")) : nothing}
    ${room && call.follows === false && call.page ? toggle("book", cw("lookBack"), false, () => follow(calls, true)) : nothing}
    ${room ? toggle("speech", cw("chat"), ui.drawer === "chat", open("chat"), { count: ui.drawer === "chat" ? 0 : call.unread }) : nothing}
    ${room ? toggle("people", cw("people"), ui.drawer === "people", open("people"), { count: call.waiting.length }) : nothing}
    ${leave ? nothing : toggle("transfer", cw("transfer"), ui.drawer === "transfer", open("transfer"))}
    ${leave || !can.rooms ? nothing : toggle("person-add", cw("add"), ui.drawer === "add", open("add"))}
    ${toggle("captions", cw("captions"), call.captions.reads, () => calls.captions(), { pressed: call.captions.reads })}
    ${toggle("settings", cw("devices"), ui.drawer === "devices", open("devices"))}
    ${toggle("hangup", leave ? cw("leave") : cw("hangup"), false, () => calls.hangup(), { kind: "stop" })}
  </footer>`;
}

/**
 * The call, or nothing. options: {ui, set(changes), now, viewOnly, parties: [{address, name_ko, name_en, status}]}.
 */
export function callView(state, calls, options) {
  const { call } = state;
  const { ui, set, now, viewOnly = false } = options;
  if (!call || call.elsewhere || ["placing", "ringing"].includes(call.phase)) return nothing;
  const voice = call.media === "audio" && !calls.tiles().some(({ cam }) => cam);
  return html`<section class=${`call-view ${ui.compact ? "compact" : ""} ${voice ? "voice-only" : ""} ${ui.drawer ? "with-drawer" : ""}`} role="region" aria-label=${`${cw("call")}: ${call.title ? pick(call.title, "name") : nameOf(call.peer)}`}>
    ${head(state, ui, set, now, viewOnly)} ${parkedCalls(state, calls)} ${consentCard(state, calls)} ${captionsCard(state, calls, ui, set)} ${pictures(state, calls, ui, set, viewOnly)}
    ${viewOnly ? nothing : drawer(state, calls, options)} ${viewOnly ? nothing : controls(state, calls, ui, set)}
  </section>`;
}

/** Calls on hold beside this one. */
function parkedCalls({ parked }, calls) {
  if (!parked.length) return nothing;
  return html`<ul class="parked">${parked.map((one) => html`<li>${icon("pause")}<span><b>${nameOf(one.peer)}</b><small>${cw("held")}</small></span><button type="button" class="action" @click=${() => calls.takeUp(one.id)}>${cw("resume")}</button></li>`)}</ul>`;
}

/** The line of a screen at which the call is not made: who talks, for how long, and how to end it. */
export function elsewhereLine(state, calls, now, viewOnly = false) {
  const { call } = state;
  if (!call?.elsewhere || ["placing", "ringing"].includes(call.phase)) return nothing;
  return html`<section class="call-line" role="status">${icon(call.media === "audio" ? "phone" : "video")}<span><small>${viewOnly ? cw("inCall") : cw("elsewhere")}</small><b>${nameOf(call.peer)}</b></span>
    ${call.startedAt ? html`<span class="time">${lasting(now - call.startedAt)}</span>` : nothing}
    ${viewOnly ? nothing : html`<button type="button" class="call-key stop small" @click=${() => calls.hangup()}><i>${icon("hangup")}</i><span>${cw("hangup")}</span></button>`}</section>`;
}

/** A card that rings takes the focus from whatever was pressed last, so that its keys hold; never from who is writing. */
function meet(root) {
  const card = root.querySelector(".call-card.incoming:not([data-met])");
  if (!card) return;
  card.dataset.met = "";
  if (!focusOf().typing) card.focus({ preventScroll: true });
}

/** After drawing: sound goes to the chosen loudspeaker, and a picture that the browser has stopped goes on. */
export function afterDraw(root, blocked = () => {}) {
  meet(root);
  const sink = chosen().audiooutput ?? "";
  for (const player of root.querySelectorAll(".call-tile :is(video, audio)")) {
    if (!player.srcObject) continue;
    if (!player.muted && player.setSinkId && player.sinkId !== sink) player.setSinkId(sink).catch(() => {});
    if (player.paused) player.play().catch((error) => error?.name === "NotAllowedError" && blocked());
  }
}
