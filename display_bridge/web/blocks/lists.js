/** Rows: table, timeline, alert feed, gantt, document list. */
import { html, nothing } from "lit-html";
import { styleMap } from "lit-html/directives/style-map.js";
import { axisTime, moment, number, shortDate, toDate } from "../format.js";
import { language, pick, t } from "../i18n.js";

const STATUS = { ok: ["정상", "OK"], warn: ["주의", "Warning"], alert: ["긴급", "Alert"], off: ["중지", "Off"], done: ["완료", "Done"], doing: ["진행", "In progress"], planned: ["예정", "Planned"], delayed: ["지연", "Delayed"] };

/** A status in words; a status in the source's own words stays as it is. */
export const statusWord = (status) => (STATUS[status] ? STATUS[status][language() === "en" ? 1 : 0] : (status ?? ""));
const statusChip = (status) => (status ? html`<span class=${`status ${STATUS[status] ? status : ""}`}>${statusWord(status)}</span>` : nothing);

const isYear = ({ key, label_ko }) => /year/i.test(key) || /연도|년도/.test(label_ko ?? "");
const cellText = (value, column) => (typeof value === "number" ? (isYear(column) ? String(value) : number(value)) : (value ?? "–"));

/** {columns: [{key, label_ko, align?}], rows} */
export function table(block) {
  const columns = block.columns ?? [];
  const rows = block.rows ?? [];
  if (!rows.length) return html`<p class="notice">${t("noData")}</p>`;
  return html`<div class="scroll" data-scroll tabindex="0">
    <table class=${rows.length > 14 ? "dense" : ""}>
      <thead>
        <tr>${columns.map((column) => html`<th scope="col" class=${column.align ?? ""}>${pick(column, "label")}</th>`)}</tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) => html`<tr>
            ${columns.map((column, index) => {
              const value = row[column.key];
              const text = STATUS[value] ? statusChip(value) : cellText(value, column);
              return index === 0 ? html`<th scope="row" class=${column.align ?? ""}>${text}</th>` : html`<td class=${column.align ?? ""}>${text}</td>`;
            })}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** {events: [{at, title_ko, detail_ko, status?}]} */
export function timeline(block) {
  const events = block.events ?? [];
  return html`<ol class="timeline" data-scroll tabindex="0">
    ${events.map(
      (event) => html`<li class=${STATUS[event.status] ? event.status : ""}>
        <time>${/T/.test(event.at ?? "") ? moment(event.at) : shortDate(event.at)}</time>
        <div>
          <h3>${pick(event, "title")} ${statusChip(event.status)}</h3>
          ${event.detail_ko ? html`<p>${pick(event, "detail")}</p>` : nothing}
        </div>
      </li>`,
    )}
  </ol>`;
}

/** {alerts: [{level_ko, title_ko, area_ko, at, status_ko, severity 0..100}]} */
export function alertFeed(block) {
  const alerts = block.alerts ?? [];
  if (!alerts.length) return html`<p class="notice">${language() === "en" ? "No alerts now" : "지금은 알림이 없습니다"}</p>`;
  const TONES = { alert: "very-bad", warn: "bad", ok: "good" };
  const rank = (severity) => (severity >= 90 ? "very-bad" : severity >= 60 ? "bad" : severity >= 30 ? "moderate" : "good");
  return html`<ul class="alerts" data-scroll tabindex="0">
    ${alerts.map(
      (alert) => html`<li class=${TONES[alert.tone] ?? rank(alert.severity ?? 0)}>
        <span class="level">${pick(alert, "level")}</span>
        <div>
          <h3>${pick(alert, "title")}</h3>
          <p>${[pick(alert, "area"), pick(alert, "status")].filter(Boolean).join(" · ")}</p>
        </div>
        <time>${moment(alert.at)}</time>
      </li>`,
    )}
  </ul>`;
}

/** {from, to, rows: [{label_ko, from, to, progress, status}]} */
export function gantt(block) {
  const start = toDate(block.from)?.getTime();
  const end = toDate(block.to)?.getTime();
  if (!start || !end || end <= start) return html`<p class="notice">${t("noData")}</p>`;
  const place = (at) => Math.max(0, Math.min(100, ((toDate(at)?.getTime() ?? start) - start) / (end - start) * 100));
  const ticks = ganttTicks(start, end);
  const now = Date.now();
  return html`<div class="gantt" data-scroll tabindex="0">
    <div class="gantt-head" aria-hidden="true">
      <span></span>
      <div>${ticks.filter((tick) => place(tick.at) < 95).map((tick) => html`<span style=${styleMap({ left: `${place(tick.at)}%` })}>${tick.text}</span>`)}</div>
    </div>
    <div class="gantt-rows">
      <div class="gantt-grid" aria-hidden="true">
        ${ticks.map((tick) => html`<i style=${styleMap({ left: `${place(tick.at)}%` })}></i>`)}
        ${now > start && now < end ? html`<i class=${place(new Date(now)) > 92 ? "today late" : "today"} style=${styleMap({ left: `${place(new Date(now))}%` })}><b>${language() === "en" ? "today" : "오늘"}</b></i>` : nothing}
      </div>
      ${(block.rows ?? []).map((row) => {
        const left = place(row.from);
        const width = Math.max(0.8, place(row.to) - left);
        return html`<div class=${`gantt-row ${row.status ?? ""}`}>
          <span class="label">${pick(row, "label")}</span>
          <div>
            <div class="span" style=${styleMap({ left: `${left}%`, width: `${width}%` })} role="img" aria-label=${`${shortDate(row.from)} – ${shortDate(row.to)} ${number(row.progress)}% ${statusWord(row.status)}`}>
              <i style=${styleMap({ width: `${row.progress ?? 0}%` })}></i>
            </div>
            <small style=${styleMap(left + width > 78 ? { right: `${100 - left}%`, paddingRight: ".8rem" } : { left: `${left + width}%`, paddingLeft: ".8rem" })}>
              <b>${number(row.progress)}%</b> ${statusWord(row.status)}
            </small>
          </div>
        </div>`;
      })}
    </div>
  </div>`;
}

/** Year marks for long spans, quarters or months for short ones. */
function ganttTicks(start, end) {
  const months = (end - start) / (30.4 * 86_400_000);
  const every = months > 108 ? 24 : months > 40 ? 12 : months > 16 ? 6 : months > 8 ? 3 : 1;
  const first = new Date(start);
  const ticks = [];
  for (let month = 0; month < 600; month += 1) {
    const at = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + month, 1) - 9 * 3_600_000);
    if (at.getTime() > end) break;
    const number_ = (first.getUTCMonth() + month) % 12;
    if (at.getTime() < start - 86_400_000 || number_ % Math.min(every, 12)) continue;
    if (every === 24 && (first.getUTCFullYear() + Math.floor((first.getUTCMonth() + month) / 12)) % 2) continue;
    const text = number_ === 0 || every >= 12 ? axisTime(at / 1000, 86_400 * 366, language()) : axisTime(at / 1000, 86_400 * 30, language());
    ticks.push({ at, text });
  }
  return ticks;
}

/** {documents: [{id, title_ko, date, department_ko, pages?, kind?}]} */
export function documentList(block, ctx) {
  const documents = block.documents ?? [];
  if (!documents.length) return html`<p class="notice">${t("noData")}</p>`;
  return html`<ol class="documents" data-scroll tabindex="0">
    ${documents.map(
      (one, index) => html`<li>
        <span class="cover" aria-hidden="true"><i></i><i></i><i></i></span>
        <div>
          <h3><span class="order">${index + 1}</span>${pick(one, "title")}</h3>
          <p>
            ${one.kind ? html`<span class="kind">${one.kind}</span>` : nothing}
            <span>${pick(one, "department")}</span><span>${shortDate(one.date)}</span>
            ${one.pages ? html`<span>${number(one.pages)}${t("page")}</span>` : nothing}
          </p>
        </div>
      </li>`,
    )}
  </ol>`;
}

