/** "Correct this": a dialog in which the operator says what a run's words meant. */
import { html, nothing } from "lit-html";
import { language } from "./i18n.js";

const say = (ko, en) => (language() === "en" ? en : ko);
const both = (ko, en) => (language() === "en" ? `${en} · ${ko}` : `${ko} · ${en}`);

/** All that can be meant, as groups of {title, options: [{name, body}]}. Pure. */
export function groupsOf(meanings) {
  const menus = Map.groupBy ? Map.groupBy(meanings.panels, (panel) => panel.menu_ko) : grouped(meanings.panels);
  return [
    { title: ["듣지 말았어야 할 말", "Not for the assistant"], options: [{ name: ["비서에게 한 말이 아님", "Not meant for the assistant"], body: {} }] },
    { title: ["명령", "Commands"], options: meanings.commands.map((one) => ({ name: [one.ko, one.en], body: one.direction ? { intent: one.intent, direction: one.direction } : { intent: one.intent } })) },
    { title: ["부서 통화", "Call a department"], options: meanings.departments.map((one) => ({ name: [one.name_ko, one.name_en], body: { intent: "call", department: one.id } })) },
    ...[...menus].map(([, panels]) => ({ title: [panels[0].menu_ko, panels[0].menu_en], options: panels.map((one) => ({ name: [one.ko, one.en], body: { intent: "show_panel", panel: one.panel } })) })),
  ];
}

function grouped(panels) {
  const menus = new Map();
  for (const panel of panels) menus.set(panel.menu_ko, [...(menus.get(panel.menu_ko) ?? []), panel]);
  return menus;
}

/** The groups with only what fits the words typed; every word must occur. Pure. */
export function filtered(groups, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ name }) => wanted.every((word) => name.join(" ").toLowerCase().includes(word));
  return groups.map((group) => ({ ...group, options: group.options.filter(fits) })).filter((group) => group.options.length);
}

/** The dialog. state: {groups, words, busy, error}; on: {filter, save, close}. */
export function correctionDialog(run, state, on) {
  const submit = (event) => {
    event.preventDefault();
    const chosen = event.target.elements.meant.value;
    if (chosen) on.save(JSON.parse(chosen));
  };
  return html`<dialog class="correction" aria-labelledby="correction-title" @close=${on.close}>
    <form @submit=${submit}>
      <h2 id="correction-title">${say("무엇을 뜻했나요?", "What was meant?")} <small>${say("What was meant?", "무엇을 뜻했나요?")}</small></h2>
      <p class="words">“${run.text}”</p>
      <label>${say("찾기", "Filter")} <input type="search" name="filter" autocomplete="off" .value=${state.words} @input=${(event) => on.filter(event.target.value)} /></label>
      <label class="choices">${say("뜻", "Meaning")}
        <select name="meant" size="12" required>
          ${state.groups
            ? filtered(state.groups, state.words).map((group) => html`<optgroup label=${both(...group.title)}>${group.options.map((one) => html`<option value=${JSON.stringify(one.body)}>${both(...one.name)}</option>`)}</optgroup>`)
            : nothing}
        </select>
      </label>
      ${state.error ? html`<p class="error" role="alert">${state.error}</p>` : nothing}
      <p class="buttons">
        <button type="submit" class="action" ?disabled=${state.busy || !state.groups}>${say("저장", "Save")}</button>
        <button type="button" class="action quiet" @click=${(event) => event.target.closest("dialog").close()}>${say("취소", "Cancel")}</button>
      </p>
    </form>
  </dialog>`;
}
