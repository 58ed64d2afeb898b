/** Parts of panels that draw themselves from something that lives on this page: name of an app -> () => template. */
export const parts = new Map();

/** What office.js brings, by name; empty on citizens' pages. */
export const office = {};
