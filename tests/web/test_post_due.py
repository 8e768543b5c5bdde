"""What must be answered today, as a view of the inbox."""

from datetime import timedelta

import pytest

from skranke.kernel import clock

from cast import make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, body, logged_in
from support.dialog import MONDAY, question, receive


@pytest.mark.req("MSG-4")
def test_the_number_of_what_is_due_opens_it_late_ones_first() -> None:
    cast = make_clinic()
    for subject, days in (("Forfalt", 0), ("Forfaller", 1), ("Senere", 7)):
        at = MONDAY + timedelta(days=days)
        clock.move_to(at)
        receive(cast, question(cast, subject=subject, generated_at=at))
    # Five working days: what came on Monday and Tuesday is due, or late, a week after the Tuesday.
    clock.move_to(MONDAY + timedelta(days=8))
    client, api = logged_in(cast, cast.kari), Api(cast, cast.kari)
    whole = body(client.get(address(cast, "post")))
    assert "2 må besvares i dag" in whole
    assert 'href="' + address(cast, "post", query="?frist=idag") + '"' in whole
    page = body(client.get(address(cast, "post"), {"frist": "idag"}))
    part = body(client.get(address(cast, "post-rows"), {"frist": "idag"}, headers=HTMX))
    for shown in (page, part):
        assert 0 < shown.index("Forfalt – helsenorge.no") < shown.index("Forfaller – helsenorge.no")
        assert "Senere – helsenorge.no" not in shown
    assert "Senere – helsenorge.no" in whole
    assert "Senere – helsenorge.no" in body(client.get(address(cast, "post"), {"frist": "tull"}))
    rows = api.get("threads", due_today="true").body["items"]
    assert [row["title"].split(" ")[0] for row in rows] == ["Forfalt", "Forfaller"]
