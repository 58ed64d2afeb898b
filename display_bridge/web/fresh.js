/**
 * A part of the page that is made anew when its key changes: it comes in again, and what it was goes whole.
 * lit's own `keyed` forgets the old part without telling the directives in it (see pan.js), and the page then holds
 * every panel that was ever shown; `repeat` tells them but leaves a comment behind for each. This one does both.
 */
import { nothing } from "lit-html";
import { directive, Directive, PartType } from "lit-html/directive.js";
import { clearPart, setCommittedValue } from "lit-html/directive-helpers.js";

class Fresh extends Directive {
  #key = nothing;

  constructor(info) {
    super(info);
    if (info.type !== PartType.CHILD) throw new Error("fresh() belongs between tags");
  }

  render(_key, content) {
    return content;
  }

  update(part, [key, content]) {
    if (key !== this.#key) {
      clearPart(part);
      setCommittedValue(part);
      this.#key = key;
    }
    return content;
  }
}

/** `content`, drawn in place while `key` stays the same, and from nothing when it is another one. */
export const fresh = directive(Fresh);
