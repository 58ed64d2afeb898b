/** The page of a screen: joins connection, state and parts. The only module that knows all of them. */
import { html, nothing, render } from "lit-html";
import { awayLine } from "./away.js";
import { CARED, Care } from "./care.js";
import { chime } from "./chime.js";
import { loadCatalog, chooser } from "./chooser.js";
import { bottomBar, header, titleStrip } from "./chrome.js";
import { Earlier } from "./earlier.js";
import { serverNow, setOffset, startClock } from "./clock.js";
import { DisplayConnection, REFUSED } from "./connection.js";
import { useToken } from "./credentials.js";
import { initLanguage, language, pick, refusalWords, setLanguage, t } from "./i18n.js";
import { icon } from "./icons.js";
import { incidentAbove, pressing } from "./incident.js";
import { markKorean } from "./langs.js";
import { loadMap } from "./map.js";
import { leaveNothing } from "./discretion.js";
import { PushToTalk } from "./mic.js";
import { overlay } from "./overlay.js";
import { question } from "./question.js";
import { office } from "./live-parts.js";
import { keepFocus, trap } from "./modal.js";
import { lastGood } from "./offline.js";
import { renew } from "./renew.js";
import { rolePage } from "./roles/index.js";
import { Shell } from "./shell.js";
import { Speech } from "./speech.js";
import { scrollToPage, stage } from "./stage.js";
import { Store } from "./store.js";
import { assistantBar, sendUtterance } from "./textbox.js";
import { Updater } from "./update.js";
import { inUse, pageNow, Use } from "./use.js";
import { falseWake, lightOf, notices, voiceCard } from "./voice.js";

const TOAST_MS = 5000;
/** Their catalogue is the public one whatever token they have; without a token it can be kept for when they are alone. */
const CITIZENS = new Set(["kiosk", "web"]);

/** {role, id} from /screen/{role}/{id}. */
export function addressOf(path) {
  const [, role, id] = /^\/screen\/([^/]+)\/([^/]+)/.exec(path) ?? [];
  return { role: role ?? "wall", id: id ? decodeURIComponent(id) : (role ?? "wall") };
}

/** A device token arrives once in the fragment, then lives on this screen; never in an address that is sent. */
function deviceToken(role, id) {
  const key = `seoula.token.${role}.${id}`;
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  try {
    if (given) {
      localStorage.setItem(key, given);
      history.replaceState(null, "", location.pathname + location.search);
    }
    return given ?? localStorage.getItem(key);
  } catch {
    return given;
  }
}

function forgetToken(role, id) {
  try {
    localStorage.removeItem(`seoula.token.${role}.${id}`);
  } catch {
    // A screen without storage has nothing to forget.
  }
}

const { role, id } = addressOf(location.pathname);
const token = deviceToken(role, id);
useToken(token);
initLanguage();
document.body.dataset.role = role;
const own = rolePage(role);

const store = new Store({
  link: "connecting", heardAt: null, chooser: null, submenu: null, catalog: null, catalogError: null,
  aside: null, text: "", sending: false, talking: false, heard: "", notices: [], toast: null, spoken: null,
});

/** The browser's store; some refuse even to be asked for it. */
const storage = (() => {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
})();
const kept = role === "watch" || role === "tablet" ? null : lastGood(role, id, storage);
const care = CARED.has(role) ? new Care(document.documentElement, storage) : null;
/** Seconds on a clock that nobody sets. */
const monotonic = () => performance.now() / 1000;
const use = new Use(monotonic());
const shell = new Shell(role);
const updater = new Updater(document.querySelector("meta[name=seoula-build]")?.content ?? "", {
  prepare: (build) => shell.prepare(build),
  tend: (build) => shell.tend(build),
  take: (build, whole) => shell.take(build, whole),
  idle: () => store.local.link === "open" && !inUse({ state: store.state, local: store.local, seen: use.seen, page: pageNow() }, monotonic()),
  reload: (build) => renew(undefined, build),
  later: (seconds, action) => setTimeout(action, seconds * 1000),
  cancel: (timer) => clearTimeout(timer),
});

