/** The page on which the suggested places of a bookcase are corrected: boxes over the kept picture, a book for each. */
import { html, nothing, render } from "lit-html";
import { initLanguage, language, pick } from "./i18n.js";
import { authorization, useToken } from "./credentials.js";
import * as slots from "./slots.js";

const say = (ko, en) => (language() === "en" ? en : ko);
const page = { shelves: [], books: [], name: "", layout: null, picture: "", id: "", rows: {}, quality: null, weak: [], told: "", error: "", busy: false, dirty: false, file: "" };
let drag = null;

async function ask(url, options = {}) {
  const response = await fetch(url, { ...options, headers: { ...options.headers, ...authorization() } });
  if (!response.ok) throw new Error((await response.json().catch(() => null))?.detail ?? `${response.status}`);
  return response;
}

async function guarded(work) {
  page.busy = true;
  page.error = page.told = "";
  draw();
  try {
    await work();
  } catch (error) {
    page.error = String(error.message);
  }
  page.busy = false;
  draw();
}

const addressOf = (name) => `/api/v1/shelves/${encodeURIComponent(name)}`;

async function list() {
  const found = await (await ask("/api/v1/shelves")).json();
  page.shelves = found.shelves;
  page.books = found.books;
}

async function open(name) {
  page.name = name;
  page.layout = await (await ask(addressOf(name))).json();
  if (page.picture) URL.revokeObjectURL(page.picture);
  page.picture = URL.createObjectURL(await (await ask(`${addressOf(name)}/picture.png`)).blob());
  page.id = page.layout.slots[0]?.id ?? "";
  page.dirty = false;
  history.replaceState(null, "", `?shelf=${encodeURIComponent(name)}${location.hash}`);
}

function learnt(rows) {
  page.rows = Object.fromEntries(rows.filter((row) => row.type === "slot").map((row) => [row.slot, row]));
  const whole = rows.find((row) => row.type === "shelf") ?? {};
  page.quality = whole.quality ?? null;
  page.weak = whole.weak ?? [];
}

const save = () =>
  guarded(async () => {
    const { by, ...layout } = page.layout;
    const answer = await ask(addressOf(page.name), { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify({ layout: by ? { ...layout, by } : layout }) });
    learnt((await answer.json()).rows);
    const id = page.id;
    await open(page.name);
    page.id = slots.slotOf(page.layout, id) ? id : page.id;
    page.told = say("저장했습니다. 카메라가 새 자리로 보고 있습니다.", "Saved. The camera looks by the new places.");
  });

function upload(event) {
  event.preventDefault();
  const form = event.target;
  const file = form.picture.files[0];
  const name = form.shelf.value;
  guarded(async () => {
    const answer = await ask(`${addressOf(name)}?titles=${form.titles.checked}`, { method: "POST", headers: { "content-type": file.type }, body: file });
    page.rows = {};
    learnt((await answer.json()).rows);
    await list();
    await open(name);
    page.told = say("자리를 찾았습니다. 확인하고 고쳐 주세요.", "Places are suggested. Please check and correct them.");
  });
}

function change(layout, id = page.id) {
  page.dirty ||= layout !== page.layout;
  page.layout = layout;
  page.id = slots.slotOf(layout, id) ? id : (layout.slots[0]?.id ?? "");
  draw();
}

