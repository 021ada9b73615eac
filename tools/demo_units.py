"""Who reports in the demo and what they did: units, invented addresses and people, invented figures."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

Figures = Mapping[tuple[str, str], Decimal]
"""Indicator code and sex (total, male, female) -> figure in the indicator's own measure."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """A unit of the shipped regime with what the demo invents for it."""

    id: str
    name: str  #: as it is called in a sentence: "xã Trung Yên"
    address: str
    role: str = "official"
    person: str = ""  #: who signs or writes


_COMMUNES = (
    ("sd-tt-son-duong", "thị trấn Sơn Dương", "Lưu Thị Bích Hạnh"),
    ("sd-x-trung-yen", "xã Trung Yên", "Ma Đình Khoát"),
    ("sd-x-minh-thanh", "xã Minh Thanh", "Hoàng Thị Sen"),
    ("sd-x-tan-trao", "xã Tân Trào", "Viên Tiến Lực"),
    ("sd-x-vinh-loi", "xã Vĩnh Lợi", "Phùng Thị Duyên"),
    ("sd-x-thuong-am", "xã Thượng Ấm", "Âu Thị Lành"),
    ("sd-x-binh-yen", "xã Bình Yên", "Lý Văn Thạch"),
    ("sd-x-luong-thien", "xã Lương Thiện", "Bàn Thị Mùi"),
    ("sd-x-tu-thinh", "xã Tú Thịnh", "Trương Quốc Đoàn"),
    ("sd-x-cap-tien", "xã Cấp Tiến", "Đinh Thị Huế"),
    ("sd-x-hop-thanh", "xã Hợp Thành", "Khổng Thị Liễu"),
    ("sd-x-phuc-ung", "xã Phúc Ứng", "Hà Thị Khuyên"),
    ("sd-x-dong-tho", "xã Đông Thọ", "Chu Văn Bảy"),
    ("sd-x-khang-nhat", "xã Kháng Nhật", "Đặng Thị Mận"),
    ("sd-x-hop-hoa", "xã Hợp Hòa", "Triệu Thị Nhàn"),
    ("sd-x-quyet-thang", "xã Quyết Thắng", "Nịnh Văn Tư"),
    ("sd-x-dong-quy", "xã Đồng Quý", "Lâm Thị Thoa"),
    ("sd-x-tan-thanh", "xã Tân Thanh", "Sầm Thị Ngát"),
    ("sd-x-van-son", "xã Vân Sơn", "Phan Thị Gấm"),
    ("sd-x-van-phu", "xã Văn Phú", "Trịnh Văn Kiểm"),
    ("sd-x-chi-thiet", "xã Chi Thiết", "Tống Thị Xuyến"),
    ("sd-x-dong-loi", "xã Đông Lợi", "Vi Văn Thụ"),
    ("sd-x-thien-ke", "xã Thiện Kế", "Đỗ Thị Thơm"),
    ("sd-x-hong-lac", "xã Hồng Lạc", "Phan Thị Gấm"),
    ("sd-x-phu-luong", "xã Phú Lương", "Nông Văn Chỉnh"),
    ("sd-x-ninh-lai", "xã Ninh Lai", "Lục Thị Oanh"),
    ("sd-x-dai-phu", "xã Đại Phú", "Từ Văn Mạnh"),
    ("sd-x-son-nam", "xã Sơn Nam", "Cao Thị Hợi"),
    ("sd-x-hao-phu", "xã Hào Phú", "Giáp Văn Tuyển"),
    ("sd-x-tam-da", "xã Tam Đa", "Mai Thị Lụa"),
    ("sd-x-truong-sinh", "xã Trường Sinh", "Quách Thị Hòe"),
)
_DEPARTMENTS = (
    ("sd-vp-hdnd-ubnd", "Văn phòng HĐND và UBND huyện", ""),
    ("sd-noi-vu", "Phòng Nội vụ", "Thẩm Quang Vịnh"),
    ("sd-tu-phap", "Phòng Tư pháp", "Kiều Thị Thanh Mai"),
    ("sd-tai-chinh-ke-hoach", "Phòng Tài chính - Kế hoạch", "Ngạc Văn Sỹ"),
    ("sd-tai-nguyen-moi-truong", "Phòng Tài nguyên và Môi trường", ""),
    ("sd-van-hoa-thong-tin", "Phòng Văn hóa và Thông tin", ""),
    ("sd-giao-duc-dao-tao", "Phòng Giáo dục và Đào tạo", "Cam Thị Loan"),
    ("sd-y-te", "Phòng Y tế", ""),
    ("sd-thanh-tra", "Thanh tra huyện", ""),
    ("sd-dan-toc", "Phòng Dân tộc", ""),
    ("sd-nong-nghiep", "Phòng Nông nghiệp và Phát triển nông thôn", ""),
    ("sd-kinh-te-ha-tang", "Phòng Kinh tế và Hạ tầng", ""),
    ("sd-mttq", "Ủy ban MTTQ Việt Nam huyện", "Ninh Thị Vân"),
    ("sd-hoi-lhpn", "Hội Liên hiệp Phụ nữ huyện", "Tạ Thị Hồng Lê"),
    ("sd-hoi-nong-dan", "Hội Nông dân huyện", ""),
    ("sd-hoi-ccb", "Hội Cựu chiến binh huyện", ""),
    ("sd-huyen-doan", "Huyện đoàn", ""),
    ("sd-ldld", "Liên đoàn Lao động huyện", ""),
    ("sd-cong-an", "Công an huyện", ""),
    ("sd-bch-quan-su", "Ban Chỉ huy Quân sự huyện", ""),
    ("sd-ttyt", "Trung tâm Y tế huyện", "Lò Thị Bưởi"),
    ("sd-ttvh", "Trung tâm Văn hóa, Truyền thông và Thể thao huyện", ""),
    ("sd-nhcsxh", "Phòng giao dịch Ngân hàng Chính sách xã hội huyện", ""),
)
#: units whose address is not made from their id
_OTHER_ADDRESSES = {
    "sd-x-tan-trao": ("luc.vientien79@mail.example", "personal"),
    "sd-x-cap-tien": ("huedt.ldxh@mail.example", "personal"),
    "sd-x-phuc-ung": ("hakhuyen.pu@mail.example", "personal"),
    "sd-x-chi-thiet": ("ubnd@chithiet.example", "official"),
    "sd-x-thien-ke": ("ubnd@thienke.example", "official"),
    "sd-x-van-son": ("gam.ldtbxh@mail.example", "shared"),
    "sd-x-hong-lac": ("gam.ldtbxh@mail.example", "shared"),
    "sd-hoi-lhpn": ("hoiphunu.sd@mail.example", "official"),
}


