"""Parties and persons as the envelope wants them (HIS 1153-2, protocol-messages 2)."""

from skranke.kernel.ids import HerId, HprNumber, NationalId, NationalIdKind
from skranke.standards import profile
from skranke.standards.codes import NoteRole, OrganisationIdType, PatientRole, PersonIdType, Profession
from skranke.standards.dialog import RelatedRole
from skranke.standards.people import HealthPerson, Ident, Organisation, Party, Patient, Person


def organisation(name: str, her_id: HerId, organisation_number: str = "") -> Organisation:
    """Level 1: the HER-id first, an organisation number after it (D-24)."""
    idents = [Ident(id=str(her_id), type=profile.ORGANISATION_HER_TYPE)]
    if organisation_number:
        idents.append(Ident(id=organisation_number, type=OrganisationIdType.ENH.cv))
    return Organisation(name=name, idents=tuple(idents))


def gp_party(
    owner: Organisation, *, her_id: HerId, given_name: str, family_name: str, hpr_number: HprNumber | None = None
) -> Party:
    """A GP of a clinic: the communication party is the person, also while a substitute answers (AD3.7)."""
    idents = [Ident(id=str(her_id), type=profile.PERSON_HER_TYPE)]
    if hpr_number:
        idents.append(Ident(id=str(hpr_number), type=PersonIdType.HPR.cv))
    person = HealthPerson(family_name=family_name, given_name=given_name, idents=tuple(idents), role=PatientRole.GP.cv)
    return Party(organisation=owner, person=person)


def service_party(owner: Organisation, *, her_id: HerId, name: str) -> Party:
    """A service of an organisation, such as HelseNorge's own or a resource calendar (AD2.7)."""
    return Party(organisation=owner, service=organisation(name, her_id))


def _national(national_id: NationalId) -> Ident:
    kind = PersonIdType.DNR if national_id.kind is NationalIdKind.DNR else PersonIdType.FNR
    return Ident(id=str(national_id), type=kind.cv)


def patient(national_id: NationalId, *, given_name: str, family_name: str, middle_name: str = "") -> Patient:
    """A patient: name and exactly one id, FNR or DNR (DDFL-ENV-12)."""
    return Patient(
        given_name=given_name, middle_name=middle_name, family_name=family_name, idents=(_national(national_id),)
    )


def representative(national_id: NationalId, *, given_name: str, family_name: str, middle_name: str = "") -> Person:
    """Who acts for a patient (Pasientrelasjon)."""
    return patient(national_id, given_name=given_name, family_name=family_name, middle_name=middle_name)


def health_person(
    *,
    hpr_number: HprNumber,
    given_name: str,
    family_name: str,
    role: PatientRole | None = None,
    profession: Profession | None = None,
) -> HealthPerson:
    """A practitioner by HPR number, for lists and roles."""
    return HealthPerson(
        given_name=given_name,
        family_name=family_name,
        idents=(Ident(id=str(hpr_number), type=PersonIdType.HPR.cv),),
        role=role.cv if role else None,
        profession=profession.cs if profession else None,
    )


def practitioner_role(role: PatientRole, *, hpr_number: HprNumber, given_name: str, family_name: str) -> RelatedRole:
    """RollerRelatertNotat with a practitioner: who is wanted, answered, or holds the appointment (HITS 1217 2.4.5)."""
    person = health_person(hpr_number=hpr_number, given_name=given_name, family_name=family_name)
    return RelatedRole(role=role.cv, practitioner=person)


def author(*, given_name: str, family_name: str) -> RelatedRole:
    """RollerRelatertNotat of an e-kontakt answer: who wrote it, by name only (HITS 1217 3.3.2)."""
    return RelatedRole(note_role=NoteRole.AUTHOR.cv, person=Person(given_name=given_name, family_name=family_name))
