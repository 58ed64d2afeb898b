/* The screens' pages without a network. One build of the pages is kept as a whole, each file with its digest; a page is
   always opened from one build, never from a mixture, and a newer build is taken only when all of it is here. What is
   kept beside it (typefaces, the map, what the public may read) is fetched first and kept as it comes. Nothing that was
   asked for with a device token is kept, and no state of a screen is. */
const SHELL = "seoula-shell-";
const KEPT = "seoula-kept-1";
const META = "seoula-meta";
const MANIFEST = "/shell.json";
const START = "/screen/web/citizen";
const AT_ONCE = 6;
const MOST_KEPT = 300;
const FILES = /^\/(web|vendor|web-data)\//;
const PUBLIC_DATA = /^\/api\/v1\/(snapshots\/|catalog$)/;
const CITIZENS = /\/screen\/(web|kiosk)\/$/;

/** Which page was opened from which build; written down, too, as the browser puts the worker to sleep as it likes. */
const opened = new Map();
const OPENED = "/opened/";
const manifests = new Map();

const problem = (reason) => Object.assign(new Error(reason), { reason });
const nameOf = (build) => SHELL + build;
const builds = async () => (await caches.keys()).filter((name) => name.startsWith(SHELL)).map((name) => name.slice(SHELL.length));

async function digest(bytes) {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return btoa(String.fromCharCode(...sum));
}

/** The build that pages are opened from, "" without one. */
async function current() {
  const found = await (await caches.open(META)).match("/current");
  return found ? found.text() : "";
}

async function setCurrent(build) {
  const meta = await caches.open(META);
  if (build) await meta.put("/current", new Response(build));
  else await meta.delete("/current");
}

async function pin(client, build) {
  opened.set(client, build);
  await (await caches.open(META)).put(OPENED + client, new Response(build));
}

/** The build a page was opened from; of a page that came from the service itself, the one pages are opened from. */
async function buildOf(client) {
  if (client && !opened.has(client)) {
    const found = await caches.match(OPENED + client, { cacheName: META });
    opened.set(client, found ? await found.text() : await current());
  }
  return opened.get(client) || current();
}

async function forgetClosed() {
  const meta = await caches.open(META);
  for (const request of await meta.keys()) {
    const [, client] = new URL(request.url).pathname.split(OPENED);
    if (client && !(await self.clients.get(client))) await meta.delete(request);
  }
}

/** {build, files} of a build that is here as a whole, else null. The list is written last, so it stands for the rest. */
async function manifestOf(build) {
  if (!build) return null;
  if (!manifests.has(build)) {
    const found = await caches.match(MANIFEST, { cacheName: nameOf(build) });
    const read = await found?.json().catch(() => null);
    if (read?.files) manifests.set(build, read);
  }
  return manifests.get(build) ?? null;
}

/** Whether every file of a build is there. */
async function whole(build) {
  const manifest = await manifestOf(build);
  if (!manifest) return false;
  const there = new Set((await (await caches.open(nameOf(build))).keys()).map(({ url }) => new URL(url).pathname));
  return Object.keys(manifest.files).every((path) => there.has(path));
}

/** The kept bytes of a file if they are what they should be, else null. */
async function keptFile(build, path, wanted) {
  const found = await caches.match(path, { cacheName: nameOf(build) });
  if (!found) return null;
  const bytes = await found.arrayBuffer().catch(() => null);
  if (!bytes || (await digest(bytes)) !== wanted) return null;
  return new Response(bytes, { headers: found.headers });
}

/** Fetch a file of a build. Throws "changed" where the service has another one under this address. */
async function fetchFile(path, wanted) {
  const answer = await fetch(path, { cache: "no-cache" });
  if (!answer.ok) throw problem("missing");
  const bytes = await answer.arrayBuffer();
  if ((await digest(bytes)) !== wanted) throw problem("changed");
  return new Response(bytes, { headers: answer.headers });
}

async function drop(build) {
  manifests.delete(build);
  await caches.delete(nameOf(build));
}

