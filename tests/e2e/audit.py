"""axe-core in real Chromium: which rules of WCAG 2.2 AA, and of headings in order, a page passes and breaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from tests.running import PROJECT

AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_RUN = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: 'tag', values: tags },
    rules: { 'heading-order': { enabled: true } }, resultTypes: ['violations', 'incomplete'] });
  const why = ({ target, failureSummary }) =>
    `${target.join(' ')} :: ${(failureSummary ?? '').split('\\n').slice(1, 3).join(' ').trim()}`;
  const short = (rules) => rules.map(({ id, nodes }) =>
    ({ id, count: nodes.length, where: nodes.slice(0, 4).map(why) }));
  return { passes: found.passes.length, violations: short(found.violations), incomplete: short(found.incomplete) };
}"""


@dataclass(frozen=True, slots=True)
class Audit:
    """passes: rules that hold. violations, incomplete: rules with how often and where (at most four places)."""

    passes: int
    violations: list[dict[str, Any]] = field(default_factory=list)
    incomplete: list[dict[str, Any]] = field(default_factory=list)

    @property
    def words(self) -> str:
        """The violations to read."""
        return "\n".join(f"{v['id']} ({v['count']}): " + "; ".join(v["where"]) for v in self.violations)


def audit(made: Page) -> Audit:
    """Run axe on what the page shows now."""
    if not made.evaluate("typeof axe !== 'undefined'"):
        made.evaluate(AXE.read_text("utf-8"))
    return Audit(**made.evaluate(_RUN, list(TAGS)))
