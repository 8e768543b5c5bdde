"""What is told between us and a log-in provider, as frozen values."""

from dataclasses import dataclass, field
from enum import StrEnum


class ProviderName(StrEnum):
    """The log-in providers: HelseID for staff and operators, ID-porten for patients."""

    HELSEID = "helseid"
    ID_PORTEN = "id_porten"


class Refusal(StrEnum):
    """Why a log-in came to nothing. The log holds this word; the page says a sentence."""

    NOT_SET_UP = "not_set_up"
    PROVIDER_AWAY = "provider_away"
    PROVIDER_REFUSED = "provider_refused"
    ANSWER_UNREADABLE = "answer_unreadable"
    UNSAFE_ADDRESS = "unsafe_address"
    CANCELLED = "cancelled"
    STATE_UNKNOWN = "state_unknown"
    OTHER_PROVIDER = "other_provider"
    OTHER_BROWSER = "other_browser"
    TOO_LATE = "too_late"
    USED_BEFORE = "used_before"
    CODE_MISSING = "code_missing"
    TOKEN_MISSING = "token_missing"  # noqa: S105 - a reason, no secret
    TOKEN_KIND = "token_kind"  # noqa: S105 - as above
    ALGORITHM = "algorithm"
    KEY_UNKNOWN = "key_unknown"
    SIGNATURE = "signature"
    TOKEN_UNREADABLE = "token_unreadable"  # noqa: S105 - as above
    ISSUER = "issuer"
    AUDIENCE = "audience"
    AUTHORISED_PARTY = "authorised_party"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    ISSUED_AT = "issued_at"
    NONCE = "nonce"
    SUBJECT = "subject"
    ACCESS_TOKEN_HASH = "access_token_hash"  # noqa: S105 - as above
    LEVEL_TOO_LOW = "level_too_low"
    NATIONAL_ID_MISSING = "national_id_missing"
    NATIONAL_ID_UNUSABLE = "national_id_unusable"
    NO_ACCOUNT = "no_account"
    NO_POSITION = "no_position"
    NOT_OPERATOR = "not_operator"
    HPR_NUMBER_DIFFERS = "hpr_number_differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One log-in provider as this installation is registered with it. key: our private key, PEM or JWK.

    assertion_type: the `typ` of a client assertion. dpop: tokens are bound to a key of ours.
    """

    name: ProviderName
    issuer: str
    client_id: str
    key: str = field(repr=False)
    scope: str
    assertion_type: str
    rsa_algorithm: str
    acr_values: str = ""
    dpop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a provider tells of itself (OpenID Connect Discovery 1.0, section 3).

    end_session_endpoint: where one logs out (RP-Initiated Logout 1.0), empty where that cannot be done.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    par_endpoint: str
    jwks_uri: str
    names_issuer: bool
    end_session_endpoint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What the token endpoint gave."""

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the provider says it is. level: the security level, 4 is the highest. hpr_number: of health personnel."""

    provider: ProviderName
    national_id: str = field(repr=False)
    level: int
    hpr_number: str = ""
    id_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the browser brought back from the provider. secret: of the cookie that the log-in began with."""

    secret: str = field(repr=False)
    state: str = ""
    code: str = field(default="", repr=False)
    issuer: str = ""
    error: str = ""
