"""RFC 7396 JSON merge patches: the difference of two documents, and its application.

In a merge patch null deletes, so a document for patching must hold no null as an object's member; absent and null
mean the same to a screen. `without_nulls` makes it so. Arrays are replaced whole and may hold anything.
"""

from __future__ import annotations

from typing import Any

MISSING = object()


def without_nulls(value: Any) -> Any:
    """The value with null members of objects removed, outside arrays."""
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    return value


def diff(before: Any, after: Any) -> Any:
    """The patch that turns `before` into `after`; {} if nothing changed. Both without nulls, `after` an object."""
    if not isinstance(before, dict):
        before = {}
    patch: dict[str, Any] = dict.fromkeys(before.keys() - after.keys())
    for key, value in after.items():
        old = before.get(key, MISSING)
        if isinstance(value, dict) and isinstance(old, dict):
            inner = diff(old, value)
            if inner:
                patch[key] = inner
        elif not same(old, value):
            patch[key] = value
    return patch


def same(a: Any, b: Any) -> bool:
    """Equality as JSON has it: true is not 1."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(v, b[k]) for k, v in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, bool) is not isinstance(b, bool):
        return False
    return bool(a == b)


def apply(target: Any, patch: Any) -> Any:
    """The target with a patch applied (RFC 7396, section 2). Neither argument is changed."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = apply(result.get(key), value)
    return result
