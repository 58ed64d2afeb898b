/** Where a shown panel stands among the menus: the names above its title. */
import { pick } from "./i18n.js";

/** ["menu", "submenu"] as far as they have names and are not the title itself. */
export function trailOf(view) {
  const panel = view?.panel ?? {};
  const title = pick(view, "title");
  return [pick(panel, "menu"), pick(panel, "submenu")].filter((part) => part && part !== panel.menu && part !== panel.submenu && part !== title);
}
