"""Words for what was found, Chinese first: one row per `because` code, for every page and command."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from zhizhao.verification.finding import Answer, Kind, Standing


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        """Return both, as the command line prints them."""
        return f"{self.zh} {self.en}"


KINDS: Final[Mapping[Kind, Words]] = MappingProxyType(
    {
        Kind.LICENCE_PDF: Words("电子营业执照（PDF）", "licence PDF"),
        Kind.ARCHIVE_COPY: Words("存档件（PDF）", "archive copy"),
        Kind.PDF: Words("PDF 文件", "PDF file"),
        Kind.RECEIPT: Words("核验回执", "receipt"),
        Kind.CREDENTIAL: Words("电子营业执照凭证", "credential"),
        Kind.UNKNOWN: Words("无法识别的文件", "unknown file"),
    }
)
ANSWERS: Final[Mapping[Answer, Words]] = MappingProxyType(
    {Answer.YES: Words("是", "yes"), Answer.NO: Words("否", "no"), Answer.UNKNOWN: Words("未知", "unknown")}
)
STANDINGS: Final[Mapping[Standing, Words]] = MappingProxyType(
    {
        Standing.VALID: Words("有效", "valid"),
        Standing.CHANGED: Words("已变更，需重新下载", "changed"),
        Standing.SUSPENDED: Words("已暂停", "suspended"),
        Standing.INVALID: Words("已失效", "invalid"),
        Standing.UNKNOWN: Words("未知", "unknown"),
    }
)
REASONS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        # intact, valid, trusted: good
        "covers-whole-file": Words("签名覆盖整个文件", "the signature covers the whole file"),
        "token-whole": Words("内容与签名一致", "every part is signed"),
        "signature-computes": Words("签名验证通过", "the signature computes"),
        "reaches-root": Words("证书可追溯到受信任的根", "the certificate reaches a trusted root"),
        "key-held": Words("签名密钥在受信任的密钥中", "the key is one of the trusted keys"),
        # the file's bytes
        "header-not-first": Words("文件开头有多余内容", "bytes before the document"),
        "trailing-bytes": Words("文件末尾有多余内容", "bytes after the document"),
        "not-signed": Words("文件没有签名", "the file is not signed"),
        "byte-range-form": Words("签名范围写法异常", "a byte range is not in its usual form"),
        "byte-range-gap": Words("签名范围与签名位置不符", "a byte range leaves out more than the signature"),
        "byte-range-end": Words("签名范围未到版本结尾", "a byte range ends inside a revision"),
        "byte-range-elsewhere": Words("签名范围不在签名对象内", "a byte range is outside its signature"),
        "signatures-overlap": Words("签名范围重叠", "signatures overlap"),
        "not-covered": Words("有内容不在签名范围内", "bytes that no signature covers"),
        "revision-unexplained": Words("有来历不明的修订", "a revision that no signature explains"),
        "digest-differs": Words("签名后内容被改动", "changed after it was signed"),
        "extended-by-stranger": Words("签章后被他人追加内容", "extended by somebody who is not trusted"),
        "several-strangers": Words("多个签名均不受信任，未再比对", "not asked: several signers, none trusted"),
        "not-whole": Words("文件不完整，未再验证", "not asked: the file is not whole"),
        # the signature
        "container-hex": Words("签名区编码不规范", "the signature's encoding is not canonical"),
        "container-padding": Words("签名区填充被写入内容", "the signature's padding is not empty"),
        "container-der": Words("签名结构不规范", "the signature's structure is not canonical"),
        "container-cms": Words("签名内容不符合要求", "the signature is not of the required form"),
        "container-certificates": Words("签名内证书不符合要求", "the certificates inside are not one chain"),
        "container-attributes": Words("签名属性不符合要求", "the signed attributes are not as required"),
        "container-unsigned-attributes": Words("签名内有未受保护的属性", "attributes that no signature covers"),
        "signature-differs": Words("签名验证不通过", "the signature does not compute"),
        "signature-form": Words("签名值写法不唯一", "the signature value is not in its one form"),
        "algorithm-unknown": Words("签名算法不支持", "the algorithm is not supported"),
        "over-other-bytes": Words("签名针对的是别的内容", "the signature is over other bytes"),
        "nothing-valid": Words("没有有效签名，未再核对", "not asked: nothing valid to go by"),
        # the signer
        "signer-unknown": Words("签章人不在受信任名单内", "the signer is not one of the trusted seals"),
        "no-root": Words("证书不能追溯到受信任的根", "no trusted root for the certificate"),
        "key-unknown": Words("没有对应的受信任密钥", "no trusted key for the signature"),
        # the document
        "document-structure": Words("文档结构异常", "the document's structure is faulty"),
        "signatures-elsewhere": Words("文档中的签名与字节不符", "the document shows other signatures than its bytes"),
        "changed-after-signature": Words("签名后文档被修改", "modified after a signature"),
        "attachment-form": Words("附件不符合要求", "an attachment is not of the required form"),
        "evidence-disagrees": Words("附件与文档不是同一件", "the evidence is about something else"),
        "token-malformed": Words("格式不正确", "malformed"),
        "kind-unknown": Words("不是本系统签发的文件类型", "no kind of file that is issued here"),
        # status
        "list-valid": Words("状态列表：有效", "status list: valid"),
        "list-invalid": Words("状态列表：失效", "status list: invalid"),
        "list-suspended": Words("状态列表：暂停", "status list: suspended"),
        "list-changed": Words("状态列表：已变更", "status list: changed, download again"),
        "key-published": Words("签名密钥仍在公布", "the key is still published"),
        "key-withdrawn": Words("签名密钥已撤回", "the key is no longer published"),
        "server-silent": Words("服务器没有应答", "the server did not answer"),
        "list-untrusted": Words("状态列表的签名密钥不受信任", "no trusted key for the status list"),
        "list-refused": Words("状态列表无效或已过期", "the status list is not acceptable"),
        "no-reference": Words("文件没有状态来源", "the file names no status list"),
        "no-server": Words("没有可询问的服务器", "no server to ask"),
        "offline": Words("离线核验，未询问", "offline: not asked"),
        "not-asked": Words("未询问", "not asked"),
    }
)
