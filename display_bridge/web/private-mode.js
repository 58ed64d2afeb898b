/** Private mode on the screens: the face check step by step, the keypad, the wrist's question, the mark while it is open.
 *
 * The camera's picture never comes here, only the outline of the face as points, and nothing of it is kept. Typed digits
 * live in the input alone and leave it when they are sent. */
import { html, nothing, svg } from "lit-html";
import { icon } from "./icons.js";
import { language } from "./i18n.js";

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
  "no-camera": [["이 화면에는 얼굴을 확인할 카메라가 없습니다.", "No camera for faces stands at this screen."], ["설정에 카메라를 더해야 합니다.", "A camera has to be added to the settings."]],
  "camera-missing": [["카메라가 연결되어 있지 않습니다.", "The camera is not connected."], ["카메라의 선과 전원을 확인해 주세요.", "Check its cable and its power."]],
  "camera-lost": [["카메라 연결이 끊어졌습니다.", "The camera was lost."], ["카메라를 확인한 뒤 다시 시도해 주세요.", "Check the camera and try again."]],
  "virtual-camera": [["가상 카메라로는 열 수 없습니다.", "A virtual camera opens nothing."], ["실제 카메라를 연결해 주세요.", "Connect a real camera."]],
  "nobody-enrolled": [["등록된 얼굴이 없습니다.", "No face is enrolled."], ["먼저 얼굴을 등록해야 합니다 (seoula enroll face).", "A face has to be enrolled first (seoula enroll face)."]],
  "no-such-person": [["등록된 얼굴이 없습니다.", "No face is enrolled."], ["먼저 얼굴을 등록해야 합니다 (seoula enroll face).", "A face has to be enrolled first (seoula enroll face)."]],
  "locked-out": [["여러 번 실패하여 잠겨 있습니다.", "Locked after several failures."], ["시간이 지난 뒤 다시 시도해 주세요.", "Try again when the time is over."]],
  "no-face": [["얼굴이 보이지 않습니다.", "No face is to be seen."], ["카메라 앞에 서서 똑바로 봐 주세요.", "Stand in front of the camera and look at it."]],
  "too-far": [["너무 멀리 계십니다.", "You are too far away."], ["한 걸음 가까이 와 주세요.", "Come a step nearer."]],
  "several-faces": [["카메라 앞에 여러 분이 계십니다.", "Several people are before the camera."], ["한 분만 서 주세요.", "Only one may stand there."]],
  "not-recognised": [["등록된 분으로 확인되지 않았습니다.", "The face was not recognised."], ["밝은 곳에서 카메라를 똑바로 봐 주세요.", "Look straight at the camera, in good light."]],
  "not-the-same-face": [["확인하는 동안 얼굴이 바뀌었습니다.", "The face changed during the check."], ["처음부터 끝까지 한 분이 서 주세요.", "The same person must stay throughout."]],
  "challenge-failed": [["부탁한 움직임이 확인되지 않았습니다.", "The movement asked for was not made."], ["화살표 쪽으로 천천히, 크게 돌려 주세요.", "Turn slowly and clearly the way of the arrow."]],
  "looks-like-a-picture": [["실제 얼굴로 확인되지 않았습니다.", "It does not look like a face in the flesh."], ["조명이 비치지 않게 서서 다시 시도해 주세요.", "Step out of the glare and try again."]],
  timeout: [["시간이 지나 확인을 마쳤습니다.", "The check took too long."], ["다시 시도해 주세요.", "Please try again."]],
  "no-second-factor": [["PIN이나 시계가 등록되어 있지 않습니다.", "Neither a PIN nor a watch is set up."], ["PIN을 등록해 주세요 (seoula enroll pin).", "Set a PIN first (seoula enroll pin)."]],
  "pin-needed": [["PIN이 꼭 필요합니다.", "The PIN is a must."], ["PIN이 없거나 잠시 막혀 있습니다.", "It is not set, or is barred for a while."]],
  "wrong-pin": [["PIN이 여러 번 맞지 않았습니다.", "The PIN was wrong several times."], ["시간이 지난 뒤 다시 시도해 주세요.", "Try again when the time is over."]],
  declined: [["시계에서 거절했습니다.", "The watch said no."], ["시계의 주인만 열 수 있습니다.", "Only its owner can open it."]],
  "not-confirmed": [["두 번째 확인이 제때 오지 않았습니다.", "The second proof did not come in time."], ["다시 시도해 주세요.", "Please try again."]],
  left: [["자리를 뜨셨습니다.", "You left."], ["카메라 앞에 머물러 주세요.", "Stay in front of the camera."]],
  onlooker: [["다른 분이 함께 보고 있습니다.", "Somebody else looks on."], ["혼자 계실 때 다시 시도해 주세요.", "Try again when you are alone."]],
};
const OTHERWISE = [["지금은 얼굴을 확인할 수 없습니다.", "Faces cannot be checked now."], ["잠시 뒤 다시 시도해 주세요.", "Try again in a moment."]];

