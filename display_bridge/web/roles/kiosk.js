/** The citizens' kiosk: the picture above, everything to touch within the lower 40 % of the screen. */
import { html, nothing } from "lit-html";
import { stage } from "../stage.js";
import { icon } from "../icons.js";
import { language, t } from "../i18n.js";
import { key, plainHeader, plainTitles } from "./frame.js";
import { wordsOf } from "./guide.js";
import { spoken } from "./spoken.js";
import { help, signKey, signSlot, signVideos } from "./kiosk-help.js";
import { Idle } from "./idle.js";
import { keypad, rove } from "./keypad.js";
import { leastPx, raise } from "./legible.js";
import { tiles } from "./tiles.js";
import { w } from "./words.js";

const PANEL = ".reach";
const TILES = 8;
const TILES_LARGE = 2;
const now = () => performance.now() / 1000;
const idle = new Idle(now());

let opener = null;

function openHelp(actions) {
  opener = document.activeElement;
  actions.set({ help: true });
  queueMicrotask(() => queueMicrotask(() => document.getElementById("close-help")?.focus()));
}

function closeHelp(actions) {
  actions.set({ help: false });
  opener?.focus?.();
}

export function page({ state, local }, actions) {
  const ending = local.idle?.phase === "warning";
  return html`${plainHeader(state, local)}${plainTitles(state)}
    ${local.guideNotice && local.guided !== false ? html`<p class="guide-notice" role="status">${icon("alert")}${local.guideNotice}</p>` : nothing}
    ${state ? stage(state, actions.send) : html`<main class="stage waiting"><p class="notice large">${t("connecting")}…</p></main>`}
    <section class="reach" aria-label=${w("controls")}>
      <div class="choose">${tiles({ state, local }, actions, local.big ? TILES_LARGE : TILES)}</div>
      <div class="keys" role="group" aria-label=${w("controls")}>
        ${key("home", w("home"), () => goHome(actions), { kind: local.signs ? "strong" : "strong wide" })}
        ${key("mic", local.talking ? w("stopTalk") : w("talk"), actions.toggleMic, { pressed: local.talking, kind: "talk" })}
        ${signKey(local.signs, local.sign, () => actions.set({ sign: !local.sign }))}
        ${key("back", w("back"), () => actions.send("back"))}
        ${key("up", w("pageUp"), () => actions.send("up"), { off: !(state?.shown?.page > 0) })}
        ${key("down", w("pageDown"), () => actions.send("down"))}
        ${key("zoomin", w("big"), () => actions.set({ big: !local.big, tilePage: 0 }), { pressed: Boolean(local.big) })}
        ${key("contrast", w("contrast"), () => actions.set({ contrast: !local.contrast }), { pressed: Boolean(local.contrast) })}
        ${key("loud", w("voice"), () => actions.set({ guided: local.guided === false }), { pressed: local.guided !== false })}
        ${key("language", w("language"), actions.toggleLanguage, { lang: language() === "en" ? "ko" : "en" })}
        ${key("help", w("help"), () => openHelp(actions))}
      </div>
    </section>
    ${signSlot(local.signs, state?.shown?.panel, local.sign)}
    ${local.help ? help(() => closeHelp(actions)) : nothing}
    ${ending ? ask(local.idle.left, actions) : nothing}`;
}

function ask(left, actions) {
  return html`<div class="veil still"></div>
    <section class="still-there" role="alertdialog" aria-modal="true" aria-labelledby="still" aria-describedby="still-why">
      <h2 id="still">${w("still")}</h2>
      <p id="still-why">${w("stillWhy")}</p>
      <p class="left" aria-hidden="true"><b>${left}</b>${w("seconds")}</p>
      <div class="answers">
        <button type="button" class="role-key strong" id="go-on" @click=${() => stay(actions)}><span>${w("goOn")}</span></button>
        <button type="button" class="role-key" @click=${() => goHome(actions)}><span>${w("home")}</span></button>
      </div>
    </section>`;
}

/** The time starts anew, on the server too: its own time to live of the shown panel. */
function stay(actions) {
  idle.touch(now());
  actions.set({ idle: null });
  const shown = actions.store.state?.shown;
  if (shown?.layer === "command") actions.send("show", { panel: shown.panel, ...(shown.args?.district ? { district: shown.args.district } : {}) });
}

/** The next person finds the screen as it was made: first page, normal size and colours, spoken guidance on. */
function goHome(actions) {
  idle.touch(now());
  actions.set({ idle: null, tileMenu: null, tileSub: null, tilePage: 0, big: false, contrast: false, guided: true, help: false, sign: false });
  actions.send("home");
}

const untouched = ({ state, local }) => (state?.shown?.layer ?? "home") !== "command" && !local.tileMenu && !local.big && !local.contrast && !local.help && !local.sign && local.guided !== false;

export function begin(store, actions) {
  keypad(document, PANEL);
  const say = spoken(store, actions);
  document.addEventListener("focusin", ({ target }) => store.local.guided !== false && say(wordsOf(target)));
  signVideos().then((signs) => store.setLocal({ signs }), () => {});
  for (const kind of ["pointerdown", "keydown"]) {
    // While the question stands only its own buttons answer it; a person who cannot see must not answer by chance.
    addEventListener(kind, () => store.local.idle?.phase !== "warning" && idle.touch(now()), true);
  }
  let asked = false;
  setInterval(() => {
    const at = idle.at(now());
    if (at.phase === "active" || untouched(store)) {
      if (store.local.idle) store.setLocal({ idle: null });
      if (at.phase !== "active") idle.touch(now());
      asked = false;
      return;
    }
    if (at.phase === "over") return goHome(actions);
    store.setLocal({ idle: at });
    if (asked) return;
    asked = true;
    queueMicrotask(() => queueMicrotask(() => document.getElementById("go-on")?.focus()));
  }, 500);
}

export function drawn(store) {
  document.body.classList.toggle("big", Boolean(store.local.big));
  document.documentElement.classList.toggle("big", Boolean(store.local.big));
  document.body.classList.toggle("contrast", Boolean(store.local.contrast));
  rove(document, PANEL);
  const stage = document.getElementById("stage");
  if (stage) stage.tabIndex = store.local.big || stage.scrollHeight > stage.clientHeight + 1 ? 0 : -1; // it scrolls then, by the keypad too
  raise(document, leastPx(Math.max(innerWidth, innerHeight)) * (store.local.big ? 2 : 1));
}
