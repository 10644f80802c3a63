"""The sentences of the error file: what is wrong with a cell and what to do about it; never the cell's value."""

from collections.abc import Mapping
from typing import Any

from zhizhao.kernel.uscc import Reason, UsccWarning

_USCC = {
    Reason.LENGTH: "应为 18 位，请核对是否缺位或多位",
    Reason.ALPHABET: "含有代码里不会出现的字符（不使用 I、O、S、V、Z 和符号）",
    Reason.ALL_ZEROS: "全为 0，不是有效代码",
    Reason.IDENTITY_NUMBER: "填写的是身份证件号码，不是统一社会信用代码，请检查各列是否错位",
    Reason.OUTER_CHECK: "校验位不符",
    Reason.INNER_CHECK: "第 9 至 17 位主体标识码校验不符，可能是身份证件号码，请检查各列是否错位",
    Reason.BOTH_CHECKS: "校验不符（第 18 位和第 9 至 17 位均不符），请对照执照核对",
}
_TEXT = {
    "empty": "不能为空",
    "control": "含有不可见的控制字符",
    "direction": "含有改变文字显示方向的控制字符",
    "zero-width": "含有不占宽度的隐藏字符",
    "private-use": "含有自造字（专用区字符），请改为标准汉字",
    "unassigned": "含有未定义的字符",
    "surrogate": "含有残缺的字符，文件编码可能有误",
    "marks": "含有堆叠的附加符号",
}
_ID_NUMBER = {
    "shape": "身份证件号码应为 18 位（17 位数字和 1 位数字或 X）",
    "birth-date": "身份证件号码中的出生日期不存在或晚于今天",
    "check": "身份证件号码校验位不符，请核对",
}
NUMBER_PRECISION = "以数字形式保存，位数已丢失；请把该列设为“文本”格式后重新填写"
FORMULA = "单元格是公式且文件里没有存下结果；请用表格软件打开并保存一次，或粘贴为数值"
ERROR_CELL = "单元格是错误值（如 #N/A），请改正"
DOCUMENT = "证件号码不符合任何一种证件的样式"
NOT_A_DATE = "不是日期，请写成 2020-02-22 或 2020年02月22日"
DIVISION = "区划代码应为 6、9 或 12 位数字"
STATUS = "不认识的登记状态，请填 存续、吊销、注销、撤销 或 迁出"
STATUS_DORMANT = "歇业是标记，不是登记状态：登记状态请填 存续，并在“标记”列填 歇业"
STATUS_NUMBER = (
    "登记状态是数字代码，同一数字在新旧两套代码里含义不同；请改填文字，"
    "或在导入时声明所用的代码（命令的 --status-list，页面上的选项）"
)
MARK = "不认识的标记，请填 经营异常、歇业 或 争议"
KIND = "不认识的主体类型代码"
KIND_NOT_DERIVED = "无法由统一社会信用代码和类型判定主体类型，请增加“主体类型代码”列"
TEMPLATE = "照面模板应为 A 至 I 的字母"
DOCUMENT_KIND = "不认识的证件类型"
PERSON_MISSING = "没有填写负责人员姓名"
PERSON_DIFFERS = "多个人员列的姓名不一致，且本照面模板所用的一列为空"
MORE_CELLS = "这一行的单元格比表头多，可能有未加引号的逗号"


def double(number: int) -> str:
    """Return the reason for a code that stands twice in one file."""
    return f"与第 {number} 行重复：同一文件中同一代码只取第一行"


def uscc(facts: Mapping[str, Any]) -> str:
    """Return the reason for a refused credit code, with the place that looks wrong where one character explains it."""
    text = _USCC[Reason(facts["reason"])]
    if "position" in facts:
        return f"{text}；第 {facts['position']} 位“{facts['character']}”可能有误"
    if suspects := facts.get("suspects"):
        return f"{text}；第 {'、'.join(map(str, suspects))} 位之一可能有误"
    return text


def text(facts: Mapping[str, Any]) -> str:
    """Return the reason for a refused text, with the character and its place."""
    if facts["reason"] == "too-long":
        return f"过长，最多 {facts['longest']} 个字"
    told = _TEXT[facts["reason"]]
    if facts.get("character"):
        return f"{told}：第 {facts['position']} 个字符 {facts['character']}"
    return told


def id_number(facts: Mapping[str, Any]) -> str:
    """Return the reason for a refused identity number; the number itself is never told."""
    return _ID_NUMBER[facts["reason"]]


WARNINGS = {
    UsccWarning.OUTER_CHECK.value: ("统一社会信用代码", "校验位不符，但主体标识码相符：按登记机关数据收下，请核对"),
    UsccWarning.PREFIX_UNLISTED.value: ("统一社会信用代码", "前两位不在已知类别里：已收下，请核对"),
    UsccWarning.LIKE_IDENTITY_NUMBER.value: ("统一社会信用代码", "也符合身份证件号码的样式：已收下，请核对"),
    "name-markup": ("名称", "含有尖括号 < 或 >：按原文登记，请核对"),
    "name-lookalike": ("名称", "含有与汉字或拉丁字母相似的字符：按原文登记，请核对"),
    "document-missing": ("证件号码", "为空：已收下，但没有人能以负责人身份下载执照"),
    "kind-prefix": ("主体类型代码", "与统一社会信用代码前两位不一致：已收下，请核对"),
    "money-without-unit": ("注册资本", "只有数字，没有单位和币种：按原文登记，请核对"),
    "person-column": ("法定代表人", "姓名取自其他人员列：照面模板所用的一列为空"),
    "item-column": ("照面事项", "取自同类的另一列：照面模板所用的一列为空"),
    "item-missing": ("照面事项", "照面上有的事项没有填写，照面将留空"),
    "extra-dropped": ("未知字段", "内容像身份证件号码，没有保存"),
}
"""What was taken and is odd: code, column and sentence."""
TOLD_PER_ROW = frozenset(
    {
        UsccWarning.OUTER_CHECK.value,
        UsccWarning.LIKE_IDENTITY_NUMBER.value,
        "name-markup",
        "name-lookalike",
        "document-missing",
    }
)
"""Warnings that stand in the error file with their row; the others are only counted."""
