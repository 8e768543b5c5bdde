"""The people the tests are about: one clinic with its staff and patients, made anew by each test that needs it.

Kari and Mona are GPs, Ali is secretary and administrator, Anne nurse, Per a substitute without a HER-id. Ola (grown
up) and Nora (12) stand on Kari's list, Astrid (82) on Mona's, Jonas on nobody's.
"""

import itertools
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from skranke.clinics import queries as clinics
from skranke.clinics.activation.services import go_live, note_prerequisites, put_party_live
from skranke.clinics.models import (
    Clinic,
    CommunicationParty,
    CommunicationProfile,
    Counterpart,
    Employee,
    EmployeeRole,
    PartyKind,
    Service,
)
from skranke.clinics.services import establish, hire, register_party, set_counterpart, set_profile
from skranke.identity.models import Account
from skranke.identity.services import create_account, issue_token
from skranke.kernel import clock
from skranke.kernel.actor import Actor, ActorKind, system
from skranke.kernel.ids import NationalId, synthetic_national_id
from skranke.patients.models import HelseNorgeState, Patient
from skranke.patients.services import register
from skranke.tenancy.work import acting

from support.database import as_role

# Cancellation without booking has a premise that this clinic lacks (HITS 1217 3.7).
ALL_SERVICES = tuple(set(Service) - {Service.APPOINTMENT_CANCELLATION})
# A random start, so that workers and processes that share a database or a broker do not meet.
_her_ids = itertools.count(secrets.randbelow(800_000_000) + 100_000_000)


def fresh_her_id() -> str:
    """A HER-id no other test uses."""
    return str(next(_her_ids))


_national_ids: set[NationalId] = set()


def fresh_national_id(*, age: int) -> NationalId:
    """A synthetic fødselsnummer of somebody who is `age` years old, on the clock as it stands; never the same twice."""
    today = clock.today()
    while True:
        # Twenty days or more from either birthday, so that a test may run over midnight and change the time a little.
        days = timedelta(days=40 + secrets.randbelow(280))
        born = date(today.year - age, 1, 1).replace(month=today.month, day=1) - days
        found = synthetic_national_id(born, secrets.randbelow(100))
        if found not in _national_ids:
            _national_ids.add(found)
            return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """One clinic and its people."""

    clinic: Clinic
    kari: Employee
    mona: Employee
    ali: Employee
    anne: Employee
    per: Employee
    kari_party: CommunicationParty
    mona_party: CommunicationParty
    ola: Patient
    nora: Patient
    astrid: Patient
    jonas: Patient
    profile: CommunicationProfile
    counterpart: Counterpart

    @property
    def system(self) -> Actor:
        """The program itself at work for the clinic."""
        return system(self.clinic.id)

    def actor(self, person: Employee | Patient) -> Actor:
        """The actor this person works as."""
        if isinstance(person, Employee):
            return clinics.actor_of(person)
        return Actor(kind=ActorKind.PATIENT, clinic_id=self.clinic.id, person_id=person.id, name=person.name)

    def account(self, person: Employee) -> Account:
        """The account the person logs in with."""
        return Account.objects.get(id=person.account_id)

    def token(self, person: Employee, *scopes: str) -> str:
        """A new API token that acts as this person."""
        with acting(self.actor(self.ali)):
            return issue_token("test", self.clinic.id, person.id, scopes)