const ACTIONS = {
  split: () => change(slots.split(page.layout, page.id)),
  merge: () => change(slots.merged(page.layout, page.id)),
  remove: () => change(slots.removed(page.layout, page.id)),
  add: () => {
    const { layout, id } = slots.added(page.layout, page.id);
    change(layout, id);
  },
};
const KEYS = { s: "split", m: "merge", Delete: "remove", n: "add" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function key(event, one) {
  if (event.ctrlKey || event.metaKey) return;
  if (event.key in KEYS) ACTIONS[KEYS[event.key]]();
  else if (event.key in ARROWS) {
    const step = event.shiftKey ? 10 : 1;
    const [dx, dy] = ARROWS[event.key].map((n) => n * step);
    const [x, y, w, h] = one.box;
    change(slots.moved(page.layout, one.id, event.altKey ? [x, y, w + dx, h + dy] : [x + dx, y + dy, w, h]));
  } else return;
  event.preventDefault();
  document.querySelector(`[data-slot="${page.id}"]`)?.focus();
}

function pressed(event, one) {
  page.id = one.id;
  const scale = page.layout.size[0] / event.currentTarget.parentElement.clientWidth;
  drag = { id: one.id, x: event.clientX, y: event.clientY, box: one.box, scale, edge: event.target.dataset.edge ?? "" };
  event.currentTarget.setPointerCapture(event.pointerId);
  draw();
}

function dragged(event) {
  if (!drag) return;
  const [dx, dy] = [(event.clientX - drag.x) * drag.scale, (event.clientY - drag.y) * drag.scale];
  const [x, y, w, h] = drag.box;
  const box = { "": [x + dx, y + dy, w, h], left: [x + dx, y, w - dx, h], right: [x, y, w + dx, h], top: [x, y + dy, w, h - dy], bottom: [x, y, w, h + dy] }[drag.edge];
  change(slots.moved(page.layout, drag.id, box), drag.id);
}

const bookName = (id) => pick(page.books.find((one) => one.id === id) ?? {}, "title") || id;

function boxes() {
  const [wide, high] = page.layout.size;
  return page.layout.slots.map((one) => {
    const [x, y, w, h] = one.box;
    const place = `left:${(100 * x) / wide}%;top:${(100 * y) / high}%;width:${(100 * w) / wide}%;height:${(100 * h) / high}%`;
    const weak = page.weak.includes(one.id) ? "weak" : "";
    return html`<button type="button" class=${`slot ${weak} ${one.id === page.id ? "chosen" : ""}`} style=${place} data-slot=${one.id}
      aria-pressed=${one.id === page.id} aria-label=${`${one.id} ${bookName(one.book)}`} title=${bookName(one.book)}
      @focus=${() => { if (page.id !== one.id) { page.id = one.id; draw(); } }} @keydown=${(event) => key(event, one)}
      @pointerdown=${(event) => pressed(event, one)} @pointermove=${dragged} @pointerup=${() => { drag = null; }}>
      ${["left", "right", "top", "bottom"].map((edge) => html`<i data-edge=${edge}></i>`)}
    </button>`;
  });
}

function chosen() {
  const one = slots.slotOf(page.layout, page.id);
  if (!one) return nothing;
  const row = page.rows[one.id];
  const put = (index) => (event) => change(slots.moved(page.layout, one.id, one.box.map((n, i) => (i === index ? Number(event.target.value) : n))));
  const names = say(["왼쪽", "위", "너비", "높이"], ["Left", "Top", "Width", "Height"]);
  return html`<section class="slot-form">
    <h2>${one.id} <small>${bookName(one.book)}</small></h2>
    ${row?.read ? html`<p>${say("읽은 제목", "Title read")}: <b>${row.read}</b> (${row.read_sure}${row.match ? `, ${say("일치", "match")} ${row.match}` : ""})</p>` : nothing}
    ${row && row.missed_right === false ? html`<p class="warn">${say("이 자리는 책이 빠져도 알아보기 어렵습니다. 다른 자리에 꽂거나 태그를 붙여 주세요.", "A book missing here is hard to notice: move it, or put a tag on it.")}</p>` : nothing}
    <label>${say("책", "Book")}
      <select .value=${page.books.some((b) => b.id === one.book) ? one.book : ""} @change=${(event) => change(slots.assigned(page.layout, one.id, { book: event.target.value }))}>
        <option value="">${say("목록에 없음", "not in the catalogue")}</option>
        ${page.books.map((book) => html`<option value=${book.id} ?selected=${book.id === one.book}>${pick(book, "title")}</option>`)}
      </select></label>
    <label>${say("태그 번호 (없으면 비워 둠)", "Tag (none: empty)")} <input type="number" min="0" max="49" .value=${String(one.tag ?? "")}
      @change=${(event) => change(slots.assigned(page.layout, one.id, { tag: event.target.value === "" ? null : Number(event.target.value) }))} /></label>
    <div class="numbers">${one.box.map((value, index) => html`<label>${names[index]} <input type="number" .value=${String(value)} @change=${put(index)} /></label>`)}</div>
    <div class="keys">
      <button type="button" @click=${ACTIONS.split}>${say("둘로 나누기", "Split")} <kbd>S</kbd></button>
      <button type="button" @click=${ACTIONS.merge}>${say("오른쪽과 합치기", "Merge right")} <kbd>M</kbd></button>
      <button type="button" @click=${ACTIONS.add}>${say("새 자리", "Add")} <kbd>N</kbd></button>
      <button type="button" @click=${ACTIONS.remove}>${say("지우기", "Delete")} <kbd>Del</kbd></button>
    </div>
    <p class="hint">${say("화살표로 옮기고, Alt+화살표로 크기를 바꿉니다. Shift를 함께 누르면 10픽셀씩 움직입니다.", "Arrows move, Alt+arrows resize, Shift by 10 pixels.")}</p>
  </section>`;
}

function draw() {
  const quality = page.quality ? html`<p>${say("품질", "Quality")}: <b>${page.quality.right} / ${page.quality.trials}</b>${page.weak.length ? ` · ${say("약한 자리", "weak places")}: ${page.weak.join(", ")}` : ""}</p>` : nothing;
  render(
    html`<header>
        <a href="/"><img src="/web/icon.svg" alt=${say("화면 고르기", "Screens")} width="48" height="48" /></a>
        <div><h1>${say("책장 등록", "Bookcase")} <small>${page.name}</small></h1>
          <p>${say("책마다 자리를 확인하고, 펼칠 책을 고릅니다.", "Check each book's place, and choose what it opens.")}</p></div>
      </header>
      <form class="learn" @submit=${upload}>
        <label>${say("책장", "Shelf")} <input name="shelf" required pattern="[a-z0-9][a-z0-9_\\-]{0,39}" .value=${page.name || "mayor"} list="known" /></label>
        <datalist id="known">${page.shelves.map((one) => html`<option value=${one.name}></option>`)}</datalist>
        <label class="file">${say("책이 모두 꽂힌 사진", "Picture of the full shelf")} <input name="picture" type="file" accept="image/png,image/jpeg" required @change=${(event) => { page.file = event.target.files[0]?.name ?? ""; draw(); }} />
          <span>${page.file || say("사진 고르기", "Choose a picture")}</span></label>
        <label><input name="titles" type="checkbox" checked /> ${say("제목 읽기", "Read titles")}</label>
        <button type="submit" class="firm" ?disabled=${page.busy}>${say("이 사진으로 등록", "Learn")}</button>
        ${page.shelves.map((one) => html`<button type="button" aria-pressed=${one.name === page.name} ?disabled=${page.busy} @click=${() => guarded(() => open(one.name))}>${one.name} (${one.slots})</button>`)}
      </form>
      <div role="status">${page.busy ? html`<p>${say("처리하고 있습니다…", "Working…")}</p>` : nothing}${page.told ? html`<p class="told">${page.told}</p>` : nothing}${quality}</div>
      ${page.error ? html`<p role="alert" class="warn">${page.error}</p>` : nothing}
      ${!page.layout && !page.busy && !page.error ? html`<p class="notice">${say("등록된 책장이 없습니다. 책이 모두 꽂힌 사진을 골라 등록해 주세요.", "No bookcase is enrolled yet: choose a picture of the full shelf.")}</p>` : nothing}
      ${page.layout
        ? html`<div class="shelf-desk"><div class="shelf-picture"><img src=${page.picture} alt=${say("등록된 책장", "The enrolled bookcase")} draggable="false" />${boxes()}</div>
            <aside>${chosen()}<button type="button" class="save" ?disabled=${page.busy || !page.dirty} @click=${save}>${say("저장", "Save")}</button></aside></div>`
        : nothing}`,
    document.body,
  );
}

initLanguage();
const token = new URLSearchParams(location.hash.slice(1)).get("token");
if (token) useToken(token);
await guarded(async () => {
  await list();
  const wanted = new URLSearchParams(location.search).get("shelf") ?? page.shelves[0]?.name;
  if (wanted) await open(wanted);
});
