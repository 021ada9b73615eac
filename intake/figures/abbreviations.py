"""The short forms of the field, written out."""

from __future__ import annotations

import re

from rapidfuzz.distance import OSA

from config.remembered import remembered
from config.spelling import plain_key

# Short forms of the field, each with its one meaning. TT, TTr, LĐ, CT, TH and QĐ have several and are
# never written out in a label; behind a number in a sentence LĐ and TH may be told (`sentence_forms`).
ABBREVIATIONS = {
    "bđg": "bình đẳng giới",
    "blgđ": "bạo lực gia đình",
    "pcblgđ": "phòng chống bạo lực gia đình",
    "bltcsg": "bạo lực trên cơ sở giới",
    "blg": "bạo lực giới",
    "pcblg": "phòng chống bạo lực giới",
    "vstbpn": "vì sự tiến bộ của phụ nữ",
    "vstb": "vì sự tiến bộ của",
    "hđnd": "hội đồng nhân dân",
    "đbhđnd": "đại biểu hội đồng nhân dân",
    "ubnd": "ủy ban nhân dân",
    "mttq": "mặt trận tổ quốc",
    "lhpn": "liên hiệp phụ nữ",
    "hlhpn": "hội liên hiệp phụ nữ",
    "btv": "ban thường vụ",
    "bch": "ban chấp hành",
    "bchđb": "ban chấp hành đảng bộ",
    "uvbtv": "ủy viên ban thường vụ",
    "uvbch": "ủy viên ban chấp hành",
    "cbcc": "cán bộ công chức",
    "cbccvc": "cán bộ công chức viên chức",
    "ccvc": "công chức viên chức",
    "clb": "câu lạc bộ",
    "gqvl": "giải quyết việc làm",
    "xklđ": "xuất khẩu lao động",
    "dtts": "dân tộc thiểu số",
    "nhcsxh": "ngân hàng chính sách xã hội",
    "csxh": "chính sách xã hội",
    "hs": "học sinh",
    "gv": "giáo viên",
    "bhyt": "bảo hiểm y tế",
    "bhxh": "bảo hiểm xã hội",
    "bhtn": "bảo hiểm thất nghiệp",
    "tnlđ": "tai nạn lao động",
    "atlđ": "an toàn lao động",
    "atvslđ": "an toàn vệ sinh lao động",
    "btxh": "bảo trợ xã hội",
    "gdnn": "giáo dục nghề nghiệp",
    "hcđb": "hoàn cảnh đặc biệt",
    "đbkk": "đặc biệt khó khăn",
    "ntm": "nông thôn mới",
    "tdp": "tổ dân phố",
    "nsnn": "ngân sách nhà nước",
    "xhh": "xã hội hóa",
    "htx": "hợp tác xã",
    "thcs": "trung học cơ sở",
    "đctc": "địa chỉ tin cậy",
    "pn": "phụ nữ",
    "vb": "văn bản",
    "blhđ": "bạo lực học đường",
    "tngt": "tai nạn giao thông",
    "atgt": "an toàn giao thông",
    "ttatgt": "trật tự an toàn giao thông",
    "bvmt": "bảo vệ môi trường",
    "vsmt": "vệ sinh môi trường",
    "nct": "người cao tuổi",
    "nkt": "người khuyết tật",
    "atvstp": "an toàn vệ sinh thực phẩm",
    "attp": "an toàn thực phẩm",
    "tdtt": "thể dục thể thao",
    "tgxh": "trợ giúp xã hội",
    "ccb": "cựu chiến binh",
    "thpt": "trung học phổ thông",
    "bvcsgd": "bảo vệ chăm sóc giáo dục",
    "csgt": "cảnh sát giao thông",
    "pccc": "phòng cháy chữa cháy",
    "antt": "an ninh trật tự",
    "tnxh": "tệ nạn xã hội",
    "pctt": "phòng chống thiên tai",
}
WRITTEN_OUT = {plain_key(short): meaning for short, meaning in ABBREVIATIONS.items()} | ABBREVIATIONS
_VOWEL = re.compile("[aeiouyăâêôơư]")
_SHORTEST_SWAPPED = 4


@remembered(8192)
def written_out(word: str) -> str:
    """A short form in full, also with two letters in each other's place: no word lacks a vowel."""
    if word in WRITTEN_OUT or len(word) < _SHORTEST_SWAPPED or _VOWEL.search(word):
        return WRITTEN_OUT.get(word, word)
    swapped = [one for one in ABBREVIATIONS if sorted(one) == sorted(word) and OSA.distance(one, word) == 1]
    return ABBREVIATIONS[swapped[0]] if len(swapped) == 1 else word
