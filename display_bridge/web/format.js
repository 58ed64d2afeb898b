/** Numbers and times as people in Seoul read them. Pure: no DOM, no global language. */

const ZONE = "Asia/Seoul";
const SCALED_UNIT = /^(천|만|십만|백만|천만|억|조|k|M|G)/;

/** How many decimals a value deserves: 0.041 -> 3, 9.4 -> 1, 21.45 -> 1, 1078 -> 0. */
export function decimals(value) {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 1000) return 0;
  if (size >= 10) return 1;
  if (size >= 1) return Math.abs(value * 10 - Math.round(value * 10)) < 1e-9 ? 1 : 2;
  return 3;
}

/** 31482 -> "31,482", 21.4 -> "21.4". null and what is not finite give "–". */
export function number(value, { maxDecimals } = {}) {
  if (value === null || value === undefined || !Number.isFinite(Number(value))) return "–";
  const digits = Math.min(decimals(Number(value)), maxDecimals ?? 3);
  return new Intl.NumberFormat("ko-KR", { maximumFractionDigits: digits }).format(Number(value));
}

/** Korean units in English, with what one of them is worth: 억원 is 100 million won. A counter needs no word. */
const ENGLISH_UNITS = {
  명: ["people"], "명/h": ["people/h"], 회: ["times"], "회/h": ["visits/h"], 건: ["cases"], "건/h": ["cases/h"], "건/년": ["cases/year"],
  점: ["points"], 곳: ["places"], 개소: ["places"], 개: [""], 대: [""], 기: [""], 면: [""], 위: [""], 호: ["homes"], 종: ["kinds"],
  편성: ["trains"], 개사: ["companies"], 개교: ["schools"], 개동: ["buildings"], 가구: ["households"], "개 도시": ["cities"], 쪽: ["pages"],
  원: ["won"], 만원: ["won", 1e4], 억원: ["won", 1e8], 백만달러: ["USD", 1e6], 만톤: ["t", 1e4], "만㎥": ["m³", 1e4], "만㎥/일": ["m³/day", 1e4],
  "1개": ["each"], "30개": ["for 30"], 개월: ["months"], "1마리": ["each"], "1포기": ["each"],
};

/** A unit as it is read in a language. */
export function unitText(unit = "", lang = "ko") {
  const [word, worth] = (lang === "ko" ? null : ENGLISH_UNITS[unit]) ?? [unit];
  return worth ? `${new Intl.NumberFormat("en").format(worth)} ${word}` : word;
}

/**
 * A figure and its unit for large type, in 만 / 억 / 조 from a million on: 10_780_000 명 -> { text: "1,078", unit: "만 명" }.
 * Values whose unit is scaled already (만원, kW) keep it, but 306_000 억원 becomes 30.6 조원. In English: M / B.
 */
export function figure(value, unit = "", lang = "ko") {
  const size = Math.abs(Number(value));
  if (value === null || value === undefined || !Number.isFinite(size)) return { text: "–", unit: unitText(unit, lang) };
  if (lang !== "ko" && ENGLISH_UNITS[unit]) {
    const [word, worth = 1] = ENGLISH_UNITS[unit];
    return figure(Number(value) * worth, word, lang);
  }
  if (lang === "ko" && size >= 1e4 && unit.startsWith("억")) {
    const scaled = Number(value) / 1e4;
    return { text: number(scaled, { maxDecimals: Math.abs(scaled) >= 100 ? 0 : 1 }), unit: `조${unit.slice(1)}` };
  }
  if (SCALED_UNIT.test(unit) || size < 1e6) return { text: number(value), unit };
  const steps =
    lang === "ko"
      ? [[1e12, "조"], [1e8, "억"], [1e4, "만"]]
      : [[1e12, "T"], [1e9, "B"], [1e6, "M"]];
  const [step, word] = steps.find(([least]) => size >= least);
  const scaled = Number(value) / step;
  const maxDecimals = Math.abs(scaled) >= 100 ? 0 : 1;
  return { text: number(scaled, { maxDecimals }), unit: unit ? `${word} ${unit}` : word };
}

/** A figure for a crowded place such as a map: 445_512 -> "44.6만", 30.4 -> "30.4". */
export function short(value, lang = "ko") {
  const size = Math.abs(Number(value));
  if (lang === "ko" && size >= 1e5 && size < 1e6) return `${number(Number(value) / 1e4, { maxDecimals: 1 })}만`;
  if (lang !== "ko" && size >= 1e5 && size < 1e6) return `${number(Number(value) / 1e3, { maxDecimals: 0 })}k`;
  if (size >= 1e6) return figureText(value, "", lang);
  return number(value, { maxDecimals: size < 1 ? 3 : 1 });
}