/** Why it closed by itself. */
const LOCKED = {
  left: ["자리를 뜨셔서 비공개 모드를 닫았습니다.", "Private mode closed: you left."],
  onlooker: ["다른 분이 보고 있어 비공개 모드를 닫았습니다.", "Private mode closed: somebody else looked on."],
  longest: ["정해진 시간이 지나 비공개 모드를 닫았습니다.", "Private mode closed: its time is over."],
  door: ["문이 열려 비공개 모드를 닫았습니다.", "Private mode closed: a door was opened."],
  automation: ["비공개 모드를 닫았습니다.", "Private mode was closed."],
  "camera-lost": ["카메라 연결이 끊어져 비공개 모드를 닫았습니다.", "Private mode closed: the camera was lost."],
};
const HIDDEN = ["다른 분이 보고 있어 비공개 화면을 내렸습니다.", "Somebody else looks on: the private panel was put away."];

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
const why = () => html`<p class="no-picture">${word(["카메라 영상은 화면에도, 어디에도 남기지 않습니다. 얼굴의 점만 그립니다.", "The camera's picture is shown and kept nowhere. Only points of the face are drawn."])}</p>`;
const cancel = (actions) => html`<button type="button" class="quiet" @click=${() => actions.send("dismiss")}>${word(["그만두기", "Cancel"])}</button>`;
const again = (actions) => html`<button type="button" class="firm" @click=${() => actions.send("private_mode", { on: true })}>${word(["다시 시도", "Try again"])}</button>`;

function sketch(local, ask, progress) {
  const at = Math.min(1, Math.max(0, Number(progress) || 0));
  return html`<div class="face-sketch" aria-hidden="true">
    <svg viewBox="0 0 100 100">${svg`<circle class="track" cx="50" cy="50" r="47"></circle><circle class="made" cx="50" cy="50" r="47" pathLength="100" stroke-dasharray=${`${Math.round(at * 100)} 100`}></circle><path class="points" d=${outline(local.sketch)}></path>`}</svg>
    ${ask ? html`<span class=${`arrow ${ask}`}>${icon(ASKS[ask]?.[0] ?? "person")}</span>` : nothing}
  </div>`;
}

function asking(args, local, actions) {
  const [, asked] = ASKS[args.ask] ?? ["person", ["카메라를 봐 주세요", "Look at the camera"]];
  const made = Number(args.progress) >= 1; // what comes next is asked for only while the head is still
  const words = made ? ["좋습니다. 앞을 보고 가만히 계세요", "Good. Look ahead and hold still"] : asked;
  return html`${light()}${sketch(local, made ? "still" : args.ask, args.progress)}
    <p class="asked-turn" role="status" aria-live="assertive">${word(words)}</p>
    <p class="step-of">${word(["단계", "Step"])} ${args.step} / ${args.of}</p>${why()}${cancel(actions)}`;
}

function starting(_, local, actions) {
  return html`${light()}${sketch(local, "", 0)}<p class="asked-turn" role="status">${word(["카메라를 봐 주세요. 가만히 계세요", "Look at the camera and hold still"])}</p>${why()}${cancel(actions)}`;
}

const field = (event) => event.target.closest("form").querySelector("input");
function press(event, digit) {
  const input = field(event);
  if (digit === "back") input.value = input.value.slice(0, -1);
  else if (input.value.length < 12) input.value += digit;
}

