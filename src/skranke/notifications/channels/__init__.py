"""The ways a notice can leave: one file each, and one line in `CHANNELS`."""

from collections.abc import Callable
from dataclasses import dataclass

from skranke.notifications.channels import email, sms
from skranke.notifications.channels.values import Letter
from skranke.patients.models import NotifyBy


@dataclass(frozen=True, slots=True)
class Channel:
    """is_set_up: this installation has it. send: hands one letter over, or raises as `channels.errors` says."""

    is_set_up: Callable[[], bool]
    send: Callable[[Letter], None]


CHANNELS = {
    NotifyBy.EMAIL: Channel(email.is_set_up, email.send),
    NotifyBy.SMS: Channel(sms.is_set_up, sms.send),
}
