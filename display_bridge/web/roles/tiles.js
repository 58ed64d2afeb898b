/** The choice of screens as large tiles: the menus, then a menu's parts, then the panels of one, a handful at a time. */
import { html, nothing } from "lit-html";
import { panelsOf } from "../chooser.js";
import { icon } from "../icons.js";
import { pick, t } from "../i18n.js";
import { menuIcon, submenuIcon, topicIcon } from "./topic-icons.js";
import { w } from "./words.js";

const ICONS = { main: "home", realtime: "screen", analytics: "choices", opinion: "speech", status: "building", documents: "book", resume: "list", common: "menu" };

export const iconOf = (menu) => ICONS[menu] ?? "spark";

/** One page of a list: {items, page, pages}. A page beyond the end is the last. Pure. */
export function pageOf(list, page, size) {
  const pages = Math.max(1, Math.ceil(list.length / size));
  const at = Math.min(Math.max(0, page), pages - 1);
  return { items: list.slice(at * size, (at + 1) * size), page: at, pages };
}

const plain = (text) => text.toLowerCase().replace(/\s+/g, "");

/** The panels whose names hold the words, in both languages, blanks not counted; those that begin with them first. Pure. */
export function search(catalog, words) {
  const wanted = plain(words);
  if (!wanted) return [];
  const hits = [];
  for (const panel of catalog?.panels ?? []) {
    const names = [panel.name_ko, panel.name_en, ...(panel.aliases_ko ?? [])].filter(Boolean).map(plain);
    const least = Math.min(...names.map((name) => name.indexOf(wanted)).map((at) => (at < 0 ? Infinity : at)));
    if (least < Infinity) hits.push({ panel, least });
  }
  return hits.sort((a, b) => a.least - b.least).map(({ panel }) => panel);
}

export const wordOf = (one) => pick({ name_ko: one?.ko, name_en: one?.en }, "name");

/** A panel's own icon; a lock where it is not for everybody. */
export const panelIcon = (panel) => (panel.visibility && panel.visibility !== "public" ? icon("lock") : topicIcon(panel.id, iconOf(panel.menu)));

/** What is open: {menu, sub, panels} where menu and sub are null for none, panels null while one still chooses. Pure. */
export function opened(catalog, { tileMenu = null, tileSub = null } = {}) {
  const menu = catalog.menus.find(({ id }) => id === tileMenu) ?? null;
  if (!menu) return { menu: null, sub: null, panels: null };
  const subs = (menu.submenus ?? []).filter(({ id }) => panelsOf(catalog, menu.id, id).length);
  if (subs.length < 2) return { menu, sub: null, panels: panelsOf(catalog, menu.id) };
  const sub = subs.find(({ id }) => id === tileSub) ?? null;
  return { menu, sub, panels: sub ? panelsOf(catalog, menu.id, sub.id) : null, subs };
}

const MOST_NAMES = 4;
const names = (list) => `${list.slice(0, MOST_NAMES).join(" · ")}${list.length > MOST_NAMES ? " …" : ""}`;

/** What a menu holds, in a line: its parts, or its panels. */
const inside = (catalog, menu) => names(menu.submenus?.length > 1 ? menu.submenus.map(wordOf) : panelsOf(catalog, menu.id).map((panel) => pick(panel, "name")));

/** `detail`: a line of what is inside stands under each menu. `size`: how many tiles fit. local.tileMenu, tileSub, tilePage, query: what is open or looked for. */
export function tiles({ state, local }, actions, size, detail = false) {
  const { catalog, catalogError } = local;
  if (catalogError) return html`<div class="picks"><button type="button" class="pick" @click=${actions.reloadCatalog}>${icon("alert")}<b>${t("catalogFailed")} ${t("retry")}</b></button></div>`;
  if (!catalog) return html`<p class="notice">${t("loading")}</p>`;
  const tile = (one, mark, open, inside) => html`<button type="button" class="pick menu-pick" data-tile=${one.id} @click=${open}>${mark}<span><b>${wordOf(one)}</b>${detail ? html`<small>${inside}</small>` : nothing}</span></button>`;
  const grid = (label, list, draw, menu) => {
    const { items, page, pages } = pageOf(list, local.tilePage ?? 0, size);
    return html`<div class="picks" role="group" aria-label=${label}>${items.map(draw)}</div>${pager(page, pages, actions, menu, local)}`;
  };
  const panelTile = (panel) => {
    const shown = state?.shown?.panel === panel.id;
    return html`<button type="button" class=${shown ? "pick shown" : "pick"} aria-current=${shown ? "true" : nothing} data-tile=${panel.id} @click=${() => actions.chosen(panel)}>
      ${panelIcon(panel)}<b>${pick(panel, "name")}</b>${shown ? html`<i class="now-shown">${icon("check")}${w("shownNow")}</i>` : nothing}
    </button>`;
  };
  if (local.query) {
    const found = search(catalog, local.query);
    if (!found.length) return html`<p class="notice" role="status">${w("nothingFound")}</p>`;
    return grid(w("found"), found, panelTile, null);
  }
  const { menu, sub, panels, subs } = opened(catalog, local);
  if (!menu) {
    const menus = catalog.menus.filter(({ id }) => panelsOf(catalog, id).length);
    return grid(w("menus"), menus, (one) => tile(one, menuIcon(one.id, iconOf(one.id)), () => actions.set({ tileMenu: one.id, tileSub: null, tilePage: 0 }), inside(catalog, one)), null);
  }
  if (!panels) return grid(wordOf(menu), subs, (one) => tile(one, submenuIcon(one.id), () => actions.set({ tileSub: one.id, tilePage: 0 }), names(panelsOf(catalog, menu.id, one.id).map((panel) => pick(panel, "name")))), menu);
  return grid(wordOf(sub ?? menu), panels, panelTile, menu);
}

function pager(page, pages, actions, menu, local) {
  if (pages < 2 && !menu) return nothing;
  const to = (next) => () => actions.set({ tilePage: next });
  const up = () => actions.set(local.tileSub ? { tileSub: null, tilePage: 0 } : { tileMenu: null, tilePage: 0 });
  return html`<div class="pager">
    ${menu ? html`<button type="button" class="role-key" @click=${up}>${icon("menu")}<span>${local.tileSub ? wordOf(menu) : w("allMenus")}</span></button>` : nothing}
    ${pages > 1
      ? html`<button type="button" class="role-key" ?disabled=${page === 0} @click=${to(page - 1)}>${icon("left")}<span>${w("before")}</span></button>
          <p class="count" role="status">${page + 1} / ${pages}</p>
          <button type="button" class="role-key" ?disabled=${page >= pages - 1} @click=${to(page + 1)}>${icon("right")}<span>${w("more")}</span></button>`
      : nothing}
  </div>`;
}
