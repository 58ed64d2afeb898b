/** The frame with the page that a meeting follows. The page around it says what to draw; who presents may turn it. */
import { html, render } from "lit-html";
import { useToken } from "#screen/credentials.js";
import { language, setLanguage } from "#screen/i18n.js";
import { markKorean } from "#screen/langs.js";
import { loadMap } from "#screen/map.js";
import { plainTitles } from "#screen/roles/frame.js";
import { scrollToPage, stage } from "#screen/stage.js";

const tell = (message) => parent.postMessage(message, location.origin);
let shown = null;

/** What a block asks for: another page, or a document of a list. It comes back as the page that everybody follows. */
async function send(op, args = {}) {
  if (!shown?.turns) return { ok: false };
  const { panel, document: paper } = shown;
  const its = panel || shown.view.panel.id;
  if (op === "page") tell({ t: "turn", panel: its, document: paper || documentOf(shown.view), page: args.page });
  else if (op === "select" || op === "show") tell({ t: "turn", panel: args.panel ?? its, document: args.item, page: 1 });
  return { ok: true };
}

const documentOf = (view) => view.blocks.find(({ kind }) => kind === "document-viewer")?.document?.id;

function draw() {
  if (!shown) return;
  const { view, panel, page } = shown;
  const state = { view, shown: { panel: panel || view.panel.id, args: {}, page: page - 1, layer: "command" } };
  document.body.dataset.menu = view.panel?.menu ?? "main";
  document.body.dataset.panel = state.shown.panel;
  document.body.dataset.page = String(page);
  document.body.classList.toggle("turns", shown.turns);
  render(html`${plainTitles(state)}<div class="shown-page" ?inert=${!shown.turns}>${stage(state, send)}</div>`, document.body);
  scrollToPage(document, page - 1);
  markKorean(document.body, language() === "en");
}

addEventListener("message", ({ origin, source, data }) => {
  if (origin !== location.origin || source !== parent || data?.t !== "page") return;
  useToken(data.token ?? null);
  if (data.language !== language()) setLanguage(data.language);
  shown = data;
  draw();
});

loadMap().then(draw);
tell({ t: "ready" });
