"""Who may be switched on in HelseNorge, by whom, and what the checklist says until then."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from skranke.audit.models import AuditEvent
from skranke.clinics.activation import checklist, errors, queries, services
from skranke.clinics.activation.values import Check
from skranke.clinics.errors import HerIdTakenError
from skranke.clinics.models import CHOOSABLE, Clinic, CommunicationParty, OnboardingAnswer, Service
from skranke.clinics.services import establish, register_party, set_services
from skranke.kernel import clock
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import ForbiddenError, InvalidError, NotFoundError
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting

from cast import ALL_SERVICES, Cast, fresh_her_id, make_clinic


def operator(cast: Cast) -> Actor:
    return Actor(kind=ActorKind.OPERATOR, clinic_id=cast.clinic.id, person_id=new_id(), name="Olav Drift", role="x")


def ready(cast: Cast, **changes: object) -> Clinic:
    facts = {"ordered_on": clock.today(), "nhn_member": True, "her_id": cast.clinic.her_id}
    return services.note_prerequisites(**facts | changes)


def red(lines: list) -> list[Check]:
    return [line.check for line in lines if not line.ok]


@pytest.mark.req("ACT-7")
def test_nothing_is_saved_without_the_day_of_the_order() -> None:
    cast = make_clinic(live=False)
    with acting(operator(cast)):
        with pytest.raises(errors.NotOrderedError) as refused:
            ready(cast, ordered_on=None)
        assert refused.value.field == "ordered_on"
        with pytest.raises(InvalidError):
            ready(cast, ordered_on=clock.today() + timedelta(days=1))
        assert not Clinic.objects.get().nhn_member
        assert ready(cast).ordered_on == clock.today()
        assert AuditEvent.objects.filter(action="activation.changed", actor_kind="operator").count() == 1


@pytest.mark.req("ACT-7", "ORG-4")
def test_nobody_at_the_clinic_switches_the_integration_on_or_off() -> None:
    cast = make_clinic(live=False)
    with acting(operator(cast)):
        ready(cast)
    for person in (cast.ali, cast.kari):
        with acting(cast.actor(person)):
            for attempt in (
                services.go_live,
                services.take_off,
                lambda: ready(cast),
                lambda: services.put_party_live(cast.kari_party),
                lambda: services.take_party_off(cast.kari_party),
                lambda: services.put_employee_live(cast.kari.id),
            ):
                with pytest.raises(errors.OnlyOperatorError):
                    attempt()
            assert Clinic.objects.get().live_since is None


@pytest.mark.req("ACT-8")
def test_a_clinic_goes_live_when_no_line_is_red_and_each_red_line_says_what_to_do() -> None:
    clinic = establish(slug=new_id().hex, name="A", organisation_number="999999999")
    with acting(Actor(kind=ActorKind.OPERATOR, clinic_id=clinic.id)):
        lines = checklist.clinic_lines(Clinic.objects.get())
        assert red(lines) == [Check.ORDERED, Check.MEMBER, Check.CLINIC_HER_ID, Check.CONNECTED]
        assert all(line.cure for line in lines if not line.ok)
        with pytest.raises(errors.NotReadyError) as refused:
            services.go_live()
        assert all(line.text in str(refused.value) for line in lines if not line.ok)
        assert Clinic.objects.get().live_since is None
    cast = make_clinic(live=False)
    with acting(operator(cast)):
        for missing in ({"nhn_member": False}, {"her_id": ""}):
            ready(cast, **missing)
            with pytest.raises(errors.NotReadyError):
                services.go_live()
        ready(cast)
        assert red(checklist.clinic_lines(Clinic.objects.get())) == []
        assert services.go_live().live_since is not None
        assert [event.action for event in AuditEvent.objects.filter(action__startswith="clinic.put")] == [
            "clinic.put_live"
        ]


@pytest.mark.req("ACT-5")
def test_a_private_clinic_is_refused() -> None:
    cast = make_clinic(live=False, gp_agreement=False)
    with acting(operator(cast)):
        ready(cast, gp_agreement=False)
        with pytest.raises(errors.NotReadyError, match="privat"):
            services.go_live()


@pytest.mark.req("ACT-4", "ACT-8")
def test_only_a_gp_with_a_list_is_switched_on_and_everybody_else_is_told_why_not() -> None:
    cast = make_clinic(live=False)
    with acting(operator(cast)):
        for person in (cast.ali, cast.anne, cast.per):
            with pytest.raises(errors.NotReadyError, match=f"{person.name} er ikke fastlege med liste"):
                services.put_employee_live(person.id)
        with pytest.raises(NotFoundError):
            services.put_employee_live(new_id())
        # A substitute with a HER-id of his own is a party, and still no GP with a list.
        stand_in = register_party(her_id=fresh_her_id(), kind="gp", name="Per Vik", employee=cast.per)
        with pytest.raises(errors.NotReadyError, match="ikke fastlege"):
            services.put_party_live(stand_in)
        assert services.put_employee_live(cast.kari.id).live_since is not None


@pytest.mark.req("ACT-8", "ACT-9")
def test_a_gp_without_a_her_id_or_without_services_in_the_register_is_red() -> None:
    cast = make_clinic(live=False)
    with acting(operator(cast)):
        set_services(cast.kari_party, [])
        with pytest.raises(errors.NotReadyError, match="Ingen tjenester er på i Adresseregisteret"):
            services.put_party_live(cast.kari_party)
        cast.mona_party.delete()
        with pytest.raises(errors.NotReadyError, match="Mona Dahl mangler HER-id"):
            services.put_employee_live(cast.mona.id)
        found = {one.name: one for one in queries.party_statuses()}
        assert red(found["Kari Lunde"].lines) == [Check.SERVICES]
        assert red(found["Mona Dahl"].lines) == [Check.HER_ID, Check.SERVICES]
        assert red(found["Ali Khan"].lines) == [Check.GP]
        assert [one.eligible for one in found.values()].count(True) == 2


@pytest.mark.req("ACT-11", "ACT-14")
def test_what_is_offered_is_on_in_the_register_chosen_by_the_clinic_and_live() -> None:
    cast = make_clinic()

    def offered() -> set[str]:
        with acting(cast.system):
            party = CommunicationParty.objects.get(id=cast.kari_party.id)
            by_query = {one.value for one in Service if queries.offering(one).filter(id=party.id).exists()}
            assert by_query == queries.offered_by(party)
            return by_query

    assert offered() == set(ALL_SERVICES)
    with acting(cast.system):
        set_services(cast.kari_party, [Service.BOOKING, Service.E_CONTACT])
    assert offered() == {"booking", "e_contact"}
    with acting(cast.actor(cast.ali)):
        services.choose_offers([Service.E_CONTACT, Service.PRESCRIPTION_RENEWAL])
    assert offered() == {"e_contact"}
    with acting(cast.actor(cast.ali)):
        services.choose_offers([])
    assert offered() == set()
    with acting(cast.actor(cast.ali)):
        services.choose_offers(CHOOSABLE)
    for off, on in (
        (services.take_off, services.go_live),
        (lambda: services.take_party_off(cast.kari_party), lambda: services.put_party_live(cast.kari_party)),
    ):
        with acting(operator(cast)):
            off()
        assert offered() == set()
        with acting(operator(cast)):
            on()
        assert offered() == {"booking", "e_contact"}


@pytest.mark.req("ACT-14", "ORG-4")
def test_the_administrator_chooses_what_is_offered_and_nobody_else() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.anne)), pytest.raises(ForbiddenError):
        services.choose_offers([])
    with acting(cast.actor(cast.ali)):
        for unknown in (Service.APPOINTMENT_CANCELLATION, "teleportation"):
            with pytest.raises(InvalidError):
                services.choose_offers([unknown])
        assert Clinic.objects.get().offers == [one.value for one in CHOOSABLE]


def test_what_a_live_clinic_stands_on_stays_until_it_is_taken_off() -> None:
    cast = make_clinic()
    with acting(operator(cast)):
        for change in ({"nhn_member": False}, {"gp_agreement": False}, {"her_id": fresh_her_id()}):
            with pytest.raises(errors.ClinicLiveError):
                ready(cast, **change)
        services.take_off()
        assert ready(cast, nhn_member=False).nhn_member is False


@pytest.mark.req("ACT-16")
def test_the_her_id_of_a_clinic_is_nobody_elses() -> None:
    cast, other = make_clinic(live=False), make_clinic()
    with acting(operator(cast)):
        for taken in (other.clinic.her_id, other.kari_party.her_id, cast.kari_party.her_id):
            with pytest.raises(HerIdTakenError):
                ready(cast, her_id=taken)
        with pytest.raises(InvalidError):
            ready(cast, her_id="12x")


@pytest.mark.req("ACT-4", "ACT-5", "ACT-7", "ACT-8")
@pytest.mark.parametrize(
    "change", [{"ordered_on": None}, {"nhn_member": False}, {"gp_agreement": False}, {"her_id": None}]
)
def test_the_database_itself_refuses_a_live_clinic_that_is_not_ready(change: dict[str, object]) -> None:
    cast = make_clinic()
    with acting(cast.system), pytest.raises(IntegrityError, match="clinic_live_is_ready"), transaction.atomic():
        Clinic.objects.update(**change)


def test_the_second_of_two_operators_is_told() -> None:
    cast = make_clinic(live=False)
    with acting(operator(cast)):
        seen = ready(cast).activation_version
    gate, outcomes = Barrier(2), []

    def attempt() -> None:
        try:
            gate.wait()
            with acting(operator(cast)):
                services.go_live(expected_version=seen)
            outcomes.append("live")
        except errors.ActivationChangedError:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["live", "told"]
    with acting(operator(cast)), pytest.raises(errors.ActivationChangedError):
        services.put_party_live(cast.kari_party, expected_version=seen)


@pytest.mark.req("ACT-17")
def test_what_the_office_decides_is_kept_with_its_author_and_time_and_the_second_is_told() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.ali)):
        first = services.answer_onboarding("who_handles", " Resepsjonen, to ganger om dagen. ")
        assert first is not None
        assert (first.text, first.author_name, first.version) == ("Resepsjonen, to ganger om dagen.", "Ali Khan", 1)
        assert first.answered_at <= clock.now()
        with pytest.raises(errors.AnswerChangedError):
            services.answer_onboarding("who_handles", "Legen selv.")
        second = services.answer_onboarding("who_handles", "Legen selv.", expected_version=1)
        assert second is not None
        assert (second.version, set(queries.onboarding())) == (2, {"who_handles"})
        with pytest.raises(InvalidError):
            services.answer_onboarding("renewals", "x" * 1001)
        assert services.answer_onboarding("who_handles", "", expected_version=2) is None
        assert not OnboardingAnswer.objects.exists()
        assert AuditEvent.objects.filter(action="onboarding.answered").count() == 3
    with acting(cast.actor(cast.anne)), pytest.raises(ForbiddenError):
        services.answer_onboarding("renewals", "Faste medisiner.")
    with acting(make_clinic().system):
        assert queries.onboarding() == {}
