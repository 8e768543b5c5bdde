"""API-nøkler: people make their own, an administrator those of programs; each is seen, and made worthless."""

import re
from datetime import timedelta

import pytest
from django.db import connection

from skranke.audit.queries import events_about, events_of_patient
from skranke.clinics.errors import NotAllowedError
from skranke.clinics.models import Employee
from skranke.clinics.tokens import make_token
from skranke.identity.models import ApiToken
from skranke.identity.services import revoke_token
from skranke.kernel import clock
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import address, body, logged_in, same

PAGE = "settings-tokens"


FORM = {"name": "Røntgenarkivet", "who": "program", "scope": "write", "days": "90"}


def _make(cast: Cast, person: Employee | None = None, **changed: str) -> tuple[str, str]:
    """The page after a key was made, and the key: of a program by the administrator, or a person's own."""
    form = {**FORM, **({"who": "own"} if person else {}), **changed}
    answer = logged_in(cast, person or cast.ali).post(address(cast, PAGE), form)
    page = body(answer)
    assert answer.status_code == 200, page
    return page, re.search(r'id="new-token">([\w-]{40,})<', page)[1]


def _api(cast: Cast, token: str) -> Api:
    return Api(cast, cast.kari, token=token)


def test_a_key_is_shown_once_and_works() -> None:
    cast = make_clinic()
    page, token = _make(cast, cast.kari)
    assert "Nøkkelen er laget." in page
    again = body(logged_in(cast, cast.ali).get(address(cast, PAGE)))
    assert "Røntgenarkivet" in again
    assert cast.kari.name in again
    assert "Aldri brukt." in again
    assert token not in again
    assert _api(cast, token).get("threads").status == 200
    assert "Sist brukt" in body(logged_in(cast, cast.ali).get(address(cast, PAGE)))
    with acting(cast.system), connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM identity_apitoken t")
        assert token not in " ".join(row[0] for row in cursor.fetchall())


@pytest.mark.req("NFR-1")
def test_a_program_of_its_own_is_named_in_the_log_and_has_no_mailbox() -> None:
    cast = make_clinic()
    _, token = _make(cast)
    api = _api(cast, token)
    found = api.get("patients", national_id=cast.ola.national_id)
    assert [one["id"] for one in found.body["items"]] == [str(cast.ola.id)]
    assert api.get(f"patients/{cast.ola.id}/reachability").status == 200
    assert api.get("schedules").status == 200
    assert api.get("threads").status == 404
    # It may what everybody may, and what an administrator may only in an administrator's name.
    assert api.post("schedules", {"owner": {"kind": "clinic"}, "public_name": "Røntgen"}).status == 403
    with acting(cast.system):
        row = ApiToken.objects.get()
        told = [one for one in events_of_patient(cast.ola.id) if one.actor_id == row.id]
        made = events_about("token", row.id)
    assert {(one.actor_kind, one.actor_name, one.purpose) for one in told} == {("program", "Røntgenarkivet", "care")}
    assert [(one.action, one.actor_name) for one in made] == [("token.issued", cast.ali.name)]


def test_what_may_only_be_read_is_not_changed() -> None:
    cast = make_clinic()
    _, token = _make(cast, cast.kari, scope="read")
    api = _api(cast, token)
    assert api.get("threads").status == 200
    refused = api.post("appointments", {"slot_id": str(new_id()), "patient_id": str(cast.ola.id)})
    assert (refused.status, refused.body["code"]) == (403, "forbidden")


def _revoked(cast: Cast, token: ApiToken) -> None:
    logged_in(cast, cast.ali).post(address(cast, "settings-token-end", token.id))


def _run_out(cast: Cast, token: ApiToken) -> None:
    clock.move(timedelta(days=90))


def _has_left(cast: Cast, token: ApiToken) -> None:
    with acting(cast.system):
        cast.kari.active = False
        cast.kari.save()


@pytest.mark.parametrize("end", [_revoked, _run_out, _has_left])
def test_a_key_that_is_over_opens_nothing(end) -> None:
    cast = make_clinic()
    _, token = _make(cast, cast.kari)
    assert _api(cast, token).get("schedules").status == 200
    with acting(cast.system):
        row = ApiToken.objects.get()
    end(cast, row)
    assert _api(cast, token).get("schedules").status == 401
    page = body(logged_in(cast, cast.ali).get(address(cast, PAGE)))
    assert ("Røntgenarkivet" not in page) if end is _revoked else ("Gjelder ikke lenger" in page)


def test_who_is_no_administrator_has_the_own_keys_and_no_programs() -> None:
    cast = make_clinic()
    _make(cast)
    _make(cast, cast.mona, name="Monas program")
    _make(cast, cast.kari, name="Karis program")
    client = logged_in(cast, cast.kari)
    page = body(client.get(address(cast, PAGE)))
    assert "Karis program" in page
    assert "Monas program" not in page
    assert "Røntgenarkivet" not in page
    assert "programmet selv" not in page
    assert client.post(address(cast, PAGE), FORM).status_code == 422
    with acting(cast.actor(cast.kari)), pytest.raises(NotAllowedError):
        make_token(cast.actor(cast.kari), name="x", own=False, scopes=(), days=30)
    with acting(cast.system):
        mine, *others = sorted(ApiToken.objects.all(), key=lambda one: one.name)
    for one in others:
        assert client.post(address(cast, "settings-token-end", one.id)).status_code == 404
    assert client.post(address(cast, "settings-token-end", mine.id)).status_code == 302
    for one in others:
        assert logged_in(cast, cast.ali).post(address(cast, "settings-token-end", one.id)).status_code == 302


def test_nobody_makes_a_key_in_another_persons_name() -> None:
    cast = make_clinic()
    for who in (str(cast.kari.id), "", "kari"):
        assert logged_in(cast, cast.ali).post(address(cast, PAGE), {**FORM, "who": who}).status_code == 422


def test_another_clinics_key_is_as_one_that_does_not_exist() -> None:
    cast, other = make_clinic(), make_clinic()
    _, token = _make(other)
    with acting(other.system):
        row = ApiToken.objects.get()
    client = logged_in(cast, cast.ali)
    theirs = client.post(address(cast, "settings-token-end", row.id))
    nobodys = client.post(address(cast, "settings-token-end", new_id()))
    assert (theirs.status_code, same(theirs)) == (nobodys.status_code, same(nobodys)) == (404, same(nobodys))
    assert _api(other, token).get("schedules").status == 200


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 101}, {"days": "0"}, {"days": "4000"}, {"scope": "admin"}, {"who": "x"}],
)
def test_what_is_wrong_in_the_form_is_told_and_makes_nothing(wrong: dict[str, str]) -> None:
    cast = make_clinic()
    answer = logged_in(cast, cast.ali).post(address(cast, PAGE), {**FORM, **wrong})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in body(answer)
    with acting(cast.system):
        assert not ApiToken.objects.exists()


def test_two_administrators_end_one_key() -> None:
    cast = make_clinic()
    _make(cast)
    with acting(cast.system):
        row = ApiToken.objects.get()
        revoke_token(row.id)
    assert logged_in(cast, cast.ali).post(address(cast, "settings-token-end", row.id)).status_code == 404
