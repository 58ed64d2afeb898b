/** What a page must not keep: private content outlives neither the link that brought it nor the page that shows it. */

/** Whether a state was meant for a screen that a recognised person has unlocked. */
export const isPrivate = (state) => state?.display?.trust === "private";

/**
 * A page that is left may be kept by the browser, and come back as it was. It goes empty and unconnected into that
 * memory, and asks anew what it may show when it returns.
 */
export function leaveNothing({ close, open, clear }, page = globalThis.window) {
  page.addEventListener("pagehide", () => {
    close();
    clear();
  });
  page.addEventListener("pageshow", ({ persisted }) => persisted && open());
}
