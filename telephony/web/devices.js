/** Choosing microphone, camera and loudspeaker, and trying them before a call. */
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { icon } from "#screen/icons.js";
import { chosen } from "./media.js";
import { cw } from "./words.js";

const KINDS = [["audioinput", "mic", "microphone"], ["videoinput", "video", "camera"], ["audiooutput", "loud", "loudspeaker"]];
let found = {};

/** Look again at what is plugged in; `draw` when it is known. */
export async function lookForDevices(local, draw) {
  found = await local.list();
  draw();
}

/** One list for each kind of device. */
export function devicePickers(local, draw) {
  if (!Object.keys(found).length) lookForDevices(local, draw);
  const picked = chosen();
  const canPickOutput = "setSinkId" in HTMLMediaElement.prototype;
  return KINDS.filter(([kind]) => kind !== "audiooutput" || canPickOutput).map(
    ([kind, name, word]) => html`<label class="picker"><span>${icon(name)}${cw(word)}</span>
      <select @change=${async (event) => {
        await local.change(kind, event.target.value);
        draw();
      }}>
        <option value="" ?selected=${!picked[kind]}>${cw("standard")}</option>
        ${(found[kind] ?? []).filter(({ deviceId }) => deviceId !== "default").map((one, index) => html`<option value=${one.deviceId} ?selected=${picked[kind] === one.deviceId}>${one.label || `${cw("deviceN")} ${index + 1}`}</option>`)}
      </select></label>`,
  );
}

/** Loudness of a stretch of sound, 0..1 as an ear would have it. samples: -1..1. Pure. */
export function loudness(samples) {
  let sum = 0;
  for (const one of samples) sum += one * one;
  const level = 20 * Math.log10(Math.sqrt(sum / Math.max(1, samples.length)) + 1e-6);
  return Math.min(1, Math.max(0, (level + 60) / 54));
}

/** The microphone's level while a track is there: `told` gets 0..1 a few times a second. Returns what ends it. */
export function meter(track, told, makeContext = () => new AudioContext()) {
  const context = makeContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    told(loudness(samples));
  }, 120);
  return () => {
    clearInterval(timer);
    context.close().catch(() => {});
  };
}

/** The page on which devices are tried. check: {on, level, problem}; press starts or ends it. */
export function deviceTest(local, own, check, press, draw) {
  return html`<section class="device-test" aria-labelledby="device-title">
    <h2 id="device-title">${cw("deviceTest")}</h2>
    <div class="try">
      <div class="mirror">${check.on && local.video ? html`<video autoplay playsinline .muted=${true} .srcObject=${live(own)} aria-label=${cw("camera")}></video>` : html`<span>${icon("video")}</span>`}</div>
      <div class="pickers">
        ${devicePickers(local, draw)}
        <div class="level"><span id="level-word">${cw("level")}</span><span class="level-bar" role="meter" aria-labelledby="level-word" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round((check.level ?? 0) * 100)}><i style=${`--level:${check.level ?? 0}`}></i></span></div>
        ${check.on ? html`<p class="hint">${cw("deviceHint")}</p>` : nothing}
        ${check.problem ? html`<p class="problem" role="alert">${icon("alert")}${cw(check.problem)}</p>` : check.on && local.video && local.audio ? html`<p class="fine">${icon("check")}${cw("testOk")}</p>` : nothing}
        <button type="button" class="action" aria-pressed=${String(Boolean(check.on))} @click=${press}>${icon(check.on ? "stop" : "play")}${check.on ? cw("stopTest") : cw("startTest")}</button>
      </div>
    </div>
  </section>`;
}
