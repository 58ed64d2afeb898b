/** What stands around a call that is not there yet, or not any more: announced, ringing, incoming, ended, consent. */
import { html, nothing } from "lit-html";
import { icon } from "#screen/icons.js";
import { pick } from "#screen/i18n.js";
import { lasting } from "./arrange.js";
import { cw, cwOther, nameOf, reasonWords } from "./words.js";

const VIDEO = (media) => media !== "audio";
const mediaIcon = (media) => icon(VIDEO(media) ? "video" : "phone");

/** The first letters of a name, in a circle. */
export const avatar = (person, kind = "") => html`<span class=${`initials ${kind}`} aria-hidden="true">${initials(nameOf(person))}</span>`;

/** Korean names by their first two syllables, others by their initials. Pure. */
export function initials(name) {
  const words = String(name).trim().split(/\s+/).filter(Boolean);
  if (!words.length) return "?";
  if (/[가-힣]/.test(words[0])) return words[0].slice(0, 2);
  return words.slice(0, 2).map((word) => word[0].toUpperCase()).join("");
}

/** What a call is about: the incident or project, with its kind. */
export function aboutLine(about, large = false) {
  if (!about?.title && !about?.title_ko) return nothing;
  const kind = ["event", "project", "panel"].includes(about.kind) ? about.kind : "panel";
  return html`<p class=${`call-about of-${kind} ${large ? "large" : ""}`}>${icon(kind === "event" ? "alert" : kind === "project" ? "building" : "screen")}<span><small>${cw(kind)}</small><b>${pick(about, "title") || about.title}</b></span></p>`;
}

const round = (name, word, kind, press, key = "") =>
  html`<button type="button" class=${`call-key ${kind}`} @click=${press}><i>${icon(name)}</i><span>${word}${key ? html`<kbd aria-hidden="true">${key}</kbd>` : nothing}</span></button>`;

/** "About to call": the seconds that are left, and one large button that stops it. */
export function announcedCard({ announced }, calls, now, viewOnly = false) {
  if (!announced) return nothing;
  const left = Math.max(0, announced.until - now);
  const total = announced.total || 3;
  return html`<section class="call-card announced" role="alertdialog" aria-live="assertive" aria-label=${`${cw("announced")}: ${nameOf(announced.to)}`}>
    <div class="call-count" style=${`--dur:${total}s;--gone:${-(total - left)}s`} aria-hidden="true">
      <svg viewBox="0 0 120 120"><circle class="track" cx="60" cy="60" r="54"></circle><circle class="left" cx="60" cy="60" r="54" pathLength="100"></circle></svg><b>${Math.max(1, Math.ceil(left))}</b>
    </div>
    <div class="who">
      <p class="lead">${mediaIcon(announced.media)}${cw("announced")}</p>
      <h2>${nameOf(announced.to)}</h2>
      ${aboutLine(announced.about)}
      <p class="hint">${cw("announcedHint")}</p>
    </div>
    ${viewOnly ? nothing : html`<button type="button" class="call-cancel" @click=${() => calls.cancel()}>${icon("close")}<span>${cw("cancel")}<small lang="en">${cwOther("cancel")}</small></span></button>`}
  </section>`;
}

/** It rings elsewhere. */
export function placingCard(state, calls, viewOnly = false) {
  const { call } = state;
  if (!call || !["placing", "ringing"].includes(call.phase)) return nothing;
  return html`<section class="call-card placing" role="dialog" aria-label=${`${cw("ringing")}: ${nameOf(call.peer)}`}>
    <div class="pulse">${avatar(call.peer, "large")}</div>
    <div class="who">
      <p class="lead">${mediaIcon(call.media)}${call.phase === "placing" ? cw("placing") : cw("ringing")}${call.ringing > 1 ? html` · ${call.ringing}${cw("ringingAt")}` : nothing}</p>
      <h2>${nameOf(call.peer)}</h2>
      ${call.deputy ? html`<p class="hint">${cw("deputy")}: <b>${nameOf(call.deputy)}</b></p>` : nothing} ${aboutLine(call.about)}
    </div>
    ${viewOnly ? nothing : html`<div class="call-keys">${round("hangup", cw("cancel"), "stop", () => calls.cancel(), "Esc")}</div>`}
  </section>`;
}

