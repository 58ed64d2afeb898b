/** Which blocks of a panel go where. Pure: kinds in, a plan of a strip and columns out. */

const MAPS = new Set(["choropleth", "point-map", "line-map", "heat-map", "vector-map", "flow-map", "pledge-map"]);
const COMPACT = new Set(["kpi", "gauge", "donut", "control"]);

export const isMap = (kind) => MAPS.has(kind);

const grow = (kind) => (kind === "kpi" ? 0 : kind === "gantt" ? 1.6 : COMPACT.has(kind) ? 0.8 : 1);
const cell = (index, kinds) => ({ index, grow: grow(kinds[index]) });

/** A column of the stage. Figures keep their own height unless they stand alone and are many enough to fill it. */
const column = (weight, indices, { kinds, sizes }) => {
  const cells = indices.map((index) => cell(index, kinds));
  const figures = cells.every(({ grow }) => grow === 0);
  if (figures && cells.length === 1 && sizes[indices[0]] >= 3) cells[0].grow = 1;
  const sum = cells.reduce((all, { grow }) => all + grow, 0);
  if (sum > 0 && sum < 1) for (const one of cells) one.grow /= sum;
  return { weight, cells };
};

/** The block that the eye goes to: the first, unless it is a row of figures that stands beside a map. */
export function heroIndex(kinds) {
  if (kinds[0] !== "kpi") return 0;
  const map = kinds.findIndex(isMap);
  return map > 0 ? map : 0;
}

/**
 * The plan for blocks: { hero, strip: [index], columns: [{ weight, cells: [{ index, grow }] }] }; every index is in
 * exactly one place. A cell with grow 0 keeps its own height.
 * @param {string[]} kinds the blocks' kinds, the main one first
 * @param {{focus?: boolean, sizes?: number[]}} options focus: the hero alone; sizes: how many figures each block has
 */
export function chooseLayout(kinds, { focus = false, sizes = kinds.map(() => 4) } = {}) {
  const count = kinds.length;
  if (count === 0) return { hero: -1, strip: [], columns: [] };
  const blocks = { kinds, sizes };
  const hero = heroIndex(kinds);
  const others = kinds.map((_, index) => index).filter((index) => index !== hero);
  if (focus || count === 1) return { hero, strip: [], columns: [{ weight: 1, cells: [{ index: hero, grow: 1 }] }] };

  if (kinds[hero] === "incident-map") return incidentPlan(blocks, others);
  if (kinds[hero] === "home-mosaic") return homePlan(blocks, hero, others);
  if (isMap(kinds[hero])) return mapPlan(blocks, hero, others);
  if (kinds[hero] === "world-map") return worldPlan(blocks, hero, others);
  if (kinds[hero] === "kpi") return { hero, strip: [hero], columns: beside(others, blocks) };

  // A plan needs the height: beside enough other blocks its figures stand at the side.
  const tall = kinds[hero] === "gantt" && others.length > 2;
  const strip = tall ? [] : others.filter((index) => kinds[index] === "kpi" && sizes[index] > 1).slice(0, 1);
  const rest = others.filter((index) => !strip.includes(index));
  return { hero, strip, columns: beside([hero, ...rest], blocks) };
}

/** The first block wide, the others stacked beside it. A map or a figure wants the side; of many, texts go under the first. */
function beside(indices, blocks) {
  const { kinds } = blocks;
  if (indices.length === 1) return [{ weight: 1, cells: [{ index: indices[0], grow: 1 }] }];
  const [first, ...rest] = indices;
  const mapped = rest.some((index) => isMap(kinds[index]));
  const wantsSide = (index) => isMap(kinds[index]) || COMPACT.has(kinds[index]);
  let side = rest.slice(0, 3);
  if (mapped && rest.length > 2) side = [...rest.filter((index) => kinds[index] === "kpi"), ...rest.filter((index) => kinds[index] !== "kpi" && wantsSide(index))];
  const under = rest.filter((index) => !side.includes(index));
  const narrow = side.every((index) => COMPACT.has(kinds[index]));
  return [column(narrow ? 2.3 : mapped ? 1.45 : 1.75, [first, ...under], blocks), column(1, side, blocks)];
}

/**
 * The map in the middle between figures (left) and the rest (right). What would leave the left side nearly empty, one
 * block or figures alone, stands at the right with the rest, and the map gets the room.
 */
function mapPlan(blocks, hero, others) {
  const { kinds } = blocks;
  const figures = others.filter((index) => kinds[index] === "kpi");
  const rest = others.filter((index) => kinds[index] !== "kpi");
  const wide = (indices) => (indices.some((index) => kinds[index] === "table" || isMap(kinds[index])) ? 1.25 : 1);
  if (rest.length < 2) {
    return { hero, strip: [], columns: [column(rest.length ? 1.9 : 2.4, [hero], blocks), column(wide(rest), [...figures, ...rest], blocks)] };
  }
  const left = [...figures];
  while (left.length === figures.length || left.length + 1 < rest.length) left.push(rest.shift());
  return { hero, strip: [], columns: [column(wide(left.slice(figures.length)), left, blocks), column(2.05, [hero], blocks), column(wide(rest), rest, blocks)] };
}

/** The world over the whole width, a low chart under it; lists stand beside both. */
function worldPlan(blocks, hero, others) {
  const { kinds } = blocks;
  const under = others.filter((index) => kinds[index] === "bar-chart").slice(0, 1);
  const side = others.filter((index) => !under.includes(index));
  const first = column(2.1, [hero, ...under], blocks);
  for (const one of first.cells) one.grow = one.index === hero ? 1.9 : 1;
  return { hero, strip: [], columns: side.length ? [first, column(1, side, blocks)] : [first] };
}

/** Where it is, how it went on, what to do with the cameras under it. */
function incidentPlan(blocks, [log, ...rest]) {
  const columns = [column(1.45, [0], blocks), column(1.05, [log], blocks)];
  if (rest.length) columns.push({ weight: 1.15, cells: rest.map((index) => ({ index, grow: blocks.kinds[index] === "incident-advice" ? 1.5 : 1 })) });
  return { hero: 0, strip: [], columns };
}

/** Tiles left, map in the middle, the rest right; without a map the mosaic brings its own and stands alone. */
function homePlan(blocks, hero, others) {
  const map = others.find((index) => isMap(blocks.kinds[index]));
  const rest = others.filter((index) => index !== map);
  if (map === undefined) return { hero, strip: [], columns: [column(2.4, [hero], blocks), column(1, rest, blocks)] };
  const columns = [column(1.18, [hero], blocks), column(1.9, [map], blocks)];
  if (rest.length) columns.push(column(1.1, rest, blocks));
  return { hero: map, strip: [], columns };
}
