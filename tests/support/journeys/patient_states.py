"""Every state of the patients' pages in the clinic portal, each with the way to it."""

from typing import Any

from support.journeys.stage import CLINIC, Stage

state = CLINIC.state


def _card(stage: Stage, name: str, username: str = "anne") -> Any:
    return stage.staff(username, at=f"{stage.demo.clinic}pasienter/{stage.patient(name)}")


@state("pasientkort-tilpass", "patient-card-layout")
def _layout(stage: Stage) -> Any:
    page = stage.staff("lise", at=f"{stage.demo.clinic}pasienter/kort")
    page.get_by_role("button", name="Skjul Journal").click()
    page.get_by_text("(skjult)").wait_for()
    page.get_by_role("button", name="Nullstill").click()
    page.get_by_text("(skjult)").wait_for(state="detached")
    return page


@state("pasientkort-kontakt", "patient-contact", main=True)
def _contact(stage: Stage) -> Any:
    page = _card(stage, "Astrid Vik")
    page.get_by_role("region", name="Basis").get_by_role("link", name="Endre kontaktopplysningene").click()
    page.get_by_role("heading", name="Kontaktopplysninger").wait_for()
    return page


@state("pasientkort-kontakt-feil")
def _contact_refused(stage: Stage) -> Any:
    page = _contact(stage)
    page.get_by_label("Telefon").fill("ring meg")
    page.get_by_role("button", name="Lagre").click()
    page.locator("[data-error-summary]").wait_for()
    return page


@state("pasientkort-endret-av-andre")
def _contact_changed(stage: Stage) -> Any:
    first, second = _contact(stage), _contact(stage)
    first.get_by_label("Poststed").fill("Eksempelvik")
    first.get_by_role("button", name="Lagre").click()
    first.locator(".always").wait_for()
    second.get_by_label("Poststed").fill("Prøvevik")
    second.get_by_role("button", name="Lagre").click()
    second.get_by_text("Dette står på kortet nå:").wait_for()
    return second


@state("pasientkort-merknad", "patient-note")
def _note(stage: Stage) -> Any:
    page = _card(stage, "Berit Aune")
    page.goto(f"{page.url}/merknad")
    page.get_by_label("Viktig merknad").fill("Bruker tolk. Ring aldri før klokken ti.")
    page.get_by_role("button", name="Lagre").click()
    page.locator(".note.warn .pre").wait_for()
    page.get_by_role("link", name="Endre merknaden").click()
    page.get_by_role("heading", name="Viktig merknad").wait_for()
    return page


@state("pasientkort-relasjon", main=True)
def _relation(stage: Stage) -> Any:
    page = _card(stage, "Nora Nordli")
    relations = page.get_by_role("region", name="Relasjon")
    if not relations.get_by_text("Ola Nordli").count():
        relations.get_by_text("Legg til en relasjon").click()
        relations.get_by_label("Den pårørendes fødselsnummer").fill(stage.demo.citizen("Ola Nordli")["national_id"])
        relations.get_by_label("Er pasientens").select_option("father")
        relations.get_by_label("Ja", exact=True).check()
        relations.get_by_role("button", name="Legg til").click()
    page.get_by_role("region", name="Relasjon").get_by_text("Har tilgang", exact=True).wait_for()
    return page


@state("pasientkort-relasjon-feil")
def _relation_refused(stage: Stage) -> Any:
    page = _card(stage, "Emil Nordli")
    relations = page.get_by_role("region", name="Relasjon")
    relations.get_by_text("Legg til en relasjon").click()
    relations.get_by_label("Den pårørendes fødselsnummer").fill("010190")
    relations.get_by_role("button", name="Legg til").click()
    page.locator("[data-error-summary]").wait_for()
    return page


@state("pasientkort-fortrolig")
def _confidential(stage: Stage) -> Any:
    page = _card(stage, "Simen Eng")
    page.get_by_text("Fortrolig adresse").wait_for()
    return page


@state("pasientsok-ligner")
def _nearly(stage: Stage) -> Any:
    page = stage.staff("kari")
    page.locator("#ui-search").press_sequentially("nrodli")
    page.get_by_text("Navn som ligner").wait_for()
    return page


