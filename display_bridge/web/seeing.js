/** The operators' page of the room's own cameras: how they are, what they saw last, and what they see, as points. */
import { html, nothing, render } from "lit-html";
import { clockTime, number } from "./format.js";
import { icon } from "./icons.js";
import { initLanguage, language } from "./i18n.js";
import { eventLine, told } from "./seeing-words.js";
import { draw, linesOf } from "./sketch.js";

const RETRY_MS = 1500;
const OLD_MS = 1500;
const say = (ko, en) => (language() === "en" ? en : ko);

const page = { cameras: null, problem: null, watching: new Set(), sketches: new Map(), live: new Map(), mirrored: true };
let socket = null;

/** The token of a paired office device may come in the fragment; it is kept for this window only. */
function token() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  try {
    if (given) {
      sessionStorage.setItem("seoula.seeing", given);
      history.replaceState(null, "", location.pathname + location.search);
    }
    return given ?? sessionStorage.getItem("seoula.seeing");
  } catch {
    return given;
  }
}

function connect(secret) {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const address = `${scheme}://${location.host}/ws/v1/seeing`;
  socket = secret ? new WebSocket(address, ["seoula", `token.${secret}`]) : new WebSocket(address);
  socket.onopen = () => {
    page.problem = null;
    for (const camera of page.watching) ask(camera, true);
  };
  socket.onmessage = ({ data }) => take(JSON.parse(data));
  socket.onclose = ({ code }) => {
    page.problem = code === 1008 || (code === 1006 && !page.cameras)
      ? say("이 기기의 운영자 또는 등록된 사무실 기기만 볼 수 있습니다.", "Only the operator at this machine or a paired office device may look.")
      : say("연결이 끊겨 다시 연결하고 있습니다.", "Disconnected; connecting again.");
    page.sketches.clear();
    update();
    setTimeout(() => connect(secret), RETRY_MS);
  };
}

function ask(camera, on) {
  if (socket?.readyState === 1) socket.send(JSON.stringify({ type: "sketch", camera, on }));
}

function take(message) {
  if (message.type === "cameras") page.cameras = message.cameras;
  else if (message.type === "event") page.live.set(message.camera, { ...message.event, heard: performance.now() });
  else if (message.type === "sketch") {
    const of = page.sketches.get(message.camera) ?? new Map();
    of.set(message.ability, { points: message.points, heard: performance.now() });
    page.sketches.set(message.camera, of);
    return; // drawn with the next frame
  }
  update();
}

function toggle(camera) {
  const on = !page.watching.has(camera);
  page.watching[on ? "add" : "delete"](camera);
  if (!on) page.sketches.delete(camera);
  ask(camera, on);
  update();
}

const pair = (name, value) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

function one(camera) {
  const watching = page.watching.has(camera.name);
  const live = page.live.get(camera.name);
  return html`<section class="camera" aria-label=${camera.name}>
    <header><h2>${camera.name}<small>${say(`${camera.display} 화면`, `screen ${camera.display}`)}</small></h2>
      <span class=${`state ${camera.state}`}>${told("state", camera.state)}</span></header>
    ${camera.camera_detail ? html`<p class="why">${icon("camera-off")}${camera.camera_detail}</p>` : nothing}
    <p class="abilities">${Object.entries(camera.abilities).map(([name, state]) => html`<span class=${state === "ok" ? "ok" : "not"}>${told("ability", name)} <b>${told("state", state)}</b></span>`)}</p>
    <dl>
      ${pair(say("초당 프레임", "Frames a second"), html`${number(camera.fps)}${camera.idle ? html`<small>${say("대기 중", "idle")}</small>` : nothing}${camera.slowed ? html`<small class="warn">${say("느려짐", "slowed")}</small>` : nothing}`)}
      ${pair(say("프레임당 CPU", "CPU per frame"), `${number(camera.cpu_ms_per_frame)} ms`)}
      ${pair(say("처리 · 건너뜀", "Frames seen · dropped"), `${number(camera.frames)} · ${number(camera.dropped_frames)}`)}
      ${pair(say("메모리", "Memory"), `${number(camera.memory_mb)} MB`)}
      ${pair(say("지금", "Now"), live && performance.now() - live.heard < OLD_MS ? html`<b>${told("ability", live.ability)}</b> ${eventLine(live)}` : "–")}
    </dl>
    <button type="button" class="action" aria-pressed=${String(watching)} @click=${() => toggle(camera.name)}>${watching ? say("그만 보기", "Stop showing points") : say("점으로 보기", "Show points")}</button>
    ${watching ? html`<canvas data-camera=${camera.name} width="1280" height="720" role="img" aria-label=${say("보이는 사람의 점과 선", "Points and lines of who is seen")}></canvas>` : nothing}
    <ol class="events" tabindex="0" aria-label=${say("최근에 본 것", "What was seen last")}>${camera.events.length ? camera.events.map((event) => html`<li><time>${clockTime(event.at, { seconds: true })}</time><b>${told("ability", event.ability)}</b><span>${eventLine(event)}</span></li>`) : html`<li>${say("아직 기록이 없습니다.", "Nothing has been seen yet.")}</li>`}</ol>
  </section>`;
}

function update() {
  render(
    html`<header>
        <a href="/"><img src="/web/icon.svg" alt=${say("화면 고르기", "Screens")} width="48" height="48" /></a>
        <div><h1>${say("방 안의 카메라", "The room's cameras")}</h1>
          <p>${say("영상은 보여 주지 않습니다. 보고 있는 동안에만 점과 선으로 나타냅니다.", "No picture is shown. Points and lines come only while you look.")}</p></div>
        <nav><label><input type="checkbox" .checked=${page.mirrored} @change=${(event) => { page.mirrored = event.target.checked; }} /> ${say("거울처럼 보기", "As a mirror")}</label></nav>
      </header>
      ${page.problem ? html`<p class="notice" role="alert">${page.problem}</p>` : nothing}
      <main>${page.cameras === null ? html`<p class="notice">${say("불러오는 중", "Loading")}</p>` : page.cameras.length ? page.cameras.map(one) : html`<p class="notice">${say("설정된 카메라가 없습니다. settings.toml의 [[seeing.cameras]]에 더해 주세요.", "No camera is set up: add [[seeing.cameras]] to settings.toml.")}</p>`}</main>`,
    document.body,
  );
}

function paint() {
  for (const canvas of document.querySelectorAll("canvas[data-camera]")) {
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.font = "14px sans-serif";
    for (const { points, heard } of (page.sketches.get(canvas.dataset.camera) ?? new Map()).values()) {
      if (performance.now() - heard < OLD_MS) draw(context, linesOf(points), canvas.width, page.mirrored);
    }
  }
  requestAnimationFrame(paint);
}

initLanguage();
update();
connect(token());
paint();
