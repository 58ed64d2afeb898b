/** Which blocks of a panel go where. Pure: kinds in, a plan of a strip and columns out. */

const MAPS = new Set(["choropleth", "point-map", "line-map", "heat-map", "vector-map", "flow-map", "pledge-map"]);
const COMPACT = new Set(["kpi", "gauge", "donut", "control"]);

export const isMap = (kind) => MAPS.has(kind);

const cell = (index, kinds) => ({ index, grow: kinds[index] === "kpi" ? 0 : COMPACT.has(kinds[index]) ? 0.8 : 1 });
const column = (weight, indices, kinds) => {
  const cells = indices.map((index) => cell(index, kinds));
  // A column of nothing but figures shares its height among them; shares below one would leave the column half empty.
  if (cells.every(({ grow }) => grow === 0) || cells.length === 1) for (const one of cells) one.grow = 1;
  const sum = cells.reduce((all, { grow }) => all + grow, 0);
  if (sum < 1) for (const one of cells) one.grow /= sum;
  return { weight, cells };
};

/** The block that the eye goes to: the first, unless it is a row of figures that stands beside a map. */
export function heroIndex(kinds) {
  if (kinds[0] !== "kpi") return 0;
  const map = kinds.findIndex(isMap);
  return map > 0 ? map : 0;
}

/**
 * The plan for blocks of these kinds: { hero, strip: [index], columns: [{ weight, cells: [{ index, grow }] }] }.
 * Every index is in exactly one place. `focus` leaves the hero alone on the stage.
 */
export function chooseLayout(kinds, { focus = false } = {}) {
  const count = kinds.length;
  if (count === 0) return { hero: -1, strip: [], columns: [] };
  const hero = heroIndex(kinds);
  const others = kinds.map((_, index) => index).filter((index) => index !== hero);
  if (focus || count === 1) return { hero, strip: [], columns: [column(1, [hero], kinds)] };

  if (kinds[hero] === "home-mosaic") return homePlan(kinds, hero, others);
  if (isMap(kinds[hero])) return mapPlan(kinds, hero, others);
  if (kinds[hero] === "kpi") return { hero, strip: [hero], columns: beside(others, kinds) };

  const strip = others.filter((index) => kinds[index] === "kpi").slice(0, 1);
  const rest = others.filter((index) => !strip.includes(index));
  return { hero, strip, columns: beside([hero, ...rest], kinds) };
}

/** The first block wide, the others stacked beside it; a fourth and fifth go under the first. */
function beside(indices, kinds) {
  if (indices.length === 1) return [column(1, indices, kinds)];
  const [first, ...rest] = indices;
  const side = rest.slice(0, 3);
  const under = rest.slice(3);
  const narrow = side.every((index) => COMPACT.has(kinds[index]));
  return [column(narrow ? 2.3 : 1.75, [first, ...under], kinds), column(1, side, kinds)];
}

/** The map in the middle between figures (left) and the rest (right); one companion alone stands at the right. */
function mapPlan(kinds, hero, others) {
  if (others.length === 1) return { hero, strip: [], columns: [column(2.2, [hero], kinds), column(1, others, kinds)] };
  const figures = others.filter((index) => kinds[index] === "kpi");
  const rest = others.filter((index) => kinds[index] !== "kpi");
  const left = [...figures];
  while (left.length === 0 || (left.length === figures.length && rest.length > 1) || left.length + 1 < rest.length) left.push(rest.shift());
  if (rest.length === 0) rest.push(left.pop());
  return { hero, strip: [], columns: [column(1, left, kinds), column(2.05, [hero], kinds), column(1, rest, kinds)] };
}

/** Tiles left, map in the middle, the rest right; without a map the mosaic brings its own and stands alone. */
function homePlan(kinds, hero, others) {
  const map = others.find((index) => isMap(kinds[index]));
  const rest = others.filter((index) => index !== map);
  if (map === undefined) return { hero, strip: [], columns: [column(2.4, [hero], kinds), column(1, rest, kinds)] };
  const columns = [column(1.18, [hero], kinds), column(1.9, [map], kinds)];
  if (rest.length) columns.push(column(1.1, rest, kinds));
  return { hero: map, strip: [], columns };
}
