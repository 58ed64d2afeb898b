/** The stage: the shown panel's blocks in the layout's strip and columns. */
import { html, nothing } from "lit-html";
import { styleMap } from "lit-html/directives/style-map.js";
import { blockCard } from "./blocks/index.js";
import { fresh } from "./fresh.js";
import { pick, t } from "./i18n.js";
import { chooseLayout } from "./layout.js";

/** Draw the view of the shown panel. */
export function stage(state, send) {
  const { view, shown } = state;
  const blocks = view?.blocks ?? [];
  if (!blocks.length) return html`<main class="stage" id="stage" tabindex="-1"><p class="notice large">${t("noView")}</p></main>`;
  const zoom = Number(shown?.zoom) || 1;
  const kinds = blocks.map(({ kind }) => kind);
  const plan = chooseLayout(kinds, { focus: zoom > 1, sizes: blocks.map(({ items }) => items?.length ?? 1) });
  const placed = plan.columns.reduce((sum, { cells }) => sum + cells.length, plan.strip.length);
  const draw = (index, slot) =>
    blockCard(blocks[index], {
      hero: index === plan.hero,
      alone: placed === 1,
      slot,
      zoom,
      args: shown?.args ?? {},
      panel: shown?.panel,
      viewTitle: pick(view, "title"),
      send,
    });
  const content = html`<div class=${`blocks columns-${plan.columns.length} ${zoom > 1 ? "focus" : ""}`} style=${styleMap({ "--zoom": String(zoom) })}>
    ${plan.strip.length ? html`<div class="top-strip">${plan.strip.map((index) => draw(index, "strip"))}</div>` : nothing}
    <div class="columns">
      ${plan.columns.map(
        ({ weight, cells }) => html`<div class=${cells.every(({ grow }) => !grow) ? "column centred" : "column"} style=${styleMap({ flexGrow: String(weight) })}>
          ${cells.map(({ index, grow }) => html`<div class=${`cell ${grow ? "" : "snug"}`} style=${styleMap({ flexGrow: String(grow) })}>${draw(index, cells.length === 1 && plan.columns.length < 3 ? "wide" : "side")}</div>`)}
        </div>`,
      )}
    </div>
  </div>`;
  // Another panel is another sheet of paper: it comes in anew. New data of the same panel changes in place.
  return html`<main class="stage" id="stage" tabindex="-1">${fresh(`${shown?.panel}/${zoom > 1}`, html`<div class="sheet-in">${content}</div>`)}</main>`;
}

/** Bring the lists of the stage to page `page` (0-based); beside an open document its own pages turn, nothing else. */
export function scrollToPage(root, page) {
  if (root.querySelector(".stage .viewer")) return;
  for (const list of root.querySelectorAll(".stage [data-scroll]")) {
    const top = Math.round((Number(page) || 0) * list.clientHeight * 0.9);
    if (Math.abs(list.scrollTop - top) > 1) list.scrollTo({ top, behavior: "instant" });
  }
}
