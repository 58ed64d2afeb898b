"""The whole product: a document on two screens, whose pages turn together by touch and by command."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import errors_of, page, profile
from tests.running import product, settings_file, was_shown

pytestmark = pytest.mark.real


def test_an_internal_document_is_read_on_a_paired_wall_and_all_screens_turn_together(tmp_path: Path) -> None:
    off = {"enabled": False}
    settings = settings_file(
        tmp_path, server={"port": 0}, opinion=off, rasa=off, hearing={"microphone": False}, speaking={"output": "off"}
    )
    with product(settings) as running, page() as first:
        paired = next(row["paired_url"] for row in running.addresses if row["page"] == "wall")
        browser = first.context.browser
        assert browser
        second = profile(browser, 1280, 800).new_page()
        for made in (first, second):
            made.goto(paired)
            made.wait_for_selector("body[data-panel]")
        commands = "/api/v1/displays/main/commands"
        running.show("main", "library-smart-bookshelf")
        for made in (first, second):
            expect(made.locator("seoula-paper")).to_have_attribute("data-pages", "1 2")
        first.locator(".viewer nav button").nth(1).click()
        third = first.locator(".viewer nav b").nth(1).inner_text()
        for made in (first, second):
            expect(made.locator("seoula-paper")).to_have_attribute("data-pages", f"{third} {int(third) + 1}")
        assert was_shown(running.post(commands, {"op": "next"}).json())
        for made in (first, second):
            expect(made.locator("seoula-paper")).to_have_attribute("data-pages", f"{int(third) + 1} {int(third) + 2}")
        first.locator(".documents button").nth(1).click()
        expect(second.locator(".documents [aria-current]")).to_contain_text("공공데이터와 시민")
        first.locator(".stay button[aria-label]").first.click()
        expect(second.locator(".documents [aria-current]")).to_contain_text("도시의 미래를 여는 책")
        assert errors_of(first) == []
