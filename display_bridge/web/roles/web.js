/** A citizen's own phone or computer: search, menus, cards, a panel to share. Nothing here commands another screen. */
import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { panelsOf } from "../chooser.js";
import { clockTime } from "../format.js";
import { icon, logo } from "../icons.js";
import { language, pick, t } from "../i18n.js";
import { stage } from "../stage.js";
import { trailOf } from "../trail.js";
import { dataBadge } from "../badge.js";
import { raise } from "./legible.js";
import { iconOf, opened, panelIcon, search, wordOf } from "./tiles.js";
import { menuIcon, submenuIcon } from "./topic-icons.js";
import { AGAIN_MS, askedPanel, linkOf, seen, snapshot, START, step } from "./visit.js";
import { w } from "./words.js";

/** The smallest letter of a drawing on a phone, CSS px. */
const LEAST_PX = 10;

let store = null;
let asked = 0;

const visitOf = (local) => local.visit ?? START;

function change(visit, { keep = false } = {}) {
  const before = visitOf(store.local).panel;
  store.setLocal({ visit });
  if (visit.panel === before) return;
  store.setLocal({ query: "", tileMenu: null, tileSub: null });
  if (!keep) history.pushState(null, "", linkOf(visit.panel, location.href, language()));
  scrollTo({ top: 0, behavior: "instant" });
  if (visit.panel) load();
}

async function load() {
  const mine = ++asked;
  const { panel } = visitOf(store.local);
  if (!panel) return;
  try {
    const { view, at } = await snapshot(panel);
    if (mine === asked) store.setLocal({ visit: { ...visitOf(store.local), view, at, problem: null } });
  } catch (error) {
    if (mine === asked) store.setLocal({ visit: { ...visitOf(store.local), problem: error.gone ? "gone" : "offline" } });
  }
}

/** What a block asks for happens on this page alone. */
const send = async (op, args) => {
  const next = step(visitOf(store.local), op, args);
  if (!next) return { ok: false };
  change(next);
  return { ok: true };
};

async function share(state, actions) {
  const url = linkOf(state.shown.panel, location.href, language());
  const title = pick(state.view, "title");
  try {
    if (navigator.share) return await navigator.share({ title: `${title} · ${t("title")}`, url });
    await navigator.clipboard.writeText(url);
    actions.set({ said: w("copied") });
  } catch (error) {
    if (error?.name !== "AbortError") actions.set({ said: w("copyFailed") });
  }
  setTimeout(() => actions.set({ said: null }), 5000);
}

export function page({ state, local }, actions) {
  const visit = visitOf(local);
  const shown = seen(state, visit);
  const choosing = local.query || local.tileMenu;
  return html`<a class="skip" href="#stage">${w("skip")}</a>
    <header class="top web-top">
      <a class="brand" href=${linkOf(null, location.href)} @click=${(event) => { event.preventDefault(); actions.set({ query: "", tileMenu: null, tileSub: null }); change(START); }}>${logo()}<strong>${t("title")}</strong></a>
      <div class="badges">
        ${dataBadge(shown?.view?.data)}
        <button type="button" class="badge lang" lang=${language() === "en" ? "ko" : "en"} @click=${actions.toggleLanguage}>${t("language")}</button>
      </div>
    </header>
    ${finder(local, actions)}
    ${choosing ? html`<main class="choice" id="stage" tabindex="-1">${choice(local, actions, shown)}</main>` : content(state, shown, visit, local, actions)}
    <footer class="web-foot"><p>${w("cityNow")} · ${t("title")}</p></footer>`;
}

function finder(local, actions) {
  const menus = (local.catalog?.menus ?? []).filter(({ id }) => id !== "common" && panelsOf(local.catalog, id).length);
  return html`<search class="finder">
      <label>${icon("search")}<span class="unseen">${w("search")}</span>
        <input type="search" enterkeyhint="search" autocomplete="off" maxlength="40" placeholder=${w("search")} aria-describedby="find-hint" .value=${local.query ?? ""}
          @input=${(event) => actions.set({ query: event.target.value, tileMenu: null, tileSub: null })} />
      </label>
      <span class="unseen" id="find-hint">${w("searchHint")}</span>
    </search>
    <nav class="web-menus" aria-label=${w("menu")}>
      ${menus.map((menu) => html`<button type="button" aria-pressed=${String(local.tileMenu === menu.id)} @click=${() => actions.set({ query: "", tileSub: null, tileMenu: local.tileMenu === menu.id ? null : menu.id })}>${menuIcon(menu.id, iconOf(menu.id))}<span>${wordOf(menu)}</span></button>`)}
    </nav>`;
}

const card = (panel, shown) => html`<li><a class=${shown?.shown?.panel === panel.id ? "web-card shown" : "web-card"} aria-current=${shown?.shown?.panel === panel.id ? "page" : nothing} href=${linkOf(panel.id, location.href, language())}
  @click=${(event) => { if (event.metaKey || event.ctrlKey) return; event.preventDefault(); const next = step(visitOf(store.local), "show", { panel: panel.id }); store.setLocal({ query: "", tileMenu: null, tileSub: null }); change(next); }}>
  ${panelIcon(panel)}<b>${pick(panel, "name")}</b></a></li>`;
const cards = (panels, shown) => html`<ul class="web-cards">${repeat(panels, ({ id }) => id, (panel) => card(panel, shown))}</ul>`;

