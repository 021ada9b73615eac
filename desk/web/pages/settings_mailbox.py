"""Thiết lập: the mail account that is read and the server that sends, tried at once; passwords go one way."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from config.days import write_day
from config.editing import REMOVED, edited
from config.errors import ConfigError
from config.secrets import FILE as SECRET_FILE
from config.secrets import PASSWORD, SMTP_PASSWORD, Secret, keeper_of, store_secret, variable
from config.settings import FILE
from desk.errors import sentence_of
from desk.receiving_server import SERVER_NAME, Found, server_that_vouches
from desk.settings_changes import content_of
from desk.upkeep.doctor import Examined, mailbox_state, smtp_state
from desk.web.call import POST, Call, Right, Route
from desk.web.confirming import SECRET_FIELD
from desk.web.settings_forms import PATH, Form, Proposed, lines_of, mark_now, refused, save

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from config.yaml_files import Location
    from desk.office import Office

MAILBOX = f"{PATH}/hop-thu"
NAMES = (PASSWORD, SMTP_PASSWORD)
HEAD = "regime/department.yaml"
TRUSTED = "trusted_authserv_id"
LONGEST = 512  #: characters of a password
_FIELDS = (
    ("mailbox", "host"), ("mailbox", "user"), ("mailbox", "port"), ("mailbox", "start"),
    ("mailbox", "poll_seconds"), ("smtp", "host"), ("smtp", "user"), ("smtp", "port"),
    ("smtp", "sender_name"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MailboxView:
    """The page."""

    form: Form
    entered: dict[str, str]  #: by the name of a secret: where it is kept, in words; "" when nobody entered it
    found: tuple[Examined, ...] = ()  #: of a test that was asked for
    names: tuple[str, ...] = NAMES
    server: str = ""  #: whose word on senders is taken
    server_found: Found | None = None  #: whose it should be, where nobody's is yet


def show(call: Call) -> Response:
    """The page."""
    return call.page("settings_mailbox.html", _view(call, _form(call)))


def save_account(call: Call) -> Response:
    """Another account or server."""
    return save(call, _proposed(call), partial(_again, call), MAILBOX)


def test(call: Call) -> Response:
    """Try both servers now; nothing is read, sent or changed."""
    settings = call.office.settings
    found = (mailbox_state(settings, call.say), smtp_state(settings, call.say))
    return call.page("settings_mailbox.html", _view(call, _form(call), found))


def enter_secret(call: Call) -> Response:
    """Keep a password; it is never shown again."""
    fault = ""
    name, text = call.form.get("ten", ""), call.form.get(SECRET_FIELD, "").strip()
    if name not in NAMES or not text or len(text) > LONGEST:
        fault = call.say("web.secret_missing")
    if not fault:
        try:
            store_secret(name, Secret(text), call.office.settings.home)
        except ConfigError as error:
            fault = sentence_of(error, call.say)
    if fault:
        return refused(call, "settings_mailbox.html", _view(call, _form(call, (fault,))))
    call.office.ledger.note("secret_entered", name)
    return call.go(MAILBOX, notice="secret_entered")


def trust_server(call: Call) -> Response:
    """Take the word of a server on senders from now on, or nobody's."""
    server = call.form.get("server", "").strip().lower()
    if server and not SERVER_NAME.fullmatch(server):
        fault = call.say("web.server_bad_name", name=server[:80])
        return refused(call, "settings_mailbox.html", _view(call, _form(call, (fault,))))
    text = (content_of(call.office, HEAD) or b"").decode("utf-8-sig")
    content = edited(text, {(TRUSTED,): server or REMOVED}).encode()
    summary = call.office.document_wording("web.server_trusted")
    show = partial(_again, call)
    return save(call, Proposed(HEAD, content, summary), show, MAILBOX)


ROUTES = (
    Route(MAILBOX, show),
    Route(MAILBOX, save_account, method=POST, right=Right.ADMINISTRATOR, confirm=True),
    Route(f"{MAILBOX}/kiem-tra", test, method=POST, changes=False),
    Route(f"{MAILBOX}/xac-thuc", trust_server, method=POST, right=Right.ADMINISTRATOR, confirm=True),
    Route(f"{MAILBOX}/mat-khau", enter_secret, method=POST, right=Right.ADMINISTRATOR, confirm=True),
)


def _view(call: Call, form: Form, found: tuple[Examined, ...] = ()) -> MailboxView:
    office = call.office
    entered = {name: _kept(office, name) for name in NAMES}
    server = office.regime.trusted_authserv_id
    proposed = None if server else server_that_vouches(office)
    return MailboxView(form, entered, found, server=server, server_found=proposed)


def _kept(office: Office, name: str) -> str:
    """Where a secret is kept, in words."""
    home = office.settings.home
    try:
        keeper = keeper_of(name, home)
    except ConfigError as error:  # others may read the file: it is not believed until that is mended
        return sentence_of(error, office.wording)
    places = {"variable": variable(name), "path": str(home / SECRET_FILE)}
    return office.wording(f"web.secret_in_{keeper}", **places) if keeper else ""


def _form(call: Call, faults: tuple[str, ...] = ()) -> Form:
    return Form(_known(call.office), mark_now(call.office, FILE), faults)


def _again(call: Call, faults: tuple[str, ...]) -> Response:
    form = Form(call.form, call.form.get("dau", ""), faults)
    return refused(call, "settings_mailbox.html", _view(call, form))


def _known(office: Office) -> dict[str, str]:
    mailbox, smtp = office.settings.mailbox, office.settings.smtp
    parts = {"mailbox": mailbox, "smtp": smtp}
    fields = {f"{part}_{key}": _text(getattr(parts[part], key, None)) for part, key in _FIELDS}
    fields["mailbox_start"] = write_day(mailbox.start) if mailbox else ""
    fields["mailbox_folders"] = "\n".join(mailbox.folders) if mailbox else ""
    return fields


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _proposed(call: Call) -> Proposed:
    before, form = _known(call.office), call.form
    changes: dict[Location, object] = {}
    for part, key in _FIELDS:
        text = form.get(f"{part}_{key}", "").strip()
        if text != before[f"{part}_{key}"]:
            is_number = key in {"port", "poll_seconds"} and text.isascii() and text.isdigit()
            changes[part, key] = (int(text) if is_number else text) if text else REMOVED
    folders = lines_of(form.get("mailbox_folders", ""))
    if folders != lines_of(before["mailbox_folders"]):
        changes["mailbox", "folders"] = folders or REMOVED
    text = (content_of(call.office, FILE) or b"").decode("utf-8-sig")
    summary = call.office.document_wording("web.tab_mailbox")
    return Proposed(FILE, edited(text, changes | _gone(form)).encode(), summary)


def _gone(form: Mapping[str, str]) -> dict[Location, object]:
    """A part whose server and account are both emptied is taken out as a whole."""
    parts = ("mailbox", "smtp")
    return {
        (part,): REMOVED for part in parts if not form.get(f"{part}_host") and not form.get(f"{part}_user")
    }
