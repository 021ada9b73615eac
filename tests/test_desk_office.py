from __future__ import annotations

import stat
from pathlib import Path

import pytest

from desk.errors import HomeNotFoundError, NoMailboxError
from desk.office import open_office
from ledger.records import Issue, ReportFile
from tests.offices import PERIOD, REPORT, Office, at, make_office

FILE = ReportFile("bc.docx", "application/octet-stream", b"noi dung")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return make_office(tmp_path)


def issue(sha256: str) -> Issue:
    moment = at("2023-06-07T09:00")
    return Issue(REPORT, PERIOD, 3, moment, moment, "x", {}, files=(("bc.docx", sha256),))


def test_a_folder_without_a_regime_is_no_office(tmp_path: Path) -> None:
    with pytest.raises(HomeNotFoundError), open_office(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_documents_lie_by_report_period_and_number_and_appear_whole(office: Office) -> None:
    with office.opened() as opened:
        made = issue(opened.sha256(FILE))
        assert not opened.has_outputs(made)
        opened.write_outputs(made, [FILE])
        folder = opened.outputs_of(made)
        assert folder == office.home / "outputs" / REPORT / PERIOD / "03"
        assert opened.has_outputs(made)
        assert [path.name for path in folder.iterdir()] == ["bc.docx"]


def test_a_document_that_was_changed_is_not_there_as_it_was_written(office: Office) -> None:
    with office.opened() as opened:
        made = issue(opened.sha256(FILE))
        opened.write_outputs(made, [FILE])
        (opened.outputs_of(made) / "bc.docx").write_bytes(b"khac")
        assert not opened.has_outputs(made)


def test_without_settings_there_is_no_mailbox_and_no_start(office: Office) -> None:
    with office.opened() as opened:
        assert (opened.account, opened.start) == ("", None)
        with pytest.raises(NoMailboxError):
            opened.open_mailbox()


def test_the_officer_named_on_the_command_line_goes_before_that_of_the_settings(office: Office) -> None:
    office.settings("officer: Hà Thị Mơ\n")
    with open_office(office.home) as opened:
        assert opened.settings.officer == "Hà Thị Mơ"
    with open_office(office.home, officer="Lò Thị Mai") as opened:
        assert opened.settings.officer == "Lò Thị Mai"


def test_documents_are_vietnamese_whatever_the_interface_speaks(office: Office) -> None:
    with open_office(office.home, "en") as opened:
        assert (opened.wording.language, opened.document_wording.language) == ("en", "vi")


def test_the_departments_own_sentences_win(office: Office) -> None:
    folder = office.home / "templates" / "wording"
    folder.mkdir(parents=True)
    (folder / "daemon.vi.yaml").write_text("stopped: Nghỉ thôi.\n", "utf-8")
    with office.opened() as opened:
        assert opened.wording("daemon.stopped") == "Nghỉ thôi."


def test_a_secret_others_may_read_is_refused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TONGHOP_PASSWORD", raising=False)
    office.settings("mailbox: {host: imap.songmay.example, user: phong}\n")
    secret = office.home / "secret"
    secret.write_text("password: x\n")
    secret.chmod(stat.S_IRUSR | stat.S_IROTH)
    assert "secret" in office.run("poll", code=3).err
