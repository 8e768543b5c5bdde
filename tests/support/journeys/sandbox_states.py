"""Every state of the sandbox's pages, each with the way to it."""

from typing import Any

from support.journeys.stage import SANDBOX, Stage

state = SANDBOX.state


@state("velg-innbygger", "home", main=True)
def _home(stage: Stage) -> Any:
    page = stage.window()
    page.goto(stage.demo.sandbox)
    return page


@state("velg-ingen-treff")
def _no_hits(stage: Stage) -> Any:
    page = stage.window()
    page.goto(f"{stage.demo.sandbox}?q=finnesikke")
    return page


@state("oversikt", "overview", "news", main=True)
def _overview(stage: Stage) -> Any:
    page = stage.window()
    with page.expect_response("**/nytt*"):
        page.goto(f"{stage.demo.sandbox}?q=Elin+Tangen")
        page.locator(".pick").get_by_role("link", name="Elin Tangen").click()
    return page


@state("oversikt-uten-tilgang")
def _no_access(stage: Stage) -> Any:
    return stage.citizen("Ragnhild Ness")


@state("oversikt-kan-bare-lese")
def _may_only_read(stage: Stage) -> Any:
    return stage.citizen("Emil Nordli")


@state("oversikt-forelder")
def _parent(stage: Stage) -> Any:
    page = stage.citizen("Ola Nordli")
    page.get_by_role("navigation", name="Handler for").get_by_role("link", name="Nora").click()
    page.get_by_role("heading", name="Nora Nordli, ").wait_for()
    return page


@state("skriv", "write", main=True)
def _write(stage: Stage) -> Any:
    page = stage.citizen("Ola Nordli")
    page.get_by_role("link", name="eKonsultasjon", exact=True).click()
    page.locator("#id_text").wait_for()
    return page


@state("skriv-feil")
def _write_refused(stage: Stage) -> Any:
    page = _write(stage)
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator("[data-error-summary]").wait_for()
    return page


@state("samtale", "thread", "attachment", main=True)
def _thread(stage: Stage) -> Any:
    page = stage.citizen("Ola Nordli")
    page.locator("#innboks").get_by_role("link", name=stage.subject).click()
    with page.expect_download():
        page.locator("#samtale").get_by_role("link", name=stage.picture.name).click()
    return page


@state("samtale-feil")
def _thread_refused(stage: Stage) -> Any:
    page = stage.citizen("Ola Nordli")
    page.locator("#innboks").get_by_role("link", name=stage.subject).click()
    page.get_by_role("button", name="Send svar").click()
    page.locator("[data-error-summary]").wait_for()
    return page


@state("timer", "slots", main=True)
def _slots(stage: Stage) -> Any:
    return stage.slots("Ola Nordli")


@state("timer-feil")
def _slots_refused(stage: Stage) -> Any:
    page = stage.slots("Ola Nordli")
    page.get_by_role("button", name="Bestill timen").click()
    page.locator("[data-error-summary]").wait_for()
    return page


@state("timer-ingen")
def _no_slots(stage: Stage) -> Any:
    return stage.slots("Berit Aune")


@state("timen-er-bestilt")
def _booked(stage: Stage) -> Any:
    """A booking, confirmed; the time is given back when the next state cancels it."""
    page = stage.slots("Mats Bakken")
    page.locator("label.pill input").nth(9).check()
    page.locator("#id_comment").fill("Kontroll av blodtrykk")
    page.get_by_role("button", name="Bestill timen").click()
    page.locator("#timeavtaler [data-state=confirmed]").first.wait_for()
    return page


@state("beskjed", "notice")
def _notice(stage: Stage) -> Any:
    page = _booked(stage)
    page.get_by_role("link", name="Tilbake").or_(page.locator("#innboks a")).first.wait_for()
    page.locator("#innboks tbody a").first.click()
    page.get_by_role("link", name="Tilbake til innboksen").wait_for()
    return page


@state("avbestill", "cancel")
def _cancel(stage: Stage) -> Any:
    page = _booked(stage)
    page.get_by_role("link", name="Avbestill").first.click()
    page.get_by_role("button", name="Avbestill timen").wait_for()
    return page


