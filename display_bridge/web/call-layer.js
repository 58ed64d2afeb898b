/** Calls on an office screen: announced, ringing, the call itself, and the meetings of the conference panel. Drawn beside
 *  the page, in a container of its own, so that a call never waits for a panel and a panel never for a call. */
import { html, nothing, render } from "lit-html";
import { afterDraw, callView, elsewhereLine, UI } from "#calls/call-view.js";
import { announcedCard, endedCard, incomingCard, placingCard } from "#calls/cards.js";
import { Calls } from "#calls/client.js";
import { othersOf } from "#calls/directory.js";
import { focusOf, meaning } from "#calls/keys.js";
import { Ringer, ringOf } from "#calls/ring.js";
import { lobbyCard, roomList } from "#calls/rooms-view.js";
import { askForLink, linkCard } from "#calls/scene-link.js";
import { soundOf } from "#calls/state.js";
import { spoken } from "#calls/telling.js";
import { cw, reasonWords } from "#calls/words.js";
import { markKorean } from "./langs.js";
import { language } from "./i18n.js";
import { parts } from "./live-parts.js";

const ENDED_S = 8;
const TICK_MS = 250;
const CONFERENCE = "fn-video-conference";
/** A television of a meeting room looks so often whether the meeting has begun. */
const LOOK_MS = 5000;

const SHEETS = ["/web/calls/css/call.css", "/web/css/calls.css"];

/** The style of calls, for a page that has it not yet. */
function dress() {
  for (const href of SHEETS) {
    if (document.querySelector(`link[href="${href}"]`)) continue;
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
  }
}

/** The address of the line: of this machine's own screens, which need no token, it says who they are. */
export const lineOf = ({ protocol, host }, role, id) => `${protocol === "https:" ? "wss" : "ws"}://${host}/ws/v1/calls?role=${role}&display=${encodeURIComponent(id)}`;

/**
 * options: {role, id, token, tell(text), redraw(), dismiss()}. tell: a passing message of the page. redraw: the page shows
 * something of ours. Returns {follow(state), close(), busy()}.
 */
