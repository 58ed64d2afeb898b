/** What stands around the stage: header, title strip with department and rotation, bottom bar. */
import { html, nothing } from "lit-html";
import { dataBadge } from "./badge.js";
import { clockTime, number } from "./format.js";
import { department } from "./department.js";
import { acknowledgedBadge, incidentHead } from "./incident.js";
import { icon, logo } from "./icons.js";
import { language, other, pick, t } from "./i18n.js";
import { office } from "./live-parts.js";
import { trailOf } from "./trail.js";

/** Logo, badges, weather, date and clock. */
export function header(state, local, actions, notices) {
  const weather = state?.weather;
  return html`<header class="top">
    <button type="button" class="brand" @click=${() => actions.send("home")}>
      ${logo()}<span><strong>${t("title")}</strong><small lang=${language() === "en" ? "ko" : "en"}>${other("title")}</small><i class="unseen">${t("home")}</i></span>
    </button>
    <div class="badges">
      ${notices} ${acknowledgedBadge(state)} ${dataBadge(state?.view?.data)} ${linkBadge(state, local)}
      ${weather
        ? html`<span class="badge weather">${t("seoul")} <b>${number(weather.temperature)}°C</b> ${pick(weather, "sky")}
            ${weather.wind_ko || Number.isFinite(weather.wind_speed) ? html`· ${pick(weather, "wind")} <b>${number(weather.wind_speed)} m/s</b>` : nothing}</span>`
        : nothing}
      <button type="button" class="badge lang" @click=${actions.toggleLanguage} lang=${language() === "en" ? "ko" : "en"}>${t("language")}</button>
    </div>
    <p class="now"><seoula-clock part="date"></seoula-clock><strong><seoula-clock part="time"></seoula-clock></strong></p>
  </header>`;
}

function linkBadge(state, local) {
  if (local.link === "open") {
    return html`<span class="badge link open"><i></i>${t("connected")} ${local.heardAt ? html`<b>${clockTime(local.heardAt)}</b>` : nothing}</span>`;
  }
  const words = local.link === "lost" ? t("lost") : t("connecting");
  return html`<span class="badge link lost" role="alert"><i></i>${words}${local.heardAt && state ? html` · <b>${clockTime(local.heardAt)}</b> ${t("dataOf")}` : nothing}</span>`;
}

/** Sub-menus whose panels are of disasters: there the voice call comes first. */
const DISASTER = new Set(["disaster"]);

/** Title of the shown panel, what and when, how it came here, and whom to call about it. */
export function titleStrip(state, actions) {
  const { view, shown } = state;
  if (!view) return nothing;
  if (view.incident) return incidentHead(state, actions);
  const panel = view.panel ?? {};
  const data = view.data;
  return html`<section class="titles" aria-live="polite">
    <div class="words">
      <p class="trail">
        ${shown?.layer === "alert" ? html`<b class="layer alert">${icon("alert")}${t("alert")}</b>` : nothing}
        ${shown?.layer === "hold" ? html`<b class="layer hold">${icon("pin")}${t("held")}</b>` : nothing}
        ${panel.visibility && panel.visibility !== "public" ? html`<b class="layer lock">${icon("lock")}${t(panel.visibility)}</b>` : nothing}
        <span>${trailOf(view).join(" › ")}</span>
      </p>
      <h1>${pick(view, "title")}</h1>
      <p class="sub">
        <span>${pick(view, "subtitle")}</span>
        ${data?.observed_at ? html`<span class=${data.stale ? "fresh stale" : "fresh"}>${language() === "en" ? `${data.stale ? t("stale") : t("asOf")} ${clockTime(data.observed_at)}` : `${clockTime(data.observed_at)} ${data.stale ? t("stale") : t("asOf")}`}</span>` : nothing}
        ${data?.source_ko ? html`<span class="source">${pick(data, "source")}</span>` : nothing}
      </p>
    </div>
    <div class="beside">${stay(state, actions)} ${department(panel.department, state, actions, DISASTER.has(panel.submenu))}</div>
  </section>`;
}

