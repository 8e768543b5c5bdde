"""Every state of Konfigurasjon, each with the way to it. Anne is the demo's administrator."""

from typing import Any

from support.journeys.stage import CLINIC, Stage

state = CLINIC.state


@state("konfigurasjon", "settings", main=True)
def _front(stage: Stage) -> Any:
    page = stage.staff("anne")
    page.keyboard.press("Alt+,")
    page.get_by_role("heading", name="Konfigurasjon", exact=True).wait_for()
    return page


@state("konfigurasjon-hvem-kan-hva", "settings-access", main=True)
def _access(stage: Stage) -> Any:
    return stage.settings("hvem-kan-hva")


@state("konfigurasjon-innsynslogg", "settings-access-log", "settings-access-export", main=True)
def _access_log(stage: Stage) -> Any:
    page = stage.settings("innsynslogg")
    with page.expect_download():
        page.get_by_role("link", name="Hent ut som regneark").click()
    return page


@state("konfigurasjon-meldingslogg", "settings-message-log", main=True)
def _message_log(stage: Stage) -> Any:
    page = stage.settings("meldingslogg")
    page.get_by_role("region", name="Meldinger").locator("tbody tr").first.wait_for()
    return page


@state("konfigurasjon-meldingslogg-ingen")
def _message_log_empty(stage: Stage) -> Any:
    page = stage.settings("meldingslogg?fra=2027-03-03&til=2027-03-01")
    page.get_by_text("Sluttdatoen er før startdatoen").first.wait_for()
    return page


@state("konfigurasjon-innsynslogg-uvanlig", main=True)
def _access_log_unusual(stage: Stage) -> Any:
    """A nurse has opened the record of somebody who has nothing to do with the clinic just now."""
    page = stage.staff("lise", at=f"{stage.demo.clinic}pasienter/{stage.patient('Ragnhild Ness')}")
    page = stage.settings("innsynslogg")
    page.get_by_role("region", name="Uvanlige oppslag").get_by_text("Ragnhild Ness").first.wait_for()
    return page


@state("konfigurasjon-innsynslogg-feil")
def _access_log_wrong(stage: Stage) -> Any:
    page = stage.settings("innsynslogg")
    page.get_by_label("Pasientens fødselsnummer").fill("123")
    page.get_by_role("button", name="Vis", exact=True).click()
    page.get_by_text("Ingen pasient ved klinikken har dette fødselsnummeret.").first.wait_for()
    return page


@state("konfigurasjon-ikke-administrator")
def _as_user(stage: Stage) -> Any:
    page = stage.staff("kari", at=f"{stage.demo.clinic}konfigurasjon")
    page.get_by_role("heading", name="Konfigurasjon", exact=True).wait_for()
    return page


@state("konfigurasjon-helsenorge", "settings-helsenorge", main=True)
def _helsenorge(stage: Stage) -> Any:
    return stage.settings("helsenorge")


@state("konfigurasjon-helsenorge-mottaker", "settings-receivers", main=True)
def _receivers(stage: Stage) -> Any:
    """A type is edited: what it would mean is told, and nothing is saved."""
    page = stage.settings("helsenorge/mottakere/prescription_renewal")
    page.get_by_label("Mottakerformat").select_option("fixed_and_practitioner")
    page.get_by_text("i én felles samtale").first.wait_for()
    return page


@state("konfigurasjon-helsenorge-periode", "settings-new-receiver-period", main=True)
def _receiver_period(stage: Stage) -> Any:
    """What a period would mean is looked at, and nothing is saved."""
    page = stage.settings("helsenorge/perioder/ny")
    page.get_by_label("Hele klinikken").check()
    page.get_by_role("button", name="Vis hva det betyr").click()
    page.get_by_role("heading", name="Når du lagrer").wait_for()
    return page


@state("konfigurasjon-helsenorge-mottaker-ingen")
def _no_receivers(stage: Stage) -> Any:
    page = stage.settings("helsenorge/mottakere/e_contact")
    page.get_by_label("Hele klinikken").uncheck()
    page.get_by_text("Velg minst én mottaker før du lagrer.").wait_for()
    page.get_by_role("button", name="Lagre endringen").click()
    page.get_by_text("Velg minst én mottaker. Ingenting er lagret.").first.wait_for()
    return page


