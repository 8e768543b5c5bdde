"""What the register says of a clinic is read over HTTP from the sandbox, and copied with its age."""

from datetime import timedelta
from importlib import import_module

import pytest

from skranke.audit.models import AuditEvent
from skranke.clinics.directory import refresh_counterpart, refresh_every_clinic, refresh_from_register
from skranke.clinics.models import CommunicationParty, Counterpart, Service
from skranke.gateway.endpoints import load
from skranke.kernel import clock
from skranke.kernel.ids import HerId
from skranke.registers.asking import ask_about
from skranke.registers.errors import RegisterAwayError, RegisterNotSetUpError
from skranke.registers.models import AddressEntry
from skranke.registers.queries import entry_of, services_in
from skranke.registers.services import keep
from skranke.registers.soap import ON_A_PAGE
from skranke.tenancy.work import acting
from skranke.worker.jobs import JOBS

from cast import Cast, fresh_her_id, make_clinic
from support.registers import HELSENORGE, asked_at, asked_at_sandbox


@pytest.fixture(scope="module")
def sandbox(pg_admin_dsn, tmp_path_factory):
    with import_module("support.registers").sandbox_registers(pg_admin_dsn, tmp_path_factory.mktemp("ar")) as running:
        yield running


@pytest.fixture
def asked(sandbox):
    with asked_at_sandbox(sandbox):
        yield sandbox


def known_in(sandbox, cast: Cast, **services: tuple[str, ...]) -> None:
    """Both GPs stand in the register, under the clinic."""
    for party in (cast.kari_party, cast.mona_party):
        assert party.employee is not None
        sandbox.put_party(
            party.her_id,
            clinic_her_id=cast.clinic.her_id,
            name=party.employee.name,
            given_name=party.employee.given_name,
            family_name=party.employee.family_name,
            hpr_number=party.employee.hpr_number,
            services=services.get(party.employee.given_name.lower(), ()),
        )


def refresh(cast: Cast):
    return refresh_from_register(cast.system, ON_A_PAGE)


def services_of(cast: Cast, her_id: str) -> list[str]:
    with acting(cast.system):
        return CommunicationParty.objects.get(her_id=her_id).services


@pytest.mark.req("ACT-9", "ACT-10", "ACT-11")
def test_each_gp_offers_what_the_register_says_and_the_age_is_told(asked) -> None:
    cast = make_clinic()
    known_in(asked, cast, kari=("booking", "e_contact"))
    found = refresh(cast)
    assert set(found.changed) == {cast.kari_party.her_id, cast.mona_party.her_id}
    assert services_of(cast, cast.kari_party.her_id) == ["booking", "e_contact"]
    assert services_of(cast, cast.mona_party.her_id) == []
    with acting(cast.system):
        party = CommunicationParty.objects.get(her_id=cast.kari_party.her_id)
        assert party.services_read_at is not None
        entry = entry_of(party.her_id)
        assert entry is not None
        assert (entry.queue_async.rpartition("/")[2], entry.queues_inherited) == (f"{cast.clinic.her_id}_async", True)
        assert AuditEvent.objects.filter(action="register.read").count() == 1
    clock.move(timedelta(hours=3))
    assert refresh(cast).changed == ()
    with acting(cast.system):
        again = CommunicationParty.objects.get(her_id=cast.kari_party.her_id)
        assert again.services_read_at is not None
        assert again.services_read_at > party.services_read_at
        assert AuditEvent.objects.filter(action="party.changed", subject_id=again.id).count() == 1


@pytest.mark.req("ACT-9")
def test_what_a_party_cannot_offer_here_is_left_out(asked) -> None:
    cast = make_clinic()
    known_in(asked, cast, kari=("booking", "appointment_cancellation"))
    refresh(cast)
    assert services_of(cast, cast.kari_party.her_id) == ["booking"]


@pytest.mark.req("ACT-9")
def test_a_party_that_the_register_does_not_have_offers_nothing(asked) -> None:
    cast = make_clinic()
    found = refresh(cast)
    assert {cast.kari_party.her_id, cast.clinic.her_id} <= set(found.unknown)
    assert services_of(cast, cast.kari_party.her_id) == []


@pytest.mark.req("ACT-9")
def test_without_a_register_of_profiles_nobody_is_said_to_offer_nothing(asked) -> None:
    cast = make_clinic()
    known_in(asked, cast)
    before = services_of(cast, cast.kari_party.her_id)
    assert before
    with asked_at(address_register_url=f"{asked.url('ar')}?alone", profile_register_url=""):
        assert refresh(cast).changed == ()
    assert services_of(cast, cast.kari_party.her_id) == before


