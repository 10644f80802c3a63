"""The people of the demonstration: made-up names with 示 in the middle, made-up numbers of places that do not exist."""

from dataclasses import dataclass

from zhizhao.kernel.idcard import id_check_character

AREA = "379900"  # assigned to no place
SURNAMES = "张李王赵陈刘孙周吴郑冯褚卫蒋沈韩杨朱秦许何吕施曹严华金魏陶姜戚谢邹喻"
GIVEN = "恕远清河安宁平舟岚川梅松竹石林泉云帆月星晨曦言语诚信和谦德行知文"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One made-up person."""

    name: str
    id_number: str


def person(number: int) -> DemoPerson:
    """Return the person of a number; the same at every start."""
    surname = SURNAMES[number % len(SURNAMES)]
    given = GIVEN[(number * 7) % len(GIVEN)]
    day = f"{1960 + number % 40:04d}{1 + number % 12:02d}{1 + number % 28:02d}"
    body = f"{AREA}{day}{100 + number % 900:03d}"
    return DemoPerson(name=f"{surname}示{given}", id_number=body + id_check_character(body))


RARE = DemoPerson(name="𫘜示𠮷", id_number=(_body := f"{AREA}19840314998") + id_check_character(_body))
"""Somebody whose name lies outside the basic plane (GB 18030)."""