@state("konfigurasjon-kommunikasjonstyper", "settings-communication-types", main=True)
def _types(stage: Stage) -> Any:
    return stage.settings("kommunikasjonstyper")


@state("konfigurasjon-kommunikasjonstype", "settings-communication-type", main=True)
def _type(stage: Stage) -> Any:
    """A type without anybody to get it is refused, and stays as it was."""
    page = stage.settings("kommunikasjonstyper/invoice_question")
    page.get_by_role("button", name="Lagre").click()
    page.get_by_text("Velg minst én mottaker. Ingenting er lagret.").first.wait_for()
    return page


@state("konfigurasjon-helsenorge-lest")
def _helsenorge_read(stage: Stage) -> Any:
    page = stage.settings("helsenorge")
    page.get_by_role("button", name="Les på nytt").click()
    page.get_by_text("Lest fra Adresseregisteret.", exact=True).wait_for()
    return page


@state("konfigurasjon-hva-ser-pasienten", "settings-sight", main=True)
def _sight(stage: Stage) -> Any:
    return stage.settings("hva-ser-pasienten")


@state("konfigurasjon-hva-ser-pasienten-feil", main=True)
def _sight_fault(stage: Stage) -> Any:
    page = stage.settings("hva-ser-pasienten")
    page.get_by_role("navigation", name="Fastleger").get_by_role("link", name="Per Nygård").click()
    page.get_by_text("Legen eier flere timebøker").first.wait_for()
    return page


@state("konfigurasjon-timeboker", "settings-schedules", main=True)
def _schedules(stage: Stage) -> Any:
    return stage.settings("timeboker")


@state("konfigurasjon-timebok", "settings-schedule", main=True)
def _schedule(stage: Stage) -> Any:
    page = stage.settings("timeboker")
    page.get_by_role("link", name="Kari Lunde").first.click()
    page.get_by_role("heading", name="Hvem kan bestille").wait_for()
    return page


@state("konfigurasjon-timebok-arkiveres-ikke", main=True)
def _schedule_not_archived(stage: Stage) -> Any:
    page = _schedule(stage)
    page.get_by_role("button", name="Arkiver timeboken").click()
    page.get_by_role("link", name="Se den første i Timebok").wait_for()
    return page


@state("konfigurasjon-timebok-kopier", "settings-schedule-copies", main=True)
def _schedule_copies(stage: Stage) -> Any:
    page = _schedule(stage)
    page.get_by_role("link", name="Lag nummererte kopier").click()
    page.get_by_role("button", name="Lag kopiene").wait_for()
    return page


@state("konfigurasjon-ny-timebok", "settings-new-schedule", main=True)
def _new_schedule(stage: Stage) -> Any:
    return stage.settings("timeboker/ny")


@state("konfigurasjon-timebok-feil")
def _schedule_refused(stage: Stage) -> Any:
    page = stage.settings("timeboker/ny")
    page.get_by_label("Antall tilgjengelige dager").fill("4000")
    page.get_by_role("button", name="Opprett timebok").click()
    page.locator(".summary").wait_for()
    return page


@state("konfigurasjon-ukemaler", "settings-week-templates", main=True)
def _week_templates(stage: Stage) -> Any:
    return stage.settings("ukemaler", "kari")


@state("konfigurasjon-ny-ukemal", "settings-new-week-template", main=True)
def _new_week_template(stage: Stage) -> Any:
    return stage.settings("ukemaler/ny")


@state("konfigurasjon-ukemal", "settings-week-template", main=True)
def _week_template(stage: Stage) -> Any:
    page = stage.settings("ukemaler")
    page.get_by_role("link", name="Vanlig uke").click()
    page.get_by_role("button", name="Legg inn").wait_for()
    return page


@state("konfigurasjon-arbeidsplaner", "settings-plans", main=True)
def _plans(stage: Stage) -> Any:
    return stage.settings("arbeidsplaner")


@state("konfigurasjon-arbeidsplan", "settings-plan", main=True)
def _plan(stage: Stage) -> Any:
    page = stage.settings("arbeidsplaner")
    page.locator(".rows a").first.click()
    page.get_by_role("button", name="Sett på merkede uker").wait_for()
    return page


