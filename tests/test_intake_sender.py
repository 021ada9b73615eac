"""The sender's verdict: only our own server's word counts, and what nobody vouches for is not proved."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.wording import Wording
from intake.mail.messages import Headers, Mailer
from intake.mail.sender import (
    SenderResult,
    SenderVerdict,
    defect_reasons,
    is_aligned,
    look_alike,
    sender_verdict,
)

OURS = "mx.hop-thu.example"
UNIT = "ubnd.xaviduc@tinhvidu.gov.vn"

PASSED = (
    f"{OURS}; dkim=pass header.i=@tinhvidu.gov.vn header.s=k1 header.b=aBc/12+=; "
    f"spf=pass (domain of {UNIT} designates 192.0.2.1) smtp.mailfrom={UNIT}; "
    "dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=tinhvidu.gov.vn"
)


def headers(
    *fields: str, address: str = UNIT, name: str = "UBND xã Ví Dụ C", defects: tuple[str, ...] = ()
) -> Headers:
    return Headers(
        message_id="<1@tinhvidu.gov.vn>",
        sender=Mailer(address, name, address.rpartition("@")[2], defects),
        reply_to=(),
        to=(),
        subject="",
        date=None,
        in_reply_to="",
        references=(),
        return_path=None,
        auto_submitted="",
        precedence="",
        has_list_fields=False,
        content_type="text/plain",
        report_type="",
        authentication_results=fields,
    )


def verdict(*fields: str, address: str = UNIT) -> SenderVerdict:
    return sender_verdict(headers(*fields, address=address), OURS)


def said(results: str) -> str:
    return f"{OURS}; {results}"


# ------------------------------------------------------------------ one field of our server


def test_a_dmarc_pass_of_the_from_domain_is_a_pass() -> None:
    found = verdict(PASSED)
    assert found == SenderVerdict(
        SenderResult.PASS, "pass", "pass", "pass", "tinhvidu.gov.vn", OURS, ("dmarc_pass",)
    )


@pytest.mark.parametrize(
    ("results", "result", "reason"),
    [
        (f"spf=pass smtp.mailfrom={UNIT}", "pass", "spf_aligned"),
        ("spf=pass smtp.mailfrom=tinhvidu.gov.vn", "pass", "spf_aligned"),
        ("spf=pass smtp.mailfrom=x@thu.tinhvidu.gov.vn", "pass", "spf_aligned"),
        ("dkim=pass header.d=tinhvidu.gov.vn", "pass", "dkim_aligned"),
        ("dkim=fail header.d=tinhvidu.gov.vn; dkim=pass header.d=tinhvidu.gov.vn", "pass", "dkim_aligned"),
        (f"spf=softfail smtp.mailfrom={UNIT}; dkim=pass header.i=@tinhvidu.gov.vn", "pass", "dkim_aligned"),
        ("dmarc=fail header.from=tinhvidu.gov.vn", "fail", "dmarc_fail"),
        (f"spf=pass smtp.mailfrom={UNIT}; dmarc=fail header.from=tinhvidu.gov.vn", "fail", "dmarc_fail"),
        (f"spf=fail smtp.mailfrom={UNIT}", "fail", "spf_fail"),
        (f"spf=hardfail smtp.mailfrom={UNIT}", "fail", "spf_fail"),
        (f"spf=softfail smtp.mailfrom={UNIT}", "fail", "spf_softfail"),
        ("dkim=fail header.d=tinhvidu.gov.vn", "fail", "dkim_fail"),
        ("dkim=fail header.d=tinhvidu.gov.vn; spf=pass smtp.mailfrom=a@khac.example", "fail", "dkim_fail"),
        (f"spf=none smtp.mailfrom={UNIT}", "none", "nothing_published"),
        (f"spf=neutral smtp.mailfrom={UNIT}; dkim=none", "none", "nothing_published"),
        (f"spf=permerror smtp.mailfrom={UNIT}", "none", "nothing_published"),
        ("dmarc=none header.from=tinhvidu.gov.vn", "none", "nothing_published"),
        (f"spf=temperror smtp.mailfrom={UNIT}", "unknown", "temporary_error"),
        ("spf=pass smtp.mailfrom=gia-mao@khac.example", "unknown", "unaligned"),
        ("spf=none smtp.mailfrom=gia-mao@khac.example", "unknown", "unaligned"),
        (
            "spf=none smtp.mailfrom=x@khac.example; dmarc=none header.from=tinhvidu.gov.vn",
            "unknown",
            "unaligned",
        ),
        ("dkim=pass header.d=khac.example", "unknown", "unaligned"),
        ("dmarc=pass header.from=khac.example", "unknown", "nothing_checked"),
        ("dmarc=pass", "unknown", "nothing_checked"),
        ("none", "unknown", "nothing_checked"),
    ],
)
def test_what_our_server_says_decides(results: str, result: str, reason: str) -> None:
    found = verdict(said(results))
    assert (found.result, found.reasons[0]) == (result, reason)


def test_letters_case_and_folding_change_nothing() -> None:
    folded = (
        PASSED.replace("; ", ";\r\n\t ")
        .replace(OURS, OURS.upper())
        .replace("tinhvidu.gov.vn", "TinhViDu.gov.VN")
    )
    assert verdict(folded).result is SenderResult.PASS


def test_properties_unknown_to_the_grammar_do_not_hide_the_known_ones() -> None:
    results = (
        "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=x; dkim=none (message not signed) header.d=none;"
        "dmarc=pass action=none header.from=tinhvidu.gov.vn;compauth=pass reason=100"
    )
    assert verdict(said(results)).result is SenderResult.PASS


def test_a_null_envelope_is_judged_by_the_other_methods() -> None:
    field = said("spf=none smtp.mailfrom=; dmarc=pass header.from=tinhvidu.gov.vn")
    assert verdict(field).result is SenderResult.PASS


# ------------------------------------------------------------------ whose field counts


def test_a_forged_pass_below_ours_changes_nothing_and_is_noted() -> None:
    failed = said(f"spf=fail smtp.mailfrom={UNIT}; dmarc=fail header.from=tinhvidu.gov.vn")
    found = verdict(failed, PASSED)
    assert found.result is SenderResult.FAIL
    assert found.dmarc == "fail"
    assert found.reasons == ("dmarc_fail", "forged_authentication_results")


def test_another_servers_pass_proves_nothing() -> None:
    foreign = PASSED.replace(OURS, "mail.ke-la.example")
    found = verdict(foreign)
    assert (found.result, found.authserv_id) == (SenderResult.UNKNOWN, "")
    assert found.reasons == ("no_trusted_field", "forged_authentication_results")


def test_another_servers_field_above_ours_does_not_take_its_place() -> None:
    foreign = PASSED.replace(OURS, "mail.ke-la.example")
    found = verdict(foreign, said(f"spf=none smtp.mailfrom={UNIT}"))
    assert found.result is SenderResult.NONE


def test_a_longer_name_that_begins_like_ours_is_not_ours() -> None:
    assert verdict(PASSED.replace(OURS, f"{OURS}.ke-la.example")).result is SenderResult.UNKNOWN


def test_an_honest_note_of_the_senders_own_server_is_no_forgery() -> None:
    found = verdict(said(f"spf=none smtp.mailfrom={UNIT}"), "mail.tinhvidu.gov.vn; auth=pass smtp.auth=canbo")
    assert found.reasons == ("nothing_published",)


def test_nothing_below_a_pass_of_ours_is_called_forged() -> None:
    assert verdict(PASSED, PASSED.replace(OURS, "mail.ke-la.example")).reasons == ("dmarc_pass",)


def test_our_field_that_cannot_be_read_is_not_replaced_by_a_lower_one() -> None:
    broken = said("dmarc pass header.from tinhvidu.gov.vn")
    found = verdict(broken, PASSED)
    assert found.result is SenderResult.UNKNOWN
    assert found.reasons == ("malformed_authentication_results", "forged_authentication_results")


@pytest.mark.parametrize(
    "broken",
    [
        f"(ghi chú {OURS}) {OURS}; dmarc=pass header.from=tinhvidu.gov.vn",
        f'"{OURS}"; dmarc=pass header.from=tinhvidu.gov.vn',
        f"{OURS} 2; dmarc=pass header.from=tinhvidu.gov.vn",
        f"{OURS}; dmarc=pass (" + "(" * 5_000,
        f"{OURS}; dmarc=pass header.from=tinhvidu.gov.vn" + "; x=y" * 20_000,
        f"{OURS}",
    ],
)
def test_a_broken_field_never_passes_nor_lets_a_lower_one_pass(broken: str) -> None:
    assert verdict(broken).reasons == ("malformed_authentication_results",)
    assert verdict(broken, PASSED).result is SenderResult.UNKNOWN


def test_a_flood_of_fields_is_cut_off_in_bounded_time() -> None:
    hostile = f"mail.ke-la.example; dmarc=pass {'x.y=z ' * 1_200}"
    before = time.process_time()
    found = verdict(*[hostile] * 2_000, PASSED)
    assert (found.result, found.reasons) == (SenderResult.UNKNOWN, ("no_trusted_field",))
    assert time.process_time() - before < 5


def test_without_any_field_the_sender_is_unknown() -> None:
    assert verdict().reasons == ("no_trusted_field",)


def test_without_a_pinned_server_nothing_is_decided() -> None:
    found = sender_verdict(headers(PASSED), "  ")
    assert (found.result, found.reasons) == (SenderResult.UNKNOWN, ("not_configured",))


@given(st.lists(st.text(alphabet='ab.=;()"\\ \t\r\n@/pasdmrcfi0' + OURS), max_size=3))
def test_no_field_whatever_raises_or_passes_without_saying_so(fields: list[str]) -> None:
    found = verdict(*[f"{OURS}; {field}" for field in fields])
    if found.result is SenderResult.PASS:
        assert any("pass" in field.lower() for field in fields)


# ------------------------------------------------------------------ alignment


@pytest.mark.parametrize(
    ("domain", "from_domain", "aligned"),
    [
        ("tinhvidu.gov.vn", "tinhvidu.gov.vn", True),
        ("thu.tinhvidu.gov.vn", "tinhvidu.gov.vn", True),
        ("tinhvidu.gov.vn", "huyen.tinhvidu.gov.vn", True),
        ("gov.vn", "tinhvidu.gov.vn", False),
        ("vn", "tinhvidu.gov.vn", False),
        ("com", "vi-du.com", False),
        ("tinhvidu.gov.vn", "tinhkhac.gov.vn", False),
        ("xtinhvidu.gov.vn", "tinhvidu.gov.vn", False),
        ("tinhvidu.gov.vn.ke-la.example", "tinhvidu.gov.vn", False),
        ("", "tinhvidu.gov.vn", False),
        ("", "", False),
    ],
)
def test_a_domain_speaks_for_itself_and_its_own_line_only(
    domain: str, from_domain: str, aligned: bool
) -> None:
    assert is_aligned(domain, from_domain) is aligned


def test_an_international_domain_is_compared_in_one_spelling() -> None:
    field = said("spf=pass smtp.mailfrom=a@xn--vd-hla.example")
    assert verdict(field, address="a@xn--vd-hla.example").result is SenderResult.PASS
    assert verdict(field, address="a@vdì.example").result is not SenderResult.FAIL


# ------------------------------------------------------------------ the From field itself


@pytest.mark.parametrize("defect", ["no_from", "several_from", "several_addresses", "malformed"])
def test_a_from_field_with_no_one_address_never_passes(defect: str) -> None:
    found = sender_verdict(headers(PASSED, defects=(defect,)), OURS)
    assert found.result is SenderResult.UNKNOWN
    assert found.aligned_domain == ""
    assert len(found.reasons) == 2


def test_a_fail_stays_a_fail_whatever_the_from_field() -> None:
    failed = said("dmarc=fail header.from=tinhvidu.gov.vn")
    assert sender_verdict(headers(failed, defects=("malformed",)), OURS).result is SenderResult.FAIL


def test_a_display_name_with_another_address_is_noted() -> None:
    other = headers(PASSED, name="ubnd.xakhac@tinhvidu.gov.vn")
    found = sender_verdict(other, OURS)
    assert (found.result, found.reasons) == (SenderResult.PASS, ("dmarc_pass", "display_name_mismatch"))


@pytest.mark.parametrize("name", [UNIT, UNIT.upper(), f"UBND xã Ví Dụ C <{UNIT}>", "Văn phòng @ UBND", ""])
def test_a_display_name_with_its_own_address_is_nothing(name: str) -> None:
    assert defect_reasons(Mailer(UNIT, name, "tinhvidu.gov.vn")) == ()


def test_the_record_for_the_ledger_leaves_out_what_is_empty() -> None:
    assert verdict().as_record() == {"verdict": "unknown", "reasons": "no_trusted_field"}
    assert verdict(PASSED).as_record()["aligned"] == "tinhvidu.gov.vn"


# ------------------------------------------------------------------ look-alikes

KNOWN = (
    UNIT,
    "ubnd.xavidud@tinhvidu.gov.vn",
    "nguyenvana.vd@gmail.com",
    "vanphong@huyenvidu.gov.vn",
    "lan@gmail.com",
)


@pytest.mark.parametrize(
    ("address", "imitated"),
    [
        ("ubnd.xaviducc@tinhvidu.gov.vn", UNIT),
        ("ubnd.xavdiuc@tinhvidu.gov.vn", UNIT),
        ("ubnd.xaviduc@tinhvidu.gov.vm", UNIT),
        ("ubnd.xaviduc@tinhvidu-gov.vn", UNIT),
        ("ubnd.xaviduc@gmail.com", UNIT),
        ("ubnd.xаviduc@tinhvidu.gov.vn", UNIT),  # a Cyrillic а
        ("nguyenvana.vd@grnail.com", "nguyenvana.vd@gmail.com"),
        ("nguyenvana.vd@gmaiI.com", "nguyenvana.vd@gmail.com"),
        ("nguyenvanà.vd@gmail.com", "nguyenvana.vd@gmail.com"),
        ("UBND.xaviduc@tinhvidu.gov.vn", None),
        (UNIT, None),
        ("ubnd.xavidud@tinhvidu.gov.vn", None),
        ("trantheb@gmail.com", None),
        ("lam@gmail.com", None),
        ("vanphong@tinhkhac.gov.vn", None),
        ("khong-co-a-cong", None),
        ("", None),
    ],
)
def test_an_address_that_could_be_taken_for_a_registered_one_is_told(
    address: str, imitated: str | None
) -> None:
    assert look_alike(address, KNOWN) == imitated


def test_a_punycode_domain_is_seen_as_it_is_shown() -> None:
    shown = "tinhvіdu"  # a Ukrainian і
    hidden = "xn--" + shown.encode("punycode").decode("ascii")
    assert look_alike(f"vanphong@{hidden}.gov.vn", ["vanphong@tinhvidu.gov.vn"]) == "vanphong@tinhvidu.gov.vn"


def test_numbered_series_of_addresses_are_not_look_alikes() -> None:
    assert look_alike("truongxa02@tinhvidu.gov.vn", ["truongxa03@tinhvidu.gov.vn"]) is None


# ------------------------------------------------------------------ sentences


def test_every_result_and_reason_has_a_vietnamese_sentence() -> None:
    source = (Path(__file__).parent.parent / "intake" / "mail" / "sender.py").read_text("utf-8")
    named = set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', source))
    wording = Wording()
    assert len(named) >= 12
    assert [code for code in named - {"name_is_address"} if not wording.has(f"mailbox.sender_{code}")] == []
    assert all(wording.has(f"mailbox.sender_{result}") for result in SenderResult)
