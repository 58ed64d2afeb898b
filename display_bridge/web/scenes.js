/** Drawn scenes for told places: our own flat pictures of cut paper, no photographs. 320 x 180 units, `--c` tints them. */
import { html, svg } from "lit-html";

const sky = (low = "#20396e") => svg`<rect width="320" height="180" fill="#142750"></rect><rect y="70" width="320" height="110" fill=${low} opacity="0.5"></rect>`;
const sun = (x, y, r = 20) => svg`<circle class="tint" cx=${x} cy=${y} r=${r}></circle>`;
const hill = (d, fill) => svg`<path d=${d} fill=${fill}></path>`;
const tree = (x, y, s = 1, fill = "#2f8f6b") => svg`<g transform=${`translate(${x} ${y}) scale(${s})`}><rect x="-2" y="-12" width="4" height="14" fill="#7a5a3c"></rect><path d="M0 -46L16 -10H-16Z" fill=${fill}></path><path d="M0 -58L12 -30H-12Z" fill="#46ad85"></path></g>`;
const round = (x, y, s = 1, fill = "#3c9d74") => svg`<g transform=${`translate(${x} ${y}) scale(${s})`}><rect x="-2" y="-14" width="4" height="16" fill="#7a5a3c"></rect><circle cy="-28" r="17" fill=${fill}></circle><circle cx="-7" cy="-33" r="9" fill="#5dbd92"></circle></g>`;
const person = (x, y, coat, s = 1) => svg`<g transform=${`translate(${x} ${y}) scale(${s})`}><circle cy="-27" r="5" fill="#f3cfa8"></circle><path d="M-6 -4Q-7 -21 0 -21T6 -4Z" fill=${coat}></path><path d="M-3 -4V6M3 -4V6" stroke="#0c1738" stroke-width="3" stroke-linecap="round"></path></g>`;
const house = (x, y, w, h, wall, roof) => svg`<g><rect x=${x} y=${y - h} width=${w} height=${h} fill=${wall}></rect><path d=${`M${x - 8} ${y - h}Q${x + w / 2} ${y - h - 30} ${x + w + 8} ${y - h}Z`} fill=${roof}></path></g>`;
const window_ = (x, y, w = 10, h = 12, fill = "#ffd98a") => svg`<rect x=${x} y=${y} width=${w} height=${h} rx="1.5" fill=${fill}></rect>`;

