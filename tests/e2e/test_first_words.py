"""An answer is there to be read while its advice is still worked out, in the same card."""

import pytest
from chat_page import SLOW, ask, cards, headline, until
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


QUESTION = {"zh-CN": "这周哪个渠道最有效,有什么建议?", "en-US": "Which channel worked best, with advice?"}


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_the_answer_is_read_while_its_advice_is_worked_out(open_page, written, locale) -> None:
    page = open_page(written, locale)
    ready = written.folder.parent / "state" / "advice"  # until it is there, the advice is worked out
    ready.unlink(missing_ok=True)

    card = ask(page, QUESTION[locale])
    said = headline(card)
    assert card.get_by_test_id("suggestion").count() == 0

    ready.touch()
    expect(card.get_by_test_id("suggestion").first).to_be_visible(timeout=SLOW)
    assert headline(card) == said
    assert cards(page).count() == 1
    kept = f"fetch('/project/thread/{page.url.rpartition('/')[2]}').then(reply => reply.json())"
    until(page, lambda: any(card["props"]["suggestions"] for card in page.evaluate(kept)["elements"]))
    page.reload()
    expect(cards(page).first.get_by_test_id("suggestion").first).to_be_visible(timeout=SLOW)
    assert cards(page).count() == 1