function choice(local, actions, shown) {
  const { catalog } = local;
  if (local.catalogError) return html`<p class="notice" role="alert">${t("catalogFailed")} <button type="button" class="action" @click=${actions.reloadCatalog}>${t("retry")}</button></p>`;
  if (!catalog) return html`<p class="notice" role="status">${t("loading")}</p>`;
  if (local.query) {
    const found = search(catalog, local.query);
    return html`<h1 class="choice-title">${w("found")} <small role="status">${found.length}</small></h1>${found.length ? cards(found, shown) : html`<p class="notice">${w("nothingFound")}</p>`}`;
  }
  const { menu, subs } = opened(catalog, local);
  return html`<h1 class="choice-title">${wordOf(menu)}</h1>
    ${subs ? subs.map((sub) => html`<section><h2>${submenuIcon(sub.id)}${wordOf(sub)}</h2>${cards(panelsOf(catalog, menu.id, sub.id), shown)}</section>`) : cards(panelsOf(catalog, menu.id), shown)}`;
}

function content(state, shown, visit, local, actions) {
  if (visit.panel && visit.problem === "gone") return html`<main class="stage waiting" id="stage" tabindex="-1"><p class="notice large" role="alert">${w("notPublic")}</p></main>`;
  if (visit.panel && !visit.view) {
    return html`<main class="stage waiting" id="stage" tabindex="-1"><p class="notice large" role="status">${visit.problem ? html`${w("loadFailed")} <button type="button" class="action" @click=${load}>${w("again")}</button>` : `${t("loading")}…`}</p></main>`;
  }
  if (!shown?.view) return html`<main class="stage waiting" id="stage" tabindex="-1"><p class="notice large" role="status">${t("connecting")}…</p></main>`;
  const { view } = shown;
  const alert = visit.panel && state?.shown?.layer === "alert" && state.view;
  const data = view.data;
  // Without a link the page says so itself, with the time of its picture (away.js).
  const old = visit.problem === "offline" && local.link !== "lost";
  return html`${alert ? html`<button type="button" class="web-alert" @click=${() => change(START)}>${icon("alert")}<b>${pick(state.view, "title")}</b><span>${w("alertNow")}</span></button>` : nothing}
    <section class="titles" aria-live="polite"><div class="words">
      <p class="trail">${shown.shown.layer === "alert" ? html`<b class="layer alert">${icon("alert")}${t("alert")}</b>` : nothing}<span>${trailOf(view).join(" › ")}</span></p>
      <h1>${pick(view, "title")}</h1>
      <p class="sub"><span>${pick(view, "subtitle")}</span></p>
      <p class="sub web-fresh">
        ${data?.observed_at ? html`<span class=${data.stale ? "fresh stale" : "fresh"}>${language() === "en" ? `${data.stale ? t("stale") : t("asOf")} ${clockTime(data.observed_at)}` : `${clockTime(data.observed_at)} ${data.stale ? t("stale") : t("asOf")}`}</span>` : nothing}
        ${data?.source_ko ? html`<span class="source" lang=${language() === "en" && !data.source_en ? "ko" : nothing}>${t("source")} ${pick(data, "source")}</span>` : nothing}
      </p></div>
      <div class="beside">
        <button type="button" class="pill" @click=${() => share(shown, actions)}>${icon("share")}<span>${w("share")}</span></button>
        <button type="button" class="pill" ?disabled=${visit.zoom <= 1} @click=${() => change(step(visit.panel ? visit : { ...START, panel: shown.shown.panel, view, at: visit.at }, "zoom_out"))}>${icon("zoomout")}<span>${w("smaller")}</span></button>
        <button type="button" class="pill" @click=${() => change(step(visit.panel ? visit : { ...START, panel: shown.shown.panel, view, at: visit.at }, "zoom_in"))}>${icon("zoomin")}<span>${w("larger")}</span></button>
      </div>
    </section>
    ${old ? html`<p class="web-old" role="status">${icon("alert")}${w("oldPicture")}</p>` : nothing}
    ${local.said ? html`<p class="web-old" role="status">${icon("check")}${local.said}</p>` : nothing}
    ${stage(shown, send)}
    ${also(shown, local)}`;
}

/** The panels beside this one; on the start page the menu's own doors. */
function also(shown, local) {
  const { catalog } = local;
  const one = shown.view?.panel;
  if (!catalog || !one) return nothing;
  const near = panelsOf(catalog, one.menu, catalog.panels.find(({ id }) => id === one.id)?.submenu ?? null).filter(({ id }) => id !== shown.shown.panel);
  return near.length ? html`<aside class="also" aria-label=${w("alsoHere")}><h2>${w("alsoHere")}</h2>${cards(near.slice(0, 12), shown)}</aside>` : nothing;
}

export const titleOf = ({ state, local }) => pick(seen(state, visitOf(local))?.view, "title");

export function begin(given, actions) {
  store = given;
  const wanted = askedPanel(location.search);
  if (wanted) change({ ...START, panel: wanted }, { keep: true });
  addEventListener("popstate", () => {
    const panel = askedPanel(location.search);
    change(panel ? { ...START, panel } : START, { keep: true });
  });
  setInterval(() => document.hidden || load(), AGAIN_MS);
  addEventListener("online", load);
  if (!store.local.catalog) actions.reloadCatalog();
}

export function drawn({ state, local }) {
  const shown = seen(state, visitOf(local));
  // The page's own panel is what is shown here, whatever the display of this name rotates through.
  document.body.dataset.panel = shown?.shown?.panel ?? "";
  document.body.dataset.menu = shown?.view?.panel?.menu ?? "main";
  document.body.dataset.layer = shown?.shown?.layer ?? "home";
  raise(document, LEAST_PX);
}