const SCENES = {
  /** An old railway that runs to the hills, its station beside it. */
  rail: () => svg`${sky()}${sun(242, 52, 22)}
    ${hill("M0 110Q60 70 120 98T230 86T320 104V180H0Z", "#27457f")}${hill("M0 124Q90 100 180 116T320 112V180H0Z", "#1d3567")}
    <path d="M148 116H172L250 180H70Z" fill="#3b3f58"></path>
    ${[0, 1, 2, 3, 4, 5, 6, 7].map((n) => svg`<rect x=${150 - n * 9.6 + 2} y=${118 + n * n * 1.15} width=${20 + n * 19.2} height=${2 + n * 0.7} fill="#8a6a4a"></rect>`)}
    <path d="M154 116L104 180M166 116L216 180" stroke="#c8d4ea" stroke-width="3"></path>
    ${house(34, 134, 58, 30, "#b9895c", "#5b3b33")}${window_(44, 112)}${window_(60, 112)}${window_(76, 112)}<rect x="26" y="134" width="80" height="6" fill="#7d89a6"></rect>
    ${tree(278, 146, 1.1)}${tree(302, 158, 1.3, "#2a7f60")}${tree(16, 160, 1.2)}`,
  /** The railway grown over: a path through trees and flowers. */
  forest: () => svg`${sky("#1f5a58")}${sun(70, 44, 18)}
    ${hill("M0 112Q80 78 160 104T320 96V180H0Z", "#1f5a58")}
    <path d="M150 108Q180 128 140 148T196 180H108Q96 156 126 142T144 108Z" fill="#d9c39a"></path>
    ${[20, 52, 88, 232, 264, 300].map((x, n) => (n % 2 ? tree(x, 138 + (n % 3) * 12, 1.25) : round(x, 140 + (n % 3) * 10, 1.25)))}
    ${[28, 64, 96, 214, 240, 276].map((x, n) => svg`<circle class=${n % 2 ? "tint" : ""} cx=${x} cy=${164 + (n % 3) * 4} r="3.4" fill="#ff96a8"></circle>`)}
    ${person(150, 158, "#ffb75e")}${person(164, 160, "#62c6ff", 0.9)}`,
  /** Walking and cycling along the path. */
  stroll: () => svg`${sky("#2c4a86")}${sun(160, 58, 26)}
    ${hill("M0 116Q70 88 150 108T320 98V180H0Z", "#24406f")}<rect y="140" width="320" height="40" fill="#2f6b57"></rect><rect y="148" width="320" height="18" fill="#cdbb93"></rect>
    ${round(40, 144, 1.3)}${round(282, 144, 1.2)}${tree(246, 144, 1)}
    <g transform="translate(196 162)" fill="none" stroke="#f4f7fd" stroke-width="2.4"><circle cx="-15" cy="-8" r="9"></circle><circle cx="15" cy="-8" r="9"></circle><path d="M-15 -8L-4 -22H10L15 -8M-4 -22L4 -8H-15M10 -22L13 -27"></path></g>
    <g transform="translate(194 158)"><circle cx="2" cy="-40" r="5" fill="#f3cfa8"></circle><path d="M-5 -20Q-3 -34 3 -34T9 -22" fill="none" stroke="#ff96a8" stroke-width="8" stroke-linecap="round"></path></g>
    ${person(98, 166, "#bda5ff", 1.1)}${person(114, 167, "#6fdfa8", 0.8)}`,
  /** From bottle and cloth to a lamp and a bag: arrows in a ring. */
  reuse: () => svg`<rect width="320" height="180" fill="#173059"></rect>
    <g fill="none" class="line" stroke-width="8" stroke-linecap="round"><path d="M160 32A58 58 0 0 1 212 116"></path><path d="M186 142A58 58 0 0 1 112 122"></path><path d="M104 84A58 58 0 0 1 130 40"></path></g>
    <g class="tint"><path d="M222 104L210 128L198 106Z"></path><path d="M122 134L100 122L124 108Z"></path><path d="M118 46L144 32L142 58Z"></path></g>
    <g transform="translate(52 84)"><path d="M-10 -40H10V-28Q20 -22 20 -8V34Q20 42 12 42H-12Q-20 42 -20 34V-8Q-20 -22 -10 -28Z" fill="#6fdfa8"></path><rect x="-20" y="2" width="40" height="18" fill="#f4f7fd"></rect></g>
    <g transform="translate(266 88)"><path d="M-26 -14H26L32 44H-32Z" fill="#ffb75e"></path><path d="M-14 -14Q-14 -40 0 -40T14 -14" fill="none" stroke="#ffb75e" stroke-width="6"></path><path d="M-26 6H26" stroke="#c47d22" stroke-width="5"></path></g>
    <g transform="translate(160 92)"><path d="M-22 -26H22L32 8H-32Z" fill="#f2dd6b"></path><rect x="-3" y="8" width="6" height="28" fill="#c8d4ea"></rect><rect x="-18" y="34" width="36" height="6" rx="3" fill="#c8d4ea"></rect></g>`,
  /** A workshop: shelves of materials, a bench, somebody at work. */
  workshop: () => svg`<rect width="320" height="180" fill="#1b2f5c"></rect><rect y="142" width="320" height="38" fill="#11204a"></rect>
    ${[34, 72].map((y, row) => svg`<rect x="22" y=${y + 26} width="170" height="5" fill="#8a6a4a"></rect>${[30, 54, 80, 108, 134, 162].map((x, n) => svg`<rect x=${x} y=${y + 26 - [18, 24, 14, 22, 16, 20][(n + row) % 6]} width="18" height=${[18, 24, 14, 22, 16, 20][(n + row) % 6]} rx="2" fill=${["#62c6ff", "#ffb75e", "#6fdfa8", "#ff96a8", "#bda5ff", "#f2dd6b"][(n + row * 2) % 6]}></rect>`)}`)}
    <path d="M258 0V36" stroke="#7d89a6" stroke-width="3"></path><path d="M236 36H280L290 58H226Z" class="tint"></path><path d="M226 58L196 142H320L290 58Z" fill="#f2dd6b" opacity="0.1"></path>
    <rect x="176" y="118" width="138" height="8" fill="#b9895c"></rect><path d="M188 126V152M302 126V152" stroke="#8a6a4a" stroke-width="6"></path>
    ${person(238, 112, "#6fdfa8", 1.5)}<rect x="264" y="104" width="26" height="14" rx="3" fill="#c8d4ea"></rect><circle cx="212" cy="112" r="7" fill="#ff96a8"></circle>`,
  /** A market of awnings with people. */
  market: () => svg`${sky("#3a3466")}${sun(270, 40, 16)}<rect y="146" width="320" height="34" fill="#241f4a"></rect>
    ${[0, 1, 2].map((n) => svg`<g transform=${`translate(${24 + n * 98} 74)`}><rect x="6" y="20" width="66" height="54" fill="#2c4379"></rect><path d="M0 20L10 0H68L78 20Z" fill="#f4f7fd"></path>${[0, 1, 2].map((k) => svg`<path d=${`M${k * 26} 20L${10 + k * 20} 0H${20 + k * 19}L${13 + k * 26} 20Z`} fill=${["#ff96a8", "#6fdfa8", "#ffb75e"][n]}></path>`)}<rect x="6" y="52" width="66" height="22" fill="#8a6a4a"></rect>${[16, 30, 44, 58].map((x, k) => svg`<circle cx=${x} cy="48" r="6" fill=${["#ffb75e", "#6fdfa8", "#62c6ff", "#f2dd6b"][(k + n) % 4]}></circle>`)}</g>`)}
    ${person(70, 170, "#62c6ff", 1.2)}${person(150, 168, "#bda5ff", 1.15)}${person(168, 170, "#ffb75e", 0.9)}${person(252, 170, "#6fdfa8", 1.2)}`,
  /** An alley between old houses. */
  alley: () => svg`${sky("#5a3f5c")}${sun(168, 56, 22)}
    ${hill("M0 104Q100 66 190 92T320 80V180H0Z", "#34406f")}
    <path d="M128 180L152 104H172L214 180Z" fill="#c7b48d"></path>
    <path d="M0 62L126 96V180H0Z" fill="#7b5a4c"></path><path d="M-6 56L132 92V102L-6 70Z" fill="#33313f"></path>
    <path d="M320 54L194 96V180H320Z" fill="#8f6a55"></path><path d="M326 46L188 92V102L326 62Z" fill="#3c3947"></path>
    ${window_(24, 96, 26, 34, "#ffd98a")}${window_(74, 108, 18, 24, "#ffd98a")}${window_(252, 98, 30, 34, "#ffd98a")}<rect x="214" y="114" width="18" height="56" fill="#4b2f2a"></rect>
    ${round(112, 136, 0.8)}${person(166, 150, "#6fdfa8", 0.9)}`,
  /** Hanok roofs, one behind another. */
  hanok: () => svg`${sky("#274a72")}${sun(60, 42, 18)}${hill("M0 92Q80 46 150 82T320 64V180H0Z", "#26406f")}
    ${[[188, 104, 118, 0.8], [20, 120, 150, 1], [150, 150, 160, 1.1]].map(([x, y, w, s]) => svg`<g><path d=${`M${x - 14} ${y}Q${x + 4} ${y - 6} ${x + w * 0.2} ${y - 30 * s}H${x + w * 0.8}Q${x + w - 4} ${y - 6} ${x + w + 14} ${y}Q${x + w / 2} ${y - 10} ${x - 14} ${y}Z`} fill="#2b2d3c"></path><path d=${`M${x + w * 0.2} ${y - 30 * s}H${x + w * 0.8}`} stroke="#565a70" stroke-width="4"></path><rect x=${x + 6} y=${y - 3} width=${w - 12} height=${34 * s} fill="#e7dcc4"></rect>${[0.12, 0.32, 0.52, 0.72].map((part) => svg`<rect x=${x + w * part} y=${y + 4} width=${w * 0.14} height=${20 * s} fill="#b98a55"></rect><path d=${`M${x + w * (part + 0.07)} ${y + 4}v${20 * s}M${x + w * part} ${y + 4 + 10 * s}h${w * 0.14}`} stroke="#e7dcc4" stroke-width="1.4"></path>`)}</g>`)}
    ${tree(306, 168, 1.1)}${round(12, 172, 0.9)}`,
  /** A screen and a film strip of an earlier time. */
  arcade: () => svg`<rect width="320" height="180" fill="#241f4a"></rect>
    <g transform="translate(66 26)"><rect width="86" height="130" rx="8" fill="#3d356f"></rect><rect x="10" y="14" width="66" height="50" rx="4" fill="#0c1738"></rect><g class="tint"><rect x="22" y="24" width="8" height="8"></rect><rect x="40" y="24" width="8" height="8"></rect><rect x="58" y="24" width="8" height="8"></rect><rect x="40" y="48" width="8" height="8"></rect></g><rect x="4" y="74" width="78" height="18" rx="4" fill="#554b94"></rect><circle cx="26" cy="83" r="5" fill="#ff8b87"></circle><circle cx="58" cy="83" r="4" fill="#f2dd6b"></circle><circle cx="70" cy="83" r="4" fill="#6fdfa8"></circle></g>
    <g transform="translate(196 40)"><rect x="-12" y="0" width="112" height="76" rx="4" fill="#f4f7fd"></rect><path d="M10 60Q34 18 52 44T90 60Z" fill="#8fa9d8"></path><circle cx="74" cy="22" r="8" class="tint"></circle><path d="M44 76V106M20 112L44 92L68 112" stroke="#7d89a6" stroke-width="4" fill="none"></path></g>
    ${[0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => svg`<rect x=${6 + n * 35} y="162" width="26" height="14" rx="2" fill="#3d356f"></rect>`)}
    ${person(172, 160, "#ffb75e", 1.2)}`,
};

/** A scene by name; hills and the river for one that is not drawn. */
export const scene = (name, words) => html`<svg class="scene" viewBox="0 0 320 180" preserveAspectRatio="xMidYMid slice" role="img" aria-label=${words}>
  ${(SCENES[name] ?? SCENES.stroll)()}
</svg>`;
