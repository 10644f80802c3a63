"""What the import page calls a file that cannot be taken."""

from collections.abc import Mapping
from typing import Final

from zhizhao.registry.upload import BROKEN_OFF
from zhizhao.web.i18n import marked as N_  # noqa: N812 the customary name of the marker

REFUSALS: Final[Mapping[str, str]] = {
    "empty": N_("文件是空的。"),
    "unreadable": N_("文件无法读取，请重新上传。"),
    "missing-columns": N_("缺少必需的列，或者没有表头。"),
    "double-columns": N_("有的列出现了两次。"),
    "csv-broken": N_("CSV 格式有误。"),
    "csv-encoding": N_("文字编码不对，请另存为 UTF-8 的 CSV 或 xlsx。"),
    "csv-not-text": N_("这不是文本文件。"),
    "xlsx-broken": N_("工作簿已损坏，请重新导出。"),
    "xlsx-old-or-encrypted": N_("这是旧版 .xls 或加了密码的工作簿，请另存为不加密的 .xlsx。"),
    "xlsx-macros": N_("工作簿含有宏，请另存为不含宏的 .xlsx。"),
    "xlsx-links": N_("工作簿含有外部链接或嵌入对象，请粘贴为数值后另存。"),
    "xlsx-formulas": N_("工作簿里的公式太多，请粘贴为数值后另存。"),
    "xlsx-too-large": N_("工作表太大，请分成几个文件。"),
    "too-many-rows": N_("行数太多，请分成几个文件。"),
    "xlsx-bomb": N_("文件解开后异常膨胀，拒绝读取。"),
    "xml-broken": N_("报文不是完整的 XML。"),
    "xml-entities": N_("文件含有 XML 实体，拒绝读取。"),
    "message-shape": N_("报文的结构不对。"),
    "message-too-large": N_("报文太大，请分成几个文件。"),
    "error-file": N_("错误文件无法写入，请联系运行维护人员。"),
    BROKEN_OFF: N_("处理中断，什么也没有写入。请重新上传；再次中断请联系运行维护人员。"),
}
"""Refusal's stable word → sentence; the registrar's own sentence, in Chinese, stands below it."""
