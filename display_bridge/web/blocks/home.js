/** The main page's mosaic: tiles that open their panel; brings its own map when the view has none. */
import { html, nothing } from "lit-html";
import { spark } from "../charts.js";
import { pick, t } from "../i18n.js";
import { seoulMap } from "../map.js";
import { bigFigure, gradeChip } from "./charts.js";

/** {tiles: [{panel, title_ko, value, unit, grade?, spark?}]} */
export function homeMosaic(block, ctx) {
  const tiles = block.tiles ?? [];
  if (!ctx.alone) return html`<div class="mosaic">${tiles.map((tile) => mosaicTile(tile, ctx))}</div>`;
  const half = Math.ceil(tiles.length / 2);
  return html`<div class="mosaic-map">
    <div class="mosaic">${tiles.slice(0, half).map((tile) => mosaicTile(tile, ctx))}</div>
    ${seoulMap({ title: t("seoul"), labels: "quiet", onSelect: (district) => ctx.send("select_district", { district }) })}
    <div class="mosaic">${tiles.slice(half).map((tile) => mosaicTile(tile, ctx))}</div>
  </div>`;
}

function mosaicTile(tile, ctx) {
  return html`<button type="button" class="tile" @click=${() => ctx.send("show", { panel: tile.panel })}>
    <h3>${pick(tile, "title")}</h3>
    ${bigFigure(tile.value, tile.unit ?? "", tile.text)}
    ${tile.grade ? html`<p class="note">${gradeChip(tile.grade)}</p>` : tile.note_ko ? html`<p class="note">${pick(tile, "note")}</p>` : nothing}
    ${tile.spark?.length > 1
      ? html`<svg class="spark" viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true">${spark(tile.spark)}</svg>`
      : nothing}
  </button>`;
}