const scheme = location.protocol === "https:" ? "wss" : "ws";
const connection = new DisplayConnection(
  { url: `${scheme}://${location.host}/ws/v1/displays/${encodeURIComponent(id)}`, role, caps: ["touch", "audio", "microphone"], token },
  {
    state: (state) => {
      const checking = state.overlay?.name === "private-mode";
      store.local = { ...store.local, heardAt: Date.now() / 1000, sketch: checking ? store.local.sketch : null };
      store.setState(state);
      if (state.display?.trust === "public") kept?.save(state);
      else kept?.forget();
      speech.follow(state.speech);
    },
    chime,
    message: (message) => {
      if (message.t === "sketch") store.setLocal({ sketch: message.face });
      const words = office.privateNotice?.(message);
      if (words) toast(words);
      hands?.message(message);
    },
    status: ({ link, offset, build, care: settings, code, reason }) => {
      if (link === "open") {
        setOffset(offset);
        care?.told(settings);
        updater.told(build);
        if (store.local.catalogError) actions.reloadCatalog();
      }
      store.setLocal({ link });
      if (link !== "open") hands?.lost();
      if (code === REFUSED) {
        store.setState(null);
        speech.follow(null);
        refused(reason);
      } else if (link === "open") notice("refused", null);
    },
    outdated: () => updater.outdated(),
  },
);

/** Screens that know the motion mouse and private mode; the code for it comes to no others. */
const OFFICE = new Set(["wall", "tablet", "watch"]);
/** The cursor of somebody who stands before this wall. */
let hands = null;
if (OFFICE.has(role)) {
  const fetchOffice = (pause = 1) => import("./office.js").then(() => {
    const woken = () => care?.touch();
    const touched = () => {
      use.touch(monotonic());
      woken();
    };
    if (role === "wall") hands = new office.Hands({ aim: (targets) => connection.aim(targets), touched, woken });
    store.setLocal({});
  }, () => setTimeout(fetchOffice, pause * 1000, Math.min(30, 2 * pause)));
  fetchOffice();
}

const speech = new Speech({
  finished: (utterance, ok) => {
    connection.playback(utterance, ok);
    // What could not be heard can at least be read.
    if (!ok && store.state?.speech?.utterance === utterance) store.setLocal({ spoken: store.state.speech.text });
  },
  blocked: (_, is) => notice("sound-blocked", is ? t("soundBlocked") : null),
});

connection.handlers.withdrawn = (before) => {
  speech.follow(null);
  store.setState(before);
};
leaveNothing({
  close: () => connection.close(),
  open: () => connection.open(),
  clear: () => {
    connection.forget();
    speech.follow(null);
    store.setState(null);
    store.setLocal({ text: "", heard: "", spoken: null });
  },
});

function notice(code, text) {
  const rest = store.local.notices.filter((one) => one.code !== code);
  store.setLocal({ notices: text ? [...rest, { code, text }] : rest });
}

let toastTimer = 0;
function toast(text) {
  clearTimeout(toastTimer);
  store.setLocal({ toast: text });
  toastTimer = setTimeout(() => store.setLocal({ toast: null }), TOAST_MS);
}

/** The server does not let this screen in: say why; a device token that no longer holds is forgotten. */
function refused(reason) {
  if (reason === "bad-token" && connection.hello.token) {
    forgetToken(role, id);
    connection.hello.token = null;
    useToken(null);
  }
  notice("refused", refusalWords(reason));
}

const talk = new PushToTalk({
  display: id,
  token: () => connection.hello.token,
  onEvent: (event) => {
    if (event.type === "reconnecting") store.setLocal({ resending: true });
    else store.setLocal({ resending: false });
    if (event.type === "partial" || event.type === "transcript") store.setLocal({ heard: event.text ?? "" });
  },
  onEnd: (error) => {
    store.setLocal({ talking: false, heard: "", resending: false });
    if (error) toast(error.message);
  },
});

