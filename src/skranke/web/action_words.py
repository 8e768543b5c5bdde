"""What a row of the audit log says was done, where it is no deed with one patient's data (`audit.seeing.DEEDS`)."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from skranke.audit.actions import Action

_BY_WORD: tuple[tuple[Promise, tuple[Action, ...]], ...] = (
    (_("Logget inn"), (Action.SESSION_OPENED,)),
    (_("Logget ut"), (Action.SESSION_CLOSED,)),
    (_("Laget en API-nøkkel"), (Action.TOKEN_ISSUED,)),
    (_("Trakk tilbake en API-nøkkel"), (Action.TOKEN_REVOKED,)),
    (_("Laget klinikken"), (Action.CLINIC_ESTABLISHED,)),
    (_("Ansatte en person"), (Action.EMPLOYEE_HIRED,)),
    (_("Endret et ansattkort"), (Action.EMPLOYEE_CHANGED,)),
    (_("Avsluttet en ansettelse"), (Action.EMPLOYEE_ENDED,)),
    (_("Registrerte eller fjernet et fravær"), (Action.ABSENCE_REGISTERED, Action.ABSENCE_REMOVED)),
    (_("Satte eller avsluttet en vikar"), (Action.SUBSTITUTE_SET, Action.SUBSTITUTE_ENDED)),
    (_("Logget inn i eller ut av en gruppe"), (Action.PRESENCE_CHANGED,)),
    (
        _("Endret avdelinger eller roller"),
        (Action.DEPARTMENT_CHANGED, Action.DEPARTMENT_REMOVED, Action.ROLE_CHANGED, Action.ROLE_REMOVED),
    ),
    (_("Endret en gruppe"), (Action.GROUP_CHANGED, Action.GROUP_REMOVED)),
    (_("Endret åpningstidene"), (Action.OPENING_HOURS_CHANGED,)),
    (_("Endret medisinske ord"), (Action.CLINICAL_WORDS_CHANGED,)),
    (_("Endret adressen til reseptvinduet"), (Action.PRESCRIPTION_WINDOW_CHANGED,)),
    (_("Endret hvem som får meldinger"), (Action.RECIPIENTS_CHANGED, Action.RECEIVERS_CHANGED)),
    (
        _("Satte eller avsluttet en periode med andre mottakere"),
        (Action.RECEIVERS_PERIOD_SET, Action.RECEIVERS_PERIOD_ENDED),
    ),
    (
        _("Endret en kommunikasjonstype"),
        (Action.COMMUNICATION_TYPE_CHANGED, Action.COMMUNICATION_TYPE_DELETED),
    ),
    (
        _("Endret forbindelsen til HelseNorge"),
        (
            Action.PARTY_REGISTERED, Action.PARTY_CHANGED, Action.PROFILE_CHANGED, Action.COUNTERPART_CHANGED,
            Action.ACTIVATION_CHANGED, Action.CLINIC_LIVE, Action.CLINIC_TAKEN_OFF, Action.CLINIC_OFFERS_CHANGED,
            Action.PARTY_LIVE, Action.PARTY_TAKEN_OFF,
        ),
    ),
    (_("Leste Adresseregisteret"), (Action.REGISTER_READ,)),
    (_("Skrev ned hva klinikken har bestemt"), (Action.ONBOARDING_ANSWERED,)),
    (_("Søkte etter pasienter"), (Action.PATIENT_SEARCHED,)),
    (_("Spurte Folkeregisteret hvor pasienten bor"), (Action.RESIDENCE_READ,)),
    (_("Begynte et regningskort"), (Action.INVOICE_OPENED,)),
    (_("Endret et regningskort"), (Action.INVOICE_CHANGED,)),
    (_("Åpnet et regningskort"), (Action.INVOICE_READ,)),
    (_("Valgte takster som fylles inn av seg selv"), (Action.PRICE_CODES_CHANGED,)),
    (_("Spurte HelseNorge hvem som kan nås"), (Action.PATIENTS_ASKED_ABOUT,)),
    (_("Avviste en henvendelse"), (Action.PATIENT_REFUSED,)),
    (_("Endret en pasientliste"), (Action.LIST_CREATED, Action.LIST_CHANGED, Action.LIST_DELETED)),
    (_("Åpnet en pasientliste"), (Action.LIST_READ,)),
    (_("Hentet ut en pasientliste"), (Action.LIST_EXPORTED,)),
    (_("Leste fastlegelistene på nytt"), (Action.LIST_SYNC_ASKED, Action.LISTS_READ)),
    (_("Så hva som er endret på fastlegelistene"), (Action.LIST_CHANGES_READ,)),
    (_("Tilpasset pasientkortet"), (Action.CARD_ARRANGED,)),
    (_("Åpnet en postkasse"), (Action.THREADS_LISTED,)),
    (_("Søkte i samtaler"), (Action.THREAD_SEARCHED,)),
    (_("Meldte at en resept er utstedt"), (Action.PRESCRIPTION_ISSUED,)),
    (_("Åpnet reseptvinduet"), (Action.PRESCRIPTION_WINDOW_OPENED,)),
    (_("Skrev på en kladd"), (Action.DRAFT_KEPT, Action.DRAFT_DISCARDED)),
    (_("Endret en mal"), (Action.TEMPLATE_CHANGED, Action.TEMPLATE_REMOVED)),
    (_("Brukte en mal"), (Action.TEMPLATE_USED,)),
    (_("Melding kom inn"), (Action.MESSAGE_RECEIVED,)),
    (_("Melding ble levert"), (Action.MESSAGE_DELIVERED,)),
    (_("Melding ble avvist"), (Action.MESSAGE_REJECTED,)),
    (_("Trakk tilbake en melding"), (Action.OUTBOX_WITHDRAWN,)),
    (_("Så i meldingsloggen"), (Action.MESSAGES_LISTED,)),
    (_("Åpnet en timebok"), (Action.SCHEDULE_READ,)),
    (_("Endret en timebok"), (Action.SCHEDULE_CREATED, Action.SCHEDULE_CHANGED, Action.BOOKING_LIMITS_CHANGED)),
    (
        _("Endret en timetype"),
        (
            Action.APPOINTMENT_TYPE_CREATED, Action.APPOINTMENT_TYPE_CHANGED, Action.APPOINTMENT_TYPE_REMOVED,
            Action.AUTOMATIC_DIALOG_SET,
        ),
    ),
    (_("Endret en arbeidsplan"), (Action.WEEK_TEMPLATE_CREATED, Action.PLAN_CHANGED, Action.PLAN_APPLIED)),
    (_("Holdt av en ledig time"), (Action.SLOT_HELD,)),
    (_("Ga fra seg en tid som var holdt av"), (Action.SLOT_LET_GO,)),
    (_("Så på ventelisten"), (Action.WAITING_LIST_READ, Action.WAITING_OFFER_READ)),
    (_("Endret ventelisten"), (Action.WAITING_LIST_CHANGED,)),
    (_("Tilbød en time fra ventelisten"), (Action.WAITING_OFFER_MADE,)),
    (_("Avsluttet et tilbud fra ventelisten"), (Action.WAITING_OFFER_ENDED,)),
    (_("Ba om en time"), (Action.REQUEST_MADE,)),
    (_("Så på timeforespørsler"), (Action.REQUEST_READ,)),
    (_("Avsluttet en timeforespørsel"), (Action.REQUEST_ENDED,)),
    (_("La til eller fjernet en ledig time"), (Action.SLOT_CREATED, Action.SLOT_REMOVED)),
    (_("Så på rapporter"), (Action.REPORT_READ,)),
    (_("Så i innsynsloggen"), (Action.ACCESS_REVIEWED,)),
    (_("Hentet ut innsynsloggen"), (Action.ACCESS_EXPORTED,)),
)  # fmt: skip
WORDS: Mapping[str, Promise] = {action: word for word, actions in _BY_WORD for action in actions}
