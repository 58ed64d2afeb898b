/** What the assistant said before an incident came does not stay over it. */
import { BUSY } from "./phases.js";

export class Earlier {
  #incident = null;
  #said = null;

  /**
   * The assistant as it is shown: without the ending that stood there when the incident came.
   * @param {string|null} incident id of the incident that pre-empts the screen
   * @param {object|undefined} assistant the assistant of the display's state
   */
  shown(incident, assistant) {
    const said = assistant?.outcome ? JSON.stringify(assistant.outcome) : null;
    if (incident && incident !== this.#incident) this.#said = said;
    this.#incident = incident;
    // A new run says its own, even where the words are the same.
    if (!incident || said !== this.#said || (BUSY.has(assistant?.phase) && !["speaking", "follow_up"].includes(assistant.phase))) this.#said = null;
    return this.#said ? { ...assistant, outcome: null } : assistant;
  }
}
