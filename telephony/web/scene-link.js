/** A link for a phone at a scene: asked of the service, shown as a picture to scan. One phone, one room, half an hour. */
import { html, nothing } from "lit-html";
import { icon } from "#screen/icons.js";
import { lasting } from "./arrange.js";
import { cw } from "./words.js";

/** {room, url, picture, until} of a new link; `until`: seconds of the page's clock. Rejects with the refusal's code. */
export async function askForLink(room, token, now, ask = (...given) => fetch(...given)) {
  const answer = await ask("/api/v1/calls/links", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ room }),
  });
  const made = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(made.code ?? String(answer.status)), { code: made.code ?? "error" });
  const lasts = Number.isFinite(made.expires) ? made.expires - Date.now() / 1000 : 1800;
  return { room, id: made.id, url: made.url, picture: `data:image/svg+xml,${encodeURIComponent(made.qr_svg)}`, until: now + lasts };
}

/** The card; gone when its time is. */
export function linkCard(link, now, close, copied) {
  if (!link || link.until <= now) return nothing;
  const copy = navigator.clipboard
    ? html`<button type="button" class="action" @click=${() => navigator.clipboard.writeText(link.url).then(copied, () => {})}>${icon("share")}${cw("copyLink")}</button>`
    : nothing;
  return html`<section class="call-card scene-link" role="dialog" aria-labelledby="link-title">
    <img src=${link.picture} alt=${cw("linkPicture")} width="300" height="300" />
    <div class="who"><p class="lead">${icon("video")}${cw("scene")}</p><h2 id="link-title">${cw("linkTitle")}</h2><p class="hint">${cw("linkHint")}</p>
      <p class="hint">${cw("linkLasts")} <b>${lasting(link.until - now)}</b></p>
      <div class="over-keys">${copy}<button type="button" class="action quiet" @click=${close}>${icon("close")}${cw("close")}</button></div></div>
  </section>`;
}
