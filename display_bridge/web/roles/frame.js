/** What the pages of several roles share: a heading without controls, and a key with icon and word. */
import { html, nothing } from "lit-html";
import { dataBadge } from "../badge.js";
import { clockTime } from "../format.js";
import { incidentPlainHead } from "../incident.js";
import { icon, logo } from "../icons.js";
import { language, pick, t } from "../i18n.js";

export { dataBadge };

/** Logo, simulated-data badge, lost connection, clock; nothing to touch. */
export function plainHeader(state, local, beside = nothing) {
  const data = state?.view?.data;
  return html`<header class="top plain">
    <p class="brand">${logo()}<span><strong>${t("title")}</strong></span></p>
    <div class="badges">
      ${dataBadge(data)}
      ${local.link === "lost" ? html`<span class="badge link lost" role="alert"><i></i>${t("lost")}${local.heardAt ? html` · <b>${clockTime(local.heardAt)}</b> ${t("dataOf")}` : nothing}</span>` : nothing}
      ${beside}
    </div>
    <p class="now"><seoula-clock part="date"></seoula-clock><strong><seoula-clock part="time"></seoula-clock></strong></p>
  </header>`;
}

/** Title and freshness of the shown panel. */
export function plainTitles(state) {
  const view = state?.view;
  if (!view) return html`<section class="titles"></section>`;
  if (view.incident) return incidentPlainHead(state);
  const data = view.data;
  const when = data?.observed_at ? (language() === "en" ? `${data.stale ? t("stale") : t("asOf")} ${clockTime(data.observed_at)}` : `${clockTime(data.observed_at)} ${data.stale ? t("stale") : t("asOf")}`) : "";
  return html`<section class="titles" aria-live="polite"><div class="words">
    <p class="trail">${state.shown?.layer === "alert" ? html`<b class="layer alert">${icon("alert")}${t("alert")}</b>` : nothing}<span>${pick(view.panel, "menu") === "main" ? "" : pick(view.panel, "submenu")}</span></p>
    <h1>${pick(view, "title")}</h1>
    <p class="sub"><span>${pick(view, "subtitle")}</span>${when ? html`<span class=${data.stale ? "fresh stale" : "fresh"}>${when}</span>` : nothing}</p>
  </div></section>`;
}

/** A large key. pressed: true or false for a switch, undefined for none. */
export const key = (name, word, press, { pressed, kind = "", off = false, lang } = {}) =>
  html`<button type="button" class=${`role-key ${kind}`} ?disabled=${off} aria-pressed=${pressed === undefined ? nothing : String(pressed)} @click=${press}>${icon(name)}<span lang=${lang ?? nothing}>${word}</span></button>`;