export function begin({ role, id, token, tell, redraw, dismiss }) {
  const viewOnly = role === "tv";
  dress();
  const root = document.createElement("div");
  root.className = "call-layer";
  document.body.append(root);
  const calls = new Calls({ url: lineOf(location, role, id), token, publishes: !viewOnly, display: id });
  const ringer = new Ringer();
  let ui = { ...UI };
  let room = { asking: null, pin: "" };
  let link = null;
  let before = calls.state;
  let shown = null;
  let here = null;
  let followedHere = "";
  /** The meeting that a television stands for: it comes in with the first one, and goes with the last. */
  const meeting = viewOnly ? new URLSearchParams(location.search).get("meeting") : null;
  let sentAway = false;
  let endedTimer = 0;
  let said = "";
  let shouted = "";
  const setUi = (changes) => {
    ui = { ...ui, ...changes };
    draw();
  };
  const setRoom = (changes) => {
    room = { ...room, ...changes };
    redraw();
  };

  const showLink = (made) => {
    link = made;
    draw();
  };
  const invite = (which) => askForLink(which, token, calls.deps.now()).then(showLink, ({ code }) => tell(reasonWords(code)));

  parts.set("conference", () => {
    if (!calls.state.can.rooms) return null;
    const join = (which, pin) => {
      room = { asking: null, pin: "" };
      calls.joinRoom(which, { pin });
      dismiss();
    };
    return html`<div class="app meetings">${roomList(calls.state.rooms, { ...room, set: setRoom, join, invite })}</div>`;
  });

  calls.onproblem = (code, fallback, asked) => {
    if (meeting && asked?.t === "room.join") sentAway = true;
    tell(reasonWords(code, fallback));
  };
  calls.subscribe(({ state }) => {
    const words = spoken(before, state);
    if (words?.urgent) shouted = words.text;
    else if (words) said = words.text;
    // What was said of a call that rings no more must not be read again.
    if (!state.incoming.length && !state.announced) shouted = "";
    if (state.call && state.call.id !== before.call?.id) ui = { ...UI, compact: state.call.media === "audio" };
    if (state.ended && state.ended !== before.ended) {
      clearTimeout(endedTimer);
      endedTimer = setTimeout(() => calls.forgetEnded(), ENDED_S * 1000);
    }
    if (state.link === "refused" && before.link !== "refused" && state.refused) tell(reasonWords(state.refused));
    if (state.call?.page !== before.call?.page) turn();
    if (meeting) attend(state, state.rooms !== before.rooms);
    if (state.rooms !== before.rooms || state.can !== before.can) redraw();
    before = state;
    sound(state);
    draw();
  });

  function sound(state) {
    const what = viewOnly ? null : soundOf(state);
    if (!what) ringer.stop();
    else ringer.start(what === "call" ? ringOf(state.incoming.at(-1)) : what);
  }

  function cards(state, now) {
    if (!viewOnly && state.incoming.length) return incomingCard(state, calls);
    if (state.announced) return announcedCard(state, calls, now, viewOnly);
    if (state.waiting) return lobbyCard(state, calls);
    if (link) return linkCard(link, now, () => showLink(null), () => tell(cw("copied")));
    const placing = placingCard(state, calls, viewOnly);
    if (placing !== nothing || !state.ended || state.call) return placing;
    const again = !viewOnly && state.ended.peer?.address && ["no_answer", "busy", "rejected", "connection_lost", "media_failed"].includes(state.ended.reason);
    return endedCard(state, calls, { viewOnly, again: again ? () => calls.invite(state.ended.peer.address, { media: state.ended.media, peer: state.ended.peer }) : null });
  }

  function draw() {
    const { state } = calls;
    const now = calls.deps.now();
    const modal = !viewOnly && state.incoming.length > 0;
    render(
      html`${callView(state, calls, { ui, set: setUi, now, viewOnly, here, parties: () => othersOf(state) })} ${elsewhereLine(state, calls, now, viewOnly)}
        ${modal ? html`<div class="call-back"></div>` : nothing}
        <div class=${`call-place ${modal ? "middle" : ""}`}>${cards(state, now)}</div>
        <p class="unseen" aria-live="polite">${said}</p><p class="unseen" aria-live="assertive">${shouted}</p>`,
      root,
    );
    document.body.classList.toggle("in-call", Boolean(state.call && !state.call.elsewhere && !ui.compact && !["placing", "ringing"].includes(state.call.phase)));
    document.body.classList.toggle("call-shown", Boolean(state.call || state.announced || state.ended));
    afterDraw(root);
    markKorean(root, language() === "en");
  }

  function attend({ call, waiting, rooms }, fresh) {
    if (call?.room === meeting && call.people.length && call.people.every(({ kind }) => kind === "tv")) return calls.hangup();
    if (!fresh || call || waiting) return undefined;
    const row = rooms?.find((one) => one.room === meeting);
    if (!row?.live) sentAway = false;
    else if (!row.locked && !row.pin && !sentAway) calls.joinRoom(meeting, { media: "none" });
    return undefined;
  }

  /** What this screen shows to a meeting is turned with it, by voice, touch or watch; looking at something else is not. */
  function turn() {
    const { call } = calls.state;
    const mine = call?.mode === "room" && call.page?.by === call.me && call.page.panel ? call.page : null;
    const now = mine && here?.panel === mine.panel ? JSON.stringify(here) : "";
    if (now && followedHere && now !== followedHere) calls.tell("room.page", here);
    followedHere = now;
  }

  function pressed(event) {
    const { state } = calls;
    const placing = Boolean(state.announced) || ["placing", "ringing"].includes(state.call?.phase);
    const what = meaning(event, { incoming: state.incoming.length > 0, placing, inCall: Boolean(state.call) && !placing && !state.call.elsewhere, ...focusOf() });
    if (!what) return;
    event.preventDefault();
    event.stopPropagation();
    const one = state.incoming.at(-1)?.call;
    ({ accept: () => calls.accept(one), reject: () => calls.reject(one), cancel: () => calls.cancel(), mic: () => calls.mute(), camera: () => calls.camera(), hold: () => calls.hold() })[what]();
  }

  if (!viewOnly) {
    addEventListener("keydown", pressed, { capture: true });
    addEventListener("pointerdown", () => ringer.unlock(), { capture: true, passive: true });
  }
  addEventListener("online", () => calls.online());
  const looker = meeting && setInterval(() => calls.state.link === "open" && !calls.state.call && !calls.state.waiting && calls.listRooms(), LOOK_MS);
  const ticker = setInterval(() => (calls.state.call || calls.state.announced || link) && draw(), TICK_MS);
  draw();
  calls.open();

  return {
    /** The page shows another state of the screen: whoever opens the conference panel sees the rooms of now. */
    follow(state) {
      const panel = state?.shown?.panel ?? null;
      const asked = panel === CONFERENCE || state?.overlay?.name === "conference";
      if (asked && shown !== CONFERENCE) calls.listRooms();
      shown = asked ? CONFERENCE : panel;
      here = panel && panel !== CONFERENCE ? { panel, ...(state.shown.args?.item ? { document: state.shown.args.item } : {}), page: (Number(state.shown.page) || 0) + 1 } : null;
      turn();
      draw();
    },
    busy: () => Boolean(calls.state.call || calls.state.announced || calls.state.incoming.length || calls.state.waiting),
    close() {
      clearInterval(ticker);
      clearInterval(looker);
      clearTimeout(endedTimer);
      ringer.stop();
      calls.close();
      removeEventListener("keydown", pressed, { capture: true });
      parts.delete("conference");
      document.body.classList.remove("in-call", "call-shown");
      root.remove();
    },
  };
}
