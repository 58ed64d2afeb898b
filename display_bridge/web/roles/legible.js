/** The smallest letter of a kiosk: 12 mm on 100 inches, which is 21 px of a screen that is 3840 px wide. */

const LEAST = 21.3;
const OF_WIDTH = 3840;

/** How many CSS px the smallest letter has on a screen of this width. Pure. */
export const leastPx = (width) => (LEAST * width) / OF_WIDTH;

/** The font size in a drawing's own units that makes `size` units at `scale` at least `least` px; null when it is. Pure. */
export const raised = (size, scale, least) => (scale > 0 && size * scale < least ? least / scale : null);

/** Raise what a scaled drawing has made too small. A drawing's letters shrink with it, and no rule of CSS sees that. */
export function raise(root, least) {
  const seen = [];
  for (const text of root.querySelectorAll(".stage svg text, .stage svg tspan")) {
    // A size of its own comes back first: raised letters must not keep what a larger drawing no longer needs.
    if (text.style.fontSize !== text.dataset.raised) text.dataset.own = text.style.fontSize;
    text.style.fontSize = text.dataset.own;
    seen.push(text);
  }
  const wanted = seen.map((text) => {
    const m = text.getScreenCTM?.();
    return m ? raised(parseFloat(getComputedStyle(text).fontSize), Math.sqrt(Math.abs(m.a * m.d - m.b * m.c)), least) : null;
  });
  // Read all, then write all: one layout, however many letters.
  wanted.forEach((size, index) => {
    if (size) seen[index].style.fontSize = `${size}px`;
    seen[index].dataset.raised = seen[index].style.fontSize;
  });
}
