/** What one citizen looks at on a device of his own: a public panel, fetched from the cached snapshots. */

/** How often the panel that is looked at is asked for again, ms. The service makes a new one every 10 s. */
export const AGAIN_MS = 15_000;
const MOST_ZOOM = 3;

/** The panel that an address asks for, null for none. Pure. */
export const askedPanel = (search) => {
  const panel = new URLSearchParams(search).get("panel") ?? "";
  return /^[a-z0-9][a-z0-9-]{0,59}$/.test(panel) ? panel : null;
};

/** The address that shows a panel, null for the start. Pure. */
export function linkOf(panel, href, lang = null) {
  const url = new URL(href);
  url.hash = "";
  url.search = "";
  if (panel) url.searchParams.set("panel", panel);
  if (lang === "en") url.searchParams.set("lang", "en");
  return url.toString();
}

/** A visit after an operation of a block; null where the operation is none of a citizen's. Pure. */
export function step(visit, op, args = {}) {
  switch (op) {
    case "show":
      return args.panel === visit.panel ? visit : { ...visit, panel: args.panel, view: null, problem: null, page: 0, zoom: 1, args: {} };
    case "select_district":
      return { ...visit, args: visit.args.district === args.district ? {} : { district: args.district } };
    case "next":
      return { ...visit, page: visit.page + 1 };
    case "previous":
      return { ...visit, page: Math.max(0, visit.page - 1) };
    case "zoom_in":
      return { ...visit, zoom: Math.min(MOST_ZOOM, visit.zoom + 0.5) };
    case "zoom_out":
      return { ...visit, zoom: Math.max(1, visit.zoom - 0.5) };
    case "home":
      return START;
    default:
      return null;
  }
}

export const START = Object.freeze({ panel: null, view: null, at: null, problem: null, page: 0, zoom: 1, args: {} });

/** The state as this visitor sees it: his panel in the place of the display's. Pure. */
export function seen(state, visit) {
  if (!visit.panel || !visit.view) return state;
  const { panel, page, zoom, args } = visit;
  return { ...(state ?? {}), view: visit.view, shown: { panel, page, zoom, args, layer: "command" } };
}

/** Fetch a panel's snapshot: {view, at}. Throws an Error whose `gone` says that there is no such public panel. */
export async function snapshot(panel, ask = fetch) {
  const answer = await ask(`/api/v1/snapshots/${encodeURIComponent(panel)}`);
  if (answer.ok) return answer.json();
  throw Object.assign(new Error(`${answer.status}`), { gone: answer.status === 404 });
}
