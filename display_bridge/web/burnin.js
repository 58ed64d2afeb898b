/** Care for screens that burn day and night: where the picture stands, and how bright it is, at a time. Pure. */

const SEOUL_S = 9 * 3600;
const DAY_MIN = 1440;

export const DAY = { shift_px: 4, shift_s: 60, night_from: "22:00", night_to: "22:00", night_level: 1, night_wake_s: 120 };

/** Settings as the service tells them, each within its bounds; what is missing or no number is as in DAY. */
export function careOf(told) {
  const number = (name, least, most) => {
    const given = Number(told?.[name]);
    return told?.[name] !== null && Number.isFinite(given) ? Math.min(most, Math.max(least, given)) : DAY[name];
  };
  const time = (name) => (/^([01]\d|2[0-3]):[0-5]\d$/.test(told?.[name]) ? told[name] : null);
  const [from, to] = [time("night_from"), time("night_to")];
  return {
    shift_px: Math.round(number("shift_px", 0, 12)),
    shift_s: number("shift_s", 5, 3600),
    night_from: from && to ? from : DAY.night_from,
    night_to: from && to ? to : DAY.night_to,
    night_level: number("night_level", 0.2, 1),
    night_wake_s: number("night_wake_s", 5, 3600),
  };
}

/**
 * Where the picture stands, CSS pixels: up and left of its place by 0..2 shift_px. It walks every place of that square,
 * row by row, there and back, one pixel at a time, so that nobody sees it move and no edge stays where it is.
 */
export function shiftAt(seconds, { shift_px, shift_s }) {
  const side = 2 * shift_px + 1;
  const places = side * side;
  const round = Math.max(1, 2 * (places - 1));
  const step = ((Math.floor(seconds / shift_s) % round) + round) % round;
  const at = step < places ? step : round - step;
  const row = Math.floor(at / side);
  const along = at % side;
  const column = row % 2 ? side - 1 - along : along;
  return { x: -column || 0, y: -row || 0 };
}

const minutes = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Whether it is night in Seoul. seconds: since the epoch. A night that begins when it ends is none. */
export function isNight(seconds, { night_from, night_to }) {
  const now = ((Math.floor((seconds + SEOUL_S) / 60) % DAY_MIN) + DAY_MIN) % DAY_MIN;
  const [from, to] = [minutes(night_from), minutes(night_to)];
  return from <= to ? from <= now && now < to : now >= from || now < to;
}

/** How bright the screen is, 0..1. wokenAt: when somebody last was there or an alert stood. */
export function levelAt(seconds, care, wokenAt) {
  const awake = seconds - wokenAt < care.night_wake_s && seconds >= wokenAt;
  return isNight(seconds, care) && !awake ? care.night_level : 1;
}
