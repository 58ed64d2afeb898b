/** Which page a role has; a role without an entry has the wall's. page(store, actions) draws, begin(store, actions)
 *  is called once, drawn(store) after each drawing, titleOf(store) names what the page shows. */
import * as kiosk from "./kiosk.js";
import * as tablet from "./tablet.js";
import * as tv from "./tv.js";
import * as watch from "./watch.js";
import * as web from "./web.js";

const ROLES = { kiosk, tablet, tv, watch, web };

export const rolePage = (role) => (Object.hasOwn(ROLES, role) ? ROLES[role] : null);
