/** What a panel's data is: live and of when, old and of when, simulated, replayed, or not received. */
import { html, nothing } from "lit-html";
import { moment } from "./format.js";
import { language, pick, t } from "./i18n.js";

/** {kind, text} of the badge; kind: live, stale, simulated, recorded or none. Pure but for the language. */
export function badgeOf(data) {
  if (!data) return null;
  const english = language() === "en";
  const label = (english ? data.label_en : data.label_ko) || t(data.mode === "recorded" ? "recorded" : data.mode === "live" ? "live" : "simulated");
  if (!data.observed_at) return { kind: "none", text: label };
  const at = moment(data.observed_at);
  if (data.mode !== "live") return { kind: data.mode, text: data.stale ? `${label} · ${t("stale")} ${at}` : label };
  return data.stale ? { kind: "stale", text: `${t("stale")} · ${at}` } : { kind: "live", text: `${label} · ${at}` };
}

/** The badge; nothing while there is no view. */
export function dataBadge(data) {
  const badge = badgeOf(data);
  return badge ? html`<span class=${`badge data ${badge.kind}`} title=${pick(data, "source")}>${badge.text}</span>` : nothing;
}
