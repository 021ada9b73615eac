"""The desk's own database: its steps, and the audit of sign-ins, chained as the ledger's history is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import IntegrityError

from desk.web import audit
from desk.web.accounts import Accounts, Role
from desk.web.store import FILE, metadata, open_store
from desk.web.store_steps import STEPS
from ledger.database import connect_engine
from ledger.errors import SchemaTooNewError
from tests.offices import NOW, at, make_office
from tests.web import QUICK

LONG_AGO = "2023-06-01 01:00:00.000000"


def accounts_of(folder: Path) -> Accounts:
    return Accounts(open_store(folder), lambda: at(NOW), QUICK)


def broken_in(accounts: Accounts) -> tuple[int, ...]:
    with accounts._store.reading() as connection:
        return audit.broken(connection)


def test_the_steps_arrive_at_the_tables_the_program_knows(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    store.close()


def test_a_desk_that_counted_no_steps_keeps_accounts_and_audit(tmp_path: Path) -> None:
    engine = connect_engine(f"sqlite:///{tmp_path / FILE}")
    with engine.execution_options(writer=True).begin() as connection:
        STEPS[0](connection)
        connection.exec_driver_sql(
            "INSERT INTO accounts VALUES ('mai', 'Mai', 'officer', 'x', NULL, 0, ?)", (LONG_AGO,)
        )
        for number, event in ((3, "wrong"), (7, "signed_in")):  # with gaps, as rows of before may have
            connection.exec_driver_sql(
                "INSERT INTO sign_ins VALUES (?, ?, 'mai', '::1', ?)", (number, LONG_AGO, event)
            )
    engine.dispose()
    accounts = accounts_of(tmp_path)
    # An officer was the administrator too before there were any.
    assert [(account.name, account.role) for account in accounts.all()] == [("mai", Role.ADMINISTRATOR)]
    assert [(row.number, row.event) for row in accounts.audit()] == [(2, "signed_in"), (1, "wrong")]
    assert broken_in(accounts) == ()
    accounts.add("sen", "Sen", Role.READER)
    assert broken_in(accounts) == ()
    assert broken_in(accounts_of(tmp_path)) == ()


def test_a_later_desks_database_is_not_opened(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.writing() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version = {len(STEPS) + 1}")
    store.close()
    with pytest.raises(SchemaTooNewError):
        open_store(tmp_path)


def test_the_audit_of_sign_ins_is_only_ever_added_to(tmp_path: Path) -> None:
    accounts = accounts_of(tmp_path)
    accounts.sign_in("mai", "sai", "::1")
    for statement in ("DELETE FROM sign_ins", "UPDATE sign_ins SET event = 'signed_in'"):
        with pytest.raises(IntegrityError), accounts._store.writing() as connection:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE sign_ins SET event = 'signed_in' WHERE number = 2", "DELETE FROM sign_ins WHERE number = 2"],
)
def test_a_changed_sign_in_breaks_the_chain(tmp_path: Path, statement: str) -> None:
    accounts = accounts_of(tmp_path)
    for name in ("mai", "sen", "cuc"):
        accounts.sign_in(name, "sai", "::1")
    assert broken_in(accounts) == ()
    with accounts._store.writing() as connection:
        for change in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER sign_ins_refuse_{change}")
        connection.exec_driver_sql(statement)
    assert broken_in(accounts) != ()


def test_verify_names_a_changed_sign_in(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    office.run("status")
    accounts = accounts_of(office.home)
    accounts.sign_in("mai", "sai", "::1")
    assert office.listed("verify")["flaws"] == []
    with accounts._store.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER sign_ins_refuse_update")
        connection.exec_driver_sql("UPDATE sign_ins SET account = 'sen'")
    (flaw,) = json.loads(office.run("verify", "--json", code=1).out)["flaws"]
    assert flaw["code"] == "sign_in_changed"
    assert "nhật ký đăng nhập" in flaw["sentence"]
