"""What a person's eye and finger meet: how large each text is drawn, how large each control is, what has the focus."""

from __future__ import annotations

from playwright.sync_api import Page

_COMMON = """
const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  && !e.closest('.unseen, .skip, noscript, [hidden]');
const own = (e) => e.tagName.toLowerCase()
  + (e.getAttribute('class') ?? '').trim().split(/\\s+/).filter(Boolean).slice(0, 2).map((c) => '.' + c).join('');
const nameOf = (e) => `${e.parentElement ? own(e.parentElement) : ''} > ${own(e)}`;
const wordsOf = (e) => [...e.childNodes].filter((n) => n.nodeType === 3 && n.data.trim())
  .map((n) => n.data.trim()).join(' ');
"""
_SMALL = """(least) => {%s
  const found = [];
  for (const e of document.body.querySelectorAll('*')) {
    const words = wordsOf(e);
    if (!words || !seen(e)) continue;
    let size = parseFloat(getComputedStyle(e).fontSize);
    if (e instanceof SVGElement && e.getScreenCTM) {
      const m = e.getScreenCTM();
      size *= Math.sqrt(Math.abs(m.a * m.d - m.b * m.c));
    }
    if (size < least - 0.05) found.push([nameOf(e), Math.round(size * 10) / 10, words.slice(0, 30)]);
  }
  return found;
}"""
_CONTROLS = """(least) => {%s
  return [...document.querySelectorAll('button, a[href], input, [role=button]')].filter(seen)
    .filter((e) => !e.closest('svg') && !(e.tagName === 'A' && getComputedStyle(e).display === 'inline'))
    .map((e) => [nameOf(e), e.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && Math.min(box.width, box.height) < least - 0.5)
    .map(([name, box]) => [name, Math.round(box.width), Math.round(box.height)]);
}"""
_LABELS = """() => {%s
  const plain = (text) => text.toLowerCase().replace(/[\\s·,.]+/g, '');
  return [...document.querySelectorAll('button[aria-label], a[aria-label], [role=button][aria-label]')].filter(seen)
    .map((e) => [e.getAttribute('aria-label'), e.innerText ?? e.textContent])
    .filter(([label, text]) => text.trim() && !plain(label).includes(plain(text)));
}"""
_FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  const holder = e.matches('input') ? e.closest('label, form') : null;
  const ring = (s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
  const stroke = e instanceof SVGElement && parseFloat(style.strokeWidth) >= 2 && style.stroke === 'rgb(255, 255, 255)';
  return { ring: stroke || ring(style) || (holder !== null && ring(getComputedStyle(holder))),
    inside: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
    name: (e.getAttribute('aria-label') || e.innerText || e.placeholder || e.id || '').trim().slice(0, 40),
    main: e.id === 'stage' };
}"""
_FOREIGN = """() => {%s
  return [...document.body.querySelectorAll('*')].filter((e) => seen(e) && /[가-힣]/.test(wordsOf(e))
    && (e.closest('[lang]')?.lang ?? 'ko') === 'en').map((e) => [nameOf(e), wordsOf(e).slice(0, 40)]);
}"""
_MARKED = """() => {%s
  return [...document.body.querySelectorAll('[aria-label], [title], [placeholder]')]
    .filter((e) => (e.closest('[lang]')?.lang ?? 'ko') === 'en')
    .flatMap((e) => ['aria-label', 'title', 'placeholder'].map((a) => [nameOf(e), e.getAttribute(a) ?? '']))
    .filter(([, words]) => /[가-힣]/.test(words));
}"""


def small_texts(made: Page, least_px: float) -> list[tuple[str, float, str]]:
    """Texts drawn smaller than `least_px` CSS pixels: (where, pixels, words). Drawings count as they are scaled."""
    return [tuple(row) for row in made.evaluate(_SMALL % _COMMON, least_px)]


def small_controls(made: Page, least_px: float) -> list[tuple[str, int, int]]:
    """Controls less wide or high than `least_px`: (where, width, height). Links in a line of text are exempt."""
    return [tuple(row) for row in made.evaluate(_CONTROLS % _COMMON, least_px)]


def smallest_text(made: Page) -> float:
    """The smallest letter that is drawn, in CSS pixels; infinity on a page without text."""
    return min((size for _, size, _ in small_texts(made, 1e6)), default=float("inf"))


def smallest_control(made: Page) -> int | None:
    """The least width or height of a control, in CSS pixels; None on a page without controls."""
    return min((min(width, height) for _, width, height in small_controls(made, 1e6)), default=None)


def unmatched_labels(made: Page) -> list[tuple[str, str]]:
    """Controls whose accessible name lacks the words that are seen on them: (name, words)."""
    return [tuple(row) for row in made.evaluate(_LABELS % _COMMON)]


def walk(made: Page, most: int = 80) -> list[dict[str, object]]:
    """Press Tab until the focus leaves the page or comes round; what had it: ring, inside, name, main."""
    stops: list[dict[str, object]] = []
    # From the page's beginning, whatever was pressed before.
    made.evaluate("document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')")
    for _ in range(most):
        made.keyboard.press("Tab")
        here = made.evaluate(_FOCUS)
        if here is None or (stops and here == stops[0]):
            break
        stops.append(here)
    return stops


def korean_words(made: Page) -> list[tuple[str, str]]:
    """Korean words on a page in English that are not marked as Korean: (where, words)."""
    return [tuple(row) for kind in (_FOREIGN, _MARKED) for row in made.evaluate(kind % _COMMON)]
