/** The tablet beside the wall: icons whose taps are commands to the wall's display, in reach of one thumb. */
import { html, nothing } from "lit-html";
import { icon } from "../icons.js";
import { language, pick, t } from "../i18n.js";
import { office } from "../live-parts.js";
import { voiceCard } from "../voice.js";
import { key, plainHeader } from "./frame.js";
import { wordsOf } from "./guide.js";
import { keypad, rove } from "./keypad.js";
import { spoken } from "./spoken.js";
import { panelIcon, tiles } from "./tiles.js";
import { w } from "./words.js";

const TILES = 12;
let heard = null;

export function page({ state, local }, actions) {
  const held = state?.shown?.layer === "hold";
  return html`${plainHeader(state, local)}
    <main class="remote" id="stage">
      <div class="remote-head">
        <section class="on-wall" aria-live="polite">
          ${state?.view?.panel ? panelIcon(state.view.panel) : icon("screen")}<p><small>${w("onWall")}</small><b>${state ? pick(state.view, "title") : `${t("connecting")}…`}</b></p>
        </section>
        <label class="tile-search">${icon("search")}<span class="unseen">${w("search")}</span>
          <input type="search" autocomplete="off" maxlength="40" placeholder=${w("search")} .value=${local.query ?? ""} @input=${(event) => actions.set({ query: event.target.value, tilePage: 0 })} />
          ${local.query ? html`<button type="button" class="round" aria-label=${w("clear")} @click=${() => actions.set({ query: "", tilePage: 0 })}>${icon("close")}</button>` : nothing}
        </label>
      </div>
      ${local.guideNotice && local.guided !== false ? html`<p class="guide-notice" role="status">${icon("alert")}${local.guideNotice}</p>` : nothing}
      <div class="choose">${tiles({ state, local }, actions, TILES, true)}</div>
    </main>
    <section class="thumb" aria-label=${w("controls")}>
      <button type="button" class="talk" aria-pressed=${String(local.talking)} @click=${actions.toggleMic}>${icon("mic")}<span>${local.talking ? w("stopTalk") : w("talk")}</span></button>
      <div class="keys">
        ${key("home", w("home"), () => actions.send("home"))} ${key("back", w("back"), () => actions.send("back"))}
        ${key("up", w("pageUp"), () => actions.send("up"), { off: !(state?.shown?.page > 0) })} ${key("down", w("pageDown"), () => actions.send("down"))}
        ${key("zoomout", w("smaller"), () => actions.send("zoom_out"), { off: !((Number(state?.shown?.zoom) || 1) > 1) })} ${key("zoomin", w("larger"), () => actions.send("zoom_in"))}
        ${key("pin", held ? w("release") : w("hold"), () => actions.send(held ? "release" : "hold"), { pressed: held })}
        ${key("loud", w("voice"), () => actions.set({ guided: local.guided === false }), { pressed: local.guided !== false })}
        ${key("hand", local.left ? w("rightHand") : w("leftHand"), () => actions.set({ left: !local.left }))}
        ${key("language", w("language"), actions.toggleLanguage, { lang: language() === "en" ? "ko" : "en" })}
      </div>
    </section>
    <div class="speaking-corner">${office.saidByCheck?.(state) ? nothing : voiceCard(state?.assistant, local)}</div>`;
}

export function begin(store, actions) {
  const say = spoken(store, actions);
  keypad(document, ".thumb");
  // A tap says what it does; what the wall then shows is said by the assistant or read from the line above.
  addEventListener("click", ({ target }) => {
    const button = target.closest?.("button");
    if (!button || store.local.guided === false || button.closest(".pin")) return; // no PIN is read out
    const words = wordsOf(button.querySelector("b") ?? button);
    say(button.dataset.tile && !button.matches(".menu-pick") ? `${w("chosen")} ${words}` : words);
  }, true); // before the tap changes what stands on the button
}

export function drawn(store) {
  document.body.classList.toggle("left-hand", Boolean(store.local.left));
  rove(document, ".thumb");
  const outcome = store.state?.assistant?.outcome?.code ?? null;
  if (outcome && outcome !== heard) navigator.vibrate?.(30);
  heard = outcome;
}
