"""Konfigurasjon: its entry in the rail, its menu, and who may open a page."""

from uuid import uuid4

import pytest
from django.urls import reverse

from skranke.clinics.permissions import HOLDERS, Permission
from skranke.web.clinic.settings.registry import AREAS, PAGES

from cast import make_clinic
from support.clinic_pages import address, body, logged_in, same


@pytest.mark.req("ORG-12", "NFR-6")
def test_the_rail_leads_to_konfigurasjon_by_mouse_and_by_alt_comma() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.anne)
    page = body(client.get(address(cast, "post")))
    assert f'href="{address(cast, "settings")}" data-shortcut="Alt+,"' in page
    front = body(client.get(address(cast, "settings")))
    assert f'href="{address(cast, "settings")}" aria-current="page"' in front
    assert "<h1>Konfigurasjon</h1>" in front


def test_the_menu_holds_what_may_be_opened_and_the_rest_says_who_may() -> None:
    """Every page of the registry: an administrator opens it, somebody else is told or never sees it."""
    cast = make_clinic()
    admin, user = logged_in(cast, cast.ali), logged_in(cast, cast.anne)
    fronts = {True: body(admin.get(address(cast, "settings"))), False: body(user.get(address(cast, "settings")))}
    assert {page.area for page in PAGES} <= set(AREAS)
    for page in PAGES:
        place = f'href="{address(cast, page.route)}"'
        assert place in fronts[True]
        assert admin.get(address(cast, page.route)).status_code == 200
        for_all = page.permission is None
        assert (place in fronts[False]) is for_all
        assert user.get(address(cast, page.route)).status_code == (200 if for_all else 403)


def test_pages_of_another_clinic_are_as_if_they_were_not() -> None:
    cast, other = make_clinic(), make_clinic()
    client = logged_in(cast, cast.ali)
    for route in ["settings", *(page.route for page in PAGES)]:
        strange = client.get(address(other, route))
        absent = client.get(reverse(route, args=[f"x{uuid4().hex[:8]}"]))
        assert (strange.status_code, same(strange)) == (404, same(absent)) or absent.status_code == 404


def test_who_may_do_what_is_told_as_the_program_follows_it() -> None:
    cast = make_clinic()
    page = body(logged_in(cast, cast.anne).get(address(cast, "settings-access")))
    assert page.count("<tr>") == 1 + len(Permission) == 1 + len(HOLDERS)
    row = page.partition("Lage og endre private maler")[2].partition("</tr>")[0]
    assert row.count("sine egne") == 3
    assert row.count("nei") == 1
