/** The kiosk's sheets: how to use it, and the sign language video that the site has put there. Within the low reach. */
import { html, nothing } from "lit-html";
import { icon } from "../icons.js";
import { key } from "./frame.js";
import { w } from "./words.js";

const LINES = [["hand", "helpTouch"], ["choices", "helpKeys"], ["pin", "helpPlace"], ["zoomin", "helpSee"], ["pause", "helpTime"]];

/** How to use this screen. */
export function help(close) {
  return html`<div class="veil still"></div>
    <section class="low-sheet" role="dialog" aria-modal="true" aria-labelledby="help-title" @keydown=${(event) => event.key === "Escape" && close()}>
      <header><h2 id="help-title">${icon("help")}${w("help")}</h2>
        <div class="answers">
          <button type="button" class="role-key" aria-disabled="true" aria-describedby="staff-why" id="call-staff">${icon("phone")}<span>${w("callStaff")}</span></button>
          <button type="button" class="role-key strong" id="close-help" @click=${close}>${icon("close")}<span>${w("close")}</span></button>
        </div>
      </header>
      <ul tabindex="0" aria-label=${w("help")} data-scroll>${LINES.map(([name, word]) => html`<li>${icon(name)}<span>${w(word)}</span></li>`)}
        <li class="quiet" id="staff-why">${icon("phone")}<span>${w("callStaffOff")}</span></li></ul>
    </section>`;
}

/** What the site offers: {general: url or null, panels: {id: url}}; null where nothing is configured or known. */
export async function signVideos(ask = fetch) {
  const answer = await ask("/api/v1/sign-language");
  if (!answer.ok) return null;
  const found = await answer.json();
  return found.general || Object.keys(found.panels).length ? found : null;
}

/** The video for a panel: its own, else the general one, else null. Pure. */
export const signFor = (videos, panel) => videos?.panels[panel] ?? videos?.general ?? null;

/** The slot: hidden where the site has no videos at all; an honest line where this panel has none. */
export function signSlot(videos, panel, open) {
  if (!videos || !open) return nothing;
  const url = signFor(videos, panel);
  return html`<aside class="sign" aria-label=${w("sign")}>${url ? html`<video src=${url} autoplay muted loop playsinline aria-label=${w("sign")}></video>` : html`<p>${icon("hand")}${w("signMissing")}</p>`}</aside>`;
}

export const signKey = (videos, open, toggle) => (videos ? key("hand", w("sign"), toggle, { pressed: Boolean(open) }) : nothing);
