/** The departments one can call: who is there, in an order that helps, found by a few letters. */
import { html, nothing } from "lit-html";
import { icon } from "#screen/icons.js";
import { avatar } from "./cards.js";
import { cw, nameOf } from "./words.js";

const RANK = { available: 0, away: 1, busy: 2, offline: 3 };
const plain = (text) => String(text ?? "").toLowerCase().replace(/\s+/g, "");

/** [{address, name_ko, name_en, status, consoles, open, holiday?, phone}] of what the hub has told, without one's own. Pure. */
export function departmentsOf(presence, own = null) {
  return Object.values(presence)
    .filter(({ subject }) => subject?.startsWith("dept:") && subject !== `dept:${own}`)
    .map((one) => ({ ...one, address: one.subject }))
    .sort((a, b) => (RANK[a.status] ?? 9) - (RANK[b.status] ?? 9) || String(a.name_ko).localeCompare(String(b.name_ko), "ko"));
}

/** Whom a call can be handed to, or who can be asked in: everybody but whoever is in it. Pure. */
export const othersOf = (state) => departmentsOf(state.presence, state.me?.department).filter(({ address }) => address !== state.call?.peer?.address && address !== `dept:${state.call?.peer?.department}`);

/** Those whose name has these letters. Pure. */
export const search = (departments, text) => (plain(text) ? departments.filter((one) => plain(one.name_ko).includes(plain(text)) || plain(one.name_en).includes(plain(text))) : departments);

/** Whether anything would ring there. Pure. */
export const reachable = (one, phones) => one.status !== "offline" || (phones && one.phone && one.open);

const statusWord = (status) => cw(status === "away" ? "awayStatus" : status in RANK ? status : "offline");

export function directory(state, calls, { query, set, call }) {
  const all = departmentsOf(state.presence, state.me?.department);
  const shown = search(all, query);
  return html`<section class="panel directory" aria-labelledby="directory-title">
    <header><h2 id="directory-title">${cw("directory")}</h2>
      <label class="find">${icon("search")}<span class="unseen">${cw("searchDepartment")}</span>
        <input type="search" maxlength="40" autocomplete="off" placeholder=${cw("searchDepartment")} .value=${query} @input=${(event) => set({ query: event.target.value })} /></label>
    </header>
    ${shown.length
      ? html`<ul class="departments" data-scroll tabindex="0" aria-label=${cw("directory")}>${shown.map((one) => row(one, state, call))}</ul>`
      : html`<p class="notice">${all.length ? cw("nobody") : cw("linking")}</p>`}
  </section>`;
}

function row(one, state, call) {
  const off = !reachable(one, state.can.phones) || Boolean(state.call);
  const button = (media, name, word) =>
    html`<button type="button" class=${`round call ${media}`} ?disabled=${off} aria-label=${`${nameOf(one)} ${cw(word)}`} title=${cw(word)} @click=${() => call(one, media)}>${icon(name)}</button>`;
  return html`<li class=${one.status}>${avatar(one)}
    <span><b>${nameOf(one)}</b><small class=${`presence ${one.status}`}>${statusWord(one.status)}${one.holiday ? html` · ${cw("closedToday")}: ${nameOf({ name_ko: one.holiday.ko, name_en: one.holiday.en })}` : one.status === "offline" && one.open === false ? html` · ${cw("closedNow")}` : nothing}${one.consoles > 1 ? html` · ${one.consoles}` : nothing}</small></span>
    ${button("video", "video", "videoCall")} ${button("audio", "phone", "voiceCall")}</li>`;
}
