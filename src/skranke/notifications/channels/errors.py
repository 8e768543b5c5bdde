"""How handing a letter over can fail. The message is the service's code alone, which never holds an address."""

from skranke.kernel.errors import SkrankeError, TemporaryError


class ChannelDownError(TemporaryError):
    """Nothing was handed over; it may go later: the service is away or busy, or does not know us."""

    code = "channel_down"


class LetterRefusedError(SkrankeError):
    """The service does not take this letter, now or later: the address is wrong, or closed."""

    code = "letter_refused"


class OutcomeUnknownError(SkrankeError):
    """It was handed over, and the service did not say whether it took it."""

    code = "outcome_unknown"


class NoAddressError(SkrankeError):
    """There is nothing to send it to any more."""

    code = "no_address"
