/** Arrow keys and OK of a barrier-free keypad: the focus moves to the nearest control in that direction. */

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FOCUSABLE = "button:not([disabled]), a[href], input:not([disabled]), [role=button]";

/** Index of the box nearest to `from` in a direction, -1 when there is none. Boxes: {x, y} of their centres. Pure. */
export function nearest(boxes, from, [dx, dy]) {
  let best = -1;
  let least = Infinity;
  boxes.forEach(({ x, y }, index) => {
    const along = (x - from.x) * dx + (y - from.y) * dy;
    const across = Math.abs((x - from.x) * dy) + Math.abs((y - from.y) * dx);
    if (along <= 1) return;
    const cost = along + 2 * across;
    if (cost < least) [best, least] = [index, cost];
  });
  return best;
}

const centre = (element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2, width, height };
};

/** Whether a control lies where the picture that scrolls does not show it: another key may stand at that very place. */
function outOfSight(element) {
  const stage = element.closest(".stage")?.getBoundingClientRect();
  const { y } = centre(element);
  return Boolean(stage) && (y < stage.top || y > stage.bottom);
}

/** Listen on a document. `panel` selects the group of controls that is one Tab stop. */
export function keypad(root, panel) {
  const within = () => root.querySelector("[role=alertdialog], [role=dialog]") ?? root;
  root.addEventListener("keydown", (event) => {
    const way = KEYS[event.key];
    if (!way || event.target.matches?.("input")) return;
    const scrolling = root.activeElement?.closest?.(".stage");
    const all = [...within().querySelectorAll(FOCUSABLE)].filter((one) => one.offsetParent !== null && (scrolling || !outOfSight(one)));
    const here = all.includes(root.activeElement) ? root.activeElement : null;
    const boxes = all.map(centre);
    const to = here ? nearest(boxes, centre(here), way) : all.findIndex((one) => one.closest(panel));
    if (!here && to < 0 && !all.length) return;
    event.preventDefault();
    all[to < 0 ? all.indexOf(here) : to]?.focus();
  });
  root.addEventListener("focusin", () => rove(root, panel));
}

/** Exactly one control of the group takes part in the Tab order: the focused one, or the first. */
export function rove(root, panel) {
  const all = [...root.querySelectorAll(`${panel} button:not([disabled])`)];
  const current = all.find((one) => one === root.activeElement) ?? all.find((one) => one.tabIndex === 0 && one.dataset.roved) ?? all[0];
  for (const one of all) {
    one.tabIndex = one === current ? 0 : -1;
    if (one === current) one.dataset.roved = "1";
    else delete one.dataset.roved;
  }
}