def _unanswered(stage: Stage, name: str) -> Any:
    """Somebody about to write to a patient of whom HelseNorge has not told yet, while it is silent."""
    operator = stage.window()
    operator.goto(f"{stage.demo.sandbox}drift")
    operator.get_by_role("button", name="Ikke kvitter").click()
    operator.get_by_text("møter feilen").wait_for()
    return stage.staff("lise", at=f"{stage.demo.clinic}post/ny?type=e_contact&pasient={stage.patient(name)}")


@state("skriv-spoer-helsenorge", "compose-reach", main=True)
def _asking(stage: Stage) -> Any:
    page = _unanswered(stage, "Berit Aune")
    # Its answer stays away for as long as the state is looked at: the questions for it go nowhere.
    page.get_by_text("Spør HelseNorge om pasienten kan nås").wait_for()
    with page.expect_response("**/post/ny/naas**"):
        pass
    page.route("**/post/ny/naas**", lambda _: None)
    return page


@state("skriv-lagre-som-kladd", "drafts", "drafts-told", main=True)
def _keep(stage: Stage) -> Any:
    page = _unanswered(stage, "Gunnar Moen")
    page.locator("#compose-subject").fill("Prøvesvar")
    page.locator("#compose-text").fill("Prøvene er fine.")
    page.locator("#act-keep").click(timeout=60_000)
    page.get_by_role("heading", name="Kladd").first.wait_for()
    page.get_by_text("Venter på HelseNorge").first.wait_for()
    page.wait_for_load_state()  # before its scripts have run the page hears nothing
    with page.expect_response("**/post/kladder/svar"):
        page.locator("#ui-told").dispatch_event("live")
    return page


@state("kladd-valgt")
def _draft_chosen(stage: Stage) -> Any:
    page = _keep(stage)
    page.locator("#draft-rows .it").first.click()
    page.locator("#draft-go-on").wait_for()
    return page


@state("pasient-ukjent-kontakt", "patient-reach")
def _unknown_reach(stage: Stage) -> Any:
    page = _keep(stage)
    page.goto(f"{stage.demo.clinic}pasienter/{stage.patient('Gunnar Moen')}")
    page.get_by_role("button", name="Gjør til aktiv pasient").click()
    page.locator("#ui-reach").wait_for(state="attached")
    page.wait_for_load_state()
    with page.expect_response("**/naas"):
        page.locator("#ui-reach").dispatch_event("live")
    page.locator("#ui-reach").wait_for()
    return page


@state("pasientkort-frikort", "patient-exemption", main=True)
def _exemption(stage: Stage) -> Any:
    page = _card(stage, "Hanne Brekke")
    page.get_by_role("link", name="Endre frikortet").click()
    page.get_by_label("Har frikort", exact=True).wait_for()
    return page


@state("pasient-adresse-fra-register", "patient-address", main=True)
def _address_of_register(stage: Stage) -> Any:
    page = _card(stage, "Hanne Brekke")
    page.get_by_role("button", name="Gjør til aktiv pasient").click()
    page.get_by_text("Fra Folkeregisteret, lest").wait_for(timeout=30_000)
    # The register may have answered before the page was drawn, and then the page has nothing left to ask for.
    line = f"{stage.demo.clinic}pasienter/{stage.patient('Hanne Brekke')}/adresse"
    page.evaluate("line => htmx.ajax('GET', line, { target: '#adresse', swap: 'outerHTML' })", line)
    page.get_by_text("Fra Folkeregisteret, lest").wait_for()
    return page


@state("pasientlister", "patient-lists", main=True)
def _lists(stage: Stage) -> Any:
    return stage.staff("anne", at=f"{stage.demo.clinic}pasienter/lister")


@state("pasientliste-ny", "patient-list-new")
def _new_list(stage: Stage) -> Any:
    page = _lists(stage)
    page.get_by_role("link", name="Ny liste").first.click()
    page.get_by_role("heading", name="Ny pasientliste").wait_for()
    return page


