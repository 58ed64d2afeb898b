/** What a key does on a page of calls. By the key's place, so that a Korean keyboard works as an English one. Pure. */

const IN_CALL = { KeyM: "mic", KeyV: "camera", KeyH: "hold" };

/**
 * "accept", "reject", "cancel", "mic", "camera", "hold" or null.
 * event: {code, key, ctrlKey, altKey, metaKey, repeat}. page: {incoming, placing, inCall, typing, pressing, dialog};
 * pressing: the focus is on something that the key itself works (Enter on a button).
 */
export function meaning(event, page) {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return null;
  const enter = event.key === "Enter";
  if (page.incoming && enter) return page.pressing || page.typing ? null : "accept";
  if (page.dialog) return null;
  if (event.key === "Escape") return page.incoming ? "reject" : page.placing ? "cancel" : null;
  if (page.typing || !page.inCall) return null;
  return IN_CALL[event.code] ?? null;
}

/** What the page knows of where the focus is. */
export function focusOf(root = document) {
  const at = root.activeElement;
  return {
    typing: Boolean(at?.matches?.("input, textarea, select, [contenteditable]")),
    pressing: Boolean(at?.matches?.("button, a, summary, [role=button]")),
    dialog: Boolean(root.querySelector("dialog[open]")),
  };
}
