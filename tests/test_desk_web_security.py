"""Who may do what on the desk, and what an outsider, another site or a hostile mail cannot."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from desk.web.accounts import Role
from desk.web.app import routes
from desk.web.call import POST, Right, Route
from desk.web.security import host_name, own_path
from desk.web.sessions import IDLE, LONGEST
from tests.offices import make_office, note, report_mail
from tests.web import PASSWORD, Client, Served, served_office, served_round

SIGN_IN = "/dang-nhap"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_round(tmp_path_factory.mktemp("desk")) as found:
        yield found


def path_of(route: Route) -> str:
    """A path of the route; what a place stands for does not matter to who may pass."""
    return route.path.replace("{", "").replace("}", "").replace(":path", "")


def named(found: list[Route]) -> list[str]:
    return [f"{route.method} {route.path}" for route in found]


BEHIND_SIGN_IN = [route for route in routes() if route.wanted is not Right.ANYBODY]
OFFICERS = [route for route in routes() if route.wanted >= Right.OFFICER]
ADMINISTRATORS = [route for route in routes() if route.wanted is Right.ADMINISTRATOR]


def test_the_doors_that_are_open_to_nobody_are_these_alone() -> None:
    anybody = {f"{route.method} {route.path}" for route in routes() if route.wanted is Right.ANYBODY}
    assert anybody == {"GET /dang-nhap", "POST /dang-nhap", "POST /dang-nhap/ma"}


@pytest.mark.parametrize("route", BEHIND_SIGN_IN, ids=named(BEHIND_SIGN_IN))
def test_nobody_gets_further_than_the_sign_in_page(desk: Served, route: Route) -> None:
    nobody = desk.client(None)
    answer = nobody.request(route.method, path_of(route), headers=nobody.own())
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(SIGN_IN)


@pytest.mark.parametrize("route", OFFICERS, ids=named(OFFICERS))
def test_a_reader_gets_nowhere_an_officer_is_asked_for(desk: Served, route: Route) -> None:
    reader = desk.client(Role.READER)
    before = desk.desk.office().ledger.last_event()
    answer = reader.send_form(path_of(route)) if route.method == POST else reader.get(path_of(route))
    assert answer.status_code == 403
    assert desk.desk.office().ledger.last_event() == before


@pytest.mark.parametrize("route", ADMINISTRATORS, ids=named(ADMINISTRATORS))
@pytest.mark.parametrize("role", [Role.READER, Role.OFFICER])
def test_nobody_but_an_administrator_sets_the_mail_account_and_sending(
    desk: Served, route: Route, role: Role
) -> None:
    client = desk.client(role)
    before = desk.desk.office().ledger.last_event()
    assert client.send_form(path_of(route)).status_code == 403
    assert desk.desk.office().ledger.last_event() == before
    assert "tài khoản quản trị" in client.get("/thiet-lap/hop-thu").text  # says why there is no button


def test_the_mail_account_sending_and_the_way_back_are_an_administrators() -> None:
    assert {route.path for route in ADMINISTRATORS} == {
        "/thiet-lap/hop-thu", "/thiet-lap/hop-thu/mat-khau", "/thiet-lap/gui-thu",
        "/thiet-lap/lich-su/{number}", "/thiet-lap/co-quan", "/thiet-lap/hop-thu/xac-thuc",
    }  # fmt: skip


def test_every_route_that_changes_the_office_asks_for_an_officer() -> None:
    own = {
        SIGN_IN, "/dang-nhap/ma", "/dang-xuat", "/ngon-ngu", "/tai-khoan", "/tai-khoan/phien",
        "/tai-khoan/ma", "/tai-khoan/ma/bat", "/tai-khoan/ma/tat", "/tai-khoan/ma/du-phong",
    }  # fmt: skip
    assert {route.path for route in routes() if route.method == POST and route.wanted < Right.OFFICER} == own


CHANGES = [route for route in routes() if route.method == POST]


@pytest.mark.parametrize("route", CHANGES, ids=named(CHANGES))
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "{own}"},
    ],
)
def test_a_form_of_another_site_is_refused(desk: Served, route: Route, headers: dict[str, str]) -> None:
    client = desk.client()
    sent = {name: value.replace("{own}", desk.address) for name, value in headers.items()}
    assert client.post(path_of(route), data=token_of(desk, client), headers=sent).status_code == 403


def token_of(desk: Served, client: Client) -> dict[str, str]:
    session = desk.desk.sessions.find(client.token)
    assert session is not None
    return {"form_token": session.form_token}


def test_a_form_without_the_sessions_token_is_refused(desk: Served) -> None:
    client, other = desk.client(), desk.client()
    for told in ({}, {"form_token": ""}, token_of(desk, other)):
        answer = client.post("/dang-xuat", data=told, headers=client.own())
        assert answer.status_code == 403
    assert client.get("/ky-bao-cao").status_code == 200
    assert client.send_form("/dang-xuat").status_code == 303


def test_no_get_changes_anything(desk: Served) -> None:
    client = desk.client()
    for route in routes():
        if route.method == POST:
            assert client.get(path_of(route)).status_code in {200, 303, 405, 422}
    assert client.get("/ky-bao-cao").status_code == 200


def test_every_answer_carries_the_policy_and_is_kept_nowhere(desk: Served) -> None:
    client = desk.client()
    for path in ("/ky-bao-cao", SIGN_IN, "/khong-co", "/assets/khong-co"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers
        assert "access-control-allow-origin" not in headers


def test_assets_are_kept_for_ever_under_the_hash_of_their_content(desk: Served) -> None:
    page = desk.client().get("/ky-bao-cao").text
    path = desk.desk.rendering.assets["desk.css"].path
    assert path in page
    answer = desk.client(None).get(path)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")


def test_nothing_is_fetched_from_elsewhere_and_no_script_or_style_stands_in_a_page(desk: Served) -> None:
    for path in ("/ky-bao-cao", "/nhat-ky", "/nhat-ky/suc-khoe", "/tai-khoan", SIGN_IN):
        page = desk.client().get(path).text
        assert "//" not in page.replace("http://www.w3.org/2000/svg", "")
        assert "<style" not in page
        assert " style=" not in page
        assert " on" not in "".join(part for part in page.split("<")[1:] if part.startswith("input on"))


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost@evil.example"])
def test_another_host_name_is_not_answered(desk: Served, host: str) -> None:
    answer = desk.client().get("/ky-bao-cao", headers={"Host": host})
    assert answer.status_code in {400, 421}
    assert "Bình Minh" not in answer.text


def test_host_names_lose_their_port() -> None:
    assert host_name("LOCALHOST:80") == "localhost"
    assert host_name("[::1]:8765") == "[::1]"
    assert host_name("[::1]") == "[::1]"


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil.example",
     "/a\r\nSet-Cookie: b", "evil.example", "///evil.example", "/%0d\\evil"],
)  # fmt: skip
def test_signing_in_leads_only_to_our_own_pages(desk: Served, target: str) -> None:
    assert own_path(target) == "/"
    desk.client()
    nobody = desk.client(None)
    answer = nobody.send_form(SIGN_IN, name="administrator-thu", password=PASSWORD, next=target)
    assert answer.headers["location"] == "/"


def test_signing_in_goes_on_to_the_page_that_was_asked_for(desk: Served) -> None:
    desk.client()
    nobody = desk.client(None)
    asked = nobody.get("/ky-bao-cao?q=b%C3%ACnh").headers["location"]
    to = httpx.URL(asked).params["next"]
    answer = nobody.send_form(SIGN_IN, name="Officer-Thu ", password=PASSWORD, next=to)
    assert answer.headers["location"] == "/ky-bao-cao?q=b%C3%ACnh"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert nobody.get("/ky-bao-cao").status_code == 200


def test_a_session_is_new_at_sign_in_and_gone_at_sign_out(desk: Served) -> None:
    client = desk.client()
    before = client.token
    answer = client.send_form(SIGN_IN, name="administrator-thu", password=PASSWORD)
    after = answer.cookies[desk.desk.cookie]
    assert after != before
    assert desk.desk.sessions.find(before) is None
    client.send_form("/dang-xuat")
    assert client.get("/ky-bao-cao").status_code == 303


def test_an_invented_session_is_none(desk: Served) -> None:
    for token in ("a" * 43, "", "'; drop table sessions"):
        assert Client(desk, token).get("/ky-bao-cao").status_code == 303


def test_the_token_itself_is_nowhere_on_the_disk(desk: Served) -> None:
    client = desk.client()
    files = [path for path in desk.office.home.iterdir() if path.name.startswith("desk.sqlite3")]
    assert files
    for path in files:
        assert client.token.encode() not in path.read_bytes()
        assert PASSWORD.encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


def test_sessions_end_when_idle_and_after_twelve_hours_whatever_a_page_asks_by_itself(
    tmp_path: Path,
) -> None:
    with served_round(tmp_path) as desk:
        client, start = desk.client(), desk.clock.now
        for minutes in range(10, 40, 10):
            desk.clock.now = start + timedelta(minutes=minutes)
            last = client.get("/ky-bao-cao/moi").status_code  # asked by the page itself
        assert last == 303
        client, start = desk.client(), desk.clock.now
        while desk.clock.now - start < LONGEST - IDLE:
            desk.clock.now += timedelta(minutes=25)
            assert client.get("/ky-bao-cao").status_code == 200
        desk.clock.now = start + LONGEST
        assert client.get("/ky-bao-cao").status_code == 303


def test_a_large_form_is_refused_before_it_is_read(desk: Served) -> None:
    client = desk.client()
    assert client.send_form("/tai-khoan", old="x" * 70_000).status_code == 413
    assert client.send_form("/tai-khoan", files={"a": b"x" * 70_000}).status_code in {400, 413}


def test_what_a_hostile_mail_says_is_shown_as_text(tmp_path: Path) -> None:
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"
    office = make_office(tmp_path)
    office.deliver(report_mail("binh-minh", subject=attack, name=f"{attack}.docx"), "2023-06-01T08:00")
    office.deliver(note(f'"{attack}" <a@b.example>', attack, attack), "2023-06-01T09:00")
    office.take_in()
    with office.opened() as opened:
        opened.ledger.note("mailbox_failed", attack, {"error": attack})
    with served_office(office) as desk:
        client = desk.client()
        asked = (f"/nhat-ky?ve={attack}&ai={attack}", f"/ky-bao-cao?q={attack}")
        for path in ("/ky-bao-cao", "/nhat-ky", *asked):
            page = client.get(path).text
            assert "<script>alert" not in page
            assert "<img" not in page
            assert "49" not in page.split("onerror=alert(1)&gt;")[-1][:4]
        assert html.escape("<img src=x onerror=alert(1)>") in client.get("/nhat-ky").text


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../settings.yaml",
        "/assets/%2e%2e/desk.sqlite3",
        "/assets/..%2f..%2fpyproject.toml",
        "/..%2fsettings.yaml",
    ],
)
def test_no_path_leads_out_of_the_assets(desk: Served, path: str) -> None:
    assert desk.client().get(path).status_code == 404


def test_a_fault_shows_a_number_and_no_detail(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_args: object) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr(desk.desk.sessions, "find", break_down)
    answer = Client(desk, "x").get("/ky-bao-cao")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Số lỗi: " in answer.text


def test_a_spoiled_configuration_is_told_in_its_sentence(tmp_path: Path) -> None:
    with served_round(tmp_path) as desk:
        client = desk.client()
        department = desk.office.home / "regime" / "department.yaml"
        whole = department.read_text("utf-8")
        department.write_text("id: [", "utf-8")
        answer = client.get("/ky-bao-cao")
        assert answer.status_code == 503
        assert "department.yaml" in answer.text
        department.write_text(whole, "utf-8")
        assert client.get("/ky-bao-cao").status_code == 200
