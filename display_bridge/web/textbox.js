/** The text box: the same path as the voice, for hands. */
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";

export const LONGEST = 200;

/** Send a sentence. Resolves with the service's answer; throws an Error with the service's words when it refuses. */
export async function sendUtterance(text, display, token, url = "/api/v1/utterances") {
  const headers = { "content-type": "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ text, display }) });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Error(answer?.title_ko || answer?.detail || answer?.title || `${t("textFailed")} (${response.status})`);
  return answer;
}

/** Microphone button, input and send button. */
export function assistantBar(local, actions) {
  const submit = (event) => {
    event.preventDefault();
    const text = local.text.trim();
    if (text) actions.say(text);
  };
  return html`<form class="assistant" @submit=${submit}>
    <button type="button" class=${`mic ${local.talking ? "on" : ""}`} aria-pressed=${String(local.talking)} aria-label=${local.talking ? t("stopTalk") : t("talk")} title=${local.talking ? t("stopTalk") : t("talk")} @click=${actions.toggleMic}>${icon("mic")}</button>
    <input
      type="text" name="text" autocomplete="off" enterkeyhint="send" maxlength=${LONGEST}
      aria-label=${t("type")} placeholder=${t("say")} .value=${live(local.text)} ?disabled=${local.sending}
      @input=${(event) => actions.typed(event.target.value)}
    />
    ${local.text.trim() ? html`<button type="submit" class="send" aria-label=${t("send")} title=${t("send")}>${icon("send")}</button>` : nothing}
  </form>`;
}
