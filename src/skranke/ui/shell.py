"""What the shells (templates ui/clinic.html, ui/operator.html, ui/sandbox.html, ui/patient.html) show around a page.

Views build these once a request and pass them as `shell`; texts are already translated.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of a rail, tab bar or tab row.

    `symbol` is a name in icons.svg; `count_text` is read out after the count ("uleste"); `hot` asks for action;
    `shortcut` is as in `Action`.
    """

    url: str
    text: str
    symbol: str = ""
    current: bool = False
    count: int = 0
    count_text: str = ""
    hot: bool = False
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """One quick action: a link, with its shortcut as "Alt+P" where it has one."""

    url: str
    text: str
    symbol: str = ""
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class ActivePatient:
    """The patient bar of the clinic shell. `reach_state` is ok, warn or bad; `national_id` is shown masked.

    `exemption_*`: the exemption card, its mood as that of a chip, and who told of it when.

    `reach_url`: where the chip is asked for again when news of the patient comes; empty: it does not change.
    """

    name: str
    born: date
    national_id: str
    url: str
    gp_name: str = ""
    phone: str = ""
    email: str = ""
    exemption_text: str = ""
    exemption_state: str = ""
    exemption_told: str = ""
    reach_text: str = ""
    reach_state: str = "ok"
    reach_url: str = ""
    close_url: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Live:
    """Where the page gets news: the event stream's address and the path on this origin that gives a signed ticket."""

    url: str
    ticket_url: str


@dataclass(frozen=True, slots=True)
class SessionLinks:
    """What a page's script needs to lock the screen, and the page's menu to lead to the person's log-ins."""

    list_url: str
    state_url: str
    unlock_url: str
    idle_seconds: int


@dataclass(frozen=True, slots=True)
class Toggle:
    """Something one is logged in to, or out of for now; the address turns it round by POST."""

    text: str
    url: str
    on: bool


@dataclass(frozen=True, slots=True)
class ContextMenu:
    """The menu at the top left (ORG-15): other clinics, what one is logged in to, and the own profile."""

    profile_url: str
    clinics: tuple[NavItem, ...] = ()
    toggles: tuple[Toggle, ...] = ()


@dataclass(frozen=True, slots=True)
class ClinicShell:
    """The frame of every page of the clinic portal. An empty address leaves the thing out.

    `told_url`: what this person waited for and now is there, asked for when news of the kind "draft" comes.
    `compose_url`: where a new dialog is begun, on pages whose `actions` do not have it (CMP-12).
    """

    clinic_name: str
    person_name: str
    role_text: str
    nav: tuple[NavItem, ...]
    home_url: str = "/"
    search_url: str = ""
    compose_url: str = ""
    context: ContextMenu | None = None
    logout_url: str = ""
    test_environment: bool = True
    patient: ActivePatient | None = None
    actions: tuple[Action, ...] = ()
    live: Live | None = None
    told_url: str = ""
    session: SessionLinks | None = None


@dataclass(frozen=True, slots=True)
class SandboxShell:
    """The frame of every page of the HelseNorge sandbox; `move_url` leads to where its clock is moved."""

    nav: tuple[NavItem, ...]
    home_url: str = "/"
    move_url: str = ""
    live: Live | None = None
    session: SessionLinks | None = None


@dataclass(frozen=True, slots=True)
class OperatorShell:
    """The frame of every page of the operator."""

    person_name: str
    nav: tuple[NavItem, ...]
    home_url: str = "/"
    logout_url: str = ""
    live: Live | None = None
    session: SessionLinks | None = None


@dataclass(frozen=True, slots=True)
class PatientShell:
    """The frame of the patient portal. `nav` is the tab bar (at most four); leave it empty inside a flow.

    switch_url: where another person is chosen; clinics_url: where another clinic or person is. acting_for: the name of
    the patient in whose stead person_name acts.
    """

    clinic_name: str
    nav: tuple[NavItem, ...] = ()
    person_name: str = ""
    back_url: str = ""
    logout_url: str = ""
    switch_url: str = ""
    clinics_url: str = ""
    acting_for: str = ""
    test_environment: bool = True
    live: Live | None = None
    session: SessionLinks | None = None
