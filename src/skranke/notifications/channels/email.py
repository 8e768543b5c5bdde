"""E-mail through one SMTP server (RFC 5321); encrypted, and the server's certificate is asked for."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.conf import settings

from skranke.kernel import clock
from skranke.notifications.channels.errors import ChannelDownError, LetterRefusedError, OutcomeUnknownError
from skranke.notifications.channels.values import Letter

_SECONDS = 15
_PERMANENT = range(500, 600)
_TAKEN = range(200, 300)
_OK = 250


def is_set_up() -> bool:
    """This installation has a mail server."""
    return bool(settings.OURS.smtp_host)


def send(letter: Letter) -> None:
    """Hand one letter to the mail server. Raises ChannelDownError, LetterRefusedError, OutcomeUnknownError."""
    content = _message(letter)
    with _server() as server:
        code, _said = server.mail(settings.OURS.smtp_from)
        if code != _OK:
            raise ChannelDownError(f"SMTP {code}")
        _check(server.rcpt(letter.address)[0])
        try:
            code, _said = server.data(content)
        except smtplib.SMTPDataError as error:
            code = error.smtp_code
        except OSError as error:
            raise OutcomeUnknownError("SMTP") from error
        _check(code)


def _message(letter: Letter) -> bytes:
    sender = settings.OURS.smtp_from
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address(letter.sender, addr_spec=sender)
        letter.address.encode("ascii")
        message["To"] = Address(addr_spec=letter.address)
    except (ValueError, IndexError, HeaderParseError) as error:
        raise LetterRefusedError("address") from error
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{letter.reference}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="quoted-printable")
    message["Content-Language"] = letter.language
    return message.as_bytes()


@contextmanager
def _server() -> Iterator[smtplib.SMTP]:
    """A session with the server, logged in; it ends however the letter fares."""
    ours = settings.OURS
    try:
        server = _connected(ours.smtp_host, ours.smtp_port, ours.smtp_security)
        server.ehlo_or_helo_if_needed()
        if ours.smtp_user:
            server.login(ours.smtp_user, ours.smtp_password)
    except OSError as error:
        raise ChannelDownError("SMTP") from error
    try:
        yield server
    except OSError as error:
        raise ChannelDownError("SMTP") from error
    finally:
        try:
            server.quit()
        except OSError:
            server.close()


def _connected(host: str, port: int, security: str) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=context)
    server = smtplib.SMTP(host, port, timeout=_SECONDS)
    if security == "starttls":
        server.starttls(context=context)
    return server


def _check(code: int) -> None:
    """What the server says may repeat the address: only its code is kept."""
    if code in _PERMANENT:
        raise LetterRefusedError(f"SMTP {code}")
    if code not in _TAKEN:
        raise ChannelDownError(f"SMTP {code}")
