/** Private mode on the screens: the face check step by step, the keypad, the wrist's question, the mark while it is open.
 *
 * The camera's picture never comes here, only the outline of the face as points, and nothing of it is kept. Typed digits
 * live in the input alone and leave it when they are sent. */
import { html, nothing, svg } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import { serverNow } from "./clock.js";
import { icon } from "./icons.js";
import { language, refusalWords, t } from "./i18n.js";

const MOST_DIGITS = 12;
const MOST_WAIT_MS = 3_700_000;
const word = ([ko, en]) => (language() === "en" ? en : ko);

const ASKS = {
  left: ["left", ["고개를 왼쪽으로 돌려 주세요", "Turn your head to your left"]],
  right: ["right", ["고개를 오른쪽으로 돌려 주세요", "Turn your head to your right"]],
  up: ["up", ["고개를 위로 들어 주세요", "Look up"]],
  blink: ["eye", ["눈을 한 번 깜박여 주세요", "Blink once"]],
  still: ["check", ["가만히 계세요", "Hold still"]],
};

/** What went wrong, and what to do. */
const REASONS = {
  "not-paired": [["연결이 승인된 화면에서만 열 수 있습니다.", "It opens only on a paired screen."], ["관리자에게 화면 연결을 부탁해 주세요.", "Ask the operator to pair this screen."]],
  "no-camera": [["이 화면에는 얼굴을 확인할 카메라가 없습니다.", "No camera for faces stands at this screen."], ["관리자에게 카메라 설정을 부탁해 주세요.", "Ask the operator to set one up."]],
  "camera-missing": [["카메라가 연결되어 있지 않습니다.", "The camera is not connected."], ["카메라의 케이블과 전원을 확인해 주세요.", "Check its cable and its power."]],
  "camera-lost": [["카메라 연결이 끊어졌습니다.", "The camera was lost."], ["카메라를 확인한 뒤 다시 시도해 주세요.", "Check the camera and try again."]],
  "virtual-camera": [["가상 카메라로는 열 수 없습니다.", "A virtual camera opens nothing."], ["실제 카메라를 연결해 주세요.", "Connect a real camera."]],
  "nobody-enrolled": [["등록된 얼굴이 없습니다.", "No face is enrolled."], ["먼저 얼굴을 등록해야 합니다 (seoula enroll face).", "A face has to be enrolled first (seoula enroll face)."]],
  "no-such-person": [["등록된 얼굴이 없습니다.", "No face is enrolled."], ["먼저 얼굴을 등록해야 합니다 (seoula enroll face).", "A face has to be enrolled first (seoula enroll face)."]],
  "locked-out": [["여러 번 실패해 잠시 잠겼습니다.", "Locked after several failures."], ["잠시 뒤 다시 시도해 주세요.", "Try again when the time is over."]],
  "no-face": [["얼굴이 보이지 않습니다.", "No face is to be seen."], ["카메라 앞에 서서 바라봐 주세요.", "Stand in front of the camera and look at it."]],
  "too-far": [["너무 멀리 계십니다.", "You are too far away."], ["한 걸음 가까이 와 주세요.", "Come a step nearer."]],
  "several-faces": [["카메라 앞에 여러 분이 계십니다.", "Several people are before the camera."], ["카메라 앞에는 한 분만 서 주세요.", "Only one may stand there."]],
  "not-recognised": [["등록된 분으로 확인되지 않았습니다.", "The face was not recognised."], ["밝은 곳에서 카메라를 바라봐 주세요.", "Look straight at the camera, in good light."]],
  "not-the-same-face": [["확인하는 동안 얼굴이 바뀌었습니다.", "The face changed during the check."], ["처음부터 끝까지 같은 분이 서 주세요.", "The same person must stay throughout."]],
  "challenge-failed": [["안내한 동작을 확인하지 못했습니다.", "The movement asked for was not made."], ["안내가 나온 뒤에 천천히, 크게 움직여 주세요.", "Wait for each sign, then move slowly and clearly."]],
  "looks-like-a-picture": [["실제 얼굴로 확인되지 않았습니다.", "It does not look like a face in the flesh."], ["빛이 반사되지 않는 곳에서 다시 시도해 주세요.", "Step out of the glare and try again."]],
  timeout: [["정해진 시간 안에 확인하지 못했습니다.", "The check took too long."], ["다시 시도해 주세요.", "Please try again."]],
  "no-second-factor": [["PIN이나 시계가 등록되어 있지 않습니다.", "Neither a PIN nor a watch is set up."], ["PIN을 등록해 주세요 (seoula enroll pin).", "Set a PIN first (seoula enroll pin)."]],
  "pin-needed": [["이번에는 PIN이 꼭 필요합니다.", "The PIN is a must."], ["PIN이 등록되지 않았거나 잠시 막혀 있습니다.", "It is not set, or is barred for a while."]],
  "wrong-pin": [["PIN이 여러 번 맞지 않았습니다.", "The PIN was wrong several times."], ["잠시 뒤 다시 시도해 주세요.", "Try again when the time is over."]],
  declined: [["시계에서 거절했습니다.", "The watch said no."], ["시계의 주인만 열 수 있습니다.", "Only its owner can open it."]],
  "not-confirmed": [["PIN이나 시계로 제때 확인되지 않았습니다.", "The second proof did not come in time."], ["다시 시도해 주세요.", "Please try again."]],
  left: [["자리를 비우셨습니다.", "You left."], ["확인하는 동안 카메라 앞에 계셔 주세요.", "Stay in front of the camera."]],
  onlooker: [["다른 분이 함께 보고 계십니다.", "Somebody else looks on."], ["혼자 계실 때 다시 시도해 주세요.", "Try again when you are alone."]],
};
const OTHERWISE = [["지금은 얼굴을 확인할 수 없습니다.", "Faces cannot be checked now."], ["잠시 뒤 다시 시도해 주세요.", "Try again in a moment."]];

