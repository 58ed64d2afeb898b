// A service in the page: it answers the screen's own connection, so that thousands of pictures need no network.
(() => {
  const service = { socket: null, seq: 0, documents: [], waiting: null };
  const answer = {
    hello: () => service.tell({ t: "welcome", epoch: "e", display: "main", heartbeat_s: 600, server_time: Date.now() / 1000 }),
    ack: ({ seq, status, error }) => seq === service.seq && service.waiting?.({ status, error }),
    cmd: ({ id }) => service.tell({ t: "result", id, ok: true }),
  };
  service.tell = (message) => service.socket.onmessage({ data: JSON.stringify(message) });
  window.WebSocket = class {
    readyState = 1;
    constructor() {
      service.socket = this;
      queueMicrotask(() => this.onopen());
    }
    send(text) {
      const message = JSON.parse(text);
      queueMicrotask(() => answer[message.t]?.(message));
    }
    close() {}
  };
  /** Shows one document after another, each painted before the next; papers: wait until documents are legible too. */
  service.show = async (papers) => {
    for (const [panel, document_] of service.documents) {
      service.seq += 1;
      const painted = new Promise((resolve) => (service.waiting = resolve));
      service.socket.onmessage({ data: `{"t":"snapshot","epoch":"e","seq":${service.seq},"state":${document_}}` });
      const { status, error } = await painted;
      if (status !== "rendered" || document.body.dataset.panel !== panel || !document.querySelector(".stage .card")) {
        return `${panel}: ${status} ${error ?? ""} ${document.body.dataset.panel}`;
      }
      const paper = papers ? document.querySelector("seoula-paper") : null;
      for (let n = 0; paper && paper.dataset.state === "loading"; n += 1) {
        if (n > 500) return `${panel}: its document did not open`;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    return null;
  };
  window.service = service;
})();
