"""What a state is set up with: windows of staff and citizens, files, and what has happened before."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.journeys import routes
from support.journeys.demo import Demo
from support.journeys.hands import weeks_on

Arrive = Callable[["Stage"], Any]


@dataclass
class Stage:
    """The people and things of one test. subject: of an e-consultation with a picture that Kari has got."""

    demo: Demo
    window: Callable[..., Any]
    staff: Callable[..., Any]
    citizen: Callable[..., Any]
    picture: Path
    plan: Path
    subject: str

    def thread(self) -> Any:
        """Kari with that e-consultation open."""
        page = self.staff("kari")
        page.goto(f"{self.demo.clinic}pasienter/{self.patient('Ola Nordli')}")
        page.get_by_role("region", name="Post").get_by_role("link", name=self.subject).click()
        page.locator("#thread-conv").wait_for()
        return page

    def wish(self, name: str) -> Any:
        """Kari with a citizen's wish for a time open."""
        home, words = self.citizen(name), "Kontroll av skulderen, helst tidlig på dagen"
        page = self.staff("kari")
        rows = page.locator("#post-rows a", has_text=name).filter(has_text="Timeønske")
        before = rows.count()
        home.locator(".sb-services").get_by_role("link", name="Ønske om time").click()
        home.locator("#id_text").fill(words)
        home.get_by_role("button", name="Send ønsket").click()
        home.get_by_text("Ønsket er sendt.").wait_for()
        rows.nth(before).wait_for()
        rows.first.click()
        page.locator("#answer-outcome").wait_for()
        return page

    def undelivered(self, trouble: str) -> Any:
        """Kari with a message of hers that HelseNorge did not take, as its operator ordered."""
        operator = self.window()
        operator.goto(f"{self.demo.sandbox}drift")
        operator.get_by_role("button", name=trouble).click()
        operator.get_by_text("møter feilen").wait_for()
        page = self.compose("Ola Nordli")
        page.locator("#compose-subject").fill("Prøvesvar")
        page.locator("#compose-text").fill("Prøvene er fine.")
        page.locator("#act-send").click()
        page.get_by_role("button", name="Send på nytt").wait_for()
        # The list beside it learns of it, too: nothing more will move.
        page.locator("#post-rows .it", has_text="Prøvesvar").get_by_text("Ikke levert").first.wait_for()
        page.wait_for_load_state("networkidle")
        return page

    def compose(self, name: str, kind: str = "e_contact") -> Any:
        """Kari about to write to a patient."""
        page = self.staff("kari")
        page.goto(f"{self.demo.clinic}post/ny?type={kind}&pasient={self.patient(name)}")
        return page

    def settings(self, page_name: str, username: str = "anne") -> Any:
        """The administrator, or somebody else, at a page of Konfigurasjon."""
        page = self.staff(username)
        page.goto(f"{self.demo.clinic}konfigurasjon/{page_name}")
        return page

    def patient(self, name: str) -> str:
        """The id of a patient in the clinic."""
        number = self.demo.citizen(name)["national_id"]
        return str(self.demo.ask("kari", f"/patients?national_id={number}")["items"][0]["id"])

    def timebok(self, username: str = "kari", weeks: int = 1) -> Any:
        """Somebody's Timebok, some weeks ahead."""
        page = self.staff(username)
        page.goto(f"{self.demo.clinic}timebok")
        weeks_on(page, weeks)
        return page

    def free_time(self, number: int = 0) -> Any:
        """The panel over a free time in Kari's Timebok."""
        page = self.timebok()
        page.locator("a.free.online").nth(number).click()
        page.locator("#panel .side-dlg").wait_for()
        return page

    def taken_time(self) -> Any:
        """The panel over a time that somebody has booked with Kari."""
        page = self.timebok()
        page.locator("a.slot.self").first.click()
        page.locator("#panel .side-dlg").wait_for()
        return page

    def slots(self, name: str) -> Any:
        """A citizen looking at the free times."""
        page = self.citizen(name)
        page.get_by_role("button", name="Bestill time").click()
        page.get_by_role("heading", name="Bestill time hos").wait_for()
        return page


@dataclass(frozen=True)
class State:
    """One page as it can stand. arrive: brings a window there; opens: the routes that must have been asked on the way;
    main: also looked at in the dark and at 200 %."""

    program: str
    name: str
    arrive: Arrive
    opens: frozenset[str]
    main: bool


@dataclass
class Register:
    """The states of one program."""

    program: str
    routes: Callable[[], list[routes.Route]]
    states: list[State] = field(default_factory=list)

    def state(self, name: str, *opens: str, main: bool = False) -> Callable[[Arrive], Arrive]:
        """Put a recipe into the register."""

        def put(arrive: Arrive) -> Arrive:
            self.states.append(State(self.program, name, arrive, frozenset(opens), main))
            return arrive

        return put


CLINIC = Register("klinikk", routes.clinic)
SANDBOX = Register("sandkasse", routes.sandbox)