@state("pasientliste-feil")
def _list_refused(stage: Stage) -> Any:
    page = _new_list(stage)
    page.get_by_role("button", name="Lagre").click()
    page.locator("[data-error-summary]").wait_for()
    return page


@state("pasientliste-egen", "patient-list", "patient-list-edit")
def _own_list(stage: Stage) -> Any:
    page = _new_list(stage)
    page.get_by_label("Navn på listen").fill(f"Kontroll {stage.subject}")
    page.get_by_label("Egendefinert").check()
    page.get_by_role("button", name="Lagre").click()
    page.get_by_text("Ingen pasienter på listen.").wait_for()
    page.get_by_role("link", name="Endre listen").click()
    page.get_by_text("Slett listen").first.click()
    return page


@state("pasientliste-fastlege", main=True)
def _gp_list(stage: Stage) -> Any:
    page = _lists(stage)
    page.get_by_role("link", name="Fastlegeliste Kari Lunde").click()
    page.locator("table.t").wait_for()
    return page


@state("fastlegelister-les", "list-sync")
def _sync(stage: Stage) -> Any:
    page = _lists(stage)
    page.get_by_role("link", name="Les fastlegelistene nå").click()
    page.get_by_role("button", name="Ja, les listene nå").click()
    page.get_by_text("Sist lest").wait_for(timeout=120_000)
    return page


@state("fastlegelister-endringer", "list-changes", "list-changes-of", main=True)
def _changes(stage: Stage) -> Any:
    registers = stage.window()
    registers.goto(f"{stage.demo.sandbox}drift/registre")
    citizens = registers.get_by_label("Innbygger")
    of_per = citizens.locator("option", has_text="(Per Nygård)").last
    citizens.select_option(value=of_per.get_attribute("value"))
    registers.get_by_label("Liste", exact=True).select_option(label="Jonas Aasen")
    registers.get_by_role("button", name="Flytt", exact=True).click()
    registers.get_by_text("står nå på listen til").wait_for()
    page = _sync(stage)
    page.get_by_role("link", name="Se endringene").wait_for(timeout=120_000)
    page.goto(f"{stage.demo.clinic}pasienter/lister/endringer")
    page.get_by_role("region", name="Lesinger som endret noe").get_by_role("link").first.click()
    page.get_by_text("Lagt til", exact=True).first.wait_for()
    return page


@state("pasientkort-nummer", "patient-number", main=True)
def _number(stage: Stage) -> Any:
    page = _card(stage, "Yusuf Omar")
    page.get_by_role("region", name="Basis").get_by_role("link", name="Endre nummeret").click()
    page.get_by_label("Nytt fødselsnummer").fill(stage.demo.citizen("Elin Tangen")["national_id"])
    page.get_by_role("button", name="Lagre").click()
    page.get_by_role("button", name="Ja, det er samme person").wait_for()
    return page


def _invoice(stage: Stage) -> Any:
    page = _card(stage, "Thea Hauge")
    page.get_by_role("link", name="Nytt regningskort").click()
    page.get_by_role("heading", name="Regningskort", level=1).wait_for()
    return page


@state("regningskort-nytt", "invoice-new", main=True)
def _new_invoice(stage: Stage) -> Any:
    return _invoice(stage)


@state("regningskort", "invoice-card", main=True)
def _open_invoice(stage: Stage) -> Any:
    page = _invoice(stage)
    page.get_by_role("button", name="Nytt regningskort").click()
    page.get_by_label("2ad").check()
    page.get_by_role("button", name="Lagre").click()
    page.get_by_text("Pasienten betaler 160").wait_for()
    return page


@state("timetype-takster", "settings-type-codes")
def _codes(stage: Stage) -> Any:
    page = stage.staff("anne", at=f"{stage.demo.clinic}konfigurasjon/timetyper")
    page.get_by_role("main").get_by_role("link", name="Vanlig konsultasjon").first.click()
    page.get_by_role("link", name="Takster som fylles inn på regningskortet").click()
    page.get_by_role("heading", name="Takster", level=1).wait_for()
    return page