let opener = null;
const actions = {
  store,
  send: async (op, args) => {
    const result = await connection.command(op, args, hands?.by);
    if (!result.ok) toast(refusalWords(result.error?.code));
    return result;
  },
  /** The same, where who asks tells by himself what went wrong. */
  ask: (op, args) => connection.command(op, args, hands?.by),
  tell: toast,
  toggleLanguage: () => {
    setLanguage(language() === "ko" ? "en" : "ko");
    store.setLocal({});
  },
  openMenu: (menu, switching = false) => {
    if (!menu) return;
    if (!switching && store.local.chooser === menu) return void actions.closeMenu();
    if (!store.local.chooser) opener = document.activeElement;
    store.setLocal({ chooser: menu, submenu: null });
    if (!store.local.catalog) actions.reloadCatalog();
    if (!switching) queueMicrotask(() => document.getElementById("close-chooser")?.focus({ preventScroll: true }));
  },
  closeMenu: () => {
    store.setLocal({ chooser: null });
    // A sheet that was asked for by voice is the server's.
    if (store.state?.overlay?.name === "menu") actions.send("dismiss");
    opener?.focus?.({ preventScroll: true });
  },
  setSubmenu: (submenu) => store.setLocal({ submenu }),
  choosePanel: (panel) => {
    actions.closeMenu();
    actions.open(panel);
  },
  set: (changes) => store.setLocal(changes),
  token: () => connection.hello.token,
  /** A tile of a role's own page was chosen. */
  chosen: (panel) => actions.open(panel.id),
  /** Its panel says how private mode is opened; who touches it wants it open. */
  open: (panel) => (panel === "fn-private-mode" && OFFICE.has(role) ? actions.send("private_mode", { on: true }) : actions.send("show", { panel })),
  reloadCatalog: async () => {
    try {
      store.setLocal({ catalog: await loadCatalog(CITIZENS.has(role) ? null : token), catalogError: null });
    } catch (error) {
      store.setLocal({ catalogError: String(error.message) });
    }
  },
  typed: (text) => store.setLocal({ text }),
  say: async (text) => {
    store.setLocal({ sending: true });
    try {
      await sendUtterance(text, id, token);
      store.setLocal({ text: "", sending: false });
    } catch (error) {
      store.setLocal({ sending: false });
      toast(error instanceof TypeError ? t("textFailed") : error.message);
    }
    if (!document.querySelector("[aria-modal=true]")) document.querySelector(".assistant input")?.focus({ preventScroll: true });
  },
  toggleMic: async () => {
    if (talk.active) return void talk.stop();
    store.setLocal({ talking: true, heard: "" });
    try {
      await talk.start();
    } catch (error) {
      store.setLocal({ talking: false });
      toast(error.message);
    }
  },
};

const earlier = new Earlier();

function page({ state: whole, local }) {
  const assistant = earlier.shown(pressing(whole)?.id ?? null, whole?.assistant);
  const state = whole && { ...whole, assistant };
  if (own) return html`${own.page({ state, local }, actions)}${above(state, local)}${role === "watch" ? nothing : awayLine(state, local, serverNow())}`;
  return html`<a class="skip" href="#stage">${t("skip")}</a>${header(state, local, actions, notices(assistant, local))}
    ${state
      ? html`${titleStrip(state, actions)}${stage(state, actions.send)}`
      : html`<main class="stage waiting"><p class="notice large">${t("connecting")}…</p></main>`}
    <div class=${`light ${lightOf(assistant, local.talking)}`} aria-hidden="true"></div>
    <div class="speaking-corner">
      ${local.spoken && state?.speech ? html`<p class="spoken">${icon("speech")}${local.spoken}</p>` : nothing}
      ${office.saidByCheck?.(state) ? nothing : voiceCard(assistant, local)} ${falseWake(assistant, actions)}
    </div>
    ${bottomBar(state, local, actions, assistantBar(local, actions))}
    ${chooser(state, { ...local, chooser: local.chooser ?? (state?.overlay?.name === "menu" ? activeMenu(state) : null) }, actions)} ${above(state, local)}${awayLine(state, local, serverNow())}`;
}

const activeMenu = (state) => state.menu?.find(({ active }) => active)?.id ?? state.menu?.[0]?.id ?? null;

