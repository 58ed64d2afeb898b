/** The department of what is shown: its name, its number where known, and the call buttons at its right. */
import { html, nothing } from "lit-html";
import { icon } from "./icons.js";
import { pick, t } from "./i18n.js";

const WORD = { video: "videoCall", voice: "voiceCall" };

/** Which call comes first: of a disaster the voice, of everything else the picture. Pure. */
export const callOrder = (disaster) => (disaster ? ["voice", "video"] : ["video", "voice"]);

/** Whether the buttons are there, and lead anywhere: "none" (citizens), "off" (not connected yet) or "on". Pure. */
export const callsOf = (state) => (!state?.services ? "none" : state.services.calls ? "on" : "off");

/** The two buttons. Where no telephone is connected they can be reached, and say so. */
export function callButtons(one, state, actions, disaster = false) {
  const calls = callsOf(state);
  if (!one || calls === "none") return nothing;
  const off = calls === "off";
  const call = (media) => (off ? actions.tell(t("callsOff")) : actions.send("call", { media, department: one.id }));
  return callOrder(disaster).map(
    (media, index) => html`<button type="button" class=${`round call ${index ? "" : "first"}`} data-media=${media} aria-disabled=${off ? "true" : nothing}
      aria-label=${`${pick(one, "name")} ${t(WORD[media])}${off ? ` – ${t("callsOff")}` : ""}`} title=${off ? t("callsOff") : t(WORD[media])} @click=${() => call(media)}>${icon(media === "video" ? "video" : "phone")}</button>`,
  );
}

/** The block: who is responsible, and how to reach them. */
export function department(one, state, actions, disaster = false) {
  if (!one) return nothing;
  const reach = [one.console_ko || one.console_en ? pick(one, "console") : "", one.extension ? `${t("extension")} ${one.extension}` : ""].filter(Boolean).join(" · ");
  return html`<div class="department" role="group" aria-label=${t("department")}>
    <p><small>${t("department")}</small><b>${pick(one, "name")}</b>${reach ? html`<small>${reach}</small>` : nothing}</p>
    ${callButtons(one, state, actions, disaster)}
  </div>`;
}
