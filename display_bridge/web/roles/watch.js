/** The watch: one button that relays the voice to the wall, what was heard, how it ended, and yes or no. */
import { html, nothing } from "lit-html";
import { badgeOf } from "../badge.js";
import { fresh } from "../fresh.js";
import { icon, wave } from "../icons.js";
import { pick, t } from "../i18n.js";
import { office } from "../live-parts.js";
import { OUTCOMES } from "../voice.js";
import { haptic } from "./haptics.js";
import { w } from "./words.js";

let before = { link: null, talking: false, outcome: null, question: null };

export function page({ state, local }, actions) {
  const lost = local.link !== "open";
  return html`<main class="wrist" id="stage">
    <p class="hour"><seoula-clock part="time"></seoula-clock></p>
    <section class="face" role="status">${face(state, local, lost, actions)}</section>
    <button type="button" class="relay" aria-pressed=${String(local.talking)} aria-label=${local.talking ? w("stopTalk") : w("relay")} ?disabled=${lost} @click=${actions.toggleMic}>${icon("mic")}</button>
  </main>`;
}

/** A question on the wall, answered from the wrist. */
const choices = (question, actions) => html`<b class="asked">${pick(question, "prompt") || w("choose")}</b>
  <div class="wrist-choices">${(question.choices ?? []).map((one) => html`<button type="button" @click=${() => actions.send("choose", { choice: one.n })}><i>${one.n}</i>${pick(one, "label")}</button>`)}</div>`;

function face(state, local, lost, actions) {
  if (lost) return html`<span class="mark bad">${icon("alert")}</span><b>${local.link === "lost" ? t("lost") : t("connecting")}</b>`;
  if (local.talking) return html`${wave()}<b class="heard">${local.heard || w(local.resending ? "resending" : "listening")}</b>${local.resending && local.heard ? html`<small>${w("resending")}</small>` : nothing}`;
  const wrist = office.wristQuestion?.(state, actions);
  if (wrist) return wrist;
  if (state?.question) return choices(state.question, actions);
  const outcome = state?.assistant?.outcome;
  if (outcome) {
    const [name, tone] = OUTCOMES[outcome.code] ?? ["spark", "calm"];
    return fresh(outcome.code, html`<span class=${`mark ${tone}`}>${icon(name)}</span><b>${pick(outcome, "text")}</b>`);
  }
  const badge = badgeOf(state?.view?.data);
  return html`<small>${w("onWall")}</small><b class="panel">${pick(state?.view, "title")}</b>
    ${badge && badge.kind !== "live" ? html`<small class="simulated">${badge.text}</small>` : nothing}`;
}

export function drawn(store) {
  const { state, local } = store;
  const after = { link: local.link, talking: local.talking, outcome: state?.assistant?.outcome?.code ?? null, question: state?.question ? JSON.stringify(state.question) : (office.wristQuestion?.(state, null) ? state.overlay.args.check : null) };
  const pattern = haptic(before, after);
  before = after;
  if (pattern) navigator.vibrate?.(pattern);
}
