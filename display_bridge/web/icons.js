/** Line icons of our own on a 24-unit grid, and the logo: the city's circle cut by the bends of the Han. */
import { html, svg } from "lit-html";

const PATHS = {
  mic: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3ZM6 11a6 6 0 0 0 12 0M12 17v4M9 21h6",
  "mic-off": "M9 6a3 3 0 0 1 6 0v4M15 12.5A3 3 0 0 1 9 11M6 11a6 6 0 0 0 9.5 4.9M12 17v4M9 21h6M4 4l16 16",
  video: "M3.5 7.5A1.5 1.5 0 0 1 5 6h9a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 14 18H5a1.5 1.5 0 0 1-1.5-1.5ZM15.5 11l5-3v8l-5-3",
  phone: "M6.5 3.5h3l1.5 4-2 1.5a11 11 0 0 0 6 6l1.5-2 4 1.5v3a2 2 0 0 1-2.2 2A16.5 16.5 0 0 1 4.5 5.7a2 2 0 0 1 2-2.2Z",
  lock: "M6.5 10.5h11a1 1 0 0 1 1 1v7.5a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-7.5a1 1 0 0 1 1-1ZM8.5 10.5V7.5a3.5 3.5 0 0 1 7 0v3M12 14v2.5",
  home: "M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-5h4v5",
  menu: "M4 7h16M4 12h16M4 17h16",
  back: "M10 6l-6 6 6 6M4 12h16",
  left: "M14.5 5.5L8 12l6.5 6.5",
  right: "M9.5 5.5L16 12l-6.5 6.5",
  up: "M5.5 14.5L12 8l6.5 6.5",
  down: "M5.5 9.5L12 16l6.5-6.5",
  close: "M6 6l12 12M18 6L6 18",
  check: "M4.5 12.5l5 5 10-11",
  question: "M9 9a3 3 0 1 1 4.5 2.600c-1 .6-1.5 1.200-1.5 2.400M12 17.5v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  help: "M9 9a3 3 0 1 1 4.5 2.600c-1 .6-1.5 1.200-1.5 2.400M12 17.5v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  speech: "M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-7l-5 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1Z",
  ear: "M7 10a5 5 0 0 1 10 0c0 3-3 4-3 7a2.5 2.5 0 0 1-4.5 1.5M10 10a2 2 0 0 1 4 0M4 4l16 16",
  alert: "M12 4l9 16H3ZM12 10v4.5M12 17.200v.1",
  stop: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM6 6l12 12",
  choices: "M5 6h.01M9 6h11M5 12h.01M9 12h11M5 18h.01M9 18h11",
  play: "M8 5l11 7-11 7Z",
  pause: "M8 5v14M16 5v14",
  pin: "M9 4h6l-1 6 3 3H7l3-3ZM12 13v7",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5L21 21",
  share: "M6 14.5a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM17.500 8a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM17.500 21a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM8.300 10.800l7-4M8.300 13.200l7 4",
  contrast: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 3v18M14.500 5.500v13M17 7.500v9",
  language: "M4 6h9M8.500 3.500V6M11 6c-1 4-3.500 6.500-7 8M6 8.500c1 2.500 3 4.500 6 5.500M12 20.500l4-10 4 10M13.500 17h5",
  loud: "M4 9.500v5h3.500l5 4v-13l-5 4ZM15.500 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11",
  send: "M4 12l16-8-6 16-2.5-6.5Z",
  zoomin: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5L21 21M7.5 10.5h6M10.5 7.5v6",
  zoomout: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5L21 21M7.5 10.5h6",
  "camera-off": "M3.5 8A1.5 1.5 0 0 1 5 6.5M9 6h5a1.5 1.5 0 0 1 1.5 1.5v5M15.5 15.5v1A1.5 1.5 0 0 1 14 18H5a1.5 1.5 0 0 1-1.5-1.5V9M15.5 11l5-3v8l-2-1.200M4 4l16 16",
  book: "M5 4.5h6a1.5 1.5 0 0 1 1 .4 1.5 1.5 0 0 1 1-.4h6v14h-6a1.5 1.5 0 0 0-1 .5 1.5 1.5 0 0 0-1-.5H5ZM12 5v14",
  hand: "M8 12V6a1.300 1.300 0 0 1 2.600 0v5M10.600 10V4.5a1.300 1.300 0 0 1 2.600 0V10M13.200 10.5V6a1.300 1.300 0 0 1 2.600 0v7.5c0 4-2 7-5.300 7-3 0-4.300-2-6-5.5-.6-1.300.9-2.200 1.800-1.200L8 15.5",
  watch: "M8 7h8v10H8ZM9.5 7V3.5h5V7M9.5 17v3.5h5V17M12 10v2.5l1.5 1",
  tablet: "M6 3.5h12v17H6ZM11 17.5h2",
  spark: "M12 3l2 6.5 6.5 2.5-6.5 2.5L12 21l-2-6.5L3.5 12 10 9.5Z",
  building: "M5 20.5v-15l7-2v17M12 8l7 2v10.5M3 20.5h18M8 9v.1M8 13v.1M8 17v.1M15.5 13v.1M15.5 17v.1",
  list: "M4 6h16M4 12h16M4 18h10",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  whole: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  compare: "M8 4v16M16 4v16M4.5 8L8 4.5 11.5 8M12.5 16l3.5 3.5 3.5-3.5",
  screen: "M3.5 5h17v11h-17ZM9 20h6M12 16v4",
};

/** An icon that inherits colour and size (1em = the text's). Decorative: the words stand beside it or in aria-label. */
export const icon = (name) =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name] ?? PATHS.spark}></path></svg>`;

/** The logo. */
export const logo = () => html`<svg class="logo" viewBox="0 0 64 64" aria-hidden="true">
  <circle class="paper" cx="32" cy="35" r="28"></circle>
  <circle class="north" cx="32" cy="32" r="28"></circle>
  <path class="south" d="M4.600 26.5C14 28 17 40 27 41.5S40 31 48 31.5 57 37 59.800 34.5A28 28 0 1 1 4.600 26.5Z"></path>
  <path class="river" d="M5.5 24C14 26 17.5 38 27.5 39.5S40 29 48 29.5 56.5 35 59.5 32.5"></path>
  <circle class="sun" cx="40" cy="17.5" r="5.5"></circle>
</svg>`;

/** The five bars of a voice, moved by CSS. */
export const wave = () => html`<span class="wave" aria-hidden="true">${[0, 1, 2, 3, 4].map(() => html`<i></i>`)}</span>`;

/** A ring that runs out; `--dur` and `--gone` (seconds) come from the element around it. */
export const ring = (content) => html`<span class="ring" aria-hidden="true">
  <svg viewBox="0 0 44 44">${svg`<circle class="track" cx="22" cy="22" r="19"></circle><circle class="left" cx="22" cy="22" r="19" pathLength="100"></circle>`}</svg>${content}
</span>`;
