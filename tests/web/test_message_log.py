"""Who may read the message log, and what a wrong question of it is told (MSG-23)."""

import pytest

from cast import make_clinic
from support.api import Api
from support.clinic_pages import address, body, logged_in


@pytest.mark.req("MSG-23", "ORG-4")
def test_the_log_is_for_administrators_and_a_wrong_question_is_told() -> None:
    cast = make_clinic()
    kari, ali = Api(cast, cast.kari), Api(cast, cast.ali)
    assert kari.get("messages").status == 403
    assert logged_in(cast, cast.kari).get(address(cast, "settings-message-log")).status_code == 403
    for sought in ({"from": "2027-03-03", "to": "2027-03-01"}, {"cursor": "x"}, {"state": "borte"}):
        assert ali.get("messages", **sought).status == 422
    client = logged_in(cast, cast.ali)
    page = client.get(address(cast, "settings-message-log"), {"fra": "2027-03-03", "til": "2027-03-01"})
    assert page.status_code == 422
    assert "Sluttdatoen er før startdatoen" in body(page)
    empty = client.get(address(cast, "settings-message-log"), {"q": "Finnesikke", "etter": "tull"})
    assert empty.status_code == 200
    assert "Ingen meldinger passer" in body(empty)
