/** Parts of panels that draw themselves from something that lives on this page: name of an app -> () => template. */
export const parts = new Map();
