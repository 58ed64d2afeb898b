/** Every kind of block and the card around it. An unknown or broken block says so in its own place, the rest stands. */
import { html, nothing } from "lit-html";
import { unitText } from "../format.js";
import { language, pick, t } from "../i18n.js";
import { cameras } from "./cameras.js";
import { barChart, donut, gauge, kpi, lineChart, sankey, treemap, wordCloud } from "./charts.js";
import { choropleth, flowMap, pledgeMap, vectorMap } from "./district-maps.js";
import { homeMosaic } from "./home.js";
import { bookCard, documentList, documentViewer } from "./documents.js";
import { incidentAdvice, incidentLog, incidentMap } from "./incident.js";
import { alertFeed, gantt, table, timeline } from "./lists.js";
import { control, imageSequence, overlayApp, photoStory, story } from "./pages.js";
import { heatMap, lineMap, pointMap, worldMap } from "./place-maps.js";

export const KINDS = {
  kpi,
  choropleth,
  "point-map": pointMap,
  "line-map": lineMap,
  "heat-map": heatMap,
  "vector-map": vectorMap,
  "flow-map": flowMap,
  "world-map": worldMap,
  "pledge-map": pledgeMap,
  "line-chart": lineChart,
  "bar-chart": barChart,
  donut,
  gauge,
  treemap,
  sankey,
  table,
  timeline,
  gantt,
  "document-list": documentList,
  "document-viewer": documentViewer,
  "book-card": bookCard,
  "word-cloud": wordCloud,
  "alert-feed": alertFeed,
  "live-video": cameras,
  "video-wall": cameras,
  "image-sequence": imageSequence,
  story,
  "photo-story": photoStory,
  "overlay-app": overlayApp,
  control,
  "home-mosaic": homeMosaic,
  "incident-map": incidentMap,
  "incident-log": incidentLog,
  "incident-advice": incidentAdvice,
};

/** Kinds that stand on the ground itself, without a card, when they are the main block. */
const BARE = new Set(["choropleth", "vector-map", "flow-map", "point-map", "line-map", "heat-map", "world-map", "home-mosaic"]);

/**
 * A block in its card.
 * @param {object} block one of the view's blocks
 * @param {{hero: boolean, alone: boolean, slot: string, zoom: number, args: object, send: (op: string, args?: object) => void}} ctx
 */
export function blockCard(block, ctx) {
  const bare = BARE.has(block.kind) && (ctx.hero || block.kind === "home-mosaic");
  const title = pick(block, "title");
  const aside = block.kind === "choropleth" && !bare ? unitText(block.unit, language()) : sideNote(block);
  const quiet = block.kind === "home-mosaic" || (bare && ctx.alone) || (ctx.hero && title === ctx.viewTitle);
  return html`<section class=${`card kind-${block.kind} ${bare ? "bare" : ""} ${ctx.hero ? "main" : ""}`} aria-label=${title || block.kind}>
    ${heading(title, quiet, aside)}
    <div class="inner">${body(block, ctx)}</div>
  </section>`;
}

/** A card whose title stands elsewhere keeps its heading for those who hear the page: its own parts are headed, too. */
function heading(title, quiet, aside) {
  if (!title) return nothing;
  if (quiet) return html`<h2 class="unseen">${title}</h2>`;
  return html`<header><h2>${title}</h2>${aside ? html`<small>${aside}</small>` : nothing}</header>`;
}

function sideNote(block) {
  if (block.kind === "line-chart") return [unitText(block.unit, language()), block.compare && `┄ ${pick(block, "compare")}`].filter(Boolean).join(" · ");
  if (["bar-chart", "donut", "treemap", "sankey"].includes(block.kind)) return unitText(block.unit, language());
  if (block.kind === "table") return language() === "en" ? `${block.rows?.length ?? 0} rows` : `${block.rows?.length ?? 0}건`;
  if (block.kind === "document-list") return language() === "en" ? `${block.documents?.length ?? 0} documents` : `문서 ${block.documents?.length ?? 0}건`;
  return "";
}

function body(block, ctx) {
  const draw = KINDS[block.kind];
  if (!draw) return html`<p class="notice">${t("unknownBlock")} <code>${String(block.kind)}</code></p>`;
  try {
    return draw(block, ctx);
  } catch (error) {
    console.error(`block ${block.kind}:`, error);
    return html`<p class="notice">${t("brokenBlock")} <code>${block.kind}: ${String(error?.message ?? error)}</code></p>`;
  }
}
