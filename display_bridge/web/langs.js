/** On a page in English, Korean names and sentences of the data are marked as Korean: a screen reader then reads them right. */

const KOREAN = /[\uac00-\ud7a3]/;
const ATTRIBUTES = ["aria-label", "placeholder", "title"];

const own = (element) => {
  for (const node of element.childNodes) if (node.nodeType === 3 && KOREAN.test(node.data)) return true;
  return ATTRIBUTES.some((name) => KOREAN.test(element.getAttribute(name) ?? ""));
};

/** Mark what is Korean below `root`, and take the mark from what is so no longer. */
export function markKorean(root, english) {
  for (const element of root.querySelectorAll("[data-marked]")) {
    if (english && own(element)) continue;
    element.removeAttribute("lang");
    element.removeAttribute("data-marked");
  }
  if (!english) return;
  for (const element of root.querySelectorAll("*")) {
    // By attributes: an element of a drawing has no property of this name.
    if (element.hasAttribute("lang") || !own(element) || element.closest("[lang]")?.getAttribute("lang") === "ko") continue;
    element.setAttribute("lang", "ko");
    element.setAttribute("data-marked", "1");
  }
}
