/** An incident as each kind of screen has it: the office's headline, the remote's sheet, the wrist's face, the citizens' banner. */
import { html, nothing } from "lit-html";
import { clockTime, toDate } from "./format.js";
import { department } from "./department.js";
import { incidentMap } from "./blocks/incident.js";
import { icon } from "./icons.js";
import { language, pick, t } from "./i18n.js";
import { seoul } from "./map.js";

/** The place in the current language: a district has an English name. */
export const placeOf = (one) => (language() === "en" ? (seoul()?.byName.get(one.area_ko)?.en ?? one.area_ko) : one.area_ko) ?? "";

/** Whether this screen may acknowledge. Pure. */
export const mayAcknowledge = (state) => ["internal", "private"].includes(state?.display?.trust);

/** The incident that pre-empts an office screen, or null. Pure. */
export const pressing = (state) => (state?.shown?.layer === "alert" && state.view?.incident && state.shown.args?.incident ? state.view.incident : null);

const chips = (one) => html`<b class=${`level-chip ${one.tone}`}>${icon("alert")}${pick(one, "level")}</b>${one.drill ? html`<b class="drill-chip">${t("drill")}</b>` : nothing}`;
const since = (one) => html`<seoula-ago at=${toDate(one.at)?.getTime() / 1000 || 0}></seoula-ago>`;

function acknowledge(one, state, actions) {
  const may = mayAcknowledge(state);
  const asked = Boolean(state.question);
  return html`<button type="button" class="acknowledge" ?disabled=${!may || asked} title=${may ? t("acknowledge") : t("acknowledgePaired")} @click=${() => actions.send("acknowledge", { incident: one.id })}>${icon("check")}${may ? t("acknowledge") : t("acknowledgePaired")}</button>`;
}

/** The same without anything to touch. */
export function incidentPlainHead(state) {
  const one = state.view.incident;
  const name = pick(state.view.panel?.department, "name");
  return html`<section class=${`titles incident ${one.tone}`} role="alert" aria-live="assertive">
    <div class="words">
      <p class="trail">${chips(one)}<span class="where">${icon("place")}${placeOf(one)}</span><span>${since(one)}</span></p>
      <h1>${pick(one, "title")}</h1>
      <p class="sub"><span class="status-now">${pick(one, "status")}</span>${name ? html`<span>${t("department")} ${name}</span>` : nothing}</p>
    </div>
  </section>`;
}

/** The title strip of a screen that an incident pre-empts. */
export function incidentHead(state, actions) {
  const one = state.view.incident;
  return html`<section class=${`titles incident ${one.tone}`} role="alert" aria-live="assertive">
    <div class="words">
      <p class="trail">${chips(one)}<span class="where">${icon("place")}${placeOf(one)}</span><span>${since(one)}</span></p>
      <h1>${pick(one, "title")}</h1>
      <p class="sub"><span class="status-now">${pick(one, "status")}</span><span class="source">${pick(state.view.data, "source")}</span></p>
    </div>
    <div class="beside">${department(state.view.panel?.department, state, actions, true)}${pressing(state) ? acknowledge(one, state, actions) : nothing}</div>
  </section>`;
}

/** The sheet over the tablet's icons: the wall is taken, and this is what can be done about it. */
export function incidentSheet(state, actions) {
  const one = pressing(state);
  if (!one) return nothing;
  const block = (wanted) => state.view.blocks?.find(({ kind }) => kind === wanted);
  return html`<section class=${`incident-sheet ${one.tone}`} role="alertdialog" aria-label=${pick(one, "title")}>
    <p class="trail">${chips(one)}<span class="where">${icon("place")}${placeOf(one)}</span><span>${since(one)}</span></p>
    <h2>${pick(one, "title")}</h2>
    <div class="what"><ol class="latest">${(block("incident-log")?.steps ?? []).slice(0, 4).map((step) => html`<li><time>${clockTime(step.at)}</time><span>${pick(step, "text")}</span></li>`)}</ol>
      ${block("incident-map") ? incidentMap(block("incident-map")) : nothing}</div>
    <div class="actions">${acknowledge(one, state, actions)}${department(state.view.panel?.department, state, actions, true)}</div>
  </section>`;
}

/** The watch: title, place and, on a paired one, the acknowledgement. */
export function incidentWrist(state, local, actions) {
  const one = pressing(state);
  if (!one || local.aside === one.id) return nothing;
  return html`<section class=${`incident-wrist ${one.tone}`} role="alertdialog" aria-label=${pick(one, "title")}>
    <p class="chips">${chips(one)}</p>
    <b class="title">${pick(one, "title")}</b>
    <p class="where">${placeOf(one)} · ${since(one)}</p>
    ${mayAcknowledge(state)
      ? html`<button type="button" class="acknowledge" ?disabled=${Boolean(state.question)} @click=${() => actions.send("acknowledge", { incident: one.id })}>${icon("check")}${t("acknowledgeShort")}</button>`
      : html`<button type="button" class="acknowledge quiet" @click=${() => actions.set({ aside: one.id })}>${t("putAsideShort")}</button>`}
  </section>`;
}

/** Citizens: what it is and what to do. Put aside, a strip remains; that closes nothing on any other screen. */
export function citizensBanner(state, local, actions) {
  const one = state?.banner;
  if (!one) return nothing;
  if (local.aside === one.id) {
    return html`<button type="button" class=${`banner-strip ${one.tone}`} @click=${() => actions.set({ aside: null })}>${chips(one)}<span>${pick(one, "title")}</span><small>${t("readAgain")}</small></button>`;
  }
  return html`<section class=${`banner ${one.tone}`} role="alertdialog" aria-labelledby="banner-title" aria-describedby="banner-what">
    <header><p class="trail">${chips(one)}<span class="where">${icon("place")}${placeOf(one)}</span><span>${since(one)}</span></p>
      <h2 id="banner-title">${pick(one, "title")}</h2>
      ${one.notice_ko ? html`<p class="notice-text" lang="ko">${pick(one, "notice")}</p>` : nothing}
    </header>
    <ol id="banner-what">${(one.advice ?? []).map((line, index) => html`<li><b>${index + 1}</b><span>${pick(line, "text")}</span></li>`)}</ol>
    <footer><span>${t("emergencyCall")}</span><button type="button" class="put-aside" @click=${() => actions.set({ aside: one.id })}>${t("putAside")}</button></footer>
  </section>`;
}

/** For paired screens, in the header: what runs on though it was acknowledged, by whom and when. */
export function acknowledgedBadge(state) {
  const told = (state?.incidents ?? []).filter(({ acknowledged }) => acknowledged);
  if (!told.length) return nothing;
  const [one] = told;
  const { at, display } = one.acknowledged;
  const who = `${t("acknowledged")} ${clockTime(at)} · ${display}`;
  return html`<span class=${`badge acknowledged ${one.tone}`} title=${told.map((each) => `${pick(each, "title")} – ${t("acknowledged")} ${clockTime(each.acknowledged.at)} · ${each.acknowledged.display}`).join("\n")}>
    ${icon("check")}<b>${one.drill ? `${t("drill")} ` : ""}${pick(one, "level")}</b> ${who}${told.length > 1 ? ` +${told.length - 1}` : ""}
  </span>`;
}

/** What of an incident stands above a role's page. */
export function incidentAbove(role, state, local, actions) {
  if (!state) return nothing;
  if (role === "tablet") return incidentSheet(state, actions);
  if (role === "watch") return incidentWrist(state, local, actions);
  return citizensBanner(state, local, actions);
}
