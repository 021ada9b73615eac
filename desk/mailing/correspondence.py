"""One round of correspondence: bounces brought home, receipts written, and what is due handed over."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from config.sending import SendingMode
from desk.mailing.answers import note_returned
from desk.mailing.chasing import still_needed
from desk.mailing.letters import Written
from desk.mailing.outbox import queue_mails
from desk.mailing.outgoing import Dispatched, dispatch
from desk.mailing.replies import receipts_due
from desk.office import Office


def correspond(
    office: Office, *, look: bool = True, pause: Callable[[float], object] = time.sleep
) -> Dispatched:
    """Do what outgoing mail wants now; what was taken up, what stands in the way, and what cannot be written.

    `look`: ask the mailbox about mails whose fate is open; once a quarter of an hour is enough.

    Raises:
        MailTemplateError: the department's own HTML frame cannot be used; nothing was sent.
        SmtpLoginError, SmtpUnreachableError, SmtpInsecureError, MailboxError: nothing was sent.

    """
    note_returned(office)
    policy = office.regime.sending
    receipts = Written()
    if policy.mode != SendingMode.OFF:
        receipts = receipts_due(office)
        queue_mails(office.ledger, receipts.mails, policy.mode)
    sent = dispatch(office, partial(still_needed, office), look=look, pause=pause)
    return replace(sent, faults=receipts.faults)
