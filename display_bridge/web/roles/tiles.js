/** The choice of screens as large tiles: first the menus, then the panels of one, a handful at a time. */
import { html, nothing } from "lit-html";
import { panelsOf } from "../chooser.js";
import { icon } from "../icons.js";
import { pick, t } from "../i18n.js";
import { w } from "./words.js";

const ICONS = { main: "home", realtime: "screen", analytics: "choices", opinion: "speech", status: "building", documents: "book", resume: "list", common: "menu" };

export const iconOf = (menu) => ICONS[menu] ?? "spark";

/** One page of a list: {items, page, pages}. A page beyond the end is the last. Pure. */
export function pageOf(list, page, size) {
  const pages = Math.max(1, Math.ceil(list.length / size));
  const at = Math.min(Math.max(0, page), pages - 1);
  return { items: list.slice(at * size, (at + 1) * size), page: at, pages };
}

const word = (menu) => pick({ name_ko: menu?.ko, name_en: menu?.en }, "name");

/** `size`: how many tiles fit. local.tileMenu, local.tilePage: what is open. */
export function tiles({ state, local }, actions, size) {
  const { catalog, catalogError } = local;
  if (catalogError) return html`<div class="picks"><button type="button" class="pick" @click=${actions.reloadCatalog}>${icon("alert")}<b>${t("catalogFailed")} ${t("retry")}</b></button></div>`;
  if (!catalog) return html`<p class="notice">${t("loading")}</p>`;
  const menu = catalog.menus.find(({ id }) => id === local.tileMenu);
  if (!menu) {
    const { items, page, pages } = pageOf(catalog.menus.filter(({ id }) => panelsOf(catalog, id).length), local.tilePage ?? 0, size);
    return html`<div class="picks" role="group" aria-label=${w("menus")}>
        ${items.map((one) => html`<button type="button" class="pick menu-pick" data-tile=${one.id} @click=${() => actions.set({ tileMenu: one.id, tilePage: 0 })}>${icon(iconOf(one.id))}<b>${word(one)}</b></button>`)}
      </div>${pager(page, pages, actions)}`;
  }
  const { items, page, pages } = pageOf(panelsOf(catalog, menu.id), local.tilePage ?? 0, size);
  return html`<div class="picks" role="group" aria-label=${word(menu)}>
      ${items.map(
        (panel) => html`<button type="button" class=${state?.shown?.panel === panel.id ? "pick shown" : "pick"} aria-current=${state?.shown?.panel === panel.id ? "true" : nothing} data-tile=${panel.id} @click=${() => actions.chosen(panel)}>
          ${icon(panel.visibility === "public" ? iconOf(menu.id) : "lock")}<b>${pick(panel, "name")}</b>
        </button>`,
      )}
    </div>
    ${pager(page, pages, actions, menu)}`;
}

function pager(page, pages, actions, menu = null) {
  if (pages < 2 && !menu) return nothing;
  const to = (next) => () => actions.set({ tilePage: next });
  return html`<div class="pager">
    ${menu ? html`<button type="button" class="role-key" @click=${() => actions.set({ tileMenu: null, tilePage: 0 })}>${icon("menu")}<span>${w("allMenus")}</span></button>` : nothing}
    ${pages > 1
      ? html`<button type="button" class="role-key" ?disabled=${page === 0} @click=${to(page - 1)}>${icon("left")}<span>${w("before")}</span></button>
          <p class="count" role="status">${page + 1} / ${pages}</p>
          <button type="button" class="role-key" ?disabled=${page >= pages - 1} @click=${to(page + 1)}>${icon("right")}<span>${w("more")}</span></button>`
      : nothing}
  </div>`;
}