@state("flytt", "move")
def _move(stage: Stage) -> Any:
    page = _booked(stage)
    page.get_by_role("link", name="Flytt timen").first.click()
    page.get_by_role("button", name="Hent ledige timer").wait_for()
    return page


@state("flytt-timer", "move_slots")
def _move_to(stage: Stage) -> Any:
    page = _move(stage)
    page.get_by_role("button", name="Hent ledige timer").click()
    page.get_by_role("button", name="Flytt til denne timen").wait_for()
    return page


@state("onske", "wish")
def _wish(stage: Stage) -> Any:
    page = stage.citizen("Ola Nordli")
    page.locator(".sb-services").get_by_role("link", name="Ønske om time").click()
    page.get_by_role("button", name="Send ønsket").wait_for()
    return page


@state("onske-feil")
def _wish_refused(stage: Stage) -> Any:
    page = _wish(stage)
    page.get_by_role("button", name="Send ønsket").click()
    page.locator("[data-error-summary]").wait_for()
    return page


@state("onske-avbestilling", "wish_cancel")
def _wish_to_cancel(stage: Stage) -> Any:
    page = _booked(stage)
    page.get_by_role("link", name="Be legekontoret avbestille").first.click()
    page.get_by_role("button", name="Send ønsket").wait_for()
    return page


@state("onske-ny-tid", "wish_change")
def _wish_to_change(stage: Stage) -> Any:
    page = _booked(stage)
    page.get_by_role("link", name="Be om en annen tid").first.click()
    page.get_by_role("button", name="Send ønsket").wait_for()
    return page


@state("tjenester", main=True)
def _common(stage: Stage) -> Any:
    page = stage.citizen("Astrid Vik")
    page.get_by_role("button", name="Se tjenestene hos").click()
    page.locator("#tjenester").wait_for()
    return page


@state("tjeneste-tider", main=True)
def _common_times(stage: Stage) -> Any:
    page = _common(stage)
    page.locator("#tjenester").get_by_role("link", name="Influensavaksine").click()
    page.locator(".sb-times").wait_for()
    return page


@state("drift", "operator", "parts", main=True)
def _operator(stage: Stage) -> Any:
    page = stage.window()
    with page.expect_response("**/drift/deler*"):
        page.goto(f"{stage.demo.sandbox}drift")
    return page


@state("drift-ingen-treff")
def _operator_no_hits(stage: Stage) -> Any:
    page = stage.window()
    page.goto(f"{stage.demo.sandbox}drift?q=finnesikke")
    return page


@state("drift-melding", "message", main=True)
def _message(stage: Stage) -> Any:
    page = stage.window()
    page.goto(f"{stage.demo.sandbox}drift?q=EKONSULTASJON")
    page.locator(".t.fold th a").first.click()
    page.locator("#melding").wait_for()
    return page


@state("drift-xml")
def _xml(stage: Stage) -> Any:
    page = _message(stage)
    page.get_by_role("link", name="XML").click()
    page.locator("pre.xml").wait_for()
    return page


@state("drift-test-svar")
def _test(stage: Stage) -> Any:
    page = stage.window()
    page.goto(f"{stage.demo.sandbox}drift")
    # Parties of clinics that are yet to be set up do not answer.
    page.locator("select#party").select_option(stage.demo.user("kari")["her_id"])
    page.get_by_role("button", name="Send test").click()
    page.get_by_text("svarte på").first.wait_for()
    return page


@state("drift-feil-bestilt")
def _trouble_ordered(stage: Stage) -> Any:
    page = stage.window()
    page.goto(f"{stage.demo.sandbox}drift")
    page.get_by_role("button", name="Ikke kvitter").click()
    page.get_by_role("button", name="Glem det").wait_for()
    # Taken back in another window, or the next test's message would meet it.
    other = stage.window()
    other.goto(f"{stage.demo.sandbox}drift")
    other.get_by_role("button", name="Glem det").click()
    other.get_by_text("Alt går bra igjen fra nå av.").wait_for()
    return page


