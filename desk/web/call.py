"""What a page is made of: a `Route` leads a `Call` to a view; a view returns a response.

A view is a plain function from a `Call` to a response. It runs in a thread, with everything checked: the
person is signed in, may do this, and the form carries their token. It reads `call.office`, makes one
frozen dataclass, and hands it to a template by `call.page`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, RedirectResponse, Response

if TYPE_CHECKING:
    from config.wording import Wording
    from desk.office import Office
    from desk.web.accounts import Account
    from desk.web.desk import Desk
    from desk.web.sessions import Session

GET, POST = "GET", "POST"
SMALL = 64 * 1024  #: octets of an ordinary form
LONGEST_REASON = 500  #: letters
NO_CONTENT = 204  #: htmx leaves the page as it is


class Right(IntEnum):
    """Who may follow a route; each includes those after it."""

    ANYBODY = 0  #: not signed in
    NEWCOMER = 1  #: signed in, perhaps still with the one-time password
    UNPROVEN = 2  #: with a password of their own, perhaps without the second factor that is asked for
    READER = 3
    OFFICER = 4
    ADMINISTRATOR = 5


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent with a form."""

    name: str  #: as the browser says it: never a path of ours
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One request, checked."""

    desk: Desk
    office: Office  #: its ledger writes, and its decisions are made, under the account's name
    path: str
    query: Mapping[str, str]
    places: Mapping[str, str]  #: parts of the path: {unit}
    form: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: form fields sent several times
    files: Mapping[str, Upload] = field(default_factory=dict)
    uploads: Mapping[str, tuple[Upload, ...]] = field(default_factory=dict)  #: all files of a field
    session: Session | None = None
    token: str = ""  #: of the cookie
    address: str = ""  #: where the request came from
    browser: str = ""  #: what the browser calls itself
    by_htmx: bool = False  #: asked by a part of a page, not by the browser as a whole

    @property
    def say(self) -> Wording:
        """The words of the interface in the person's language."""
        return self.office.wording

    @property
    def account(self) -> Account:
        """Who is signed in; asked only behind a route that wants somebody."""
        assert self.session is not None
        return self.session.account

    @property
    def reason(self) -> str:
        """Why a person decides as they do, as far as they said so."""
        return self.form.get("ly-do", "").strip()[:LONGEST_REASON]

    @property
    def is_confirmed(self) -> bool:
        """Whether the password was given within the last ten minutes: a route with `confirm` asks no more."""
        return self.session is not None and self.desk.sessions.is_confirmed(self.session)

    def page(self, template: str, view: Any = None, status: int = 200) -> Response:
        """A page, or a fragment of one, from `templates/pages`; the template knows the view as `view`."""
        zone = self.office.regime.timezone
        return HTMLResponse(self.desk.rendering.render(template, self.say, zone, view, self), status)

    def go(self, path: str, **query: str) -> Response:
        """On to another page of ours after a change (303: the browser asks for it by GET).

        `notice="saved"` shows the sentence `web.notice_saved` there.
        """
        asked = urlencode({name: value for name, value in query.items() if value})
        return RedirectResponse(f"{path}?{asked}" if asked else path, status_code=303)

    @staticmethod
    def nothing_new() -> Response:
        """The answer to a page that asks whether something changed, when nothing did."""
        return Response(status_code=NO_CONTENT)


View = Callable[[Call], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """Where a view is reached, and by whom. GET is for looking and changes nothing; POST changes."""

    path: str
    view: View
    method: str = GET
    right: Right | None = None  #: READER to look and OFFICER to change, unless said otherwise
    by_itself: bool = False  #: the page asks by itself: no use of the session
    most: int = SMALL  #: octets of body
    changes: bool = True  #: a POST that only tries something waits for no other and holds none up
    confirm: bool = False  #: a change of weight: the password is asked for again, once in ten minutes

    @property
    def wanted(self) -> Right:
        """The right that is asked for."""
        if self.right is not None:
            return self.right
        return Right.READER if self.method == GET else Right.OFFICER
