"""What a mail without a report says: a link, a question, nothing to report, a report that went before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from config.spelling import accented_key, plain_key
from intake.documents import ReadFile, ReadState
from intake.evidence.handing_in import hands_in
from intake.evidence.subjects import reports_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.reports import ReportDefinition
    from intake.evidence.unit_names import UnitIndex
    from intake.judging.owed import Owed
    from intake.mail.messages import ReadMessage

_SHARES = (
    "drive.google.com",
    "docs.google.com",
    "1drv.ms",
    "onedrive.live.com",
    "sharepoint.com",
    "dropbox.com",
    "mediafire.com",
    "fshare.vn",
    "icloud.com",
    "we.tl",
    "wetransfer.com",
    "mega.nz",
)
#: These stand in a text without marks, with a blank at either end: one that begins with a blank is looked for
#: ten times as fast as one that begins where a word does.
_ASKING = re.compile(
    r" (?:xin (?:mau|bieu|file|hoi|y kien|huong dan|lui|gia han|hoan|phep|so dien thoai|dia chi)"
    r"|(?:cho|em|xin|can|muon) hoi|hoi (?:ve|dia chi|thoi han|han|mau|so lieu|cach)"
    r"|(?:duoc|phai|dung|can|co) khong|the nao|bao gio|khi nao|o dau|bao nhieu"
    r"|(?:co|can) (?:phai|duoc|can) .{1,80} khong|de nghi .{0,60}(?:cho biet|huong dan|tra loi|giai dap)"
    r"|huong dan giup|lui thoi han|gia han)\b"
)
#: "Xã đã gửi báo cáo hôm qua", "đã nộp từ tuần trước", "gửi rồi": after normalisation.
_SENT_BEFORE = re.compile(
    r" (?:(?<!chua )(?:da|vua|moi) (?:duoc )?(?:gui|nop|chuyen|bao cao)\b(?! (?:chua|khong)\b)(?!.{0,40}\?)"
    r"|(?<!\bchi )(?<!\banh )(?<!\bphong )(?:gui|nop) (?:\w+ ){0,3}"
    r"(?:roi|(?:ban (?:giay|cung|chinh)|truc tiep|qua \w+)\b(?: \w+){0,10} roi)\b)"
)
#: "Thu hồi báo cáo", "đề nghị không sử dụng bản gửi sáng nay": by `plain_key`.
_WITHDRAWS = re.compile(
    r"\b(?:thu hoi|rut lai|xin rut|huy bo|khong su dung|khong dung|dung su dung)\b"
    r"(?: (?!van ban cua)\w+){0,3} (?:bao cao|bc|ban|file|tep|thu|so lieu)\b"
    r"|\b(?:bao cao|bc|ban|file|tep|thu|so lieu)\b(?: \w+){0,12} (?:de nghi|xin|nho|mong)\b(?: \w+){0,4}"
    r" (?:khong|dung) (?:su )?dung\b"
)
_MOST_WITHDRAWING_WORDS = 80
_NOTHING_TO_REPORT = re.compile(r" (?:khong|chua) (?:co )?(?:phat sinh|xay ra|phat hien|ghi nhan)\b")
#: The same of the whole report, not of one figure ("không phát sinh vụ bạo lực nào" is one).
_NIL = re.compile(
    r" (?:khong|chua) co (?:noi dung |viec )?gi (?:de )?bao cao\b"
    r"| (?:khong|chua) (?:co )?(?:noi dung |so lieu |gi |viec gi )?phat sinh"
    r"(?= *$| (?:noi dung|so lieu|gi|bao cao|a|trong ky|ky nay|tran trong|kinh|em cam on|xin cam on)\b)"
)
_MOST_NIL_WORDS = 80  #: more than a line or two is a report in the mail itself
#: "Đang tổng hợp, mai gửi", "chưa xong ạ", "tuần sau xã nộp": a notice that it comes later.
_PROMISES = re.compile(
    r" (?:dang (?:\w+ )?(?:tong hop|hoan thien|hoan thanh|thu thap|ra soat|lam|viet|soan|trinh|cho|chuan bi)"
    r"|se (?:\w+ ){0,3}(?:gui|nop|chuyen|bao cao|hoan thanh|hoan thien|co)"
    r"|chua (?:\w+ ){0,2}(?:xong|kip|gui|nop|hoan thanh|hoan thien|tong hop|lam)"
    r"|(?:mai|mot|tuan sau|thang sau|hom sau|chieu|chieu nay|toi|toi nay|thu \w+|lat nua|ti nua|ngay \d+)"
    r" (?:\w+ ){0,3}(?:gui|nop|chuyen)"
    r"|(?:gui|nop) (?:\w+ ){0,3}(?:sau|bu|cham|muon|vao (?:mai|ngay mai|tuan sau|dau tuan|cuoi tuan)))\b"
)
_MOST_PROMISING_WORDS = 60
_IS_A_REPORT = re.compile(
    r"(?!(?:re|fw|fwd|tr) )(?!.*\b(?:de nghi|nhac|yeu cau|huong dan|mau|ve viec|hop|moi|tap huan|lich"
    r"|cong van|thong bao|xac nhan|da nhan|cam on)\b).*\b(?:bao cao|bc)\b"
)
#: A stranger who sells speaks of reports too: "khóa học lập báo cáo, giảm giá". With its marks.
_SELLING = re.compile(
    r"\b(?:giảm giá|khuyến m[ãạ]i|báo giá|chiết khấu|khóa học|mua \w+ tặng \w+|đăng ký ngay|hotline)\b"
)
#: What a telephone writes below every mail.
_SENT_FROM = re.compile(
    r"^\W*(?:(?:được )?gửi từ|sent from|nhận outlook|get outlook|yahoo mail)\b.{0,60}$",
    re.IGNORECASE | re.MULTILINE,
)
_HANDING_SUBJECT = re.compile(r"\b(?:bao cao|bc|gui|nop|bieu|so lieu|file|tep|van ban)\b")
_FEWEST_FIGURES = 3  #: of a table that is no layout of a signature
_REPORTING_WORDS = (" bao cao ", " bc ", " bieu ", " so lieu ")


class UnreportedMail:
    """The words of a mail in which no report was found, and what its sender still owes."""

    def __init__(
        self,
        message: ReadMessage,
        sender_units: tuple[str, ...],
        owed: Owed,
        reports: Sequence[ReportDefinition],
        units: UnitIndex,
        *,
        is_answer: bool,
    ) -> None:
        self._message = message
        self._sender_units = sender_units
        self._owed = owed
        self._reports = reports
        self._units = units
        self._files = files_of(message)
        self._is_answer = is_answer
        self._said = f" {plain_key(message.own_text)} "
        self._told = f" {plain_key(message.headers.subject)}{self._said}"

    def shares_link(self) -> bool:
        """A file lies elsewhere, behind a link, and none has come."""
        shared = any(share in link for link in self._message.links for share in _SHARES)
        return shared and not self._files and (bool(self._sender_units) or self._speaks_of_reports())

    def withdraws(self) -> bool:
        """A unit says in a few words that a report it sent is not to be used."""
        return bool(self._sender_units) and is_withdrawing(
            self._message.headers.subject, self._message.own_text
        )

    def asks(self) -> bool:
        """A unit, or a mail about reports, asks something."""
        asking = "?" in self._message.headers.subject or "?" in self._message.own_text
        asking = asking or _ASKING.search(self._told) is not None
        return asking and not self._files and (bool(self._sender_units) or self._speaks_of_reports())

    def claims_sent(self) -> bool:
        """A unit says that its report went before, but none has come, nor does one come with this mail."""
        if self._files or _SENT_BEFORE.search(self._said) is None:
            return False
        return any(not self._owed.has_handed_in(unit) for unit in self._sender_units)

    def reports_nothing(self) -> bool:
        """A unit that still owes says in a line, without a file, that it has nothing to report."""
        if self._files or _NIL.search(self._said) is None or len(self._said.split()) > _MOST_NIL_WORDS:
            return False
        return self._speaks_of_reports() and self._owes()

    def promises(self) -> bool:
        """A unit that still owes says in a few words that its report comes later; none is here."""
        said = self._said if self._said.strip() else self._told
        if self._files or _PROMISES.search(said) is None or len(said.split()) > _MOST_PROMISING_WORDS:
            return False
        hands = hands_in(self._message.own_text) or self._brings_figures()
        return not hands and self._owes()

    def forgot_the_file(self) -> bool:
        """A unit hands something in that it still owes, but neither a file nor figures have come with it."""
        if self._files or not self._sender_units or self.promises():
            return False
        subject = self._message.headers.subject
        handing = not self._is_answer and (self._is_headed(subject) or hands_in(subject))
        handing = handing or hands_in(self._message.own_text) or self._brings_figures()
        handing = handing or (_NOTHING_TO_REPORT.search(self._said) is not None and self._speaks_of_reports())
        return handing and self._owes()

    def _brings_figures(self) -> bool:
        """Whether a mail that names a report brings a table of figures that nobody could read."""
        body = self._message.body
        text = f"{self._message.headers.subject} {self._message.own_text}"
        if body is None or not reports_named(text, self._reports):
            return False
        told = (cell.text.strip() for table in body.tables for cell in table.cells)
        return sum(text.isdecimal() for text in told) >= _FEWEST_FIGURES

    def is_empty(self) -> bool:
        """A unit that still owes sends a mail of its own with neither text nor file."""
        if self._files or not self._sender_units or self.promises():
            return False
        subject = plain_key(self._message.headers.subject)
        named = not subject or self._is_answer or _HANDING_SUBJECT.search(subject) is not None
        named = named or self._names_a_report_or_unit()
        return named and not plain_key(_SENT_FROM.sub(" ", self._message.own_text)) and self._owes()

    def _names_a_report_or_unit(self) -> bool:
        """Whether the subject names a report of ours, or whose mail it is: "BĐG 6 tháng", "Xã Bình Minh"."""
        subject = self._message.headers.subject
        named = {unit for mention in self._units.named_in(subject) for unit in mention.units}
        return bool(reports_named(subject, self._reports)) or not named.isdisjoint(self._sender_units)

    def is_stray(self) -> bool:
        """From nobody we know, no public office, and neither about reporting nor about any unit."""
        headers = self._message.headers
        if self._sender_units or headers.sender.domain.endswith("gov.vn"):
            return False
        text = f"{headers.subject} {self._message.own_text}"
        named = any(not mention.bare for mention in self._units.named_in(text))
        sells = _SELLING.search(accented_key(text)) is not None and not self._files
        return not named and (sells or not any(word in self._told for word in _REPORTING_WORDS))

    def _owes(self) -> bool:
        """Whether the sender has not yet handed in all that it owes."""
        return any(not self._owed.has_settled(unit) for unit in self._sender_units)

    def _is_headed(self, subject: str) -> bool:
        """Whether the mail calls itself a report of ours."""
        return _IS_A_REPORT.match(plain_key(subject)) is not None and bool(
            reports_named(subject, self._reports)
        )

    def _speaks_of_reports(self) -> bool:
        text = f"{self._message.headers.subject} {self._message.own_text}"
        spoken = any(word in self._told for word in _REPORTING_WORDS)
        return spoken or bool(reports_named(text, self._reports))


def is_withdrawing(subject: str, text: str) -> bool:
    """Whether a mail takes a report back in so many words; more than a few lines tell of other things."""
    words = plain_key(text)
    short = words if len(words.split()) <= _MOST_WITHDRAWING_WORDS else ""
    return any(_WITHDRAWS.search(said) for said in (plain_key(subject), short))


def files_of(message: ReadMessage) -> tuple[ReadFile, ...]:
    """The files that somebody attached; pictures of a signature are none."""
    return tuple(f for f in message.files if f.state is not ReadState.DECORATION)