@state("drift-innbygger-endret")
def _citizen_changed(stage: Stage) -> Any:
    page = stage.window()
    page.goto(f"{stage.demo.sandbox}drift")
    page.get_by_role("button", name="Gjør aktiv").click()
    page.get_by_text("var det allerede").or_(page.get_by_text("er endret")).first.wait_for()
    return page


@state("feil-404")
def _absent(stage: Stage) -> Any:
    page = stage.window()
    page.goto(f"{stage.demo.sandbox}innbygger/99999/99999")
    page.get_by_role("heading", name="Siden finnes ikke").wait_for()
    return page


@state("forny-resept", "renew", main=True)
def _renew(stage: Stage) -> Any:
    page = stage.citizen("Ola Nordli")
    page.locator(".sb-services").get_by_role("link", name="Forny resept").click()
    page.locator("#id_text").wait_for()
    return page


@state("forny-resept-feil")
def _renew_refused(stage: Stage) -> Any:
    page = _renew(stage)
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator("[data-error-summary]").wait_for()
    return page


@state("registrene", "directory", main=True)
def _directory(stage: Stage) -> Any:
    page = stage.window()
    page.goto(f"{stage.demo.sandbox}drift/registre")
    page.get_by_role("heading", name="Fastlegeregisteret").wait_for()
    return page


@state("registrene-tjeneste-av")
def _service_off(stage: Stage) -> Any:
    page = _directory(stage)
    page.get_by_role("button", name="Timeønske: på Mona Haugland").click()
    page.get_by_text("Mona Haugland tilbyr ikke lenger Timeønske.").wait_for()
    page.get_by_role("button", name="Timeønske: av Mona Haugland").click()
    page.get_by_text("Mona Haugland tilbyr nå Timeønske.").wait_for()
    return page


@state("registrene-flyttet")
def _citizen_moved(stage: Stage) -> Any:
    page = _directory(stage)
    listed = page.get_by_label("Innbygger")
    listed.select_option(label=listed.locator("option").first.text_content() or "")
    page.get_by_role("button", name="Flytt", exact=True).click()
    page.get_by_text("står nå på listen til").wait_for()
    return page


@state("registrene-adresse")
def _citizen_rehoused(stage: Stage) -> Any:
    page = _directory(stage)
    page.get_by_label("Person", exact=True).select_option(label="Brekke, Hanne")
    page.get_by_role("button", name="Vis adressen").click()
    page.get_by_label("Gateadresse").fill("Nyveien 3")
    page.get_by_role("button", name="Lagre adressen").click()
    page.get_by_text("Folkeregisteret har nå den nye adressen til Hanne Brekke.").wait_for()
    return page


@state("registrene-stanset")
def _register_stopped(stage: Stage) -> Any:
    page = _directory(stage)
    page.get_by_role("button", name="Stans Fastlegeregisteret").click()
    page.get_by_text("Svarer ikke").wait_for()
    page.get_by_role("button", name="Start Fastlegeregisteret").click()
    page.get_by_text("Registeret svarer igjen.").wait_for()
    return page


@state("logg-inn", "oidc_authorize", main=True)
def _log_in(stage: Stage) -> Any:
    page = stage.window()
    page.goto(f"{stage.demo.root}logg-inn")
    page.get_by_role("link", name="Logg inn med HelseID").click()
    page.get_by_role("heading", name="Logg inn med HelseID").wait_for()
    return page


@state("logg-inn-ingen")
def _nobody(stage: Stage) -> Any:
    page = _log_in(stage)
    page.get_by_label("Navn").fill("finnesikke")
    page.get_by_role("button", name="Finn").click()
    page.get_by_text("Ingen heter det.").wait_for()
    return page


@state("logget-ut", "oidc_end_session")
def _logged_out(stage: Stage) -> Any:
    page = stage.window()
    page.goto(f"{stage.demo.sandbox}oidc/helseid/connect/endsession")
    page.get_by_role("heading", name="Du er logget ut").wait_for()
    return page


@state("logg-inn-borte")
def _gone(stage: Stage) -> Any:
    page = stage.window()
    page.goto(f"{stage.demo.sandbox}oidc/helseid/connect/authorize?client_id=x&request_uri=y")
    page.get_by_role("heading", name="Innloggingen er ikke her lenger").wait_for()
    return page
