/** The line over the last picture while the service is away: that it is, and of when the picture is. In two languages. */
import { html, nothing } from "lit-html";
import { clockTime } from "./format.js";
import { language } from "./i18n.js";

const DAY_S = 86_400;
const SEOUL_S = 9 * 3600;
const day = (seconds) => Math.floor((seconds + SEOUL_S) / DAY_S);

/** When, as short as it is still clear: the hour today, with the day before that. */
function when(at, now, lang) {
  if (day(at) === day(now)) return clockTime(at);
  const date = new Date((at + SEOUL_S) * 1000);
  const [month, date_] = [date.getUTCMonth() + 1, date.getUTCDate()];
  const words = lang === "en" ? `${new Intl.DateTimeFormat("en", { month: "short", timeZone: "UTC" }).format(date)} ${date_}` : `${month}월 ${date_}일`;
  return `${words} ${clockTime(at)}`;
}

/** {ko, en} of a lost link; at: when the picture came, null without a picture. Seconds since the epoch. Pure. */
export function awayWords(at, now) {
  if (!at) return { ko: "연결 끊김 · 다시 연결하고 있습니다", en: "Disconnected · trying again" };
  return { ko: `연결 끊김 · ${when(at, now, "ko")} 자료`, en: `Disconnected · data of ${when(at, now, "en")}` };
}

/** The line, or nothing while the link is there. */
export function awayLine(state, local, now) {
  if (local.link !== "lost") return nothing;
  const words = awayWords(state ? local.heardAt : null, now);
  const [first, second] = language() === "en" ? ["en", "ko"] : ["ko", "en"];
  return html`<p class="away" role="alert"><span lang=${first}>${words[first]}</span><small lang=${second}>${words[second]}</small></p>`;
}
