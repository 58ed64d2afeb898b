/** Corrections of a shelf's slots, pure: each gives a new layout, or the same one where it cannot be. Boxes: [x, y, width, height]. */

export const LEAST = 6;
const LEAST_HIGH = 18;

const ordered = (slots) => [...slots].sort((a, b) => a.row - b.row || a.box[0] - b.box[0] || (a.id < b.id ? -1 : 1));
const withSlots = (layout, slots) => ({ ...layout, slots: ordered(slots) });

export const slotOf = (layout, id) => layout.slots.find((one) => one.id === id);

/** An id that no slot of the row has. */
export function freeId(layout, row) {
  const taken = new Set(layout.slots.map((one) => one.id));
  for (let number = 1; ; number += 1) {
    const id = `${row + 1}-${String(number).padStart(2, "0")}`;
    if (!taken.has(id)) return id;
  }
}

/** A box kept within the picture and no smaller than a slot may be. */
export function fitted(layout, [x, y, width, height]) {
  const [wide, high] = layout.size;
  const w = Math.round(Math.min(Math.max(width, LEAST), wide));
  const h = Math.round(Math.min(Math.max(height, LEAST_HIGH), high));
  return [Math.round(Math.min(Math.max(0, x), wide - w)), Math.round(Math.min(Math.max(0, y), high - h)), w, h];
}

export const moved = (layout, id, box) =>
  withSlots(layout, layout.slots.map((one) => (one.id === id ? { ...one, box: fitted(layout, box) } : one)));

export const removed = (layout, id) => (layout.slots.length > 1 ? withSlots(layout, layout.slots.filter((one) => one.id !== id)) : layout);

/** Another book or tag; a book stands at one place only, and no book gives the slot its own name. */
export function assigned(layout, id, { book, tag }) {
  return withSlots(
    layout,
    layout.slots.map((one) => {
      if (one.id !== id) return book && one.book === book ? { ...one, book: one.id } : one;
      const { tag: before, ...rest } = one;
      const kept = tag === undefined ? before : tag;
      return { ...rest, ...(book === undefined ? {} : { book: book || one.id }), ...(kept === undefined || kept === null ? {} : { tag: kept }) };
    }),
  );
}

/** Cut in the middle, or at x: the left part keeps id and book. */
export function split(layout, id, x) {
  const one = slotOf(layout, id);
  const [left, top, width, height] = one.box;
  const at = Math.round(x ?? left + width / 2);
  if (at < left + LEAST || at > left + width - LEAST) return layout;
  const name = freeId(layout, one.row);
  const right = { id: name, row: one.row, box: [at, top, left + width - at, height], book: name };
  return withSlots(layout, [...layout.slots.map((s) => (s.id === id ? { ...s, box: [left, top, at - left, height] } : s)), right]);
}

/** One book with the next place to the right; the left one's id and book stay. */
export function merged(layout, id) {
  const row = layout.slots.filter((one) => one.row === slotOf(layout, id).row);
  const next = row[row.findIndex((one) => one.id === id) + 1];
  if (!next) return layout;
  const [a, b] = [slotOf(layout, id).box, next.box];
  const [x, y] = [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
  const box = [x, y, Math.max(a[0] + a[2], b[0] + b[2]) - x, Math.max(a[1] + a[3], b[1] + b[3]) - y];
  return withSlots(layout, layout.slots.filter((one) => one.id !== next.id).map((one) => (one.id === id ? { ...one, box } : one)));
}

/** A new place right of another one, as large as that. */
export function added(layout, id) {
  const beside = slotOf(layout, id) ?? layout.slots.at(-1);
  const name = freeId(layout, beside.row);
  const [x, y, width, height] = beside.box;
  const box = fitted(layout, [x + width, y, width, height]);
  return { layout: withSlots(layout, [...layout.slots, { id: name, row: beside.row, box, book: name }]), id: name };
}
