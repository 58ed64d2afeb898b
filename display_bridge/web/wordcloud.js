/** Places for the words of a cloud: the heaviest in the middle, the others around it on a spiral. Pure. */

const width = (text, size) => [...text].reduce((sum, letter) => sum + (/[\u1100-\uFFFF]/.test(letter) ? 0.95 : 0.58), 0) * size;

/**
 * @param {{text: string, weight: number}[]} words weight 0..1
 * @returns {{text: string, weight: number, size: number, x: number, y: number}[]} middle points, heaviest first;
 *   words that find no free place are left out
 */
export function placeWords(words, { boxWidth = 1000, boxHeight = 520, smallest = 20, largest = 92 } = {}) {
  const placed = [];
  for (const word of [...words].sort((a, b) => b.weight - a.weight)) {
    const size = Math.round(smallest + (largest - smallest) * Math.max(0, Math.min(1, word.weight)) ** 1.3);
    const w = width(word.text, size) + size * 0.4;
    const h = size * 1.16;
    for (let step = 0; step < 1600; step += 1) {
      const angle = step * 0.21;
      const reach = 2.1 * Math.sqrt(step) * 5;
      const x = boxWidth / 2 + Math.cos(angle) * reach * 1.75;
      const y = boxHeight / 2 + Math.sin(angle) * reach * 0.92;
      if (x - w / 2 < 0 || x + w / 2 > boxWidth || y - h / 2 < 0 || y + h / 2 > boxHeight) continue;
      if (placed.some((one) => Math.abs(one.x - x) * 2 < one.w + w && Math.abs(one.y - y) * 2 < one.h + h)) continue;
      placed.push({ text: word.text, weight: word.weight, size, x, y, w, h });
      break;
    }
  }
  return placed;
}

/** The box around placed words, as an SVG viewBox with a little air. */
export function cloudBox(placed, air = 12) {
  if (!placed.length) return [0, 0, 1000, 520];
  const left = Math.min(...placed.map(({ x, w }) => x - w / 2)) - air;
  const top = Math.min(...placed.map(({ y, h }) => y - h / 2)) - air;
  const right = Math.max(...placed.map(({ x, w }) => x + w / 2)) + air;
  const bottom = Math.max(...placed.map(({ y, h }) => y + h / 2)) + air;
  return [left, top, right - left, bottom - top].map(Math.round);
}
