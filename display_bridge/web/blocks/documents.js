/** Documents: cards that open, and the reader with its contents, pages and keys. */
import { html, nothing } from "lit-html";
import { styleMap } from "lit-html/directives/style-map.js";
import { number, shortDate } from "../format.js";
import { icon } from "../icons.js";
import { language, pick, t } from "../i18n.js";
import "../cover.js";
import "../paper.js";

const english = () => language() === "en";

/** {documents: [{id, title_ko, date, department_ko, pages?, kind?}], panel?, current?}: a card opens its document. */
export function documentList(block, ctx) {
  const documents = block.documents ?? [];
  if (!documents.length) return html`<p class="notice">${t("noData")}</p>`;
  const open = (id) => (block.panel ? ctx.send("show", { panel: block.panel, item: id }) : ctx.send("select", { item: id }));
  return html`<ol class=${`documents ${documents.length <= 8 ? "few" : ""}`} data-scroll tabindex="0">
    ${documents.map(
      (one, index) => html`<li>
        <button type="button" @click=${() => open(one.id)} aria-current=${one.id === block.current ? "true" : nothing}>
          ${cover(one, index)}
          <span class="words">
            <b class="name"><span class="order">${index + 1}</span>${pick(one, "title")}</b>
            <span class="facts">
              ${one.kind ? html`<span class="kind">${pick(one, "kind")}</span>` : nothing}
              <span>${pick(one, "department")}</span>${one.date ? html`<span>${shortDate(one.date)}</span>` : nothing}
              ${one.pages ? html`<span>${number(one.pages)}${t("page")}</span>` : nothing}
            </span>
          </span>
        </button>
      </li>`,
    )}
  </ol>`;
}

/** A small picture of a paper: its colour is that of its kind. */
function cover(one, index) {
  const tone = 1 + ([...(one.kind ?? "")].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 8);
  return html`<span class="cover" aria-hidden="true" style=${styleMap({ "--c": `var(--series-${tone})` })}><i></i><i></i><i></i><em style=${styleMap({ width: `${40 + ((index * 37) % 45)}%` })}></em></span>`;
}

const words = () =>
  english()
    ? {
        loading: "Opening the document…",
        damaged: "This file is damaged and cannot be shown.",
        forbidden: "This screen may not read this document.",
        missing: "There is no file of this document.",
        locked: "This file is protected by a password.",
        unreachable: "The document could not be fetched; it is tried again when the page is turned.",
        page: (at) => `page ${at}`,
      }
    : {
        loading: "문서를 여는 중입니다…",
        damaged: "파일이 손상되어 보여 드릴 수 없습니다.",
        forbidden: "이 화면에서는 볼 수 없는 문서입니다.",
        missing: "이 문서의 파일이 없습니다.",
        locked: "암호가 걸린 파일입니다.",
        unreachable: "문서를 가져오지 못했습니다. 쪽을 넘기면 다시 시도합니다.",
        page: (at) => `${at}쪽`,
      };

/**
 * {document: {id, title_ko, date, pages, toc, file}, page, body: [paragraph_ko], book?: {author_ko, cover?}}
 * book: it is a book of the bookcase, whose first page is its cover, with title, author and contents beside it.
 */