async function sendPin(event, actions) {
  event.preventDefault();
  const input = field(event);
  const pin = input.value;
  input.value = "";
  if (pin) await actions.send("private_pin", { pin });
  input.focus({ preventScroll: true });
}

const keypad = (args, actions) => html`<form class="pin" autocomplete="off" @submit=${(event) => sendPin(event, actions)}>
  <label><span>${word(["PIN을 눌러 주세요", "Enter the PIN"])}</span>
    <input type="password" inputmode="numeric" autocomplete="off" maxlength="12" aria-describedby="pin-wrong" /></label>
  <p id="pin-wrong" class="wrong" role="alert">${args.wrong ? word(["PIN이 맞지 않습니다. 다시 눌러 주세요.", "That is not the PIN. Try again."]) : nothing}</p>
  <div class="digits">${["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => html`<button type="button" @click=${(event) => press(event, digit)}>${digit}</button>`)}
    <button type="button" aria-label=${word(["지우기", "Erase"])} @click=${(event) => press(event, "back")}>${icon("back")}</button>
    <button type="button" @click=${(event) => press(event, "0")}>0</button>
    <button type="submit" class="firm" aria-label=${word(["확인", "OK"])}>${icon("check")}</button></div>
</form>`;

function proving(args, local, actions) {
  return html`${light()}<p class="asked-turn" role="status">${icon("check")}${word(["얼굴이 확인되었습니다", "Your face is recognised"])}</p>
    ${args.watch ? html`<p class="wrist-wait">${icon("watch")}${word(["시계에서 확인해 주세요", "Confirm on your watch"])}</p>` : nothing}
    ${args.pin ? keypad(args, actions) : nothing}
    <p class="step-of"><seoula-countdown until=${args.until}></seoula-countdown> ${word(["남음", "left"])}</p>${cancel(actions)}`;
}

function refused(args, local, actions) {
  const [what, todo] = REASONS[args.reason] ?? OTHERWISE;
  return html`<div class="emblem warn">${icon("lock")}</div><p class="asked-turn" role="alert">${word(what)}</p><p class="body">${word(todo)}</p>
    ${args.until ? html`<p class="step-of"><seoula-countdown until=${args.until}></seoula-countdown> ${word(["뒤에 다시 시도할 수 있습니다", "until the next try"])}</p>` : nothing}
    ${again(actions)}`;
}

const opening = () => html`<div class="emblem">${icon("unlock")}</div><p class="asked-turn" role="status">${word(["여는 중입니다", "Opening"])}</p>`;
const PHASES = { starting, asking, proving, refused, opening };

/** The overlay's body while a check goes on or has failed; null before the service has said anything of it. */
export function privateCheck(args, local, actions) {
  const draw = Object.hasOwn(PHASES, args?.phase ?? "") ? PHASES[args.phase] : null;
  return draw && html`<div class="private-check">${draw(args, local, actions)}</div>`;
}

/** The question that the wrist is asked, or null. */
export function wristQuestion(state, actions) {
  const { name, args } = state?.overlay ?? {};
  if (name !== "private-mode" || args?.phase !== "proving" || !args.watch) return null;
  const answer = (yes) => actions.send("private_watch", { yes, check: args.check });
  return html`<small>${word(["화면", "Screen"])} ${state.display?.id}</small><b class="asked">${word(["비공개 모드를 여시겠습니까?", "Open private mode?"])}</b>
    <div class="wrist-choices"><button type="button" @click=${() => answer(true)}>${icon("check")}${word(["예", "Yes"])}</button><button type="button" @click=${() => answer(false)}>${icon("close")}${word(["아니오", "No"])}</button></div>`;
}

/** The mark on an unlocked screen, with the way out of it. */
export function privateMark(state, actions) {
  if (state?.display?.trust !== "private") return nothing;
  return html`<p class="private-mark" role="status">${icon("unlock")}<span>${word(["비공개 모드", "Private mode"])}</span>
    <button type="button" @click=${() => actions.send("private_mode", { on: false })}>${icon("lock")}${word(["잠그기", "Lock"])}</button></p>`;
}
