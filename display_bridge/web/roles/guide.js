/** Spoken guidance: says what has the focus, in the assistant's own voice, which the service makes. */
import { language } from "../i18n.js";

/** Arrows that are held must not ask for a sound at every step. */
export const PAUSE_MS = 140;
const LONGEST = 120;

/** The words of a control: its label, whether it is pressed. Pure but for reading the element. */
export function wordsOf(element) {
  const words = (element?.getAttribute?.("aria-label") || element?.textContent || "").replace(/\s+/g, " ").trim();
  const pressed = element?.getAttribute?.("aria-pressed");
  if (pressed !== "true") return words;
  return `${words}, ${language() === "en" ? "on" : "켜짐"}`;
}

/** The sound of a label: {urls}. Throws where there is none; `code` says why. */
export async function soundOf(text, { panel = "", token = null } = {}, ask = fetch) {
  const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const body = JSON.stringify({ text: text.slice(0, LONGEST), language: language(), ...(panel ? { panel } : {}) });
  const answer = await ask("/api/v1/speech", { method: "POST", headers, body });
  if (answer.ok) return answer.json();
  const problem = await answer.json().catch(() => ({}));
  throw Object.assign(new Error(problem.detail ?? `${answer.status}`), { code: problem.code ?? "failed" });
}

const BROWSER = { sound: soundOf, audio: (url) => new Audio(url), later: (action) => setTimeout(action, PAUSE_MS), cancel: (timer) => clearTimeout(timer) };

/**
 * say(text, context): the newest label alone is heard. `absent(code)` is told why a label is not, null when it is.
 * There is no other voice in its place: what cannot be said is written on the screen.
 */
export function guide(absent, deps = BROWSER) {
  let turn = 0;
  let timer = null;
  let sounding = null;
  const play = (urls, mine) => {
    const [url, ...rest] = urls;
    if (!url || mine !== turn) return;
    sounding = deps.audio(url);
    sounding.onended = () => play(rest, mine);
    Promise.resolve(sounding.play()).catch((error) => mine === turn && absent(error?.name === "NotAllowedError" ? "sound-blocked" : "voice-failed"));
  };
  return (text, context = {}) => {
    if (!text) return;
    const mine = ++turn;
    deps.cancel(timer);
    sounding?.pause();
    timer = deps.later(async () => {
      try {
        const { urls } = await deps.sound(text, context);
        if (mine !== turn) return;
        absent(null);
        play(urls, mine);
      } catch (error) {
        if (mine === turn) absent(error.code ?? "failed");
      }
    });
  };
}

