/** Which page a role has; a role without an entry has the wall's. page(store, actions) draws, begin(store, actions)
 *  is called once, drawn(store) after each drawing. */
import * as kiosk from "./kiosk.js";
import * as tablet from "./tablet.js";
import * as tv from "./tv.js";
import * as watch from "./watch.js";

const ROLES = { kiosk, tablet, tv, watch };

export const rolePage = (role) => (Object.hasOwn(ROLES, role) ? ROLES[role] : null);
