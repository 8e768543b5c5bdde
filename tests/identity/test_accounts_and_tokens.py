"""Accounts log in; tokens let a program act as one employee until they are revoked."""

import pytest
from django.db import connection

from skranke.audit.queries import events_about
from skranke.clinics.queries import actor_for_token
from skranke.identity import queries, services
from skranke.identity.errors import UsernameTakenError
from skranke.identity.models import ApiToken
from skranke.kernel.errors import NotFoundError
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting

from cast import make_clinic


def test_an_account_is_found_while_it_is_active() -> None:
    account = services.create_account(f"eva-{new_id().hex}", "Eva Moe")
    assert queries.account_of_username(account.username) == account == queries.account_of_id(account.id)
    with pytest.raises(UsernameTakenError):
        services.create_account(account.username, "Eva Moen")
    account.active = False
    account.save()
    assert queries.account_of_username(account.username) is None
    assert queries.account_of_id(account.id) is None


def test_a_token_acts_as_its_employee_within_its_scopes() -> None:
    cast = make_clinic()
    assert actor_for_token(cast.token(cast.kari)) == cast.actor(cast.kari)
    limited = actor_for_token(cast.token(cast.kari, "threads:read"))
    assert limited is not None
    assert limited.scopes == {"threads:read"}
    assert limited.person_id == cast.kari.id
    for wrong in ("", "x", cast.token(cast.kari) + "x"):
        assert actor_for_token(wrong) is None


def test_a_token_is_stored_nowhere() -> None:
    cast = make_clinic()
    token = cast.token(cast.kari)
    with acting(cast.system), connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM identity_apitoken t")
        assert token not in " ".join(row[0] for row in cursor.fetchall())


def test_a_token_ends_when_it_is_revoked_and_when_its_employee_leaves() -> None:
    cast, other = make_clinic(), make_clinic()
    token, second = cast.token(cast.kari), cast.token(cast.mona)
    with acting(cast.system):
        row = ApiToken.objects.get(employee_id=cast.kari.id)
    with acting(other.system), pytest.raises(NotFoundError):
        services.revoke_token(row.id)
    with acting(cast.actor(cast.ali)):
        services.revoke_token(row.id)
        with pytest.raises(NotFoundError):
            services.revoke_token(row.id)
        assert [event.action for event in events_about("token", row.id)] == ["token.revoked", "token.issued"]
        cast.mona.active = False
        cast.mona.save()
    assert actor_for_token(token) is None
    assert actor_for_token(second) is None


@pytest.mark.req("NFR-1")
def test_log_in_and_log_out_are_audited() -> None:
    cast = make_clinic()
    account = cast.account(cast.ali)
    with acting(cast.actor(cast.ali)):
        services.note_log_in(account.id)
        services.note_log_out(account.id)
        assert [event.action for event in events_about("account", account.id)] == ["session.closed", "session.opened"]
