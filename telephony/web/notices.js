/** Notices of the operating system while the window is hidden: who calls, and why; gone when the call is. */
import { cw, nameOf } from "./words.js";

const AGAIN_MS = 1000;
const ICON = "/web/icons/icon-192.png";

/** What a notice says of a call that rings. Pure but for the language. */
export function noticeOf(one) {
  const what = one.media === "audio" ? cw("incomingVoice") : cw("incomingVideo");
  return { title: nameOf(one.from), body: [one.urgent ? cw("incomingUrgent") : "", what, one.about?.title ?? ""].filter(Boolean).join(" · ") };
}

export class Notices {
  #worker = null;
  #shown = new Set();
  /** What was followed last: a worker that is not there yet, or refuses for a moment, is asked again. */
  #last = [[], false];

  /** acted({action: "accept"|"reject"|"open", call}): somebody has answered the notice. */
  constructor(acted, container = globalThis.navigator?.serviceWorker) {
    this.container = container;
    container?.addEventListener("message", ({ data }) => data?.t === "notice" && acted(data));
  }

  get permission() {
    return globalThis.Notification?.permission ?? "denied";
  }

  /** Let the service worker in; where there is none, notices are left out. */
  async begin() {
    this.#worker = (await this.container?.register("/console-sw.js", { scope: "/console", updateViaCache: "none" }).catch(() => null)) ?? null;
    if (this.#worker) this.follow(...this.#last);
  }

  /** Must be called in a gesture. */
  async ask() {
    if (this.permission === "default") await Notification.requestPermission().catch(() => {});
    return this.permission;
  }

  /** Show what rings while nobody can see the page; take away what does not ring any more. */
  async follow(incoming, hidden) {
    this.#last = [incoming, hidden];
    const ringing = new Set(incoming.map(({ call }) => call));
    for (const call of this.#shown) if (!ringing.has(call) || !hidden) await this.#take(call);
    if (!hidden || this.permission !== "granted" || !this.#worker) return;
    for (const one of incoming) {
      if (this.#shown.has(one.call)) continue;
      this.#shown.add(one.call);
      const { title, body } = noticeOf(one);
      const actions = [{ action: "accept", title: cw("accept") }, { action: "reject", title: cw("reject") }];
      await this.#worker.showNotification(title, { body, icon: ICON, badge: ICON, tag: one.call, renotify: true, requireInteraction: true, data: { call: one.call }, actions }).catch(() => {
        this.#shown.delete(one.call);
        setTimeout(() => this.follow(...this.#last), AGAIN_MS);
      });
    }
  }

  async #take(call) {
    this.#shown.delete(call);
    const found = (await this.#worker?.getNotifications({ tag: call }).catch(() => [])) ?? [];
    for (const one of found) one.close();
  }
}
