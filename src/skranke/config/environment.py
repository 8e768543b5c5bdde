"""The settings of one installation: each from an environment variable, or from the file that NAME_FILE names.

A wrong value stops the program with the setting's name and the cure. `docs/settings.md` lists them all (a test checks).
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from skranke.kernel.settings import SettingError, database_of, flag_of, text_of

PREFIX = "SKRANKE_"
MEBIBYTE = 1024 * 1024


_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
_MANY = 2**31 - 1
_YEAR = 365 * 24  # hours
FILE_KINDS = ("pdf", "jpg", "png", "txt", "docx")
_NUMBERS = {
    "attachment_total_bytes": (1, _MANY),
    "message_bytes": (1, _MANY),
    "session_hours": (1, _YEAR),
    "idle_minutes": (1, 480),
    "send_undo_seconds": (0, 60),
    "receipt_alarm_minutes": (1, _YEAR * 60),
    "receipt_resend_minutes": (0, _YEAR * 60),
    "status_check_hour": (-1, 23),
    "reachability_hours": (1, _YEAR),
    "delivery_tries": (1, _MANY),
    "hold_seconds": (60, 3600),
    "register_refresh_hour": (-1, 23),
    "list_sync_day": (0, 28),
    "smtp_port": (1, 65535),
}
"""What each whole number may be: the least and the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, with its default and its meaning."""

    database_url: str = field(default="", metadata={"help": "postgresql://user:password@host:port/database"})
    secret_key: str = field(default="", metadata={"help": "Signs sessions and tickets; at least 32 characters."})
    allowed_hosts: str = field(default="127.0.0.1,localhost,[::1]", metadata={"help": "Comma-separated host names."})
    public_url: str = field(default="http://127.0.0.1:8000", metadata={"help": "The address of the pages."})
    live_url: str = field(default="http://127.0.0.1:8001", metadata={"help": "The address of the live events."})
    secure_cookies: bool = field(default=True, metadata={"help": "Send cookies over HTTPS only; off in the demo."})
    demo_login: bool = field(default=False, metadata={"help": "Log-in by a signed link; demo and tests."})
    clock_file: str = field(default="", metadata={"help": "A file with seconds to add to the clock; demo and tests."})
    log_level: str = field(default="INFO", metadata={"help": "DEBUG, INFO, WARNING or ERROR."})
    attachment_total_bytes: int = field(
        default=12 * MEBIBYTE, metadata={"help": "Largest sum of attachments in one message, raw bytes (CMP-9)."}
    )
    attachment_kinds: str = field(
        default="pdf,jpg,png,txt,docx",
        metadata={"help": "Kinds of file that may be sent, comma-separated; to HelseNorge pdf, jpg and png (CMP-11)."},
    )
    virus_scanner: str = field(
        default="",
        metadata={"help": "clamd: host:port, or the path of its socket; empty: files are not scanned (CMP-11)."},
    )
    virus_scan_required: bool = field(
        default=True,
        metadata={"help": "While clamd is away send no file and open none that came; off: let them through unscanned."},
    )
    conversion_restarts_deadline: bool = field(
        default=False,
        metadata={"help": "Count the days to answer a turned e-kontakt from then, not from its receipt (JRN-4)."},
    )
    message_bytes: int = field(
        default=20 * MEBIBYTE,
        metadata={"help": "Largest body that is read from the bus; a larger one is refused unread."},
    )
    helseid_issuer: str = field(default="", metadata={"help": "HelseID's issuer, for staff; empty: no such log-in."})
    helseid_client_id: str = field(default="", metadata={"help": "Who this installation is at HelseID."})
    helseid_key: str = field(
        default="", repr=False, metadata={"help": "The private key registered there, PEM or JWK; best from a file."}
    )
    id_porten_issuer: str = field(
        default="", metadata={"help": "ID-porten's issuer, for patients; empty: no such log-in."}
    )
    id_porten_client_id: str = field(default="", metadata={"help": "Who this installation is at ID-porten."})
    id_porten_key: str = field(
        default="", repr=False, metadata={"help": "The private key registered there, PEM or JWK; best from a file."}
    )
    session_hours: int = field(default=8, metadata={"help": "Longest log-in of staff, in hours (ORG-14)."})
    operator_passkeys: bool = field(
        default=True,
        metadata={"help": "Operators need a passkey beside HelseID; the demo's address can have none."},
    )
    idle_minutes: int = field(
        default=15, metadata={"help": "Lock the screen when nobody has done anything for this long; 480 at most."}
    )
    send_undo_seconds: int = field(
        default=10, metadata={"help": "What is sent from the screen waits so long and can be undone; 0: never."}
    )
    receipt_alarm_minutes: int = field(default=60, metadata={"help": "Alarm when no AppRec has come within this."})
    receipt_resend_minutes: int = field(
        default=240, metadata={"help": "Send an unreceipted message once more after this; 0: never."}
    )
    status_check_hour: int = field(
        default=2, metadata={"help": "Ask each night from this hour (Oslo) who is active in HelseNorge; -1: never."}
    )
    reachability_hours: int = field(
        default=24, metadata={"help": "How long HelseNorge's word on who is active there decides, in hours (PAT-10)."}
    )
    hold_seconds: int = field(
        default=300,
        metadata={"help": "How long a time that a patient has picked is held until it is confirmed (BOK-11)."},
    )
    delivery_tries: int = field(default=5, metadata={"help": "Tries before a delivery is set aside."})
    certificate_policies: str = field(
        default="2.16.578.1.26.1.3.2",
        metadata={"help": "Policy OIDs, one of which each party's certificate must carry; empty: any."},
    )
    revocation: str = field(
        default="on", metadata={"help": "Ask whether certificates are revoked: off, on or required."}
    )
    address_register_url: str = field(
        default="", metadata={"help": "Adresseregisteret (ICommunicationPartyService, basic); empty: not asked."}
    )
    profile_register_url: str = field(
        default="", metadata={"help": "CPPA (ICPPAService, basic): which services are on; empty: not asked."}
    )
    gp_register_url: str = field(
        default="", metadata={"help": "Fastlegeregisteret (IFlrReadOperations, basic); empty: not asked."}
    )
    person_register_url: str = field(
        default="", metadata={"help": "Folkeregisteret (Persontjenesten, basic): addresses (PAT-8); empty: not asked."}
    )
    registers_user: str = field(default="", metadata={"help": "User name at the registers, from Norsk Helsenett."})
    registers_password: str = field(default="", metadata={"help": "Its password; name a file with _FILE."})
    register_refresh_hour: int = field(
        default=3, metadata={"help": "Read Adresseregisteret anew each night from this hour (Oslo); -1: never."}
    )
    list_sync_day: int = field(
        default=1, metadata={"help": "Read the GPs' lists anew on this day of each month (PAT-16); 0: never."}
    )
    nhn_description_url: str = field(
        default="https://www.nhn.no/tjenester/helsenorge/digital-dialog-med-fastlegen/hva-er-digital-dialog",
        metadata={"help": "Norsk Helsenett's description of Digital dialog, linked to from Konfigurasjon (ACT-3)."},
    )
    nhn_reasons_url: str = field(
        default="https://www.nhn.no/tjenester/helsenorge/digital-dialog-med-fastlegen",
        metadata={"help": "Norsk Helsenett's ten good reasons to use it."},
    )
    nhn_order_url: str = field(
        default="https://www.nhn.no/nasjonale-e-helselosninger/helsenorge/digital-dialog-med-fastlegen/"
        "kom-i-gang-med-digital-dialog-pa-ditt-legekontor",
        metadata={"help": "Where a clinic orders it."},
    )
    nhn_resource_url: str = field(
        default="https://www.nhn.no/tjenester/helsenorge/helsenorge-for-kommuner/ressurstimebok-koronatiltak",
        metadata={"help": "Norsk Helsenett's guide to resource booking: set-up, and what citizens see (RES-29)."},
    )
    smtp_host: str = field(
        default="", metadata={"help": "The mail server that the clinics' own notices go by (NOT-5); empty: no e-mail."}
    )
    smtp_port: int = field(default=587, metadata={"help": "Its port."})
    smtp_security: str = field(
        default="starttls", metadata={"help": "starttls, tls (from the first byte), or none: on this machine only."}
    )
    smtp_user: str = field(default="", metadata={"help": "User name there; empty: no log-in."})
    smtp_password: str = field(default="", repr=False, metadata={"help": "Its password; name a file with _FILE."})
    smtp_from: str = field(default="", metadata={"help": "The address that notices come from; needed with SMTP_HOST."})
    sms_url: str = field(
        default="", metadata={"help": "The gateway that text messages are posted to (docs/notices.md); empty: no SMS."}
    )
    sms_token: str = field(default="", repr=False, metadata={"help": "Bearer token there; name a file with _FILE."})
    sms_sender: str = field(default="Skranke", metadata={"help": "Who a text message says it is from; 11 characters."})
    health_directory: str = field(default="", metadata={"help": "Where the programs write their heartbeats."})

    def __post_init__(self) -> None:
        if self.secret_key and len(self.secret_key) < 32:  # noqa: PLR2004 - the length the help text names
            raise SettingError(f"{PREFIX}SECRET_KEY is too short: use at least 32 random characters.")
        if self.log_level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise SettingError(f"{PREFIX}LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
        for name, (least, most) in _NUMBERS.items():
            if not least <= getattr(self, name) <= most:
                raise SettingError(f"{PREFIX}{name.upper()} must be a whole number from {least} to {most}.")
        if self.revocation not in {"off", "on", "required"}:
            raise SettingError(f"{PREFIX}REVOCATION must be off, on or required.")
        for name in ("address_register_url", "profile_register_url", "gp_register_url", "person_register_url"):
            if not _is_register_address(getattr(self, name)):
                raise SettingError(f"{PREFIX}{name.upper()} must begin with https://: the password travels with it.")
        for provider in ("helseid", "id_porten"):
            self._check_registration(provider)
        self._check_files()
        self._check_notices()
        if not all(re.fullmatch(r"[0-2](\.\d+)+", one) for one in self.policies()):
            raise SettingError(f"{PREFIX}CERTIFICATE_POLICIES must be OIDs such as 2.16.578.1.26.1.3.2, with commas.")

    def _check_files(self) -> None:
        if self.virus_scanner and not re.fullmatch(r"/.+|[^/]+:\d{1,5}", self.virus_scanner):
            raise SettingError(
                f"{PREFIX}VIRUS_SCANNER must be host:port, or the path of a socket, which begins with /."
            )
        if not self.file_kinds() or not self.file_kinds() <= set(FILE_KINDS):
            raise SettingError(f"{PREFIX}ATTACHMENT_KINDS must be one or more of {', '.join(FILE_KINDS)}, with commas.")

    def _check_notices(self) -> None:
        if self.smtp_security not in {"starttls", "tls", "none"}:
            raise SettingError(f"{PREFIX}SMTP_SECURITY must be starttls, tls or none.")
        if self.smtp_security == "none" and self.smtp_host not in {"", *_THIS_MACHINE}:
            raise SettingError(f"{PREFIX}SMTP_SECURITY may be none on this machine only: addresses travel with it.")
        if self.smtp_host and not re.fullmatch(r"[^@\s]+@[^@\s]+", self.smtp_from):
            raise SettingError(f"{PREFIX}SMTP_FROM must be the address that notices come from.")
        if not _is_register_address(self.sms_url):
            raise SettingError(f"{PREFIX}SMS_URL must begin with https://: the token travels with it.")
        if not re.fullmatch(r"[A-Za-z0-9 +]{1,11}", self.sms_sender):
            raise SettingError(f"{PREFIX}SMS_SENDER must be 1 to 11 letters, digits and spaces.")

    def _check_registration(self, provider: str) -> None:
        issuer = urlsplit(getattr(self, f"{provider}_issuer"))
        name = f"{PREFIX}{provider.upper()}"
        if not issuer.geturl():
            return
        if issuer.scheme != "https" and issuer.hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise SettingError(f"{name}_ISSUER must be an https:// address.")
        for item in ("client_id", "key"):
            if not getattr(self, f"{provider}_{item}"):
                raise SettingError(f"{name}_{item.upper()} is missing: {name}_ISSUER is of no use without it.")

    def policies(self) -> frozenset[str]:
        """The policy OIDs, each by itself."""
        return frozenset(_parts(self.certificate_policies))

    def file_kinds(self) -> frozenset[str]:
        """The names of the kinds of file that may be sent (CMP-11)."""
        return frozenset(one.lower() for one in _parts(self.attachment_kinds))


def _parts(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _is_register_address(url: str) -> bool:
    """Encrypted, except to this very machine (the demo's sandbox)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return not url or parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from an environment (default: this process's).

    Raises SettingError on an unreadable file or a value of the wrong type.
    """
    source = os.environ if environment is None else environment
    values = {}
    for item in fields(Settings):
        text = _text(source, f"{PREFIX}{item.name.upper()}")
        if text is not None:
            values[item.name] = _convert(f"{PREFIX}{item.name.upper()}", text, type(item.default))
    return Settings(**values)  # type: ignore[arg-type]  # each value has been converted to its default's type


def for_pages(settings: Settings) -> Settings:
    """The settings of a program that signs sessions and tickets. Raises SettingError without a key of its own."""
    if not settings.secret_key:
        raise SettingError(f"{PREFIX}SECRET_KEY is missing: write at least 32 random characters, the same everywhere.")
    return settings


def _text(source: Mapping[str, str], name: str) -> str | None:
    text = text_of(source, name)
    return source.get("DATABASE_URL") if text is None and name == f"{PREFIX}DATABASE_URL" else text


def _convert(name: str, text: str, kind: type) -> str | int | bool:
    if kind is bool:
        return flag_of(name, text)
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise SettingError(f"{name} must be a whole number.") from None
    return text


def database(url: str, *, owner: bool = False) -> dict[str, Any]:
    """Django's description of the database a URL names.

    owner: assume the owner's role and the migration's time-outs (only `skranke migrate` does).
    Raises SettingError when the URL is missing or of another form.
    """
    described = database_of("DATABASE_URL", url)
    if owner:
        given = described["OPTIONS"].get("options", "")
        ours = "-c role=skranke_owner -c lock_timeout=4s -c statement_timeout=60s"
        described["OPTIONS"]["options"] = f"{given} {ours}".strip()
    return described | {"TEST": {"MIGRATE": False}}