/** What stands above every page: dialogs, questions and a passing message. */
function above(state, local) {
  if (own?.viewOnly) return nothing;
  return html`${incidentAbove(role, state, local, actions)}${overlay(state?.overlay, { ...local, services: state?.services }, actions)} ${question(state?.question, actions)}
    ${office.handsSheet?.(state, local, actions) ?? nothing} ${(role !== "watch" && office.privateMark?.(state, actions)) || nothing}
    ${local.toast ? html`<p class="toast" role="alert">${icon("alert")}${local.toast}</p>` : nothing}`;
}

/** Office screens have calls, where the service connects them; the code for it comes only then. */
const CALLS = new Set(["wall", "tablet", "tv"]);
let layer = null;
function followCalls(state) {
  if (!CALLS.has(role) || (layer === null && !state?.services?.calls)) return;
  if (layer === null) {
    layer = import("./call-layer.js").then((made) => {
      layer = made.begin({ role, id, token: connection.hello.token, tell: toast, redraw: () => store.setLocal({}), dismiss: () => store.state?.overlay && actions.send("dismiss") });
      layer.follow(store.state);
    }, () => (layer = null));
  } else if (!state && store.local.link === "connecting") {
    // Refused: what a screen may not see any more it may not hear, either.
    layer.close?.();
    layer = null;
  } else layer.follow?.(state);
}

let alerted = null;
let menuAsked = false;
let pageShown = "";
store.subscribe(() => {
  document.body.dataset.menu = store.state?.view?.panel?.menu ?? "main";
  document.body.dataset.panel = store.state?.shown?.panel ?? "";
  document.body.dataset.phase = store.state?.assistant?.phase ?? "idle";
  document.body.dataset.layer = store.state?.shown?.layer ?? "home";
  document.body.classList.toggle("offline", store.local.link === "lost");
  document.body.classList.toggle("away-line", store.local.link === "lost" && role !== "watch");
  use.follow(store.state, store.local, monotonic());
  render(page(store), document.body);
  own?.drawn?.(store);
  keepFocus(document);
  followCalls(store.state);
  markKorean(document.body, language() === "en");
  const title = own?.titleOf ? own.titleOf(store) : pick(store.state?.view, "title");
  document.title = title ? `${title} · ${t("title")}` : `${t("title")} · ${id}`;
  const one = pressing(store.state);
  if (one && one.id !== alerted && (role === "watch" || role === "tablet")) navigator.userActivation?.hasBeenActive && navigator.vibrate?.([200, 100, 200]);
  if (one && one.id !== alerted && store.local.chooser) store.setLocal({ chooser: null, submenu: null });
  alerted = one?.id ?? null;
  const asked = store.state?.overlay?.name === "menu";
  if (asked && !menuAsked && !store.local.catalog) actions.reloadCatalog();
  menuAsked = asked;
  const at = `${store.state?.shown?.panel}/${store.state?.shown?.page ?? 0}`;
  if (at !== pageShown) scrollToPage(document, store.state?.shown?.page ?? 0);
  pageShown = at;
});

startClock();
const last = kept?.load();
if (last) {
  store.local = { ...store.local, heardAt: last.at };
  store.setState(last.state);
}
store.setLocal({});
connection.open();
shell.begin();
document.body.classList.toggle("cared", Boolean(care));
care?.begin(store);
own?.begin?.(store, actions);
if (role === "kiosk" || role === "tablet") actions.reloadCatalog();
loadMap().then(function again(loaded) {
  if (!loaded) setTimeout(() => loadMap().then(again), 4000);
  store.setLocal({});
});
for (const kind of ["pointerdown", "keydown", "wheel", "touchmove"]) {
  addEventListener(kind, () => use.touch(monotonic()), { capture: true, passive: true });
}
addEventListener("keydown", (event) => trap(event));
addEventListener("pagehide", () => updater.leaving());
addEventListener("online", () => connection.wake());
document.addEventListener("visibilitychange", () => document.hidden || connection.wake());
addEventListener("pointerdown", () => notice("sound-blocked", null), { once: true });
addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target === document.body) {
    event.preventDefault();
    document.querySelector(".assistant input")?.focus();
  }
});
