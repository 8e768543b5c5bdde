"""Accounts that log in, their sessions, and tokens of programs.

They belong to no clinic: one person may work in several, and be a patient in others.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from skranke.kernel import clock
from skranke.kernel.ids import new_id

_NATIONAL_ID = r"^[0-9]{11}$"


class SessionKind(models.TextChoices):
    """Which part of Skranke a session opens. One browser may hold one of each."""

    STAFF = "staff"
    PATIENT = "patient"
    OPERATOR = "operator"


class LogInMethod(models.TextChoices):
    """How somebody proved who they are. LINK: the demo's signed link."""

    HELSEID = "helseid"
    ID_PORTEN = "id_porten"
    LINK = "link"


class EndReason(models.TextChoices):
    """Why a session is over."""

    LOGGED_OUT = "logged_out"
    LOGGED_OUT_EVERYWHERE = "logged_out_everywhere"
    LOGGED_IN_AGAIN = "logged_in_again"


class Account(models.Model):
    """One person who logs in as staff or operator. What staff may do stands on the employee rows of each clinic.

    national_id: whom the log-in provider says it is; empty where nobody has told yet.
    is_operator: runs the installation, and sees no patient's data. language: that the person has chosen, empty before.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=100, unique=True)
    display_name = models.CharField(max_length=200)
    national_id = models.CharField(max_length=11, blank=True, default="")
    is_operator = models.BooleanField(default=False)
    language = models.CharField(max_length=5, blank=True, default="")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["national_id"], name="account_of_person", condition=~Q(national_id="")),
            models.CheckConstraint(
                condition=Q(national_id="") | Q(national_id__regex=_NATIONAL_ID), name="account_national_id_is_one"
            ),
            models.CheckConstraint(condition=Q(language__in=["", "nb", "nn", "en"]), name="account_language_is_one"),
        ]


class Session(models.Model):
    """One log-in of one person in one browser, known by the SHA-256 (hex) of the token in the browser's cookie.

    account: of staff and operators; national_id: of patients. level: the security level of the log-in (ORG-14).
    seen_at: when the person last did something. second_factor_at: when an operator showed a passkey in it.
    memory: what the pages keep between two requests; only ids. id_token: the provider's, while the session lasts, to
    log out there too.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=10, choices=SessionKind)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="sessions")
    national_id = models.CharField(max_length=11, blank=True, default="")
    method = models.CharField(max_length=20, choices=LogInMethod)
    level = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    second_factor_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=30, choices=EndReason, blank=True, default="")
    memory = models.JSONField(default=dict)
    id_token = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="patient", account__isnull=True, national_id__regex=_NATIONAL_ID)
                | Q(~Q(kind="patient"), account__isnull=False, national_id=""),
                name="session_is_of_one_person",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="") | Q(Q(ended_at__isnull=False), ~Q(end_reason="")),
                name="session_ends_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["national_id"], name="session_of_patient", condition=Q(ended_at__isnull=True)),
        ]


class Passkey(models.Model):
    """A passkey of an operator: the second factor beside HelseID. sign_count: of its last use, where it counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="passkeys")
    credential_id = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField()
    created_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True)


class LogInAttempt(models.Model):
    """A log-in that was begun with a provider and may be finished once.

    state, browser: SHA-256 (hex) of what was told to the provider and of the secret in the browser's cookie. Nonce and
    PKCE verifier are made of the two anew, and are stored nowhere.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    state = models.CharField(max_length=64, unique=True)
    browser = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=SessionKind)
    provider = models.CharField(max_length=20)
    return_to = models.CharField(max_length=2000, blank=True)
    opened_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)


class ApiToken(models.Model):
    """A bearer token of the REST API, kept as its SHA-256 only (hex).

    employee_id: the employee in whose name the program acts at the clinic; None: it acts in its own.
    made_by: the employee who made it. used_at: when it was last used, to the hour.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    clinic_id = models.UUIDField()
    employee_id = models.UUIDField(null=True)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField(default=clock.now)
    made_by = models.UUIDField(null=True)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