@state("konfigurasjon-fjern-ledige-timer", "settings-removal", main=True)
def _removal(stage: Stage) -> Any:
    page = _plan(stage)
    page.get_by_role("link", name="Fjern ledige timer").click()
    page.get_by_role("button", name="Fjern ledige timer").wait_for()
    return page


@state("konfigurasjon-timetyper", "settings-types", main=True)
def _types(stage: Stage) -> Any:
    return stage.settings("timetyper", "kari")


@state("konfigurasjon-timetype", "settings-type", main=True)
def _type(stage: Stage) -> Any:
    page = stage.settings("timetyper")
    page.get_by_role("link", name="Videokonsultasjon").click()
    page.get_by_role("button", name="Oppdater type").wait_for()
    return page


@state("konfigurasjon-timetype-slettes-ikke", main=True)
def _type_not_deleted(stage: Stage) -> Any:
    page = _type(stage)
    page.get_by_role("button", name="Slett typen").click()
    page.get_by_text("Ingenting er slettet. Gjør den inaktiv.").wait_for()
    return page


@state("konfigurasjon-ny-timetype", "settings-new-type", main=True)
def _new_type(stage: Stage) -> Any:
    page = stage.settings("timetyper/ny")
    page.get_by_role("button", name="Opprett type").click()
    page.locator(".summary").wait_for()
    return page


@state("konfigurasjon-grenser", "settings-limits", main=True)
def _limits(stage: Stage) -> Any:
    return stage.settings("timeboker/grenser")


@state("konfigurasjon-oppstart", "settings-start")
def _start(stage: Stage) -> Any:
    return stage.settings("oppstart")


@state("konfigurasjon-oppstart-feil")
def _start_refused(stage: Stage) -> Any:
    page = stage.settings("oppstart")
    answer = page.get_by_label("Vi har bestemt: Hvor ofte?")
    answer.fill("x" * 1001)
    page.get_by_role("button", name="Lagre: Hvor ofte?").click()
    page.locator("#how_often-text_error").wait_for()
    return page


@state("konfigurasjon-ansatte", "settings-staff", main=True)
def _staff(stage: Stage) -> Any:
    return stage.settings("ansatte")


@state("konfigurasjon-ansatt", "settings-employee", main=True)
def _card(stage: Stage) -> Any:
    page = stage.settings("ansatte")
    page.get_by_role("link", name="Lise Hagen").click()
    page.get_by_role("heading", name="Tilgang og rettigheter").wait_for()
    return page


@state("konfigurasjon-ansatt-feil")
def _card_refused(stage: Stage) -> Any:
    page = _card(stage)
    page.get_by_label("HPR-nummer").fill("12a")
    page.get_by_role("button", name="Lagre", exact=True).click()
    page.locator(".summary").wait_for()
    return page


@state("konfigurasjon-ny-ansatt", "settings-hire", main=True)
def _hire(stage: Stage) -> Any:
    return stage.settings("ansatte/ny")


@state("konfigurasjon-slutt", "settings-employee-end")
def _end(stage: Stage) -> Any:
    page = stage.settings("ansatte")
    page.get_by_role("link", name="Kari Lunde").click()
    page.get_by_role("link", name="Avslutt ansettelsen").click()
    page.get_by_text("Når du avslutter:").wait_for()
    return page


@state("konfigurasjon-nytt-fravaer", "settings-new-absence")
def _new_absence(stage: Stage) -> Any:
    page = _card(stage)
    page.get_by_role("link", name="Registrer fravær").click()
    page.get_by_role("heading", name="Fravær for Lise Hagen").wait_for()
    return page


@state("konfigurasjon-vikar", "settings-new-substitute")
def _new_substitute(stage: Stage) -> Any:
    page = stage.settings("ansatte")
    page.get_by_role("link", name="Kari Lunde").click()
    page.get_by_role("link", name="Sett vikar").click()
    page.get_by_role("heading", name="Vikar for Kari Lunde").wait_for()
    return page


@state("konfigurasjon-avdelinger-og-roller", "settings-structure", main=True)
def _structure(stage: Stage) -> Any:
    return stage.settings("avdelinger-og-roller")


