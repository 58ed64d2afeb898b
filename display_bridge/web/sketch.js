/** What a camera sees, drawn as lines and dots. Pure up to the canvas that is given. */

const FINGERS = [[0, 1, 2, 3, 4], [0, 5, 6, 7, 8], [5, 9, 10, 11, 12], [9, 13, 14, 15, 16], [13, 17, 18, 19, 20], [0, 17]];
/** Colours that are told apart by their light as well. */
const COLOURS = ["#ffd24d", "#62c6ff", "#6fdfa8", "#ff96a8"];

const isPlace = (value) => Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "number");
const isLine = (value) => Array.isArray(value) && value.length > 0 && value.every(isPlace);

/**
 * The lines of a sketch: [{points: [[x, y], ...], colour, dots}], places in frame widths. Hands are drawn finger by
 * finger, everything else as it comes: whatever has places in it is drawn, whichever ability told it. Pure.
 */
export function linesOf(sketch) {
  const lines = [];
  const walk = (value, key, colour) => {
    if (key === "hands" && Array.isArray(value)) {
      for (const hand of value) if (isLine(hand) && hand.length === 21) for (const finger of FINGERS) lines.push({ points: finger.map((n) => hand[n]), colour, dots: true });
    } else if (isLine(value)) lines.push({ points: value, colour, dots: key === "points" || value.length === 1 });
    else if (Array.isArray(value)) value.forEach((one) => walk(one, key, colour));
    else if (value && typeof value === "object") {
      if (isBox(value)) lines.push({ points: corners(value), colour, dots: false, label: value.name ?? value.slot ?? value.book });
      const mine = typeof value.person === "number" ? COLOURS[value.person % COLOURS.length] : colour;
      for (const [name, inner] of Object.entries(value)) if (typeof inner === "object") walk(inner, name, mine);
    }
  };
  walk(sketch, "", COLOURS[0]);
  return lines;
}

const isBox = (value) => ["left", "top", "right", "bottom"].every((edge) => typeof value[edge] === "number");
const corners = ({ left, top, right, bottom }) => [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]];

/** Draw lines on a 2d context of a width. A camera is not mirrored; who looks at it as into a mirror may be. */
export function draw(context, lines, width, mirrored = false) {
  const at = ([x, y]) => [(mirrored ? 1 - x : x) * width, y * width];
  context.lineWidth = Math.max(2, width / 320);
  context.lineCap = context.lineJoin = "round";
  for (const { points, colour, dots, label } of lines) {
    context.strokeStyle = context.fillStyle = colour;
    context.beginPath();
    points.forEach((point, n) => (n ? context.lineTo(...at(point)) : context.moveTo(...at(point))));
    if (points.length > 1) context.stroke();
    if (dots) for (const point of points) {
      context.beginPath();
      context.arc(...at(point), context.lineWidth * 1.3, 0, 7);
      context.fill();
    }
    if (label !== undefined) context.fillText(String(label), at(points[0])[0] + 4, at(points[0])[1] + 14);
  }
}
