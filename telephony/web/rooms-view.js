/** Meetings one may enter: their list, the door of one that asks for a PIN, and the lobby. */
import { html, nothing } from "lit-html";
import { icon } from "#screen/icons.js";
import { pick } from "#screen/i18n.js";
import { cw } from "./words.js";

/** rooms: as the hub lists them. asking: the room whose PIN is asked for. invite(room): make a link for a phone at a scene. */
export function roomList(rooms, { asking = null, pin = "", set, join, invite = null, empty = cw("noRooms") }) {
  if (!rooms?.length) return html`<p class="notice">${empty}</p>`;
  return html`<ul class="room-list" data-scroll>${rooms.map((one) => {
    const name = pick(one, "title") || pick(one, "name") || one.room;
    const enter = (event) => {
      event?.preventDefault();
      if (one.pin && asking !== one.room) return set({ asking: one.room, pin: "" });
      return join(one.room, one.pin ? pin : null);
    };
    return html`<li class=${one.live ? "live" : ""}><span class="door">${icon(one.locked || one.pin ? "lock" : "video")}</span>
      <span class="what"><b>${name}</b><small>${icon("people")}${one.people ?? 0}${one.most ? ` / ${one.most}` : ""}${one.live ? html` · ${cw("inCall")}` : nothing}</small></span>
      ${asking === one.room
        ? html`<form class="pin-form" @submit=${enter}><input inputmode="numeric" autocomplete="off" maxlength="12" aria-label=${`${name} ${cw("pinCode")}`} placeholder=${cw("pinCode")} .value=${pin} @input=${(event) => set({ pin: event.target.value })} /><button type="submit" class="action">${cw("join")}</button></form>`
        : html`${invite ? html`<button type="button" class="action quiet" aria-label=${`${cw("linkMake")}: ${name}`} @click=${() => invite(one.room)}>${icon("share")}${cw("linkMake")}</button>` : nothing}<button type="button" class="action" ?disabled=${one.locked} aria-label=${`${cw("join")}: ${name}`} @click=${enter}>${cw("join")}</button>`}
    </li>`;
  })}</ul>`;
}

/** Nothing of the meeting is told before the door opens. */
export function lobbyCard({ waiting }, calls) {
  if (!waiting) return nothing;
  const kinds = waiting.kinds?.length ? waiting.kinds : ["recording"];
  const agree = (yes) => () => kinds.forEach((kind) => calls.line.send("consent.set", { room: waiting.room, kind, agree: yes }));
  return html`<section class="call-card lobby" role="status">
    <div class="pulse"><span class="initials large" aria-hidden="true">${icon("lock")}</span></div>
    <div class="who"><p class="lead">${cw("meeting")}</p><h2>${cw("lobby")}</h2><p class="hint">${cw(waiting.why === "consent" ? "consentWhy" : waiting.why === "host" ? "hostWhy" : "lobbyWhy")}</p></div>
    <div class="over-keys">${waiting.why === "consent" ? html`<button type="button" class="action" @click=${agree(true)}>${cw("agree")}</button>` : nothing}<button type="button" class="action quiet" @click=${() => calls.hangup()}>${cw("leave")}</button></div>
  </section>`;
}