@state("konfigurasjon-avdeling", "settings-department")
def _department(stage: Stage) -> Any:
    page = stage.settings("avdelinger-og-roller")
    page.get_by_role("link", name="Laboratoriet", exact=True).click()
    page.get_by_role("button", name="Ta bort avdelingen").click()
    page.get_by_text("Flytt dem først.").wait_for()
    return page


@state("konfigurasjon-ny-avdeling", "settings-new-department")
def _new_department(stage: Stage) -> Any:
    return stage.settings("avdeling/ny")


@state("konfigurasjon-rolle", "settings-role")
def _role(stage: Stage) -> Any:
    page = stage.settings("avdelinger-og-roller")
    page.get_by_role("link", name="Leder for laboratoriet").click()
    page.get_by_role("heading", name="Leder for laboratoriet").wait_for()
    return page


@state("konfigurasjon-ny-rolle", "settings-new-role")
def _new_role(stage: Stage) -> Any:
    return stage.settings("rolle/ny")


@state("konfigurasjon-apningstider", "settings-hours", main=True)
def _hours(stage: Stage) -> Any:
    return stage.settings("apningstider")


@state("konfigurasjon-apningstider-feil", "settings-hours")
def _hours_refused(stage: Stage) -> Any:
    page = stage.settings("apningstider")
    page.get_by_label("Lørdag åpner", exact=True).fill("10:00")
    page.get_by_role("button", name="Lagre", exact=True).click()
    page.locator(".summary").wait_for()
    return page


@state("konfigurasjon-medisinske-ord", "settings-clinical-words", main=True)
def _clinical_words(stage: Stage) -> Any:
    return stage.settings("medisinske-ord?forslag=ja")


@state("konfigurasjon-reseptvindu", "settings-prescribing")
def _prescribing(stage: Stage) -> Any:
    return stage.settings("reseptvindu")


@state("konfigurasjon-grupper", "settings-groups", main=True)
def _groups(stage: Stage) -> Any:
    return stage.settings("grupper")


@state("konfigurasjon-gruppe", "settings-group", main=True)
def _group(stage: Stage) -> Any:
    page = stage.settings("grupper")
    page.get_by_role("link", name="Vaksinasjon", exact=True).click()
    page.get_by_role("heading", name="Vaksinasjon").wait_for()
    return page


@state("konfigurasjon-ny-gruppe-feil", "settings-new-group")
def _new_group(stage: Stage) -> Any:
    page = stage.settings("grupper/ny")
    page.get_by_label("Navn", exact=True).fill("Ferieavløsere")
    page.get_by_role("button", name="Lagre", exact=True).click()
    page.locator(".summary").wait_for()
    return page


@state("konfigurasjon-maler", "settings-templates", main=True)
def _templates(stage: Stage) -> Any:
    return stage.settings("maler")


@state("konfigurasjon-mal", "settings-template", main=True)
def _template(stage: Stage) -> Any:
    page = stage.settings("maler")
    page.get_by_role("link", name="Fastende blodprøve", exact=True).click()
    page.get_by_role("heading", name="Fastende blodprøve").wait_for()
    return page


@state("konfigurasjon-ny-mal-feil", "settings-new-template")
def _new_template(stage: Stage) -> Any:
    page = stage.settings("maler/ny")
    page.get_by_label("Tittel", exact=True).fill("Feil ord")
    page.locator("#id_text").fill("Hei {{navn}}")
    page.get_by_role("button", name="Opprett malen").click()
    page.locator(".summary").wait_for()
    return page


@state("konfigurasjon-adressering", "settings-addressing", main=True)
def _addressing(stage: Stage) -> Any:
    return stage.settings("adressering")


@state("konfigurasjon-adressering-tjeneste", "settings-addressing-service")
def _service(stage: Stage) -> Any:
    page = stage.settings("adressering")
    page.get_by_role("link", name="Vaksinasjon").click()
    page.get_by_role("group", name="Mottakere").wait_for()
    return page


@state("konfigurasjon-adressering-klinikken", "settings-addressing-clinic")
def _catch_all(stage: Stage) -> Any:
    return stage.settings("adressering/klinikken")


@state("konfigurasjon-meg", "settings-me", main=True)
def _me(stage: Stage) -> Any:
    return stage.settings("meg", "lise")
