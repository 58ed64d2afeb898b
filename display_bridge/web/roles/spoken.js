/** Spoken guidance of a page: says a label, and writes on the screen why it could not. */
import { t } from "../i18n.js";
import { guide } from "./guide.js";
import { w } from "./words.js";

/** The words for a reason, null for none. A label that is not among the page's words is simply not said. */
const noticeOf = (code) => {
  if (code === null || code === "not-a-label") return null;
  if (code === "sound-blocked") return t("soundBlocked");
  return code === "too-many-labels" ? w("guideBusy") : w("guideOff");
};

export function spoken(store, actions) {
  const say = guide((code) => {
    const guideNotice = noticeOf(code);
    if ((store.local.guideNotice ?? null) !== guideNotice) store.setLocal({ guideNotice });
  });
  return (text) => say(text, { panel: store.state?.shown?.panel ?? "", token: actions.token() });
}
