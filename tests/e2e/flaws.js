// What is wrong with the panel on the stage, in words. Evaluated in the page: (least, leastSvg) are text sizes in px.
([least, leastSvg]) => {
  const flaws = [];
  const stage = document.querySelector('.stage');
  const name = (e) => `${e.tagName.toLowerCase()}.${String(e.className?.baseVal ?? e.className)} "${e.textContent.trim().slice(0, 30)}"`;
  const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().width > 0;
  const scrolls = (e) => { for (; e && e !== stage; e = e.parentElement) {
    const o = getComputedStyle(e).overflowX; if (o === 'auto' || o === 'scroll') return true; } return false; };
  if (document.documentElement.scrollWidth > innerWidth + 1) flaws.push(`wider than the screen: ${document.documentElement.scrollWidth}`);
  for (const e of stage.querySelectorAll('.notice code')) flaws.push(`broken block: ${e.parentElement.textContent}`);
  for (const card of stage.querySelectorAll('.card')) {
    const inner = card.querySelector('.inner');
    if (!inner.textContent.trim() && !inner.querySelector('canvas, video')) flaws.push(`empty card: ${name(card)}`);
    if (inner.getBoundingClientRect().height < 24) flaws.push(`card without room: ${name(card)}`);
  }
  for (const e of stage.querySelectorAll('*')) {
    if (e.closest('svg, .text-layer, seoula-lines, .unseen')) continue;
    const own = [...e.childNodes].filter((n) => n.nodeType === 3 && n.data.trim());
    if (!own.length || !seen(e)) continue;
    const size = parseFloat(getComputedStyle(e).fontSize);
    if (size < least) flaws.push(`text of ${size}px: ${name(e)}`);
    const style = getComputedStyle(e);
    if (e.clientWidth && e.scrollWidth > e.clientWidth + 2 && style.overflowX !== 'auto') flaws.push(`cut off: ${name(e)} ${e.scrollWidth}>${e.clientWidth}`);
    const clips = (e_) => { for (let a = e_.parentElement; a && a !== stage; a = a.parentElement) if (getComputedStyle(a).overflowX === 'hidden') return a.getBoundingClientRect(); return null; };
    const card = e.closest('.card')?.getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(own[0]);
    const box = range.getBoundingClientRect();
    // What lies wholly outside is the rest of a list that shows whole rows only.
    const clip = clips(e);
    if (clip && (box.left >= clip.right - 2 || box.top >= clip.bottom - 2)) continue;
    if (card && !scrolls(e) && box.left < card.right - 2 && box.right > card.left + 2 && (box.right > card.right + 2 || box.left < card.left - 2)) flaws.push(`out of its card: ${name(e)}`);
  }
  const box = (e) => { const r = document.createRange(); r.selectNodeContents(e); return r.getBoundingClientRect(); };
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const years = [...stage.querySelectorAll('.gantt-head div span')].filter(seen);
  years.forEach((e, i) => { if (i && meet(box(years[i - 1]), box(e))) flaws.push(`years lie on one another: ${name(years[i - 1])} ${name(e)}`); });
  for (const key of [...stage.querySelectorAll('.look .round')].filter(seen)) {
    const at = key.getBoundingClientRect();
    for (const e of key.closest('.mapbox').querySelectorAll('.legend :is(b, span)')) if (seen(e) && meet(at, box(e))) flaws.push(`a key lies on ${name(e)}`);
  }
  for (const svg of stage.querySelectorAll('svg')) {
    const texts = [...svg.querySelectorAll('text')].filter(seen);
    const boxes = texts.map((t) => t.getBoundingClientRect());
    texts.forEach((t) => {
      const scale = t.getScreenCTM().a;
      const size = parseFloat(getComputedStyle(t).fontSize) * scale;
      if (size < leastSvg) flaws.push(`label of ${size.toFixed(1)}px: ${name(t)}`);
    });
    let over = 0;
    for (let i = 0; i < boxes.length; i += 1) for (let j = i + 1; j < boxes.length; j += 1) {
      const w = Math.min(boxes[i].right, boxes[j].right) - Math.max(boxes[i].left, boxes[j].left);
      const h = Math.min(boxes[i].bottom, boxes[j].bottom) - Math.max(boxes[i].top, boxes[j].top);
      const least_ = Math.min(boxes[i].width * boxes[i].height, boxes[j].width * boxes[j].height);
      if (w > 0 && h > 0 && w * h > 0.4 * least_ && texts[i].textContent && texts[j].textContent) { over += 1; if (over < 3) svg.dataset.over = `${svg.dataset.over ?? ''} ${texts[i].textContent}/${texts[j].textContent}`; }
    }
    if (over > Math.max(1, boxes.length * 0.06)) flaws.push(`${over} of ${boxes.length} labels overlap: ${svg.getAttribute('aria-label')}${svg.dataset.over}`);
    delete svg.dataset.over;
  }
  return [...new Set(flaws)].slice(0, 8);
}
