/** The last calls of this console and its department: who, when, how long, and what was missed. */
import { html, nothing } from "lit-html";
import { icon } from "#screen/icons.js";
import { lasting } from "./arrange.js";
import { personOf } from "./state.js";
import { cw, nameOf, reasonWords } from "./words.js";

const DAY_S = 86_400;
const SEOUL_S = 9 * 3600;
const day = (seconds) => Math.floor((seconds + SEOUL_S) / DAY_S);

/** "14:05" today, "11. 27. 14:05" before; in Seoul's time. Seconds since the epoch. Pure. */
export function when(at, now) {
  const date = new Date((at + SEOUL_S) * 1000);
  const two = (value) => String(value).padStart(2, "0");
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  return day(at) === day(now) ? clock : `${date.getUTCMonth() + 1}. ${date.getUTCDate()}. ${clock}`;
}

/**
 * A row as one party reads it: {id, way: "in"|"out"|"missed", who, at, seconds, media, about, reason, back}.
 * me: {party, department}. known: departments by address. back: the address to call again. Pure.
 */
export function rowOf(record, me, known = {}) {
  const out = record.caller === me?.party;
  const answered = Boolean(record.answered_by);
  const mine = [me?.party, `dept:${me?.department}`];
  const missed = !out && !answered && (record.missed_by ?? []).some((one) => mine.includes(one));
  const caller = personOf({ party: record.caller, name: record.caller_name, department: record.caller_department }, known);
  const called = personOf(record.department ? `dept:${record.department}` : record.to, known);
  // The department through which it came is not who spoke.
  const who = out ? called : caller;
  return { id: record.id, way: missed ? "missed" : out ? "out" : "in", who, at: record.started_at, seconds: record.duration_s ?? 0, media: record.media, about: record.about, urgent: record.urgent, reason: record.reason, answered, back: out ? record.to : record.caller };
}

/** How many were missed since the log was last looked at. Pure. */
export const missedSince = (rows, seen) => rows.filter(({ way, at }) => way === "missed" && at > seen).length;

const WAYS = { in: "call-in", out: "call-out", missed: "call-missed" };

export function callLog(state, { log, only, set, call, now }) {
  const rows = (log.rows ?? []).filter(({ way }) => !only || way === "missed");
  const off = Boolean(state.call);
  const tab = (value, word) => html`<button type="button" aria-pressed=${String(only === value)} @click=${() => set({ only: value })}>${cw(word)}</button>`;
  return html`<section class="panel log" aria-labelledby="log-title">
    <header><h2 id="log-title">${cw("log")}</h2><div class="tabs" role="group" aria-label=${cw("log")}>${tab(false, "all")}${tab(true, "missed")}</div></header>
    ${log.failed
      ? html`<p class="notice">${cw("logFailed")}</p>`
      : rows.length
        ? html`<ol data-scroll tabindex="0" aria-label=${cw("log")}>${rows.map((one) => html`<li class=${one.way}>
            <span class="way">${icon(WAYS[one.way])}</span>
            <span class="what"><b>${nameOf(one.who)}${one.who.place ? html`<small>${one.who.place}</small>` : nothing}</b>
              <small>${one.way === "missed" ? html`<em>${cw("missed")}</em> · ` : nothing}${when(one.at, now)}${one.seconds ? html` · ${lasting(one.seconds)}` : one.way !== "missed" && one.reason && !one.answered ? html` · ${reasonWords(one.reason)}` : nothing}</small>
              ${one.about?.title ? html`<small class="why">${one.about.title}</small>` : nothing}</span>
            <button type="button" class="round call" ?disabled=${off} aria-label=${`${nameOf(one.who)} ${cw("callAgain")}`} title=${cw("callAgain")} @click=${() => call({ ...one.who, address: one.back }, one.media)}>${icon(one.media === "audio" ? "phone" : "video")}</button>
          </li>`)}</ol>`
        : html`<p class="notice">${only ? cw("noMissed") : cw("noCalls")}</p>`}
  </section>`;
}
