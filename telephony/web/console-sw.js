/* The console's service worker: a notice while its window is hidden, and a page that says so while the service is away.
   It keeps nothing: a console without the service can do nothing. */
const PAGE = "/console";
const AWAY = `<!doctype html><html lang="ko"><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>연결 끊김</title>
<style>html{background:#0a1226;color:#f4f7fd;font:5vmin/1.5 sans-serif;height:100%;display:grid;place-items:center;text-align:center}small{color:#bcc8e0;font-size:3vmin}</style>
<p>연결 끊김 · 다시 연결하고 있습니다<br><small lang="en">Disconnected · trying again</small></p></html>`;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate" || new URL(event.request.url).pathname !== PAGE) return;
  event.respondWith(fetch(event.request).catch(() => new Response(AWAY, { headers: { "content-type": "text/html; charset=utf-8" } })));
});

/** The window of the console, if there is one. */
async function open() {
  const all = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return all.find((one) => new URL(one.url).pathname === PAGE) ?? null;
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { call } = event.notification.data ?? {};
  event.waitUntil(
    (async () => {
      const found = await open();
      if (!found) return self.clients.openWindow(PAGE);
      // Answering needs the window, where camera and microphone are; turning down does not.
      if (event.action !== "reject") await found.focus().catch(() => {});
      found.postMessage({ t: "notice", action: event.action || "open", call });
      return undefined;
    })(),
  );
});