/** The same figure in one string: "1,078만 명". */
export function figureText(value, unit = "", lang = "ko") {
  const { text, unit: words } = figure(value, unit, lang);
  if (text === "–" || !words) return text;
  const tight = /^[만억조KMB%°℃]/.test(words);
  return tight ? `${text}${words}` : `${text} ${words}`;
}

const formatter = (lang, options) =>
  new Intl.DateTimeFormat(lang === "ko" ? "ko-KR" : "en-GB", { timeZone: ZONE, ...options });

/** A Date from epoch seconds, an ISO string or a Date; null when it is none of these. */
export function toDate(at) {
  if (at === null || at === undefined || at === "") return null;
  const date = typeof at === "number" ? new Date(at * 1000) : new Date(at);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** "14:31" in Seoul; "" when the time is unknown. */
export function clockTime(at, { seconds = false } = {}) {
  const date = toDate(at);
  if (!date) return "";
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return formatter("en", seconds ? { ...options, second: "2-digit" } : options).format(date);
}

/** "3월 12일 목요일" or "Thursday 12 March". */
export function longDate(at, lang = "ko") {
  const date = toDate(at);
  return date ? formatter(lang, { month: "long", day: "numeric", weekday: "long" }).format(date) : "";
}

/** "2026.03.12" in Seoul. */
export function shortDate(at) {
  const date = toDate(at);
  if (!date) return typeof at === "string" ? at : "";
  const parts = Object.fromEntries(
    formatter("en", { year: "numeric", month: "2-digit", day: "2-digit" })
      .formatToParts(date)
      .map((part) => [part.type, part.value]),
  );
  return `${parts.year}.${parts.month}.${parts.day}`;
}

/** Clock time for today, date and time for other days of this year, the date for other years. */
export function moment(at, now = new Date()) {
  const date = toDate(at);
  if (!date) return typeof at === "string" ? at : "";
  const [day, today] = [shortDate(date), shortDate(now)];
  if (day === today) return clockTime(date);
  return day.slice(0, 4) === today.slice(0, 4) ? `${day.slice(5)} ${clockTime(date)}` : day;
}

/** Seconds as "18초", "2분 5초"; "18 s", "2 min 5 s". */
export function duration(seconds, lang = "ko") {
  const total = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(total / 60);
  const rest = total % 60;
  if (minutes >= 60) {
    const [hours, left] = [Math.floor(minutes / 60), minutes % 60];
    return lang === "ko" ? `${hours}시간${left ? ` ${left}분` : ""}` : `${hours} h${left ? ` ${left} min` : ""}`;
  }
  if (lang !== "ko") return minutes ? `${minutes} min${rest ? ` ${rest} s` : ""}` : `${rest} s`;
  return minutes ? `${minutes}분${rest ? ` ${rest}초` : ""}` : `${rest}초`;
}

/** Seconds ago as "방금", "9분 전", "1시간 20분 전"; "just now", "9 min ago", "1 h 20 min ago". */
export function ago(seconds, lang = "ko") {
  const minutes = Math.floor(Math.max(0, seconds) / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (minutes === 0) return lang === "ko" ? "방금" : "just now";
  if (lang !== "ko") return `${hours ? `${hours} h ` : ""}${rest || !hours ? `${rest} min ` : ""}ago`;
  return `${hours ? `${hours}시간 ` : ""}${rest || !hours ? `${rest}분 ` : ""}전`;
}

/** The words on a time axis for an interval between ticks of `step` seconds. */
export function axisTime(epoch, step, lang = "ko") {
  const date = new Date(epoch * 1000);
  if (step < 3600) return clockTime(date);
  if (step < 86_400) {
    const hour = Number(formatter("en", { hour: "2-digit", hourCycle: "h23" }).format(date));
    return lang === "ko" ? `${hour}시` : `${String(hour).padStart(2, "0")}:00`;
  }
  const [year, month, day] = shortDate(date).split(".").map(Number);
  if (step < 86_400 * 27) return lang === "ko" ? `${month}.${day}.` : `${day}/${month}`;
  if (step < 86_400 * 360) return month === 1 ? `${year}` : lang === "ko" ? `${month}월` : formatter("en", { month: "short" }).format(date);
  return lang === "ko" ? `${year}년` : `${year}`;
}
