"""What a person is told when a log-in came to nothing."""

from django.utils.translation import gettext as _

from skranke.identity.oidc.values import Refusal


def sentence(refusal: Refusal) -> str:
    """What happened, and what to do; that nobody was logged in is said beside it."""
    return (_ON_THE_WAY.get(refusal) or _PERSON.get(refusal) or _ANSWER[refusal])()


_ON_THE_WAY = {
    Refusal.NOT_SET_UP: lambda: _("Innlogging er ikke satt opp ennå. Kontakt den som drifter Skranke hos dere."),
    Refusal.PROVIDER_AWAY: lambda: _("Innloggingstjenesten svarer ikke. Prøv igjen om litt."),
    Refusal.PROVIDER_REFUSED: lambda: _(
        "Innloggingstjenesten avviste forespørselen. Prøv på nytt. Skjer det igjen, kontakt den som drifter Skranke."
    ),
    Refusal.ANSWER_UNREADABLE: lambda: _("Svaret fra innloggingstjenesten kunne ikke leses. Prøv igjen om litt."),
    Refusal.UNSAFE_ADDRESS: lambda: _(
        "Innloggingstjenesten oppga en adresse som ikke er sikker. Kontakt den som drifter Skranke."
    ),
    Refusal.CANCELLED: lambda: _("Du avbrøt innloggingen. Logg inn når du er klar."),
    Refusal.STATE_UNKNOWN: lambda: _("Innloggingen var ikke begynt her. Begynn på nytt herfra."),
    Refusal.OTHER_PROVIDER: lambda: _("Svaret hører til en innlogging med en annen tjeneste. Begynn på nytt herfra."),
    Refusal.OTHER_BROWSER: lambda: _(
        "Innloggingen var begynt i en annen nettleser. Begynn på nytt her, og la informasjonskapsler være slått på."
    ),
    Refusal.TOO_LATE: lambda: _("Det gikk for lang tid før innloggingen ble fullført. Begynn på nytt."),
    Refusal.USED_BEFORE: lambda: _("Denne innloggingen er brukt før. Begynn på nytt."),
    Refusal.CODE_MISSING: lambda: _("Svaret fra innloggingstjenesten manglet engangskoden. Begynn på nytt."),
}
_ANSWER = {
    Refusal.TOKEN_MISSING: lambda: _("Innloggingstjenesten sendte ikke noe bevis på hvem du er. Prøv på nytt."),
    Refusal.TOKEN_KIND: lambda: _("Innloggingstjenesten sendte en annen type bevis enn avtalt. Prøv på nytt."),
    Refusal.ALGORITHM: lambda: _("Beviset på hvem du er, var ikke signert slik vi godtar. Prøv på nytt."),
    Refusal.KEY_UNKNOWN: lambda: _(
        "Beviset på hvem du er, var signert med en ukjent nøkkel. Prøv på nytt om noen minutter."
    ),
    Refusal.SIGNATURE: lambda: _("Signaturen på beviset på hvem du er, stemte ikke. Prøv på nytt."),
    Refusal.TOKEN_UNREADABLE: lambda: _("Beviset på hvem du er, kunne ikke leses. Prøv på nytt."),
    Refusal.ISSUER: lambda: _("Svaret kom fra en annen innloggingstjeneste enn den vi spurte. Begynn på nytt herfra."),
    Refusal.AUDIENCE: lambda: _("Beviset på hvem du er, var laget for et annet system. Begynn på nytt herfra."),
    Refusal.AUTHORISED_PARTY: lambda: _("Beviset på hvem du er, var gitt til et annet system. Begynn på nytt herfra."),
    Refusal.EXPIRED: lambda: _(
        "Beviset på hvem du er, var utløpt. Prøv på nytt. Skjer det igjen, kan klokken på tjeneren gå feil."
    ),
    Refusal.NOT_YET_VALID: lambda: _(
        "Beviset på hvem du er, gjelder ikke ennå. Prøv på nytt. Skjer det igjen, kan klokken på tjeneren gå feil."
    ),
    Refusal.ISSUED_AT: lambda: _(
        "Beviset på hvem du er, var ikke laget nå. Prøv på nytt. Skjer det igjen, kan klokken på tjeneren gå feil."
    ),
    Refusal.NONCE: lambda: _("Svaret hørte til en annen innlogging enn denne. Begynn på nytt herfra."),
    Refusal.SUBJECT: lambda: _("Beviset på hvem du er, manglet bruker. Prøv på nytt."),
    Refusal.ACCESS_TOKEN_HASH: lambda: _("Delene i svaret hørte ikke sammen. Begynn på nytt herfra."),
}
_PERSON = {
    Refusal.LEVEL_TOO_LOW: lambda: _(
        "Du logget inn på et for lavt sikkerhetsnivå. Velg BankID, Buypass eller Commfides, som er på nivå 4."
    ),
    Refusal.NATIONAL_ID_MISSING: lambda: _(
        "Innloggingstjenesten oppga ikke fødselsnummeret ditt, så vi vet ikke hvem du er. "
        "Kontakt den som drifter Skranke."
    ),
    Refusal.NATIONAL_ID_UNUSABLE: lambda: _(
        "Innloggingstjenesten oppga et fødselsnummer som ikke er gyldig. Kontakt den som drifter Skranke."
    ),
    Refusal.NO_ACCOUNT: lambda: _(
        "Du er den du sier du er, men ingen klinikk her har lagt deg inn som ansatt. "
        "Be administratoren på klinikken om å gjøre det, og logg inn på nytt."
    ),
    Refusal.NO_POSITION: lambda: _(
        "Du har ingen stilling på noen klinikk her nå. "
        "Er det feil, be administratoren på klinikken se på ansattkortet ditt."
    ),
    Refusal.HPR_NUMBER_DIFFERS: lambda: _(
        "HPR-nummeret ditt i HelseID er et annet enn det klinikken har ført opp. "
        "Be administratoren på klinikken rette ansattkortet ditt, og logg inn på nytt."
    ),
    Refusal.NOT_OPERATOR: lambda: _(
        "Du er ikke registrert som drifter av denne installasjonen. Arbeider du på en klinikk, logger du inn der."
    ),
}