/** What comes next, or when this goes; and the buttons that stop or hold it. */
function stay({ shown, rotation }, actions) {
  const held = shown?.layer === "hold";
  const pin = html`<button type="button" class="round" @click=${() => actions.send(held ? "release" : "hold")} aria-pressed=${String(held)} aria-label=${held ? t("release") : t("hold")} title=${held ? t("release") : t("hold")}>${icon("pin")}</button>`;
  if (held) return html`<div class="stay">${pin}<span>${t("held")}</span></div>`;
  if (["command", "alert"].includes(shown?.layer)) {
    return html`<div class="stay">
      ${shown.until ? html`<span><seoula-countdown until=${shown.until}></seoula-countdown> ${t("returns")}</span>` : nothing}
      <button type="button" class="round" @click=${() => actions.send("back")} aria-label=${t("back")} title=${t("back")}>${icon("back")}</button>${pin}
    </div>`;
  }
  if (!rotation) return nothing;
  const next = pick(rotation, "next_name");
  return html`<div class="stay">
    ${rotation.running && next
      ? html`<span>${t("next")} <b>${next}</b> ${rotation.at ? html`<seoula-countdown until=${rotation.at}></seoula-countdown>` : nothing}</span>`
      : rotation.running ? nothing : html`<span>${t("paused")}</span>`}
    <button type="button" class="round" @click=${() => actions.send("rotation", { running: !rotation.running })} aria-label=${rotation.running ? t("pause") : t("resume")} title=${rotation.running ? t("pause") : t("resume")}>
      ${icon(rotation.running ? "pause" : "play")}
    </button>
  </div>`;
}

/** The bar in reach of the hand: menus, meeting and private mode, then the assistant (given). */
export function bottomBar(state, local, actions, assistant) {
  const menus = state?.menu ?? [];
  return html`<footer class="bottom">
    <button type="button" class="menu-toggle" aria-haspopup="dialog" aria-expanded=${String(Boolean(local.chooser))} aria-label=${t("menu")} title=${t("menu")} @click=${() => actions.openMenu(menus.find(({ active }) => active)?.id ?? menus[0]?.id)}>${icon("menu")}<span>${t("menu")}</span></button>
    <nav class="menus" aria-label=${t("menu")}>
      ${menus.map(
        (menu) => html`<button type="button" class=${menu.active ? "active" : ""} aria-current=${menu.active ? "page" : nothing} aria-expanded=${String(local.chooser === menu.id)} @click=${() => actions.openMenu(menu.id)}>
          ${(language() === "en" && menu.en) || menu.ko}
        </button>`,
      )}
    </nav>
    ${state ? viewControls(state, actions) : nothing}
    <div class="tools">
      ${tool("video", "conference", other("conference"), state?.shown?.panel === "fn-video-conference", () => actions.send("conference"))}
      ${privateTool(state, actions)} ${office.handsTool?.(state, local, actions) ?? nothing}
    </div>
    ${assistant}
  </footer>`;
}

/** A large button with its name in both languages. */
const tool = (name, key, second, on, press, pressed) =>
  html`<button type="button" class=${`tool ${on ? "on" : ""}`} title=${t(key)} aria-pressed=${pressed === undefined ? nothing : String(pressed)} aria-current=${on && pressed === undefined ? "page" : nothing} @click=${press}>${icon(name)}<span>${t(key)}<small>${second}</small></span></button>`;

/** Locked: asks how it is unlocked. Unlocked: one touch locks, at any time. */
function privateTool(state, actions) {
  const open = state?.display?.trust === "private" || state?.services?.hidden === true;
  return tool(open ? "unlock" : "lock", "privateMode", open ? t("unlocked") : t("locked"), open, () => actions.send("private_mode", { on: !open }), open);
}

/** Zoom and page, in reach of the hand. */
function viewControls(state, actions) {
  const zoom = Number(state.shown?.zoom) || 1;
  const button = (op, name, label, disabled = false) =>
    html`<button type="button" class="round" ?disabled=${disabled} @click=${() => actions.send(op)} aria-label=${label} title=${label}>${icon(name)}</button>`;
  return html`<div class="view-controls" role="group">
    ${button("zoom_out", "zoomout", t("zoomOut"), zoom <= 1)} ${button("zoom_in", "zoomin", t("zoomIn"))}
    ${button("up", "up", t("up"), !(state.shown?.page > 0))} ${button("down", "down", t("down"))}
  </div>`;
}