/** It rings here: who calls, and why. */
export function incomingCard(state, calls) {
  const [one, ...others] = [...state.incoming].reverse();
  if (!one) return nothing;
  const urgent = one.urgent || one.about?.kind === "event";
  return html`<section class=${`call-card incoming ${urgent ? "urgent" : ""}`} role="alertdialog" aria-modal="true" tabindex="-1" aria-labelledby="incoming-who" aria-describedby="incoming-why">
    <div class="pulse">${avatar(one.from, "large")}</div>
    <div class="who">
      <p class="lead">${urgent ? icon("alert") : mediaIcon(one.media)}${urgent ? `${cw("incomingUrgent")} · ` : ""}${VIDEO(one.media) ? cw("incomingVideo") : cw("incomingVoice")}</p>
      <h2 id="incoming-who">${nameOf(one.from)}${one.from.place ? html`<small>${one.from.place}</small>` : nothing}</h2>
      <div id="incoming-why">${aboutLine(one.about, true)}</div>
      ${one.waiting ? html`<p class="hint">${icon("pause")}${cw("holdsOther")}</p>` : nothing}
    </div>
    <div class="call-keys">
      ${round(VIDEO(one.media) ? "video" : "phone", cw("accept"), "go", () => calls.accept(one.call), "Enter")}
      ${VIDEO(one.media) ? round("phone", cw("acceptVoice"), "go quiet", () => calls.accept(one.call, "audio")) : nothing}
      ${round("hangup", cw("reject"), "stop", () => calls.reject(one.call), "Esc")}
    </div>
    ${others.length
      ? html`<ul class="others">${others.map((other) => html`<li>${mediaIcon(other.media)}<span><b>${nameOf(other.from)}</b><small>${other.about?.title ?? ""}</small></span>
          <button type="button" class="round go" aria-label=${`${nameOf(other.from)} ${cw("accept")}`} @click=${() => calls.accept(other.call)}>${icon("phone")}</button>
          <button type="button" class="round stop" aria-label=${`${nameOf(other.from)} ${cw("reject")}`} @click=${() => calls.reject(other.call)}>${icon("close")}</button></li>`)}</ul>`
      : nothing}
  </section>`;
}

/** What became of it; for a moment, with a way to try again. */
export function endedCard({ ended }, calls, { again = null, viewOnly = false } = {}) {
  if (!ended) return nothing;
  const name = ended.peer ? nameOf(ended.peer) : "";
  const calm = ["hangup", "left", "transferred", "cancelled", "answered_elsewhere"].includes(ended.reason);
  return html`<section class=${`call-card over ${calm ? "calm" : "warn"}`} role="status">
    <span class="mark">${icon(calm ? "check" : "hangup")}</span>
    <div class="who"><p class="lead">${name}</p><h2>${reasonWords(ended.reason)}</h2>${ended.seconds >= 1 ? html`<p class="hint">${lasting(ended.seconds)}</p>` : nothing}</div>
    ${viewOnly
      ? nothing
      : html`<div class="over-keys">${again ? html`<button type="button" class="action" @click=${again}>${icon("phone")}${cw("callAgain")}</button>` : nothing}<button type="button" class="round" aria-label=${cw("close")} @click=${() => calls.forgetEnded()}>${icon("close")}</button></div>`}
  </section>`;
}

/** Everybody is asked before anything is kept. */
export function consentCard({ call }, calls) {
  const asked = Object.values(call?.recordings ?? {}).find(({ state, you }) => state === "asking" && (you === "asked" || you === null || you === undefined));
  const awaited = Object.values(call?.recordings ?? {}).find(({ state, you }) => state === "asking" && you === "agreed");
  if (!asked && awaited) return html`<p class="consent waits" role="status"><span class="dot">${icon("record")}</span><b>${awaited.open ?? ""}${cw("consentOpen")}</b></p>`;
  if (!asked) return nothing;
  const kind = asked.kind ?? "recording";
  const answer = (agree) => () => calls.tell("consent.set", { kind, agree });
  return html`<section class="consent" role="alertdialog" aria-labelledby="consent-title">
    <span class="dot">${icon("record")}</span>
    <div><h2 id="consent-title">${cw(kind === "transcript" ? "consentTranscript" : "consentTitle")}</h2><p>${cw("consentBody")}</p></div>
    <button type="button" class="action" @click=${answer(true)}>${cw("agree")}</button>
    <button type="button" class="action quiet" @click=${answer(false)}>${cw("decline")}</button>
  </section>`;
}

/** Somebody reads captions: whether one's own voice may be written for them is asked, once a call. */
export function captionsCard({ call }, calls, ui, set) {
  if (!call?.captions.on || call.captions.mine || ui.unwritten) return nothing;
  return html`<section class="consent" role="alertdialog" aria-labelledby="captions-title">
    <span class="dot calm">${icon("captions")}</span>
    <div><h2 id="captions-title">${cw("captionsAsk")}</h2><p>${cw("captionsAskBody")}</p></div>
    <button type="button" class="action" @click=${() => calls.letCaptions(true)}>${cw("agree")}</button>
    <button type="button" class="action quiet" @click=${() => set({ unwritten: true })}>${cw("decline")}</button>
  </section>`;
}
