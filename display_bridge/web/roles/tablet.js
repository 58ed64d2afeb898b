/** The tablet beside the wall: icons whose taps are commands to the wall's display, in reach of one thumb. */
import { html } from "lit-html";
import { icon } from "../icons.js";
import { pick, t } from "../i18n.js";
import { voiceCard } from "../voice.js";
import { key, plainHeader } from "./frame.js";
import { guide, wordsOf } from "./guide.js";
import { keypad, rove } from "./keypad.js";
import { tiles } from "./tiles.js";
import { w } from "./words.js";

const TILES = 12;
const say = guide();
let heard = null;

export function page({ state, local }, actions) {
  const held = state?.shown?.layer === "hold";
  return html`${plainHeader(state, local)}
    <main class="remote" id="stage">
      <section class="on-wall" aria-live="polite">
        ${icon("screen")}<p><small>${w("onWall")}</small><b>${state ? pick(state.view, "title") : `${t("connecting")}…`}</b></p>
      </section>
      <div class="choose">${tiles({ state, local }, actions, TILES)}</div>
    </main>
    <section class="thumb" aria-label=${w("controls")}>
      <button type="button" class="talk" aria-pressed=${String(local.talking)} @click=${actions.toggleMic}>${icon("mic")}<span>${local.talking ? w("stopTalk") : w("talk")}</span></button>
      <div class="keys">
        ${key("home", w("home"), () => actions.send("home"))} ${key("back", w("back"), () => actions.send("back"))}
        ${key("up", w("pageUp"), () => actions.send("up"), { off: !(state?.shown?.page > 0) })} ${key("down", w("pageDown"), () => actions.send("down"))}
        ${key("pin", held ? w("release") : w("hold"), () => actions.send(held ? "release" : "hold"), { pressed: held })}
        ${key("speech", w("voice"), () => actions.set({ guided: local.guided === false }), { pressed: local.guided !== false })}
        ${key("hand", local.left ? w("rightHand") : w("leftHand"), () => actions.set({ left: !local.left }))}
        ${key("list", w("language"), actions.toggleLanguage)}
      </div>
    </section>
    <div class="speaking-corner">${voiceCard(state?.assistant, local)}</div>`;
}

export function begin(store) {
  keypad(document, ".thumb");
  // A tap says what it does; what the wall then shows is said by the assistant or read from the line above.
  addEventListener("click", ({ target }) => {
    const button = target.closest?.("button");
    if (button && store.local.guided !== false) say(button.dataset.tile ? `${w("chosen")} ${wordsOf(button)}` : wordsOf(button));
  });
}

export function drawn(store) {
  document.body.classList.toggle("left-hand", Boolean(store.local.left));
  rove(document, ".thumb");
  const outcome = store.state?.assistant?.outcome?.code ?? null;
  if (outcome && outcome !== heard) navigator.vibrate?.(30);
  heard = outcome;
}
