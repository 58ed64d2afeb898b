/** A WebSocket whose handshake fails tells the page nothing; by HTTP the service says why. */

const REFUSALS = new Set(["bad-token", "token-needed", "revoked"]);

/** Why the service would not let this page in, as a stable code; null where it would, or is away. */
export async function probe(token, ask = fetch) {
  try {
    const answer = await ask("/api/v1/calls?limit=1", { cache: "no-store", headers: token ? { Authorization: `Bearer ${token}` } : {} });
    if (answer.ok) return token ? null : "token-needed";
    const { code } = await answer.json();
    return REFUSALS.has(code) ? code : null;
  } catch {
    return null;
  }
}