/** Fetch all of a build that is not here yet; the build's name. `wanted`: only this one will do. */
async function take(wanted = null) {
  if (wanted && (await whole(wanted))) return wanted;
  const answer = await fetch(MANIFEST, { cache: "no-store" });
  if (!answer.ok) throw problem("missing");
  const manifest = await answer.json();
  const { build, files } = manifest;
  if (wanted && build !== wanted) throw problem("another-build");
  const others = (await builds()).filter((other) => other !== build);
  const cache = await caches.open(nameOf(build));
  const waiting = Object.entries(files);
  const worker = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [path, sum] = next;
      if (await keptFile(build, path, sum)) continue;
      let found = null;
      // What has not changed is not fetched again.
      for (const other of others) found ??= await keptFile(other, path, sum);
      await cache.put(path, found ?? (await fetchFile(path, sum)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await cache.put(MANIFEST, new Response(JSON.stringify(manifest), { headers: { "content-type": "application/json" } }));
  manifests.set(build, manifest);
  return build;
}

const isQuota = (error) => error?.name === "QuotaExceededError";

/** Take a build; where the storage is full, first without what is only nice to have, then without this build. */
async function prepare(wanted) {
  try {
    return await take(wanted);
  } catch (error) {
    if (!isQuota(error)) throw error;
  }
  await caches.delete(KEPT);
  const now = await current();
  for (const build of await builds()) if (build !== now) await drop(build);
  try {
    return await take(wanted);
  } catch (error) {
    if (!isQuota(error)) throw error;
    for (const build of await builds()) if (build !== now) await drop(build);
    throw problem("quota");
  }
}

/** From now on pages are opened from this build; the one before stays for the pages that run it still. */
async function change(build) {
  if (!(await whole(build))) throw problem("not-whole");
  const before = await current();
  if (before === build) return build;
  await setCurrent(build);
  await forgetClosed();
  for (const other of await builds()) if (other !== build && other !== before) await drop(other);
  return build;
}

/** Keep nothing of any build: pages come from the service again. */
async function forget() {
  await setCurrent("");
  for (const build of await builds()) await drop(build);
  return "";
}

/** A build whose file is damaged and cannot be mended is given up; the page that needs it is opened anew. */
async function giveUp(build, client) {
  await drop(build);
  if ((await current()) === build) await setCurrent("");
  const page = client ? await self.clients.get(client) : null;
  await page?.navigate?.(page.url).catch(() => {});
}

const AWAY = `<!doctype html><html lang="ko"><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>연결 끊김</title>
<style>html{background:#0a1226;color:#f4f7fd;font:5vmin/1.5 sans-serif;height:100%;display:grid;place-items:center;text-align:center}small{color:#bcc8e0;font-size:3vmin}</style>
<p>연결 끊김 · 다시 연결하고 있습니다<br><small lang="en">Disconnected · trying again</small></p></html>`;

async function page(event) {
  const now = await current();
  const candidates = [now, ...(await builds()).filter((build) => build !== now)];
  const from = async (build) => {
    const manifest = (await whole(build)) && (await manifestOf(build));
    const found = manifest && (await keptFile(build, START, manifest.files[START]));
    if (found && event.resultingClientId) await pin(event.resultingClientId, build).catch(() => {});
    return found || null;
  };
  const kept = now && (await from(now));
  if (kept) return kept;
  try {
    return await fetch(event.request);
  } catch {
    for (const build of candidates) {
      const found = build && (await from(build));
      if (found) return found;
    }
    return new Response(AWAY, { headers: { "content-type": "text/html; charset=utf-8" } });
  }
}

async function file(event, path) {
  const build = await buildOf(event.clientId);
  const wanted = (await manifestOf(build))?.files[path];
  // Of our own files only whole builds are kept.
  if (!wanted) return path.startsWith("/web/") ? fetch(event.request) : keep(event.request, path);
  const found = await keptFile(build, path, wanted);
  if (found) return found;
  try {
    const fresh = await fetchFile(path, wanted);
    await (await caches.open(nameOf(build))).put(path, fresh.clone()).catch(() => {});
    return fresh;
  } catch {
    await giveUp(build, event.clientId);
    return Response.error();
  }
}

/** Citizens' data, asked for without a token, is what anybody may have; of all else the service says what may be kept. */
const mayBeKept = (answer, data) => answer.ok && (data || !/no-store|private/.test(answer.headers.get("cache-control") ?? ""));

/** The network first; what it brought is kept for when it is gone. A full storage keeps nothing, and nobody notices. */
async function keep(request, path) {
  const data = PUBLIC_DATA.test(path);
  if (data && !CITIZENS.test(self.registration.scope)) return fetch(request);
  try {
    const answer = await fetch(request);
    if (mayBeKept(answer, data)) {
      const copy = answer.clone();
      await caches.open(KEPT).then(async (cache) => {
        await cache.put(request, copy);
        const all = await cache.keys();
        for (const old of all.slice(0, Math.max(0, all.length - MOST_KEPT))) await cache.delete(old);
      }).catch(() => {});
    }
    return answer;
  } catch (error) {
    const kept = await caches.match(request, { cacheName: KEPT });
    if (kept) return kept;
    throw error;
  }
}

/** Keep files that a page has loaded before this worker was there, but for those of the build. */
async function keepAll(paths) {
  const files = (await manifestOf(await current()))?.files ?? {};
  const cache = await caches.open(KEPT);
  for (const path of paths.filter((one) => (FILES.test(one) || PUBLIC_DATA.test(one)) && !(one in files)).slice(0, MOST_KEPT)) {
    // Asked for without a token, whatever the page has: what is kept is what anybody may have.
    if (!(await cache.match(path))) await keep(new Request(path, { cache: "no-cache" }), path).catch(() => {});
  }
  return "";
}

self.addEventListener("install", (event) => {
  // A page that cannot be kept now is kept later: the page asks again whenever it is connected.
  const all = async () => {
    const build = await prepare(null);
    if (!(await current())) await setCurrent(build);
  };
  event.waitUntil(all().catch(() => {}).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      // The first service worker's store, a single one without digests.
      await caches.delete("seoula-shell-1");
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (event) => {
  const { op, build } = event.data ?? {};
  const work = { prepare: () => first(build), switch: () => change(build), forget, keep: () => keepAll(event.data.paths) }[op];
  if (!work) return;
  const answer = (said) => event.ports[0]?.postMessage(said);
  event.waitUntil(
    work().then(
      (made) => answer({ ok: true, build: made }),
      (error) => answer({ ok: false, reason: error.reason ?? error.name ?? "failed" }),
    ),
  );
});

/** Prepare a build; where pages are opened from none yet, from this one. */
async function first(wanted) {
  const build = await prepare(wanted ?? null);
  if (!(await current())) await setCurrent(build);
  return build;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // A request that carries a device token is answered by the service alone.
  if (request.method !== "GET" || url.origin !== location.origin || request.headers.has("authorization")) return;
  if (request.mode === "navigate") {
    if (url.pathname.startsWith("/screen/")) event.respondWith(page(event));
  } else if (FILES.test(url.pathname)) event.respondWith(file(event, url.pathname));
  else if (PUBLIC_DATA.test(url.pathname)) event.respondWith(keep(request, url.pathname));
});
