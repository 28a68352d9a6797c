"""How often somebody may try to come in, and what is counted for it.

An address nobody has is counted like any other, so that the count tells nothing about who is here.
"""

from __future__ import annotations

import ipaddress
from datetime import timedelta

from flask import request

from portfolio.foundation.tries import Limit

FIVE_MINUTES, A_DAY = timedelta(minutes=5), timedelta(days=1)

# By e-mail address: used up before a password is looked at, and given back when it was right.
SIGN_IN_OF = Limit("sign_in.address", 10, FIVE_MINUTES)
# By where it comes from: only what went wrong counts, for a whole house may come from one address on a Monday morning.
SIGN_IN_FROM = Limit("sign_in.from", 10, FIVE_MINUTES)
# By person: the password typed once more, in a session that is open already.
PROOF_OF = Limit("proof.person", 5, FIVE_MINUTES)
# By person: six digits, or a recovery code.
SECOND_STEP_OF = Limit("second_step.person", 5, FIVE_MINUTES)
RESET_OF = Limit("reset.address", 5, A_DAY)
RESET_FROM = Limit("reset.from", 20, A_DAY)
# Each costs a tenth of a second of hashing, before it is known whether the link or the code is a true one.
LINK_FROM = Limit("password_link.from", 20, FIVE_MINUTES)
FIRST_RUN_FROM = Limit("first_run.from", 10, FIVE_MINUTES)
# Mail to one person, and from one administrator.
INVITATION_TO = Limit("invitation.person", 5, A_DAY)
INVITATION_BY = Limit("invitation.administrator", 200, A_DAY)


def client() -> str:
    """Where the request comes from: one address, or the network that one household gets where addresses are long."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