export function documentViewer(block, ctx) {
  const one = block.document ?? {};
  const page = block.page ?? 1;
  const pages = one.pages ?? 1;
  const toc = one.toc ?? [];
  const current = toc.findLast((entry) => entry.page <= page);
  const turn = (to) => (to >= 1 && to <= pages && to !== page ? ctx.send("page", { page: to }) : undefined);
  const front = Boolean(block.book) && page === 1;
  const paper = { url: one.file, page, pages, title: pick(one, "title"), zoom: ctx.zoom, spread: ctx.hero && !front, body: block.body ?? [], words: words() };
  const beside = toc.length || block.book;
  return html`<div class=${`viewer ${beside ? "" : "plain"} ${front ? "front" : ""}`} @keydown=${(event) => key(event, page, pages, turn, ctx)}>
    ${beside
      ? html`<nav aria-label=${english() ? "Contents" : "차례"}>
          ${block.book ? bookHead(one, block.book, front, turn, ctx) : nothing}
          ${toc.length ? html`<h3>${english() ? "Contents" : "차례"}</h3>` : nothing}
          <ol>
            ${toc.map(
              (entry) => html`<li><button type="button" aria-current=${entry === current ? "page" : nothing} @click=${() => turn(entry.page)}><span>${pick(entry, "title")}</span><b>${entry.page}</b></button></li>`,
            )}
          </ol>
        </nav>`
      : nothing}
    <div class="desk">
      <seoula-paper class=${ctx.zoom > 1 ? "zoomed" : ""} tabindex="0" role="document" aria-label=${pick(one, "title")} .paper=${paper} @turn=${(event) => turn(page + event.detail)}></seoula-paper>
      <div class="pager" role="group" aria-label=${english() ? "Pages" : "쪽 넘기기"}>
        <button type="button" class="round" @click=${() => turn(page - 1)} ?disabled=${page <= 1} aria-label=${english() ? "Previous page" : "앞 쪽"}>${icon("left")}</button>
        <span aria-live="polite"><b>${number(page)}</b> / ${number(pages)}${english() ? "" : "쪽"}</span>
        <button type="button" class="round" @click=${() => turn(page + 1)} ?disabled=${page >= pages} aria-label=${english() ? "Next page" : "다음 쪽"}>${icon("right")}</button>
      </div>
    </div>
  </div>`;
}

/** Title and author of a book, its cover where it is another picture than the first page, and how to close it. */
function bookHead(one, book, front, turn, ctx) {
  const cover = `${one.title_ko} ${english() ? "cover" : "표지"}`;
  return html`<header class="book-head">
    ${front && book.cover ? html`<seoula-cover .cover=${{ url: book.cover, title: cover }}></seoula-cover>` : nothing}
    ${front ? html`<h2>${pick(one, "title")}</h2><p>${pick(book, "author")}</p>` : nothing}
    <div class="book-keys">
      ${front ? nothing : html`<button type="button" @click=${() => turn(1)}>${icon("book")}<span>${english() ? "Cover and contents" : "표지와 차례"}</span></button>`}
      <button type="button" @click=${() => ctx.send("back")}>${icon("close")}<span>${english() ? "Close the book" : "책 닫기"}</span></button>
    </div>
  </header>`;
}

/** {title_ko, author_ko, note_ko, address?, qr?}: a book that is no document here: on the web, missing or private. */
export function bookCard(block, ctx) {
  return html`<div class="book-card">
    ${block.qr ? html`<img src=${block.qr} alt=${english() ? `Code of ${block.address}` : `${block.address} QR 코드`} />` : html`<span class="mark" aria-hidden="true">${icon("book")}</span>`}
    <div>
      <h2>${pick(block, "title")}</h2>
      ${block.author_ko ? html`<p class="author">${pick(block, "author")}</p>` : nothing}
      <p class="notice" role="status">${pick(block, "note")}</p>
      ${block.address ? html`<p class="address">${block.address}</p>` : nothing}
      <div class="book-keys"><button type="button" @click=${() => ctx.send("back")}>${icon("close")}<span>${english() ? "Close the book" : "책 닫기"}</span></button></div>
    </div>
  </div>`;
}

const STEPS = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };

function key(event, page, pages, turn, ctx) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key in STEPS && !(ctx.zoom > 1 && event.key.startsWith("Arrow"))) turn(page + STEPS[event.key]);
  else if (event.key === "Home") turn(1);
  else if (event.key === "End") turn(pages);
  else if (event.key === "+" || event.key === "=") ctx.send("zoom_in");
  else if (event.key === "-") ctx.send("zoom_out");
  else return;
  event.preventDefault();
}