/** Why it closed by itself. */
const LOCKED = {
  left: ["자리를 비우셔서 비공개 모드를 닫았습니다.", "Private mode closed: you left."],
  onlooker: ["다른 분이 보고 계셔서 비공개 모드를 닫았습니다.", "Private mode closed: somebody else looked on."],
  longest: ["정해진 시간이 지나 비공개 모드를 닫았습니다.", "Private mode closed: its time is over."],
  door: ["문이 열려 비공개 모드를 닫았습니다.", "Private mode closed: a door was opened."],
  automation: ["비공개 모드를 닫았습니다.", "Private mode was closed."],
  "camera-lost": ["카메라 연결이 끊어져 비공개 모드를 닫았습니다.", "Private mode closed: the camera was lost."],
};
const HIDDEN = ["다른 분이 보고 계셔서 비공개 화면을 내렸습니다.", "Somebody else looks on: the private panel was put away."];

/** What a passing message says to people; null: nothing. Pure. */
export function privateNotice(message) {
  if (message?.t !== "private") return null;
  if (message.event === "hidden") return word(HIDDEN);
  return LOCKED[message.reason] ? word(LOCKED[message.reason]) : null;
}

/** Points of a face in widths of the frame as one path, mirrored, fitted into 100 x 100; "" for none. Pure. */
export function outline(points) {
  const good = (Array.isArray(points) ? points : []).filter((p) => Array.isArray(p) && Number.isFinite(p[0]) && Number.isFinite(p[1]));
  if (good.length < 3) return "";
  const xs = good.map(([x]) => x);
  const ys = good.map(([, y]) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const size = Math.max(right - left, bottom - top) || 1;
  const [cx, cy] = [(left + right) / 2, (top + bottom) / 2];
  return good.map(([x, y]) => `M${(50 - ((x - cx) / size) * 84).toFixed(1)} ${(50 + ((y - cy) / size) * 84).toFixed(1)}h0`).join("");
}

const light = () => html`<p class="camera-light"><i aria-hidden="true"></i>${word(["카메라 켜짐", "Camera on"])}</p>`;
const why = () => html`<p class="no-picture">${word(["카메라 영상은 보여 주지도 저장하지도 않습니다. 얼굴의 점만 그립니다.", "The camera's picture is neither shown nor kept. Only points of the face are drawn."])}</p>`;
const cancel = (actions) => html`<button type="button" class="quiet" @click=${() => actions.send("dismiss")}>${word(["그만두기", "Cancel"])}</button>`;
const again = (actions) => html`<button type="button" class="firm" @click=${() => actions.send("private_mode", { on: true })}>${word(["다시 시도", "Try again"])}</button>`;
/** What is asked or was found: one element for the whole check, so that each change of it is read out. */
const says = (words, mark) => html`<p class="asked-turn" role="status" aria-live="assertive" aria-atomic="true">${mark ? icon(mark) : nothing}<span>${word(words)}</span></p>`;

function sketch(local, ask, progress) {
  const at = Math.min(1, Math.max(0, Number(progress) || 0));
  const made = at && svg`<circle class="made" cx="50" cy="50" r="47" pathLength="100" stroke-dasharray=${`${Math.round(at * 100)} 100`}></circle>`;
  return html`<div class="face-sketch" aria-hidden="true">
    <svg viewBox="0 0 100 100">${svg`<circle class="track" cx="50" cy="50" r="47"></circle>${made || nothing}<path class="points" d=${outline(local.sketch)}></path>`}</svg>
    ${ask ? html`<span class=${`sign ${ask}`}>${icon(ASKS[ask]?.[0] ?? "person")}</span>` : nothing}
  </div>`;
}

const LOOK = ["카메라를 봐 주세요", "Look at the camera"];
const STILL = ["카메라를 봐 주세요. 가만히 계세요", "Look at the camera and hold still"];
const MADE = ["좋습니다. 앞을 보고 가만히 계세요", "Good. Look ahead and hold still"];
function asking(args, local, actions) {
  const made = Number(args.progress) >= 1; // what comes next is asked for only while the head is still
  return [
    html`${light()}${sketch(local, made ? "still" : args.ask, args.progress)}`,
    says(made ? MADE : (ASKS[args.ask]?.[1] ?? LOOK)),
    html`<p class="step-of">${word(["", "Step "])}${args.step} / ${args.of}${word([" 단계", ""])}</p>${why()}${cancel(actions)}`,
  ];
}
const starting = (_, local, actions) => [html`${light()}${sketch(local, "", 0)}`, says(STILL), html`${why()}${cancel(actions)}`];

const field = (event) => event.target.closest("form").querySelector("input");
function press(event, digit) {
  const input = field(event);
  if (digit === "erase") input.value = input.value.slice(0, -1);
  else if (input.value.length < MOST_DIGITS) input.value += digit;
  input.focus({ preventScroll: true });
}

/** What is wrong with the digits is said beside them, not in a passing line over the keys. */
async function sendPin(event, actions, check) {
  event.preventDefault();
  const input = field(event);
  const pin = input.value;
  input.value = "";
  input.focus({ preventScroll: true });
  if (!pin) return;
  actions.set({ pinTold: null });
  const { ok, error } = await actions.ask("private_pin", { pin });
  if (!ok && error?.code !== "wrong-pin") actions.set({ pinTold: { check, code: error?.code ?? "" } });
}

/** What stands below the digits; null for nothing. Pure. */
export function pinWords(args, told) {
  if (told && told.check === args.check) return refusalWords(told.code);
  if (!args.wrong) return null;
  const left = Number(args.left);
  const tries = left > 0 ? word([` ${left}번 더 시도할 수 있습니다.`, ` ${left} ${left === 1 ? "try" : "tries"} left.`]) : "";
  return `${refusalWords("wrong-pin")}${tries}`;
}

/** Digits that are typed go in at once, on screens with keys, too; a touch keyboard stays away: the keypad is there. */
const ready = (input) => input && queueMicrotask(() => input.focus({ preventScroll: true }));
const onlyDigits = ({ target }) => {
  if (/\D/.test(target.value)) target.value = target.value.replace(/\D/g, "");
};
const key = (press, label, content, kind = "button") => html`<button type=${kind} class=${kind === "submit" ? "firm" : ""} aria-label=${label} @click=${press ?? nothing}>${content}</button>`;
const keypad = (args, local, actions) => html`<form class="pin" autocomplete="off" @submit=${(event) => sendPin(event, actions, args.check)}>
  <label><span>${word(["PIN을 입력해 주세요", "Enter the PIN"])}</span>
    <input ${ref(ready)} @input=${onlyDigits} type="password" inputmode="none" autocomplete="off" maxlength=${MOST_DIGITS} aria-describedby="pin-wrong" /></label>
  <p id="pin-wrong" class="wrong" role="alert">${pinWords(args, local.pinTold) ?? nothing}</p>
  <div class="digits">${[..."123456789"].map((digit) => key((event) => press(event, digit), digit, digit))}
    ${key((event) => press(event, "erase"), word(["지우기", "Erase"]), icon("erase"))} ${key((event) => press(event, "0"), "0", "0")}
    ${key(null, word(["확인", "OK"]), icon("check"), "submit")}</div>
</form>`;

function proving(args, local, actions) {
  const wrist = args.pin ? ["또는 시계에서 확인해 주세요", "Or confirm on your watch"] : ["시계에서 확인해 주세요", "Confirm on your watch"];
  return [
    light(),
    says(["얼굴이 확인되었습니다", "Your face is recognised"], "check"),
    html`${args.pin ? keypad(args, local, actions) : nothing}
      ${args.watch ? html`<p class="wrist-wait">${icon("watch")}${word(wrist)}</p>` : nothing}
      <p class="step-of"><seoula-countdown until=${args.until}></seoula-countdown> ${word(["남음", "left"])}</p>${cancel(actions)}`,
  ];
}

/** Drawn again when one may try again: until then the button would only be refused. */
let waking = "";
function wakeAt(until, actions) {
  if (waking === until) return;
  waking = until;
  setTimeout(() => waking === until && actions.set({}), Math.min(MOST_WAIT_MS, (Number(until) - serverNow()) * 1000 + 50));
}

function refused(args, local, actions) {
  const [what, todo] = REASONS[args.reason] ?? OTHERWISE;
  const waits = args.until && Number(args.until) > serverNow();
  if (waits) wakeAt(args.until, actions);
  return [
    html`<div class="emblem warn">${icon("lock")}</div>`,
    says(what),
    html`<p class="body">${word(todo)}</p>
      ${waits
        ? html`<p class="step-of"><seoula-countdown until=${args.until}></seoula-countdown> ${word(["뒤에 다시 시도할 수 있습니다", "until the next try"])}</p>
            <button type="button" class="quiet" @click=${() => actions.send("dismiss")}>${t("close")}</button>`
        : again(actions)}`,
  ];
}

const opening = () => [html`<div class="emblem">${icon("unlock")}</div>`, says(["여는 중입니다", "Opening"]), nothing];
const PHASES = { starting, asking, proving, refused, opening };

/** The overlay's body while a check goes on or has failed; null before the service has said anything of it. */
export function privateCheck(args, local, actions) {
  if (!Object.hasOwn(PHASES, args?.phase ?? "")) return null;
  const [above, line, below] = PHASES[args.phase](args, local, actions);
  const keys = args.phase === "proving" && args.pin ? "keys" : "";
  return html`<div class=${`private-check ${args.phase} ${keys}`}><div class="seen">${above}</div>${line}<div class="rest">${below}</div></div>`;
}

/** Whether the overlay says already what the card of the voice would say. Pure. */
export function saidByCheck(state) {
  const { name, args } = state?.overlay ?? {};
  const reason = state?.assistant?.outcome?.reason;
  return name === "private-mode" && Boolean(args?.phase) && (reason === "face-needed" || (reason !== undefined && reason === args.reason));
}

/** The question that the wrist is asked, or null. */
export function wristQuestion(state, actions) {
  const { name, args } = state?.overlay ?? {};
  if (name !== "private-mode" || args?.phase !== "proving" || !args.watch) return null;
  const answer = (yes) => actions.send("private_watch", { yes, check: args.check });
  return html`<small>${word([`${state.display?.id} 화면`, `Screen ${state.display?.id}`])}</small><b class="asked">${word(["비공개 모드를 열까요?", "Open private mode?"])}</b>
    <div class="wrist-choices"><button type="button" @click=${() => answer(true)}>${icon("check")}${word(["예", "Yes"])}</button><button type="button" @click=${() => answer(false)}>${icon("close")}${word(["아니요", "No"])}</button></div>`;
}

/** The mark on an unlocked screen, with the way out of it. */
export function privateMark(state, actions) {
  const hidden = state?.services?.hidden === true;
  if (state?.display?.trust !== "private" && !hidden) return nothing;
  const what = hidden ? ["비공개 화면을 가렸습니다", "Private panels are hidden"] : ["비공개 모드", "Private mode"];
  return html`<div class="private-mark">${icon("unlock")}<span role="status">${word(what)}</span>
    <button type="button" @click=${() => actions.send("private_mode", { on: false })}>${icon("lock")}${word(["잠그기", "Lock"])}</button></div>`;
}
