/** RFC 7396 JSON merge patch: objects merge, null deletes, everything else replaces. Inputs are never changed. */

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/**
 * Apply `patch` to `target` and return the result.
 * Parts that the patch does not touch keep their identity, so that a screen can see what changed by comparing.
 */
export function mergePatch(target, patch) {
  if (!isObject(patch)) return patch;
  const base = isObject(target) ? target : {};
  const result = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(base[key], value);
  }
  return result;
}
