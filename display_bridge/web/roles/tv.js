/** A television: the picture alone, to be read from three metres. Nothing to touch, nothing to tab to. */
import { html } from "lit-html";
import { stage } from "../stage.js";
import { t } from "../i18n.js";
import { voiceCard } from "../voice.js";
import { plainHeader, plainTitles } from "./frame.js";
import { raise } from "./legible.js";

/** The smallest letter of a drawing, px of a screen that is 1920 wide: read from three metres. */
const LEAST_PX = 15;

export const viewOnly = true;

export function page({ state, local }) {
  const none = () => Promise.resolve({ ok: false });
  return html`${plainHeader(state, local)}${plainTitles(state)}
    <div class="tv-picture" inert>${state ? stage(state, none) : html`<main class="stage waiting"><p class="notice large">${t("connecting")}…</p></main>`}</div>
    <div class="speaking-corner">${voiceCard(state?.assistant, local)}</div>`;
}

export function drawn() {
  raise(document, (LEAST_PX * innerWidth) / 1920);
}
