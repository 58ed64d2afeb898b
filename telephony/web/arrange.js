/** Where the pictures of a call stand: a grid that wastes least, and who is large in the speaker view. Pure. */

/** Columns of a grid of `count` pictures of a shape in a room of width x height that makes each as large as it can be. */
export function columns(count, width, height, shape = 16 / 9) {
  let best = { columns: 1, area: 0 };
  for (let across = 1; across <= Math.max(1, count); across += 1) {
    const down = Math.ceil(count / across);
    const wide = Math.min(width / across, (height / down) * shape);
    const area = wide * (wide / shape);
    // Of two as large, side by side rather than one above the other.
    if (area >= best.area * 0.999) best = { columns: across, area };
  }
  return best.columns;
}

/**
 * The picture that stands large: what somebody shows, else who was pinned, else who speaks, else the first.
 * tiles: [{key, kind: "camera"|"screen", mine, speaking}]. before: the key that was large. Returns a key or null.
 */
export function largest(tiles, { pinned = null, before = null } = {}) {
  const has = (key) => tiles.some((tile) => tile.key === key);
  if (pinned && has(pinned)) return pinned;
  const shown = tiles.find(({ kind, mine }) => kind === "screen" && !mine) ?? tiles.find(({ kind }) => kind === "screen");
  if (shown) return shown.key;
  const others = tiles.filter(({ mine }) => !mine);
  const talking = others.find(({ speaking }) => speaking);
  if (talking) return talking.key;
  // Who spoke last stays until another does.
  if (before && others.some(({ key }) => key === before)) return before;
  return (others[0] ?? tiles[0])?.key ?? null;
}

/** {main, strip, own} of the speaker view: the large one, the small ones beside it, and one's own picture. */
export function speakerView(tiles, options) {
  const main = largest(tiles, options);
  const own = tiles.find(({ mine, kind }) => mine && kind === "camera") ?? null;
  return {
    main: tiles.find(({ key }) => key === main) ?? null,
    strip: tiles.filter(({ key }) => key !== main && key !== own?.key),
    own: own && own.key !== main ? own : null,
  };
}

/** 75 -> "1:15", 3675 -> "1:01:15". Seconds. */
export function lasting(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value) => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