@pytest.mark.req("ACT-10")
def test_an_answer_that_comes_late_never_takes_the_place_of_a_newer_one(asked) -> None:
    cast = make_clinic()
    known_in(asked, cast, kari=("booking",))
    her_id = cast.kari_party.her_id
    late = ask_about(HerId(her_id), ON_A_PAGE)
    clock.move(timedelta(seconds=1))
    known_in(asked, cast, kari=("e_contact",))
    refresh(cast)
    with acting(cast.system):
        assert services_in(keep(late)) == ["e_contact"]
        entry = entry_of(her_id)
        assert entry is not None
        assert services_in(entry) == ["e_contact"]


@pytest.mark.req("ACT-10")
def test_a_register_that_is_away_changes_nothing(asked) -> None:
    cast = make_clinic()
    known_in(asked, cast)
    before = services_of(cast, cast.kari_party.her_id)
    with asked.away("cppa"), pytest.raises(RegisterAwayError):
        refresh(cast)
    assert services_of(cast, cast.kari_party.her_id) == before
    with acting(cast.system):
        assert not AddressEntry.objects.exists()


@pytest.mark.req("ACT-12")
def test_a_substitute_and_a_vacant_list_of_the_office_become_parties(asked) -> None:
    cast = make_clinic()
    known_in(asked, cast)
    per, vacant, stranger = fresh_her_id(), fresh_her_id(), fresh_her_id()
    office = {"clinic_her_id": cast.clinic.her_id}
    asked.put_party(per, name="Per Vik", hpr_number=cast.per.hpr_number, services=("booking",), **office)
    asked.put_party(vacant, name="Liste uten fast lege", kind="service", services=("e_contact",), **office)
    asked.put_party(stranger, name="En Annen", hpr_number="1", **office)
    assert set(refresh(cast).added) == {per, vacant}
    with acting(cast.system):
        rows = {row.her_id: row for row in CommunicationParty.objects.filter(her_id__in=[per, vacant, stranger])}
        assert (rows[per].kind, rows[per].employee_id, rows[per].services) == ("gp", cast.per.id, [])
        assert (rows[vacant].kind, rows[vacant].employee_id, rows[vacant].services) == ("service", None, ["e_contact"])
        assert stranger not in rows
    assert refresh(cast).added == ()


def test_helsenorges_queues_and_certificates_are_the_registers(asked) -> None:
    cast = make_clinic(
        counterpart={"her_id": HELSENORGE.value, "queue_async": "old"},
        profile={name: f"file:{path}" for name, path in _files(asked).items()},
    )
    assert refresh_counterpart(cast.system, HELSENORGE.value, ON_A_PAGE)
    with acting(cast.system):
        row = Counterpart.objects.get()
        assert row.queue_async.endswith(f"/{HELSENORGE}_async")
        assert (row.name, row.name_level1) == ("Innbyggertjenester", "Sandkassen")
        assert row.signing_certificate == f"register:{HELSENORGE}"
        changes = AuditEvent.objects.filter(action="counterpart.changed")
        assert changes.count() == 2
    peer = load(cast.clinic.id).peers[HELSENORGE.value]
    assert peer.queue_async == f"{HELSENORGE}_async"
    assert "Sandkassen" in peer.encryption.subject.rfc4514_string()
    assert len(peer.signing) == 1
    assert refresh_counterpart(cast.system, HELSENORGE.value, ON_A_PAGE)
    with acting(cast.system):
        assert changes.count() == 2
    assert not refresh_counterpart(cast.system, "77", ON_A_PAGE)


def test_two_clinics_each_have_their_own_copy(asked) -> None:
    one, other = make_clinic(), make_clinic()
    known_in(asked, one)
    refresh(one)
    with acting(other.system):
        assert entry_of(one.kari_party.her_id) is None


def test_a_register_is_never_asked_inside_a_unit_of_work(asked) -> None:
    cast = make_clinic()
    with acting(cast.system), pytest.raises(RuntimeError, match="unit of work"):
        refresh(cast)


def test_without_an_address_nothing_is_asked() -> None:
    cast = make_clinic()
    with pytest.raises(RegisterNotSetUpError):
        refresh(cast)
    refresh_every_clinic()
    assert Service.BOOKING in services_of(cast, cast.kari_party.her_id)


@pytest.mark.req("ACT-10")
def test_the_worker_reads_it_each_night() -> None:
    job = next(job for job in JOBS if job.name == "registers.refresh")
    assert (job.verb, job.whole, job.when.hour()) == (refresh_every_clinic, True, 3)


def _files(sandbox) -> dict[str, object]:
    files = sandbox.pki.party("clinic")
    return {
        "signing_certificate": files.signing_certificate,
        "signing_key": files.signing_key,
        "decryption_certificate": files.encryption_certificate,
        "decryption_key": files.encryption_key,
        "trust_anchor": sandbox.pki.ca_certificate,
    }
