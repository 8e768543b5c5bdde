"""Who runs the installation: operators are made, and helped who have lost their passkeys."""

import sys

from skranke.identity.errors import PersonHasAccountError, UsernameTakenError
from skranke.identity.passkeys import forget_all
from skranke.identity.queries import account_of_username
from skranke.identity.services import create_account
from skranke.kernel.ids import NationalId


def add(username: str, name: str) -> int:
    """Make an operator; the national id comes on standard input, so that no list of programs shows it."""
    try:
        national_id = NationalId(sys.stdin.readline().strip())
        create_account(username, name, national_id=national_id.value, is_operator=True)
    except (ValueError, UsernameTakenError, PersonHasAccountError) as error:
        print(error)
        return 1
    print(f"{name} is an operator, and logs in with HelseID at /drift/.")
    return 0


def forget_passkeys(username: str) -> int:
    """Take away an operator's passkeys; the next log-in makes a new one."""
    account = account_of_username(username)
    if account is None or not account.is_operator:
        print("No operator has this name.")
        return 1
    print(f"Passkeys taken away: {forget_all(account)}. The next log-in makes a new one.")
    return 0
