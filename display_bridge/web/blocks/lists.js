/** Rows: table, timeline, alert feed, gantt, document list. */
import { html, nothing } from "lit-html";
import { styleMap } from "lit-html/directives/style-map.js";
import { axisTime, moment, number, shortDate, toDate } from "../format.js";
import { language, pick, t } from "../i18n.js";

const STATUS = { ok: ["정상", "OK"], warn: ["주의", "Warning"], alert: ["긴급", "Alert"], off: ["중지", "Off"], done: ["완료", "Done"], doing: ["진행", "In progress"], planned: ["예정", "Planned"], delayed: ["지연", "Delayed"] };

/** A status in words; a status in the source's own words stays as it is. */
export const statusWord = (status) => (STATUS[status] ? STATUS[status][language() === "en" ? 1 : 0] : (status ?? ""));
const statusChip = (status, english) =>
  status ? html`<span class=${`status ${STATUS[status] ? status : ""}`}>${(language() === "en" && english) || statusWord(status)}</span>` : nothing;

const isYear = ({ key, label_ko }) => /year/i.test(key) || /연도|년도/.test(label_ko ?? "");
const cellText = (value, column) => (typeof value === "number" ? (isYear(column) ? String(value) : number(value)) : (value ?? "–"));

/** Rows that fill their card: the fewer, the higher, up to a point. */
const FULL = 12;