def make_clinic(
    *,
    profile: dict[str, object] | None = None,
    counterpart: dict[str, object] | None = None,
    live: bool = True,
    **facts: object,
) -> Cast:
    """A new clinic with its people.

    facts: fields of the clinic (slug, name, grace_seconds ...). profile, counterpart: fields that replace the
    synthetic ones of the communication profile and of HelseNorge's row. live: the clinic and its GPs are on in
    HelseNorge.
    """
    mark = uuid4().hex[:10]
    clinic = establish(
        **{
            "slug": f"k{mark}",
            "name": "Prøvevik legesenter",
            "her_id": fresh_her_id(),
            "organisation_number": "999999999",
            "is_test": True,
            "has_video": True,
            **facts,
        }
    )
    accounts = _accounts(mark)
    with acting(system(clinic.id)):
        kari = _hire(accounts["Kari"], EmployeeRole.GP, hpr_number=True)
        mona = _hire(accounts["Mona"], EmployeeRole.GP, hpr_number=True)
        made = Cast(
            clinic=clinic,
            kari=kari,
            mona=mona,
            ali=_hire(accounts["Ali"], EmployeeRole.SECRETARY, is_admin=True, sees_clinic_open=True),
            anne=_hire(accounts["Anne"], EmployeeRole.NURSE, hpr_number=True),
            per=_hire(accounts["Per"], EmployeeRole.SUBSTITUTE, hpr_number=True),
            kari_party=_party(kari),
            mona_party=_party(mona),
            ola=_patient("Ola", "Nordmann", 43, kari),
            nora=_patient("Nora", "Nordmann", 12, kari),
            astrid=_patient("Astrid", "Østby", 82, mona),
            jonas=_patient("Jonas", "Åsen", 31, None),
            profile=set_profile(**{**_profile(mark), **(profile or {})}),
            counterpart=set_counterpart(**{**_counterpart(mark), **(counterpart or {})}),
        )
        if live:
            activate(made)
    return made


def activate(cast: Cast) -> None:
    """Put the clinic and its GPs live, as the operator does; inside a unit of work of the clinic."""
    note_prerequisites(ordered_on=clock.today(), nhn_member=True, her_id=cast.clinic.her_id)
    go_live()
    for party in (cast.kari_party, cast.mona_party):
        party.live_since = put_party_live(party).live_since
    cast.clinic.refresh_from_db()


def _accounts(mark: str) -> dict[str, Account]:
    """An account of each by given name, made by the pages' program: no other may."""
    names = ("Kari Lunde", "Mona Dahl", "Ali Khan", "Anne Berg", "Per Vik")
    with as_role("skranke_web"):
        return {
            name.split()[0]: create_account(f"{name.split()[0].lower()}-{mark}", name, national_id=_staff_id())
            for name in names
        }


def _staff_id() -> str:
    return str(fresh_national_id(age=45))


def _hire(account: Account, role: EmployeeRole, *, hpr_number: bool = False, **facts: bool):
    given, family = account.display_name.split()
    number = str(100_000_000 + secrets.randbelow(899_999_999)) if hpr_number else ""
    return hire(given_name=given, family_name=family, role=role, hpr_number=number, account_id=account.id, **facts)


def _party(gp: Employee) -> CommunicationParty:
    return register_party(her_id=fresh_her_id(), kind=PartyKind.GP, name=gp.name, employee=gp, services=ALL_SERVICES)


def _patient(given: str, family: str, age: int, gp: Employee | None) -> Patient:
    return register(
        national_id=fresh_national_id(age=age),
        given_name=given,
        family_name=family,
        gp=gp,
        on_gp_list=gp is not None,
        helsenorge_state=HelseNorgeState.ACTIVE if gp is not None else HelseNorgeState.UNKNOWN,
        helsenorge_state_at=clock.now() - timedelta(hours=1) if gp is not None else None,
    )


def _profile(mark: str) -> dict[str, object]:
    queues = {f"queue_{lane}": f"{mark}_{lane}" for lane in ("async", "sync", "syncreply", "error")}
    keys = ("signing_certificate", "signing_key", "decryption_certificate", "decryption_key", "trust_anchor")
    return {"bus_url": "embedded:", **queues, **{key: f"file:/nowhere/{mark}/{key}.pem" for key in keys}}


def _counterpart(mark: str) -> dict[str, object]:
    return {
        "her_id": fresh_her_id(),
        "name": "Digital dialog",
        "her_id_level1": fresh_her_id(),
        "name_level1": "Helsenorge",
        **{f"queue_{lane}": f"helsenorge_{mark}_{lane}" for lane in ("async", "sync", "error")},
        "signing_certificate": f"file:/nowhere/{mark}/helsenorge-signing.pem",
        "encryption_certificate": f"file:/nowhere/{mark}/helsenorge-encryption.pem",
    }
