"""How long somebody is logged in, and what the programs that serve pages refuse to start without."""

import json
import time
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from skranke.cli.main import main
from skranke.clinics.services import set_profile
from skranke.config import environment
from skranke.gateway.supervisor import LANES
from skranke.kernel import clock
from skranke.tenancy.work import acting
from skranke.web import health

from cast import make_clinic
from support.clinic_pages import address, logged_in


@pytest.mark.req("ORG-14")
def test_who_goes_on_working_is_logged_out_after_eight_hours_all_the_same() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.kari)
    clock.move(timedelta(hours=7, minutes=59))
    assert client.post(address(cast, "patient-choose", cast.ola.id)).status_code == 302
    assert client.get(address(cast, "post")).status_code == 200
    clock.move(timedelta(minutes=2))
    sent = client.get(address(cast, "post"))
    assert (sent.status_code, sent.headers["Location"].partition("?")[0]) == (302, reverse("login"))
    assert client.get(reverse("front")).headers["Location"] == reverse("login")


def test_the_address_of_a_clinic_leads_to_its_post_or_to_the_log_in_and_tells_nothing() -> None:
    cast, nobody = make_clinic(), Client()
    front, post = address(cast, "clinic-front"), address(cast, "post")
    for one in (front, front.removesuffix("/")):
        assert nobody.get(one).headers["Location"] == post
    assert nobody.get(post).headers["Location"].startswith(reverse("login"))
    assert logged_in(cast, cast.kari).get(front, follow=True).redirect_chain == [(post, 302)]
    # Of a clinic that is not there, the same is said.
    assert nobody.get(reverse("clinic-front", args=["ingen"])).status_code == 302
    assert nobody.get(reverse("post", args=["ingen"])).headers["Location"].startswith(reverse("login"))


def test_pages_are_not_served_with_a_key_that_everybody_knows() -> None:
    with pytest.raises(environment.SettingError, match="SKRANKE_SECRET_KEY"):
        environment.for_pages(environment.Settings())
    assert environment.for_pages(environment.Settings(secret_key="s" * 32)).secret_key == "s" * 32


@pytest.mark.parametrize(
    ("name", "value"),
    [("LOG_LEVEL", "loud"), ("DELIVERY_TRIES", "0"), ("STATUS_CHECK_HOUR", "24"), ("SESSION_HOURS", "-1")],
)
def test_a_wrong_setting_is_told_by_its_name(name: str, value: str) -> None:
    with pytest.raises(environment.SettingError, match=f"SKRANKE_{name} must be"):
        environment.load({f"SKRANKE_{name}": value})


def test_a_setting_in_a_file_that_is_no_text_is_told_by_its_name(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(environment.SettingError, match="SKRANKE_SECRET_KEY_FILE"):
        environment.load({"SKRANKE_SECRET_KEY_FILE": str(secret)})


def test_the_numbers_that_have_bounds_are_all_the_numbers() -> None:
    numbers = {one.name for one in fields(environment.Settings) if type(one.default) is int}
    assert set(environment._NUMBERS) == numbers


def test_a_command_tells_a_wrong_setting_in_one_sentence(monkeypatch, capsys) -> None:
    monkeypatch.setenv("SKRANKE_DELIVERY_TRIES", "0")
    assert main(["gateway"]) == 1
    assert capsys.readouterr().err == "SKRANKE_DELIVERY_TRIES must be a whole number from 1 to 2147483647.\n"


def test_without_a_database_nothing_is_migrated(monkeypatch, capsys) -> None:
    monkeypatch.setenv("SKRANKE_DATABASE_URL", "")
    assert main(["migrate"]) == 1
    assert capsys.readouterr().err.startswith("DATABASE_URL must read postgresql://")


def test_a_her_id_that_is_none_declares_nothing(capsys) -> None:
    assert main(["bus", "declare", "amqp://localhost/NS", "abc"]) == 1
    assert capsys.readouterr().err == "A HER-id is a positive whole number.\n"


def test_the_options_of_the_databases_address_count() -> None:
    found = environment.database("postgresql://a%40b:c@db/my%20base?sslmode=verify-full&options=-c%20x%3D1", owner=True)
    assert (found["NAME"], found["USER"], found["OPTIONS"]["sslmode"]) == ("my base", "a@b", "verify-full")
    assert found["OPTIONS"]["options"].startswith("-c x=1 -c role=skranke_owner ")
    for wrong in ("mysql://a/b", "postgresql://a:x/b", "postgresql://a/b?sslmode", "postgresql://a"):
        with pytest.raises(environment.SettingError, match="DATABASE_URL must read"):
            environment.database(wrong)


def test_the_bus_is_asked_also_where_its_address_stands_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address holds a password, so the clinic's row only names the file."""
    cast = make_clinic()
    monkeypatch.setattr("skranke.clinics.queries.clinics_on_the_bus", lambda: [cast.clinic.id])
    kept = tmp_path / "bus-url"
    with acting(cast.system):
        fields = {one.name: getattr(cast.profile, one.name) for one in cast.profile._meta.fields}
        set_profile(**{k: v for k, v in fields.items() if k not in ("id", "clinic_id")} | {"bus_url": f"file:{kept}"})
    assert health._bus() == "cannot be reached"
    kept.write_text(settings.OURS.database_url)
    assert health._bus() == "ok"


def test_health_tells_what_the_broker_set_aside_and_is_none_the_worse_for_it(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(settings, "OURS", replace(settings.OURS, health_directory=str(tmp_path)))
    assert Client().get(reverse("health")).json()["dead_letters"] is None
    now = time.time()
    for lane in LANES:
        more = {"dead_letters": 3} if lane == "error" else {}
        (tmp_path / f"{lane}.json").write_text(json.dumps({"lane": lane, "pid": 1, "time": now} | more))
    said = Client().get(reverse("health")).json()
    assert (said["dead_letters"], said["parts"]["gateway.error"]) == (3, "ok")
