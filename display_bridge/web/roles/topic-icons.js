/** A line icon for what a panel or sub-menu is about: our own drawings on the 24-unit grid of icons.js. */
import { html } from "lit-html";
import { icon } from "../icons.js";

const DRAWN = {
  air: "M3 9h11a2.5 2.5 0 1 0-2.5-2.5M3 13h15a2.5 2.5 0 1 1-2.5 2.5M3 17h7a2 2 0 1 1-2 2",
  ambulance: "M2.5 7h11v9h-11ZM13.5 10h4l3 3v3h-7M6.5 16v2M17 16v2M8 9v5M5.5 11.5h5",
  bike: "M5.5 18a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM18.5 18a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM5.5 14.5L9 8h6l3.5 6.5M9 8l4 6.5H5.5M14 5h2l-1 3",
  bus: "M5 5.5A1.5 1.5 0 0 1 6.5 4h11A1.5 1.5 0 0 1 19 5.5V17H5ZM5 11h14M8 17v2.5M16 17v2.5M8 14h.1M16 14h.1",
  camera: "M3.5 8.5h4l1.5-2.5h6l1.500 2.5h4v10h-17ZM12 16.5a3.200 3.200 0 1 0 0-6.400 3.200 3.200 0 0 0 0 6.400Z",
  car: "M4 16v-4l2-5h12l2 5v4ZM4 12h16M6.5 16v2.5M17.5 16v2.5M7.5 14h.1M16.5 14h.1",
  chart: "M4 4v16h16M8 16v-4M12 16V8M16 16v-6",
  child: "M12 8.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM7 20l1.500-6-2.500-2.500M17 20l-1.500-6 2.500-2.500M8.500 14h7M9 20h6",
  city: "M3.500 20.500V11h5v9.500M8.500 20.500V4h7v16.500M15.500 20.500V9h5v11.500M2 20.500h20M11 8h2M11 12h2M11 16h2",
  cloud: "M7 18a4.500 4.500 0 1 1 1-8.900 5.500 5.500 0 0 1 10.500 1.900A3.500 3.500 0 0 1 18 18Z",
  coins: "M9 10.500c3.300 0 6-1.100 6-2.500s-2.700-2.500-6-2.500S3 6.600 3 8s2.700 2.500 6 2.500ZM3 8v4c0 1.400 2.700 2.500 6 2.500M3 12v4c0 1.400 2.700 2.500 6 2.500M15 18.500c3.300 0 6-1.100 6-2.500v-3c0-1.400-2.700-2.500-6-2.500s-6 1.100-6 2.500v3c0 1.400 2.700 2.500 6 2.500ZM9 13c0 1.400 2.700 2.500 6 2.500s6-1.100 6-2.500",
  crowd: "M8 10a2.800 2.800 0 1 0 0-5.600A2.800 2.800 0 0 0 8 10ZM16.500 10.500a2.300 2.300 0 1 0 0-4.600M2.500 19c.3-3.500 2.500-5.500 5.500-5.500s5.200 2 5.500 5.500ZM16 13.500c3 0 5 1.800 5.500 5.500h-4",
  cup: "M5 8h11v6a4 4 0 0 1-4 4H9a4 4 0 0 1-4-4ZM16 9.500h2a2 2 0 0 1 0 5h-2M8 3v2M12 3v2M4 21h13",
  culture: "M4 9l8-5 8 5ZM6 9v8M10 9v8M14 9v8M18 9v8M4 17h16M3 20h18",
  document: "M6 3h8l4 4v14H6ZM14 3v4h4M9 11.500h6M9 14.500h6M9 17.500h4",
  drop: "M12 3c4 5 6 8 6 11a6 6 0 0 1-12 0c0-3 2-6 6-11ZM9 14.500a3 3 0 0 0 3 3",
  elderly: "M10 7a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM8 21l1-6-1.500-2.500L9 9l3 2.500h2.500M12 21l-1.500-5M17 11v10M15.500 11H18",
  film: "M4 5h16v14H4ZM8 5v14M16 5v14M4 9.500h4M4 14.500h4M16 9.500h4M16 14.500h4",
  fine: "M6 7h.1M11 5h.1M17 7h.1M8.500 11h.1M14 10h.1M19 12h.1M5 15h.1M11 15.500h.1M16 16h.1M8 19h.1M13 20h.1",
  finer: "M5 5h.1M9 5h.1M13 5h.1M17 5h.1M7 9h.1M11 9h.1M15 9h.1M19 9h.1M5 13h.1M9 13h.1M13 13h.1M17 13h.1M7 17h.1M11 17h.1M15 17h.1M19 17h.1",
  firm: "M3.500 20.500v-9l6 3.500v-3.500l6 3.500V5h4v15.500ZM7 17.500h.1M11 17.500h.1M15 17.500h.1",
  flag: "M6 21V4M6 5c4-2.500 7 2 12 0v8c-5 2-8-2.500-12 0",
  flood: "M4 11l8-7 8 7M7 9v4M17 9v4M3 16c2 0 2-1.500 4.500-1.500S10 16 12 16s2-1.500 4.500-1.500S19 16 21 16M3 20c2 0 2-1.500 4.500-1.500S10 20 12 20s2-1.500 4.500-1.500S19 20 21 20",
  globe: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3 12h18M12 3c3 3 3.500 6 3.500 9s-.5 6-3.500 9c-3-3-3.500-6-3.500-9S9 6 12 3Z",
  hammer: "M13 5l6 6M11 7l4-4 6 6-4 4ZM13.500 10.500L5 19l-2-2 8.500-8.500",
  heart: "M12 20C6 15.500 3.500 12.500 3.500 9A4.500 4.500 0 0 1 12 7a4.500 4.500 0 0 1 8.500 2c0 3.500-2.500 6.500-8.500 11Z",
  house: "M4 11l8-7 8 7M6 9.500V20h12V9.500M9.500 20v-6h5v6",
  key: "M8 15.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 11.500h9M18 11.500V15M15 11.500v2.500",
  lab: "M9.500 3h5M10.500 3v6L5 19a1.500 1.500 0 0 0 1.500 2h11a1.500 1.500 0 0 0 1.500-2l-5.500-10V3M8 14.500h8",
  leaf: "M5 19c0-9 5-14 15-14 0 10-5 15-13 14M5 21c1-5 4-8 8-10",
  loop: "M5 11a7 7 0 0 1 12-4l2 2M19 4.500V9h-4.500M19 13a7 7 0 0 1-12 4l-2-2M5 19.500V15h4.500",
  market: "M4 9.500V20h16V9.500M3 9.500L5 4h14l2 5.500a3 3 0 0 1-6 0 3 3 0 0 1-6 0 3 3 0 0 1-6 0ZM10 20v-5.500h4V20",
  moon: "M19 14.500A8 8 0 1 1 9.500 5a6.500 6.500 0 0 0 9.500 9.500ZM16 4h4l-4 4h4",
  mountain: "M2.500 19l6.500-11 4 6.500 2.500-3.500 6 8ZM17.500 6.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3Z",
  news: "M4 5h13v14H5.500A1.500 1.500 0 0 1 4 17.500ZM17 9h3v8.500a1.500 1.500 0 0 1-1.500 1.500H17M7 8.500h7M7 12h3v3.500H7ZM12.500 12H14M12.500 15H14",
  palette: "M12 3.500a8.500 8.500 0 1 0 0 17c1.500 0 2-.8 1.500-2-.7-1.700 0-3 2-3h2.500a2.500 2.500 0 0 0 2.500-2.500c0-5.500-3.500-9.500-8.500-9.500ZM7.500 12h.1M9.500 8h.1M14 7.500h.1M17 10.500h.1",
  parking: "M4 4h16v16H4ZM9.500 17V7.500h3.500a3 3 0 0 1 0 6H9.500",
  pipe: "M3 8h6a4 4 0 0 1 4 4v0h5v6h-6a5 5 0 0 1-5-5v0H3ZM3 6.500v8M19.500 10.500v9",
  plug: "M5 21V5.500A1.500 1.500 0 0 1 6.500 4h6A1.500 1.500 0 0 1 14 5.500V21ZM3.500 21h12M14 12h2v5a1.500 1.500 0 0 0 3 0V9l-3-3M10 8l-2 3.500h3L9 15",
  quake: "M2.500 12h4l2-7 3.500 14 3-10 1.500 3h5",
  rain: "M7 14a4.500 4.500 0 1 1 1-8.900 5.500 5.500 0 0 1 10.500 1.900A3.500 3.500 0 0 1 18 14ZM8 17l-1 3M12.500 17l-1 3M17 17l-1 3",
  recycle: "M9 5l3-2 3 5M12 3l-4 7M18 11l2.500 4.500H15M20 15.500l-2 4h-5M6 11l-3 5 1.500 3.500H9M3 16l5-1",
  road: "M8 3L4 21M16 3l4 18M12 4v3M12 10.500v3M12 17v3",
  satellite: "M8 12l4 4M10 6L6 10l3 3 4-4ZM14 11l4 4 2.500-2.500-4-4M6 10L3.500 7.500 6 5l2.500 2.500M5 15a5 5 0 0 0 4 4M2.500 15.500a8 8 0 0 0 6 6",
  school: "M2.500 9.500L12 5l9.500 4.500L12 14ZM6.500 11.500V17c3 2.500 8 2.500 11 0v-5.500M21.500 9.500V15",
  shield: "M12 3l7.500 3v5.500c0 4.500-3 7.500-7.500 9.500-4.500-2-7.500-5-7.500-9.500V6ZM8.500 12l2.500 2.500 4.500-5",
  snow: "M12 3v18M4.200 7.500l15.600 9M19.800 7.500l-15.600 9M12 6.500L9.500 4M12 6.500L14.500 4M12 17.500L9.500 20M12 17.500l2.500 2.500",
  sun: "M12 16.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9ZM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400",
  stage: "M9 18a2.500 2.500 0 1 1-2.500-2.500H9ZM9 18V6l10-2.500V15M19 15.500A2.500 2.500 0 1 1 16.500 13H19",
  star: "M12 3.500l2.600 5.500 6 .8-4.400 4.200 1.100 6-5.300-3-5.300 3 1.100-6L3.400 9.800l6-.8Z",
  temperature: "M10 4.500a2 2 0 0 1 4 0v9a4 4 0 1 1-4 0ZM12 9v8M17 6h3M17 9.500h2",
  tower: "M12 8.500V21M8 21l4-12.500L16 21M9.500 16.500h5M8.500 5a5 5 0 0 0 0 6M15.500 5a5 5 0 0 1 0 6M6 3a8.500 8.500 0 0 0 0 10M18 3a8.500 8.500 0 0 1 0 10",
  train: "M6 5.500A2.500 2.500 0 0 1 8.500 3h7A2.500 2.500 0 0 1 18 5.500V15a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2ZM6 10.500h12M9 14h.1M15 14h.1M8.500 17L6 21M15.500 17l2.500 4",
  lines: "M4 6h5a3 3 0 0 1 3 3v6a3 3 0 0 0 3 3h5M4 18h5M15 6h5M4 6h.1M20 18h.1M12 12h.1",
  tree: "M12 21v-6M12 3c3.500 0 6 2.500 6 6s-2.500 6-6 6-6-2.500-6-6 2.500-6 6-6ZM12 12l2.500-2.500M8 21h8",
  vote: "M4 12.500h16V20H4ZM8 12.500V4h8v8.500M10 8l1.500 1.500L14.500 6.500M9 15.500h6",
  walk: "M13 5.500a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600ZM8 21l2.500-6.500M15.500 21L14 16l-3.500-2 1-6L8 9.500 7 13M11.500 8l2.500 3 3 1",
  wheelchair: "M10 5a1.800 1.800 0 1 0 0-3.600A1.800 1.800 0 0 0 10 5ZM10 7.500v6h5.500l2.500 5.500h2M10 10h4.500M8 11.500a5 5 0 1 0 7 6.500",
  wifi: "M2.500 9a14 14 0 0 1 19 0M6 12.800a9 9 0 0 1 12 0M9 16.300a4.500 4.500 0 0 1 6 0M12 20h.1",
  words: "M4 6h9M15 6h5M4 10.500h5M11 10.500h9M4 15h7M13 15h4M6 19.500h9",
  won: "M3.500 6l4 12.500L12 7l4.500 11.500L20.500 6M3 11h18M3 14h18",
};

