/** The assistant at the bottom: its state in one card, and the words that led to it. */
import { html, nothing } from "lit-html";
import { styleMap } from "lit-html/directives/style-map.js";
import { serverNow } from "./clock.js";
import { fresh } from "./fresh.js";
import { icon, ring, wave } from "./icons.js";
import { pick, t } from "./i18n.js";
import { BUSY, tellFor } from "./phases.js";

/** Icon and colour of each ending. */
export const OUTCOMES = {
  shown: ["check", "good"],
  answered: ["speech", "good"],
  calling: ["phone", "calm"],
  asked: ["choices", "calm"],
  not_heard: ["ear", "soft"],
  not_understood: ["question", "warn"],
  ambiguous: ["choices", "warn"],
  not_permitted: ["lock", "warn"],
  failed: ["alert", "bad"],
  cancelled: ["stop", "soft"],
};

/** What the card shows: "outcome", a busy phase, or null for nothing. Pure. */
export function cardOf(assistant) {
  if (!assistant) return null;
  if (["standby", "hearing", "deciding"].includes(assistant.phase)) return assistant.phase;
  if (assistant.outcome) return "outcome";
  return BUSY.has(assistant.phase) ? assistant.phase : null;
}

/** Seconds of a phase and how many of them are gone, for the ring. Pure. */
export function ringTimes(assistant, now) {
  const since = assistant.since ?? now;
  const whole = Math.max(0.1, (assistant.until ?? since + 3) - since);
  return { whole, gone: Math.max(0, Math.min(whole, now - since)) };
}

/** What goes round the icon of an ending: the ear still open for a next command, with the time that is left. */
const endingMark = (assistant, name) => {
  if (assistant.phase !== "follow_up") return html`<span class="mark">${icon(name)}</span>`;
  return assistant.until ? timed("follow_up", assistant, icon("mic")) : wave();
};

function timed(kind, assistant, content) {
  const { whole, gone } = ringTimes(assistant, serverNow());
  const times = styleMap({ "--dur": `${whole}s`, "--gone": `${-gone}s` });
  return fresh(`${kind}${assistant.since ?? ""}`, html`<span class="timed" style=${times}>${ring(content)}</span>`);
}

/** The card above the bar. */
export function voiceCard(assistant, local) {
  const kind = cardOf(assistant);
  const text = local.talking && local.heard ? local.heard : assistant?.text;
  if (local.talking && (!kind || kind === "outcome")) {
    return html`<div class="voice hearing" role="status">${wave()}<p><b>${local.heard || t("hearing")}</b></p></div>`;
  }
  if (!kind) return nothing;
  if (kind === "outcome") {
    const [name, tone] = OUTCOMES[assistant.outcome.code] ?? ["spark", "calm"];
    const follows = assistant.phase === "follow_up";
    // Each ending anew: during a call it goes by itself, and the next one has to be seen.
    return fresh(`ending${assistant.run ?? ""}${assistant.outcome.text_ko}`, html`<div class=${`voice outcome ${tone} ${follows ? "follow-up" : ""}`} role="status">
      ${endingMark(assistant, name)}
      <p><b>${pick(assistant.outcome, "text")}</b>${follows ? html`<small>${t("followUp")}</small>` : text ? html`<small>“${text}”</small>` : nothing}</p>
      ${assistant.phase === "speaking" ? wave() : nothing}
    </div>`);
  }
  if (kind === "follow_up") {
    return html`<div class="voice follow-up" role="status">${endingMark(assistant, "mic")}<p><small>${t("followUp")}</small></p></div>`;
  }
  return html`<div class=${`voice ${kind}`} role="status">
    ${kind === "standby" || kind === "asking"
      ? timed(kind, assistant, icon(kind === "asking" ? "choices" : "mic"))
      : kind === "hearing" || kind === "speaking" ? wave() : html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>`}
    <p><b>${kind !== "standby" && text ? html`“${text}”` : t(kind)}</b>${kind !== "standby" && text ? html`<small>${t(kind)}</small>` : kind === "standby" ? html`<small>${t("say")}</small>` : nothing}</p>
  </div>`;
}

/** The button that ends a false wake: while the wake word's run goes on, and shortly after. */
export function falseWake(assistant, actions) {
  const seconds = tellFor(assistant, serverNow());
  if (seconds === 0) return nothing;
  const times = seconds === null ? nothing : styleMap({ "--left": `${seconds}s` });
  return fresh(`${assistant.phase}${assistant.since ?? ""}`, html`<button type="button" class=${seconds === null ? "false-wake" : "false-wake going"} style=${times} @click=${() => actions.send("false_wake")}>${icon("ear")}${t("notCalled")}</button>`);
}

/** Notices of the bookcase that tell, and warn of nothing. */
const HINTS = new Set(["shelf-open", "shelf-unlisted", "shelf-elsewhere"]);

/** Lasting notices: no microphone, a part of the service is down, sound is blocked, ... */
export function notices(assistant, local) {
  const list = [...(assistant?.notices ?? [])];
  const has = (code) => list.some((one) => one.code === code);
  if (assistant?.mic === "missing" && !has("mic-missing") && !has("microphone-missing")) list.unshift({ code: "mic-missing", text: t("micMissing") });
  if (assistant?.mic === "off" || assistant?.phase === "muted") list.unshift({ code: "mic-off", text: t("muted") });
  list.push(...local.notices);
  if (!list.length) return nothing;
  return html`<div role="status"><ul class="notices">
    ${list.slice(0, 3).map((one) => html`<li class=${one.tone ?? (HINTS.has(one.code) ? "calm" : "")} data-notice=${one.code}>${icon(/mic/.test(one.code) ? "mic-off" : HINTS.has(one.code) ? "book" : "alert")}<span>${pick(one, "text")}</span></li>`)}
  </ul></div>`;
}

/** The light along the bar's upper edge: on while the assistant listens, thinks or speaks. */
export const lightOf = (assistant, talking) => (talking ? "hearing" : assistant?.phase && BUSY.has(assistant.phase) ? assistant.phase : "");
