"""What the panel shows of a selection is what the pages of a report show of it, to the letter."""

import pytest

from adreport.explorer.panel import Explorer
from adreport.pages import PAGES
from adreport.pages.exhibits import Settings, counted
from pages import shown

TABS = {page.label: page for page in PAGES if page.filtered and hasattr(page.exhibits, "EXHIBITS")}


@pytest.mark.parametrize("tab", TABS)
def test_every_exhibit_counts_what_it_shows_and_says_what_the_page_says(tab, cohort_study):
    explorer = Explorer(cohort_study.select(age_min=3, age_max=12))
    on_page = shown(TABS[tab].name, age_min=3, age_max=12)
    for view in explorer.views[tab]:
        results = counted((view.exhibit,), explorer.selected, Settings())
        assert results.show(view.exhibit).html() in on_page, view.exhibit.question