def _reporter(row: tuple[str, str, str]) -> Reporter:
    made = row[0].removeprefix("sd-").removeprefix("x-").replace("-", "")
    address, role = _OTHER_ADDRESSES.get(row[0], (f"{made}@sonduong.example", "official"))
    return Reporter(row[0], row[1], address, role, row[2])


REPORTERS = {row[0]: _reporter(row) for row in (*_COMMUNES, *_DEPARTMENTS)}
COMMUNES = tuple(row[0] for row in _COMMUNES)


def commune_figures(unit: str, *, edition: int = 1) -> Figures:
    """The figures of a commune; another edition gives others (for a replacement)."""
    draw = random.Random(f"demo 2024 {unit} {edition}")  # noqa: S311 - invented, not secret
    told: dict[tuple[str, str], Decimal] = {}
    _persons(told, draw)
    _economy(told, draw)
    _families(told, draw)
    _work(told, draw)
    return told


def department_figures(unit: str) -> Figures:
    """The figures of a department: what the regime counts for every unit."""
    draw = random.Random(f"demo 2024 {unit}")  # noqa: S311 - invented, not secret
    told: dict[tuple[str, str], Decimal] = {}
    _put(told, "QL01", draw.randint(2, 6))
    _put(told, "TT01", draw.randint(2, 7))
    _share(told, "TT02", draw.randint(90, 320), draw.uniform(0.45, 0.7))
    _share(told, "CT09", draw.randint(6, 19), draw.uniform(0.4, 0.6))
    return told


def _persons(told: dict[tuple[str, str], Decimal], draw: random.Random) -> None:
    for code, least, most, low, high in (
        ("CT01", 13, 17, 0.2, 0.36),
        ("CT02", 5, 5, 0.2, 0.4),
        ("CT03", 22, 28, 0.22, 0.38),
        ("CT04", 4, 4, 0.25, 0.5),
        ("CT06", 18, 23, 0.35, 0.5),
    ):
        _share(told, code, draw.randint(least, most), draw.uniform(low, high))


def _economy(told: dict[tuple[str, str], Decimal], draw: random.Random) -> None:
    _share(told, "KT02", draw.randint(48, 140), draw.uniform(0.4, 0.56))
    _share(told, "KT03", draw.randint(20, 64), draw.uniform(0.38, 0.6))
    _share(told, "KT05", draw.randint(61, 212), draw.uniform(0.12, 0.3))
    told["KT06", "female"] = Decimal(draw.randint(84, 265))
    _put(told, "KT07", draw.randint(3050, 11980))


def _families(told: dict[tuple[str, str], Decimal], draw: random.Random) -> None:
    cases = draw.randint(1, 3)
    _put(told, "GD01", cases)
    for code in ("GD03", "GD06"):
        _share(told, code, cases, 1.0)
    _put(told, "GD08", draw.randint(3, 9))
    _put(told, "GD09", draw.randint(1, 5))
    _share(told, "YT01", draw.randint(22, 63), draw.uniform(0.45, 0.5))


def _work(told: dict[tuple[str, str], Decimal], draw: random.Random) -> None:
    _put(told, "TT01", draw.randint(5, 18))
    _share(told, "TT02", draw.randint(260, 1240), draw.uniform(0.5, 0.66))
    _put(told, "TT03", draw.randint(12, 58))
    _put(told, "QL01", draw.randint(3, 8))
    _put(told, "QL02a", draw.randint(1, 3))
    parts = (draw.randint(8, 25), draw.randint(2, 9), draw.randint(1, 6))
    for code, part in zip(("QL03a", "QL03b", "QL03c"), parts, strict=True):
        _put(told, code, part)
    _put(told, "QL03", sum(parts))


def _put(told: dict[tuple[str, str], Decimal], code: str, figure: int) -> None:
    told[code, "total"] = Decimal(figure)


def _share(told: dict[tuple[str, str], Decimal], code: str, total: int, women: float) -> None:
    female = round(total * women)
    told[code, "total"] = Decimal(total)
    told[code, "male"] = Decimal(total - female)
    told[code, "female"] = Decimal(female)
