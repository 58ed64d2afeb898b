/** The focus and the dialogs over a page: it goes into the one that opens, stays in it, and returns where it was. */

const CHOOSABLE = "button:not(:disabled), a[href], input:not([type=hidden]):not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex='0']";

let held = null;
let opener = null;

/** The dialog that lies on top, or null. */
const topmost = (root) => [...root.querySelectorAll("[aria-modal=true]")].filter((one) => one.getClientRects().length).at(-1) ?? null;

/** To be called after each drawing. A dialog that has put the focus somewhere by itself keeps it there. */
export function keepFocus(root) {
  const dialog = topmost(root);
  if (dialog === held) {
    // What had the focus was drawn away: the keys must not fall on the page behind.
    if (dialog?.matches(".overlay") && root.activeElement === root.body) dialog.focus({ preventScroll: true });
    return;
  }
  const before = held;
  held = dialog;
  if (dialog?.matches(".overlay")) {
    if (!before) opener = root.activeElement;
    if (!dialog.contains(root.activeElement)) dialog.focus({ preventScroll: true });
  } else if (!dialog && before?.matches(".overlay")) {
    if (opener?.isConnected && (root.activeElement === root.body || !root.activeElement)) opener.focus?.({ preventScroll: true });
    opener = null;
  }
}

/** Tab goes round within the dialog on top. */
export function trap(event, root = document) {
  if (event.key !== "Tab" || event.ctrlKey || event.altKey || event.metaKey) return;
  const dialog = topmost(root);
  if (!dialog) return;
  const stops = [...dialog.querySelectorAll(CHOOSABLE)].filter((one) => one.tabIndex >= 0 && one.getClientRects().length);
  if (!stops.length) return event.preventDefault();
  const [first, last] = [stops[0], stops.at(-1)];
  const at = root.activeElement;
  if (!dialog.contains(at) || (event.shiftKey ? at === first || at === dialog : at === last)) {
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }
}
