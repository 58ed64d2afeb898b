/** The sheet beside a call: chat, people, one's devices, and whom to hand it to or ask in. */
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { icon } from "#screen/icons.js";
import { avatar } from "./cards.js";
import { devicePickers } from "./devices.js";
import { presents, showDrawer } from "./followed.js";
import { roomPerson } from "./state.js";
import { cw, nameOf } from "./words.js";

const BODIES = { chat, people, devices, show: showDrawer, transfer: party("transfer"), add: party("add") };

export function drawer(state, calls, options) {
  const { ui, set } = options;
  const body = BODIES[ui.drawer];
  if (!body) return nothing;
  return html`<aside class="call-drawer" aria-label=${cw(ui.drawer)} @keydown=${(event) => event.key === "Escape" && (event.stopPropagation(), set({ drawer: null }))}>
    <header><h3>${cw(ui.drawer)}</h3><button type="button" class="round" aria-label=${cw("close")} @click=${() => set({ drawer: null })}>${icon("close")}</button></header>
    ${body(state, calls, options)}
  </aside>`;
}

function chat({ call }, calls, { ui, set }) {
  const send = (event) => {
    event.preventDefault();
    const text = ui.draft.trim();
    if (!text) return;
    calls.chat(text, ui.decision && presents(call) ? "decision" : "text");
    set({ draft: "", decision: false });
  };
  return html`<div class="chat-log" data-scroll tabindex="0" role="log" aria-label=${cw("chat")}><ol class="chat-lines">
      ${call.chat.length ? call.chat.map((one) => html`<li class=${`${one.part === call.me ? "mine" : ""} ${one.kind === "decision" ? "decision" : ""}`}><b>${one.part === call.me ? cw("me") : one.name}${one.kind === "decision" ? html`<em>${cw("decision")}</em>` : nothing}</b><p>${one.text}</p></li>`) : html`<li class="none">${cw("noChat")}</li>`}
    </ol></div>
    ${presents(call) ? html`<button type="button" class="action quiet decide" aria-pressed=${String(Boolean(ui.decision))} @click=${() => set({ decision: !ui.decision })}>${icon("check")}${cw("asDecision")}</button>` : nothing}
    <form class="chat-form" @submit=${send}>
      <input aria-label=${cw("message")} placeholder=${cw("message")} maxlength="500" autocomplete="off" .value=${live(ui.draft)} @input=${(event) => set({ draft: event.target.value })} />
      <button type="submit" class="round" aria-label=${cw("send")}>${icon("send")}</button>
    </form>`;
}

/** A film is whole before the service hears that it has ended: from then on no piece is taken. */
async function record(calls, kind, on) {
  if (!on && kind === "recording") await calls.film.whole();
  calls.tell("recording.set", { on, kind });
}

async function endForAll(calls) {
  await calls.film.whole();
  calls.tell("room.moderate", { do: "end" });
}

