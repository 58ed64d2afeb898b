/** A field of hexagons over a map: how much lies around each, in steps. Pure. */

const SPREAD = 46;

/**
 * @param {[number, number, number][]} spots x, y, weight
 * @param {number[]} box the map's viewBox
 * @returns {{radius: number, cells: {x: number, y: number, step: number}[]}} step 1 (little) to `steps` (most); hexagons
 *   with next to nothing are left out
 */
export function hexField(spots, [, , width, height], { radius = 13, steps = 6, spread = SPREAD } = {}) {
  const across = Math.sqrt(3) * radius;
  const found = [];
  let most = 0;
  for (let row = 0; row * 1.5 * radius <= height + radius; row += 1) {
    for (let column = 0; column * across <= width + across; column += 1) {
      const x = column * across + (row % 2 ? across / 2 : 0);
      const y = row * 1.5 * radius;
      let sum = 0;
      for (const [sx, sy, weight] of spots) {
        const far = ((sx - x) ** 2 + (sy - y) ** 2) / (2 * spread ** 2);
        if (far < 8) sum += weight * Math.exp(-far);
      }
      most = Math.max(most, sum);
      found.push([x, y, sum]);
    }
  }
  if (most <= 0) return { radius, cells: [] };
  const cells = found.flatMap(([x, y, sum]) => {
    const share = sum / most;
    return share < 0.06 ? [] : [{ x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10, step: Math.max(1, Math.min(steps, Math.ceil(share * steps))) }];
  });
  return { radius, cells };
}
