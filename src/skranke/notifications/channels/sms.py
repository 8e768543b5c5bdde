"""Text messages through one gateway: a POST of JSON over HTTPS, as docs/notices.md describes it for its makers."""

import httpx
from django.conf import settings

from skranke.notifications.channels.errors import ChannelDownError, LetterRefusedError, OutcomeUnknownError
from skranke.notifications.channels.values import Letter
from skranke.notifications.rules import international

_SECONDS = 15
_NOT_NOW = frozenset(
    {
        httpx.codes.UNAUTHORIZED,
        httpx.codes.FORBIDDEN,
        httpx.codes.NOT_FOUND,
        httpx.codes.REQUEST_TIMEOUT,
        httpx.codes.TOO_MANY_REQUESTS,
    }
)
"""Not the letter's fault: the gateway is busy, or we are not set up right."""


def is_set_up() -> bool:
    """This installation has a gateway."""
    return bool(settings.OURS.sms_url)


def send(letter: Letter) -> None:
    """Hand one text to the gateway. Raises ChannelDownError, LetterRefusedError, OutcomeUnknownError."""
    ours = settings.OURS
    headers = {"Idempotency-Key": letter.reference}
    if ours.sms_token:
        headers["Authorization"] = f"Bearer {ours.sms_token}"
    body = {
        "to": international(letter.address),
        "from": ours.sms_sender,
        "text": letter.text,
        "reference": letter.reference,
    }
    try:
        with httpx.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False) as client:
            status = client.post(ours.sms_url, json=body, headers=headers).status_code
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise ChannelDownError("HTTP") from error
    except httpx.HTTPError as error:
        raise OutcomeUnknownError("HTTP") from error
    if httpx.codes.is_success(status):
        return
    if httpx.codes.is_client_error(status) and status not in _NOT_NOW:
        raise LetterRefusedError(f"HTTP {status}")
    raise ChannelDownError(f"HTTP {status}")
