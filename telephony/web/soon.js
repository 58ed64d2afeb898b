/** Drawing once for all that happened since the last picture. */

/** With the next picture of the screen; at once where nobody looks, since there is none. */
export function soon(action) {
  if (document.hidden) return action();
  let done = false;
  const once = () => {
    if (!done) action();
    done = true;
  };
  requestAnimationFrame(once);
  // A page that is hidden in this very moment has no next picture.
  return setTimeout(once, 100);
}