/** Topics by what stands in a panel's id; the first that fits counts. */
const TOPICS = [
  [/^home$|^fn-rotation/, null], [/news|press/, "news"], [/earthquake|seismic/, "quake"], [/flood/, "flood"], [/disaster-alerts/, "shield"],
  [/safety-facil|golden-time|cpr|119/, "ambulance"], [/cctv|air-video/, "camera"], [/satellite/, "satellite"], [/owl-bus/, "moon"],
  [/disabled-taxi/, "wheelchair"], [/job-bus|bus-arrival|public-transport/, "bus"], [/subway-lines/, "lines"], [/subway|station$|seoul-station/, "train"],
  [/bike|ttareungi/, "bike"], [/parking/, "parking"], [/ev-|solar|energy/, "plug"], [/car-sharing|nanumcar/, "car"],
  [/pedestrian|walk(?!ing-)|seoullo|streets/, "walk"], [/road-traffic|blackspot|accident|traffic-deaths/, "road"], [/incident/, "shield"],
  [/pm25|ultrafine/, "finer"], [/fine-dust/, "fine"], [/nitrogen|ghg/, "firm"], [/ozone/, "sun"], [/rain/, "rain"], [/snow/, "snow"],
  [/temperature-wind/, "temperature"], [/weather/, "cloud"], [/monitoring/, "tower"], [/air-quality/, "air"], [/wifi/, "wifi"],
  [/daily-nec|cheapest|market|commercial|zero-pay|small-biz/, "market"], [/debt|loan|savings|allowance|security|deposit/, "won"],
  [/finance|revenue|expenditure|budget|investment/, "coins"], [/sewer|pipes|reservoir/, "pipe"], [/water|purification|hangang|nodeul/, "drop"],
  [/trail|mountain|namsan|fortress/, "mountain"], [/oil-tank/, "culture"], [/park|botanic|forest|green-shade/, "tree"], [/leaf/, "leaf"], [/upcycling/, "recycle"],
  [/commut/, "loop"], [/population|hotspot|crowd|visitors|citizens-hall|outreach-centers/, "crowd"], [/foreign-tour|mice|intl|international|sister|global/, "globe"],
  [/keyword|complaint/, "words"], [/homepage|website/, "chart"], [/democracy|participat|policy-forums|committee/, "vote"],
  [/daycare|childcare|hope|school-toilets/, "child"], [/elderly|50plus|dementia/, "elderly"], [/nurse|mental|free-meals/, "heart"],
  [/housing|rental|haebang|house|garibong/, "house"], [/parcel|lease|lawyer/, "key"], [/education|campus|school/, "school"],
  [/rnd|bio|lab/, "lab"], [/startup|hub|magok|gvalley|firm|enterprise|yvalley|sewoon|innovation/, "firm"],
  [/dmc|animation|film/, "film"], [/arena|festival|culture-events|hongdae/, "stage"], [/job-cafe/, "cup"], [/job|employment/, "hammer"],
  [/gwanghwa|heritage|jeongdong|museum|village|donuimun|cultural/, "culture"], [/danginri|handsome/, "palette"],
  [/^pledge/, "flag"], [/document|approval|disclosure|librar|white|research|brochure/, "document"], [/dataset|open-data|indicators/, "chart"],
  [/^prj-/, "city"], [/^theme-/, "star"], [/^ind-/, "chart"],
];
const SUBMENUS = {
  disaster: "shield", traffic: "bus", environment: "air", prices: "market", finance: "coins", water: "drop", "trails-parks": "tree", population: "crowd",
  complaints: "words", website: "chart", proposals: "vote", online: "words", indicators: "chart", projects: "city", themes: "star", pledges: "flag",
  international: "globe", approvals: "document", library: "document",
};
const MENUS = { analytics: "chart", status: "city", resume: "globe" };
const PLAIN = { home: "home", "fn-rotation": "play", "fn-voice-assistant": "mic" };

const draw = (name) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${DRAWN[name]}></path></svg>`;

/** The topic of a panel id, or null where none is known. Pure. */
export const topicOf = (id) => TOPICS.find(([words]) => words.test(id))?.[1] ?? null;

/** The icon of a panel; `otherwise`: an icon of icons.js for a topic nobody has drawn. */
export function topicIcon(panel, otherwise = "screen") {
  if (PLAIN[panel]) return icon(PLAIN[panel]);
  const topic = topicOf(panel);
  return topic ? draw(topic) : icon(otherwise);
}

export const submenuIcon = (submenu) => (SUBMENUS[submenu] ? draw(SUBMENUS[submenu]) : icon("list"));

/** The icon of a menu; `otherwise`: its icon of icons.js. */
export const menuIcon = (menu, otherwise) => (DRAWN[MENUS[menu]] ? draw(MENUS[menu]) : icon(otherwise));

/** Every topic's name, for a test that none is missing. */
export const topics = () => ({ drawn: Object.keys(DRAWN), used: [...new Set([...TOPICS.map(([, name]) => name), ...Object.values(SUBMENUS)].filter(Boolean))] });
