/** The sheet of panels: sub-menus at the left, every panel of the menu as a tile. Data from the catalogue. */
import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { icon } from "./icons.js";
import { pick, t } from "./i18n.js";

/** The panels of a menu, of one sub-menu when it is given. Pure. */
export function panelsOf(catalog, menu, submenu = null) {
  return (catalog?.panels ?? []).filter((panel) => panel.menu === menu && (!submenu || panel.submenu === submenu));
}

/** Fetch the catalogue; {menus, panels}. Throws when the answer is not one. */
export async function loadCatalog(token = null, url = "/api/v1/catalog") {
  const response = await fetch(url, token ? { headers: { authorization: `Bearer ${token}` } } : {});
  if (!response.ok) throw new Error(`${response.status}`);
  const catalog = await response.json();
  if (!Array.isArray(catalog.menus) || !Array.isArray(catalog.panels)) throw new Error("not a catalogue");
  return catalog;
}

/** The sheet, or nothing when it is closed. */
export function chooser(state, local, actions) {
  if (!local.chooser) return nothing;
  const { catalog, catalogError, chooser: menuId, submenu } = local;
  const menu = catalog?.menus.find(({ id }) => id === menuId);
  const word = (one) => pick({ name_ko: one?.ko, name_en: one?.en }, "name");
  const panels = panelsOf(catalog, menuId, submenu);
  return html`<div class="veil" @click=${actions.closeMenu}></div>
    <section class="chooser" role="dialog" aria-modal="true" aria-label=${word(menu) || t("menu")} @keydown=${(event) => event.key === "Escape" && actions.closeMenu()}>
      <header>
        <h2>${word(menu)}</h2>
        <small>${panels.length} ${t("panels")}</small>
        <nav class="other-menus" aria-label=${t("menu")}>
          ${(catalog?.menus ?? []).map((one) => html`<button type="button" class=${one.id === menuId ? "active" : ""} @click=${() => actions.openMenu(one.id, true)}>${word(one)}</button>`)}
        </nav>
        <button type="button" class="round" id="close-chooser" @click=${actions.closeMenu} aria-label=${t("close")}>${icon("close")}</button>
      </header>
      ${catalogError
        ? html`<p class="notice">${t("catalogFailed")} <button type="button" class="action" @click=${actions.reloadCatalog}>${t("retry")}</button></p>`
        : !catalog
          ? html`<p class="notice">${t("loading")}</p>`
          : html`<div class="sheet-body">
              ${menu?.submenus?.length
                ? html`<nav class="submenus" aria-label=${word(menu)}>
                    <button type="button" class=${submenu ? "" : "active"} @click=${() => actions.setSubmenu(null)}>${t("all")}<small>${panelsOf(catalog, menuId).length}</small></button>
                    ${menu.submenus.map((one) => html`<button type="button" class=${submenu === one.id ? "active" : ""} @click=${() => actions.setSubmenu(one.id)}>${word(one)}<small>${panelsOf(catalog, menuId, one.id).length}</small></button>`)}
                  </nav>`
                : nothing}
              <ul class="panel-tiles">
                ${repeat(
                  panels,
                  ({ id }) => id,
                  (panel) => html`<li>
                    <button type="button" class=${state?.shown?.panel === panel.id ? "shown" : ""} @click=${() => actions.choosePanel(panel.id)}>
                      <b>${pick(panel, "name")}</b>
                      <small>${panel.visibility === "public" ? word(menu?.submenus?.find(({ id }) => id === panel.submenu)) : html`${icon("lock")}${t(panel.visibility)}`}</small>
                    </button>
                  </li>`,
                )}
              </ul>
            </div>`}
    </section>`;
}
