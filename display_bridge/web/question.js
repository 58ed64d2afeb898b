/** A question with numbered choices: answerable by voice, hand or touch. */
import { html, nothing } from "lit-html";
import { styleMap } from "lit-html/directives/style-map.js";
import { serverNow } from "./clock.js";
import { fresh } from "./fresh.js";
import { icon, ring } from "./icons.js";
import { pick, t } from "./i18n.js";

export function question(one, actions) {
  if (!one) return nothing;
  const left = one.until ? Math.max(0, one.until - serverNow()) : 0;
  return html`<div class="veil light"></div>
    <section class="question" role="dialog" aria-modal="true" aria-label=${pick(one, "prompt")}>
      <header>
        ${one.until ? fresh(one.until, html`<span class="timed" style=${styleMap({ "--dur": `${left}s`, "--gone": "0s" })}>${ring(icon("question"))}</span>`) : nothing}
        <h2>${pick(one, "prompt")}</h2>
        <button type="button" class="round" @click=${() => actions.send("dismiss")} aria-label=${t("close")}>${icon("close")}</button>
      </header>
      <ol>
        ${(one.choices ?? []).map(
          (choice) => html`<li>
            <button type="button" @click=${() => actions.send("choose", { choice: choice.n })}><b>${choice.n}</b><span>${pick(choice, "label")}</span></button>
          </li>`,
        )}
      </ol>
      <p>${t("choose")}</p>
    </section>`;
}