/** {columns: [{key, label_ko, align?, bar?, delta?}], rows, select?: {column, as: "district"|"item"}} */
export function table(block, ctx) {
  const columns = block.columns ?? [];
  const rows = block.rows ?? [];
  if (!rows.length) return html`<p class="notice">${t("noData")}</p>`;
  const most = Object.fromEntries(columns.filter(({ bar }) => bar).map(({ key }) => [key, Math.max(1e-9, ...rows.map((row) => Math.abs(Number(row[key]) || 0)))]));
  const short = (column) => rows.every((row) => String(row[column.key] ?? "").length <= 9);
  const tight = new Set(columns.filter(short).map(({ key }) => key));
  const open = (row) => {
    const value = String(row[block.select.column]);
    return block.select.as === "district" ? ctx.send("select_district", { district: value }) : ctx.send("select", { item: value });
  };
  const chosen = (row) => block.select && [ctx.args?.district, ctx.args?.item].includes(String(row[block.select.column]));
  return html`<div class="scroll" data-scroll tabindex="0" role="region" aria-label=${pick(block, "title")}>
    <table class=${rows.length > 14 ? "dense" : rows.length <= FULL ? "airy" : ""}>
      <thead>
        <tr>${columns.map((column) => html`<th scope="col" class=${column.align ?? ""}>${pick(column, "label")}</th>`)}</tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) => html`<tr class=${chosen(row) ? "chosen" : ""}>
            ${columns.map((column, index) => {
              const content = cell(inEnglish(block, row[column.key]), column, most[column.key]);
              const className = `${column.align ?? ""} ${tight.has(column.key) ? "tight" : ""}`;
              if (index) return html`<td class=${className}>${content}</td>`;
              return html`<th scope="row" class=${className}>${block.select ? html`<button type="button" class="go" @click=${() => open(row)}>${content}</button>` : content}</th>`;
            })}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A cell's words in the current language; what has no English stays. */
const inEnglish = (block, value) => (language() === "en" && block.words_en?.[value]) || value;

function cell(value, column, most) {
  if (STATUS[value]) return statusChip(value);
  const text = cellText(value, column);
  if (column.delta && Number.isFinite(value)) {
    const way = value > 0 ? "up" : value < 0 ? "down" : "same";
    return html`<span class=${`delta ${way}`}>${{ up: "▲", down: "▼", same: "＝" }[way]} ${number(Math.abs(value))}</span>`;
  }
  if (!most || !Number.isFinite(value)) return text;
  // The widest figure keeps the place of all, so that the bars stand in line.
  const wide = `${cellText(most, column).length}ch`;
  return html`<span class="barred"><i aria-hidden="true"><u style=${styleMap({ width: `${(Math.abs(value) / most) * 100}%` })}></u></i><span style=${styleMap({ minWidth: wide })}>${text}</span></span>`;
}

/** {events: [{at, title_ko, detail_ko, status?}]} */
export function timeline(block) {
  const events = block.events ?? [];
  if (!events.length) return html`<p class="notice">${language() === "en" ? "Nothing happened" : "기록이 없습니다"}</p>`;
  return html`<ol class="timeline" data-scroll tabindex="0">
    ${events.map(
      (event) => html`<li class=${STATUS[event.status] ? event.status : ""}>
        <time>${/T/.test(event.at ?? "") ? moment(event.at) : shortDate(event.at)}</time>
        <div>
          <h3>${pick(event, "title")} ${statusChip(event.status, event.status_en)}</h3>
          ${event.detail_ko ? html`<p>${pick(event, "detail")}</p>` : nothing}
        </div>
      </li>`,
    )}
  </ol>`;
}

/** {alerts: [{level_ko, title_ko, area_ko, at, status_ko, severity 0..100}], panel?}: an alert opens where it is. */
export function alertFeed(block, ctx) {
  const alerts = block.alerts ?? [];
  if (!alerts.length) return html`<p class="notice">${language() === "en" ? "No alerts now" : "지금은 알림이 없습니다"}</p>`;
  const TONES = { alert: "very-bad", warn: "bad", ok: "good" };
  const rank = (severity) => (severity >= 90 ? "very-bad" : severity >= 60 ? "bad" : severity >= 30 ? "moderate" : "good");
  return html`<ul class="alerts" data-scroll tabindex="0">
    ${alerts.map(
      (alert) => html`<li class=${`${TONES[alert.tone] ?? rank(alert.severity ?? 0)} ${alert.title_ko === ctx.args?.item ? "chosen" : ""}`}>
        <span class="level">${pick(alert, "level")}</span>
        <div>
          <h3><button type="button" class="go" @click=${() => (block.panel ? ctx.send("show", { panel: block.panel, item: alert.title_ko }) : ctx.send("select", { item: alert.title_ko }))}>${pick(alert, "title")}</button></h3>
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
      <div>${ticks.filter((tick) => place(tick.at) < 96).map((tick) => html`<span style=${styleMap({ left: `${place(tick.at)}%` })}>${tick.text}</span>`)}</div>
    </div>
    <div class="gantt-rows">
      <div class="gantt-grid" aria-hidden="true">
        ${ticks.map((tick) => html`<i style=${styleMap({ left: `${place(tick.at)}%` })}></i>`)}
        ${now > start && now < end ? html`<i class=${place(new Date(now)) > 84 ? "today late" : "today"} style=${styleMap({ left: `${place(new Date(now))}%` })}><b>${language() === "en" ? "today" : "오늘"}</b></i>` : nothing}
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
  const every = months > 216 ? 48 : months > 108 ? 24 : months > 40 ? 12 : months > 16 ? 6 : months > 8 ? 3 : 1;
  const first = new Date(start);
  const ticks = [];
  for (let month = 0; month < 600; month += 1) {
    const at = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + month, 1) - 9 * 3_600_000);
    if (at.getTime() > end) break;
    const number_ = (first.getUTCMonth() + month) % 12;
    if (at.getTime() < start - 86_400_000 || number_ % Math.min(every, 12)) continue;
    if (every > 12 && (first.getUTCFullYear() + Math.floor((first.getUTCMonth() + month) / 12)) % (every / 12)) continue;
    const text = number_ === 0 || every >= 12 ? axisTime(at / 1000, 86_400 * 366, language()) : axisTime(at / 1000, 86_400 * 30, language());
    ticks.push({ at, text });
  }
  return ticks;
}
