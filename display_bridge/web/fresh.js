/**
 * A part of the page that is made anew when its key changes: it comes in again, and what it was goes whole.
 * lit's own `keyed` forgets the old part without telling the directives in it (see pan.js), which then hold every
 * panel that was ever shown; `repeat` tells them.
 */
import { repeat } from "lit-html/directives/repeat.js";

export const fresh = (key, template) => repeat([template], () => key, (one) => one);
