/** The sheet beside a call: chat, people, one's devices, and whom to hand it to or ask in. */
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { icon } from "#screen/icons.js";
import { avatar } from "./cards.js";
import { devicePickers } from "./devices.js";
import { roomPerson } from "./state.js";
import { cw, nameOf } from "./words.js";

const BODIES = { chat, people, devices, transfer: party("transfer"), add: party("add") };

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
    calls.chat(text);
    set({ draft: "" });
  };
  return html`<div class="chat-log" data-scroll tabindex="0" role="log" aria-label=${cw("chat")}><ol class="chat-lines">
      ${call.chat.length ? call.chat.map((one) => html`<li class=${one.part === call.me ? "mine" : ""}><b>${one.part === call.me ? cw("me") : one.name}</b><p>${one.text}</p></li>`) : html`<li class="none">${cw("noChat")}</li>`}
    </ol></div>
    <form class="chat-form" @submit=${send}>
      <input aria-label=${cw("message")} placeholder=${cw("message")} maxlength="500" autocomplete="off" .value=${live(ui.draft)} @input=${(event) => set({ draft: event.target.value })} />
      <button type="submit" class="round" aria-label=${cw("send")}>${icon("send")}</button>
    </form>`;
}

function people({ call }, calls) {
  const host = call.myRole === "host" || call.host === call.me;
  const deed = (what, part) => () => calls.tell("room.moderate", { do: what, ...(part ? { part } : {}) });
  const record = call.recordings.recording?.state ?? "off";
  const agreed = Object.values(call.recordings).filter(({ state: is, you }) => is !== "off" && you === "agreed");
  return html`<div class="people-list" data-scroll tabindex="0">
    ${agreed.map((one) => html`<button type="button" class="action quiet" @click=${() => calls.tell("consent.set", { kind: one.kind ?? "recording", agree: false })}>${icon("record")}${cw("withdraw")} · ${cw(one.kind === "transcript" ? "transcribing" : "recording")}</button>`)}
    ${call.waiting.length
      ? html`<h4>${cw("lobby")}</h4><ul>${call.waiting.map((one) => html`<li>${avatar(roomPerson(one))}<b>${nameOf(roomPerson(one))}</b>
          <button type="button" class="action" @click=${() => calls.tell("room.admit", { part: one.part, admit: true })}>${cw("letIn")}</button>
          <button type="button" class="round" aria-label=${`${nameOf(roomPerson(one))} ${cw("turnAway")}`} @click=${() => calls.tell("room.admit", { part: one.part, admit: false })}>${icon("close")}</button></li>`)}</ul>`
      : nothing}
    <ul>
      ${call.people.map((one) => html`<li>${avatar(roomPerson(one))}<b>${one.part === call.me ? cw("me") : nameOf(roomPerson(one))}${one.part === call.host ? html`<small>${cw("host")}</small>` : nothing}</b>
        ${one.hand ? html`<span class="raised" role="img" aria-label=${cw("hand")}>${icon("hand")}</span>` : nothing}${icon(one.mic === false ? "mic-off" : "mic")}
        ${host && one.part !== call.me
          ? html`<button type="button" class="round" aria-label=${`${nameOf(roomPerson(one))} ${cw("mute")}`} ?disabled=${one.mic === false} @click=${deed("mute", one.part)}>${icon("mic-off")}</button>
              <button type="button" class="round" aria-label=${`${nameOf(roomPerson(one))} ${cw("remove")}`} @click=${deed("remove", one.part)}>${icon("close")}</button>`
          : nothing}</li>`)}
    </ul>
    ${host
      ? html`<div class="host-keys">
          <button type="button" class="action quiet" @click=${deed("mute_all")}>${icon("mic-off")}${cw("muteAll")}</button>
          <button type="button" class="action quiet" aria-pressed=${String(call.locked)} @click=${deed(call.locked ? "unlock" : "lock")}>${icon(call.locked ? "lock" : "unlock")}${call.locked ? cw("unlockRoom") : cw("lockRoom")}</button>
          <button type="button" class="action quiet" aria-pressed=${String(record !== "off")} @click=${() => calls.tell("recording.set", { on: record === "off", kind: "recording" })}>${icon("record")}${record === "off" ? cw("record") : cw("recordStop")}</button>
          <button type="button" class="action stop" @click=${deed("end")}>${icon("hangup")}${cw("endForAll")}</button>
        </div>`
      : nothing}
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
