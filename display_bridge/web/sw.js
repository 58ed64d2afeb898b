/* The citizens' page without a network: the shell is fetched at installation; what is fetched later is kept as it comes.
   The network comes first, so that a page never mixes two versions; only what the public may see is kept. */
const SHELL = "seoula-shell-1";
const KEPT = /^\/(web|vendor|web-data)\/|^\/screen\/web\/|^\/api\/v1\/snapshots\/|^\/api\/v1\/catalog$/;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const { files } = await (await fetch("/shell.json")).json();
      await (await caches.open(SHELL)).addAll(files);
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("seoula-shell-") && name !== SHELL) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // A request that carries a device token is answered by the service alone.
  if (request.method !== "GET" || url.origin !== location.origin || request.headers.has("authorization") || !KEPT.test(url.pathname)) return;
  event.respondWith(
    (async () => {
      const cache = await caches.open(SHELL);
      try {
        const answer = await fetch(request);
        if (answer.ok) await cache.put(request, answer.clone());
        return answer;
      } catch (error) {
        const kept = await cache.match(request, { ignoreSearch: url.pathname.startsWith("/screen/web/") });
        if (kept) return kept;
        throw error;
      }
    })(),
  );
});