function people({ call }, calls, { ui, set }) {
  const host = call.myRole === "host" || call.host === call.me;
  const deed = (what, part, more = {}) => () => {
    calls.tell("room.moderate", { do: what, ...(part ? { part } : {}), ...more });
    set({ person: null });
  };
  const kept = (kind) => call.recordings[kind]?.state ?? "off";
  const agreed = Object.values(call.recordings).filter(({ state: is, you }) => is !== "off" && you === "agreed");
  const switchKey = (kind, on, off) =>
    html`<button type="button" class="action quiet" aria-pressed=${String(kept(kind) !== "off")} @click=${() => record(calls, kind, kept(kind) === "off")}>${icon(kind === "transcript" ? "list" : "record")}${kept(kind) === "off" ? cw(on) : cw(off)}</button>`;
  return html`<div class="people-list" data-scroll tabindex="0">
    ${agreed.map((one) => html`<button type="button" class="action quiet withdraw" @click=${() => calls.tell("consent.set", { kind: one.kind ?? "recording", agree: false })}>${icon(one.kind === "transcript" ? "list" : "record")}${cw("withdraw")} · ${cw(one.kind === "transcript" ? "transcribing" : "recording")}</button>`)}
    ${call.waiting.length
      ? html`<h4>${cw("atDoor")}</h4><ul class="at-door">${call.waiting.map((one) => html`<li>${avatar(roomPerson(one))}<b>${nameOf(roomPerson(one))}</b>
          ${one.why === "lobby" ? html`<button type="button" class="action" aria-label=${`${nameOf(roomPerson(one))} ${cw("letIn")}`} @click=${() => calls.tell("room.admit", { part: one.part, admit: true })}>${cw("letIn")}</button>` : html`<small>${cw(one.why === "consent" ? "asked" : "hostWhy")}</small>`}
          <button type="button" class="round" aria-label=${`${nameOf(roomPerson(one))} ${cw("turnAway")}`} title=${cw("turnAway")} @click=${() => calls.tell("room.admit", { part: one.part, admit: false })}>${icon("close")}</button></li>`)}</ul>`
      : nothing}
    <ul>
      ${call.people.map((one) => html`<li class=${one.away ? "away" : ""}>${avatar(roomPerson(one))}<b>${one.part === call.me ? cw("me") : nameOf(roomPerson(one))}${marks(one, call)}</b>
        ${one.hand ? html`<span class="raised" role="img" aria-label=${cw("hand")}>${icon("hand")}</span>` : nothing}${one.kind === "tv" ? icon("screen") : html`<span role="img" class="state" aria-label=${cw(one.mic === false ? "muted" : "micOn")}>${icon(one.mic === false ? "mic-off" : "mic")}</span>`}
        ${host && one.part !== call.me ? html`<button type="button" class="round" aria-expanded=${String(ui.person === one.part)} aria-label=${`${nameOf(roomPerson(one))}: ${cw("more")}`} title=${cw("more")} @click=${() => set({ person: ui.person === one.part ? null : one.part })}>${icon(ui.person === one.part ? "up" : "down")}</button>` : nothing}
        ${host && one.part !== call.me && ui.person === one.part ? hostDeeds(one, call, deed) : nothing}</li>`)}
    </ul>
    ${host
      ? html`<div class="host-keys">
          <button type="button" class="action quiet" @click=${deed("mute_all")}>${icon("mic-off")}${cw("muteAll")}</button>
          <button type="button" class="action quiet" aria-pressed=${String(call.locked)} @click=${deed(call.locked ? "unlock" : "lock")}>${icon(call.locked ? "lock" : "unlock")}${call.locked ? cw("unlockRoom") : cw("lockRoom")}</button>
          ${switchKey("recording", "record", "recordStop")} ${switchKey("transcript", "transcript", "transcriptStop")}
          <button type="button" class="action stop" @click=${() => endForAll(calls)}>${icon("hangup")}${cw("endForAll")}</button>
        </div>`
      : nothing}
    ${call.captions.on || call.captions.mine === false ? html`<button type="button" class="action quiet" aria-pressed=${String(!call.captions.mine)} @click=${() => calls.letCaptions(!call.captions.mine)}>${icon("captions")}${call.captions.mine ? cw("captionsNotMine") : cw("captionsMine")}</button>` : nothing}
  </div>`;
}

/** What somebody is here beside a name. */
function marks(one, call) {
  const words = [one.part === call.host && cw("host"), one.part === call.presenter && cw("presenter"), one.role === "viewer" && cw("viewer"), one.away && cw("lostShort")].filter(Boolean);
  return words.length ? html`<small>${words.join(" · ")}</small>` : nothing;
}

/** What the host may do to somebody; opened by one key, so that nothing is done by a slip. */
function hostDeeds(one, call, deed) {
  const key = (name, word, press, off = false) => html`<button type="button" class="action quiet" ?disabled=${off} @click=${press}>${icon(name)}${cw(word)}</button>`;
  const phone = one.kind === "phone";
  const viewer = one.role === "viewer";
  const speaks = !["tv", "phone", "guest"].includes(one.kind);
  return html`<div class="deeds" role="group" aria-label=${nameOf(roomPerson(one))}>
    ${phone && one.mic === false ? key("mic", "unmute", deed("unmute", one.part)) : key("mic-off", "mute", deed("mute", one.part), one.mic === false)}
    ${one.kind === "tv" || phone ? nothing : key("camera-off", "cameraOff", deed("stop_camera", one.part), one.cam === false)}
    ${one.screen ? key("screen", "unshare", deed("stop_screen", one.part)) : nothing}
    ${speaks ? key("book", "makePresenter", deed("presenter", one.part), one.part === call.presenter) : nothing}
    ${speaks && !viewer ? key("person", "makeHost", deed("host", one.part)) : nothing}
    ${one.kind === "tv" || phone ? nothing : key(viewer ? "speech" : "ear", viewer ? "makeSpeaker" : "makeViewer", deed("role", one.part, { role: viewer ? "speaker" : "viewer" }))}
    ${key("close", "remove", deed("remove", one.part))}
  </div>`;
}

function devices(state, calls, { set }) {
  return html`<div class="device-list">${devicePickers(calls.local, () => set({}))}</div>`;
}

/** Whom to hand the call to, or ask in. */
function party(kind) {
  return (state, calls, { parties, set }) => html`<ul class="party-list" data-scroll>
    ${parties().map((one) => html`<li><button type="button" ?disabled=${one.status === "offline"} @click=${() => {
      if (kind === "transfer") calls.transfer(one.address);
      else calls.add(one.address);
      set({ drawer: null });
    }}>${avatar(one)}<span><b>${nameOf(one)}</b><small class=${`presence ${one.status}`}>${cw(one.status === "away" ? "awayStatus" : one.status)}</small></span>${icon(kind === "transfer" ? "transfer" : "person-add")}</button></li>`)}
  </ul>`;
}
