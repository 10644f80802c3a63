"""What each refusal is called outside: error code → status, title and next step. One table for every door.

Add one row for each error class of your slice, and its English in `locale/en/LC_MESSAGES/problems.po`. Texts say what
the reader can do and never why exactly; the facts of the error stay in the log. What would help an attacker collapses
into one answer. `shows` names the facts that a text may print (`%(seconds)s`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.web.i18n import SOURCE, current_language, gettext
from zhizhao.web.i18n import marked as N_  # noqa: N812 the customary name of the marker


@dataclass(frozen=True, slots=True)
class Problem:
    """One row: an HTTP status and two texts in the source language."""

    status: int
    title: str
    detail: str
    shows: tuple[str, ...] = ()
    """Facts of the error that the texts print."""

    @property
    def examples(self) -> Mapping[str, object]:
        """Return a stand-in for each printed fact, for the page that lists the table."""
        return dict.fromkeys(self.shows, "…")

    def texts(self, facts: Mapping[str, object]) -> tuple[str, str]:
        """Return title and detail in the reader's language."""
        values = {name: facts.get(name, "") for name in self.shows}
        if "because" in values:  # a reason that the domain itself words in both languages
            values["because"] = facts.get("zh" if current_language() == SOURCE else "en", "")
        return gettext(self.title, **values), gettext(self.detail, **values)


def field_errors(error: ZhizhaoError) -> list[dict[str, str]]:
    """Return which part of a malformed request was refused and how the parser says it; no value is repeated."""
    if error.code != "request-malformed" or "reason" not in error.facts:
        return []
    return [{"field": str(error.facts.get("field", "")), "message": str(error.facts["reason"])[:200]}]


def code_of(error: Exception) -> str:
    """Return what an error is called outside; one without a row is `internal`."""
    return error.code if isinstance(error, ZhizhaoError) and error.code in PROBLEMS else "internal"


def problem_of(error: Exception) -> Problem:
    """Return the row of an error."""
    return PROBLEMS[code_of(error)]


def members(code: str, row: Problem, facts: Mapping[str, object], *, base_url: str, number: str) -> dict[str, Any]:
    """Return the members of RFC 9457 with our `code`, the request's number and the facts that the text prints."""
    title, detail = row.texts(facts)
    return {
        "type": f"{base_url}/problems#{code}",
        "title": title,
        "status": row.status,
        "detail": detail,
        "code": code,
        "request_id": number,
        **{name: facts[name] for name in row.shows if isinstance(facts.get(name), int | str)},
    }


def retry_after(row: Problem, facts: Mapping[str, object]) -> dict[str, str]:
    """Return `Retry-After` where waiting helps: the seconds that the error names, else one."""
    if row.status not in {429, 503}:
        return {}
    seconds = facts.get("retry_after", facts.get("seconds", 1))
    return {"retry-after": str(max(1, round(float(str(seconds)))))}


HTTP_CODES: Final[Mapping[int, str]] = {
    400: "request-malformed",
    401: "sign-in-required",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    413: "body-too-large",
    415: "media-type-refused",
    429: "too-many-requests",
    503: "busy",
}
"""Status of an HTTP exception of the framework → the row that answers it."""

PROBLEMS: Final[Mapping[str, Problem]] = {
    # The web floor and what HTTP itself refuses
    "not-found": Problem(404, N_("没有这个页面"), N_("请检查地址，或从首页进入。")),
    "method-not-allowed": Problem(405, N_("这个地址不接受这种请求"), N_("请从页面上的按钮或链接进入。")),
    "request-malformed": Problem(400, N_("请求内容有误"), N_("请检查填写的内容后再试。")),
    "media-type-refused": Problem(415, N_("不接受这种格式"), N_("请按接口文档或页面说明的格式提交。")),
    "body-too-large": Problem(413, N_("提交的内容太大"), N_("普通请求不超过 1 MB，上传文件不超过 10 MB。")),
    "json-too-large": Problem(413, N_("JSON 嵌套过深或列表过长"), N_("嵌套不超过 32 层，列表不超过 1000 项。")),
    "too-many-requests": Problem(429, N_("请求太频繁"), N_("请稍后再试。")),
    "csrf-refused": Problem(403, N_("页面已失效"), N_("请刷新页面后重新提交，已填写的内容可以从上一页取回。")),
    "origin-refused": Problem(403, N_("请求来自其他网站"), N_("请从本网站的页面提交。")),
    "sign-in-required": Problem(401, N_("请先登录"), N_("登录后会回到这个页面。")),
    "role-forbidden": Problem(403, N_("没有权限"), N_("您的角色不能使用这个功能，请联系本单位的管理员。")),
    "forbidden": Problem(403, N_("没有权限"), N_("您不能使用这个功能。")),
    "internal": Problem(500, N_("系统出错"), N_("请稍后再试；联系支持时请报出请求编号。")),
    # kernel: what somebody typed
    "code-malformed": Problem(400, N_("出示码有误"), N_("请重新扫描或输入 24 位数字。")),
    "uscc-malformed": Problem(400, N_("统一社会信用代码有误"), N_("请核对 18 位代码。")),
    "registration-number-malformed": Problem(400, N_("注册号有误"), N_("请核对 15 位注册号。")),
    "id-number-malformed": Problem(400, N_("身份证号码有误"), N_("请核对 18 位号码。")),
    "identifier-malformed": Problem(400, N_("证照标识有误"), N_("请核对证照标识。")),
    "document-malformed": Problem(400, N_("证件号码有误"), N_("请核对证件类型和号码。")),
    "text-refused": Problem(400, N_("文字中有不能使用的字符"), N_("请删除不可见字符或控制字符后再试。")),
    "unit-unknown": Problem(404, N_("没有这个单位"), N_("请从列表中选择县（市、区）。")),
    # trust
    "passphrase-refused": Problem(503, N_("密钥文件打不开"), N_("请运行维护人员核对密钥口令。")),
    "key-file-missing": Problem(
        503, N_("没有密钥文件"), N_("请运行维护人员检查数据目录，或执行 zhizhao keys create。")
    ),
    "key-file-exists": Problem(409, N_("密钥文件已经存在"), N_("已有的密钥文件不会被覆盖。")),
    "key-file-exposed": Problem(503, N_("密钥文件的权限过宽"), N_("请运行维护人员把权限改为 0600。")),
    "key-file-damaged": Problem(503, N_("密钥文件已损坏"), N_("请运行维护人员从备份恢复密钥文件。")),
    "key-unknown": Problem(500, N_("没有可用的密钥"), N_("请联系运行维护人员。")),
    "key-not-usable": Problem(500, N_("密钥不能这样使用"), N_("请联系运行维护人员。")),
    "rotation-refused": Problem(409, N_("这个密钥现在不能更换"), N_("请查看命令给出的原因。")),
    "signature-bad": Problem(400, N_("签名无效"), N_("请核对内容和签名。")),
    "public-key-refused": Problem(400, N_("公钥不能使用"), N_("请提交 P-256 公钥。")),
    "private-key-refused": Problem(500, N_("私钥不能使用"), N_("请联系运行维护人员。")),
    "token-refused": Problem(401, N_("令牌无效"), N_("请重新获取令牌。")),
    "token-malformed": Problem(401, N_("令牌无效"), N_("请重新获取令牌。")),
    "token-untrusted": Problem(401, N_("令牌无效"), N_("请重新获取令牌。")),
    "token-out-of-time": Problem(401, N_("令牌无效"), N_("请重新获取令牌。")),
    "token-claim-refused": Problem(401, N_("令牌无效"), N_("请重新获取令牌。")),
    "seal-broken": Problem(500, N_("加密的资料不能打开"), N_("请联系运行维护人员。")),
    "secret-mismatch": Problem(401, N_("密码或动态码不正确"), N_("请核对后再试。")),
    "stored-secret-damaged": Problem(500, N_("保存的密码已损坏"), N_("请联系管理员重设密码。")),
    "totp-refused": Problem(401, N_("密码或动态码不正确"), N_("请核对后再试。")),
    "certificate-refused": Problem(409, N_("证书不能使用"), N_("请核对证书链、有效期和对应的密钥。")),
    "certificate-missing": Problem(503, N_("没有安装证书"), N_("请运行维护人员安装签章证书。")),
    "demo-only": Problem(500, N_("演示用的替代件不能在正式环境使用"), N_("请运行维护人员检查配置。")),
    "address-refused": Problem(
        400, N_("不能访问这个地址"), N_("请使用公开的 https 地址，或在接入审批中登记内网地址。")
    ),
    "fetch-failed": Problem(502, N_("对方系统没有应答"), N_("请稍后再试，或联系对方系统。")),
    "sm2-unavailable": Problem(503, N_("系统缺少国密算法库"), N_("请运行维护人员安装支持 SM2 的 OpenSSL 3。")),
    # storage
    "busy": Problem(503, N_("系统繁忙"), N_("请过几秒再试。")),
    "commit-unknown": Problem(503, N_("暂时不能确认结果"), N_("请用同一个幂等键重试，系统会返回已有的结果。")),
    "unsafe-store": Problem(503, N_("数据库设置不安全，已停止服务"), N_("请联系运行维护人员。")),
    "schema-mismatch": Problem(503, N_("数据库版本与程序不一致"), N_("请运行维护人员执行 zhizhao migrate。")),
    "settings-refused": Problem(500, N_("配置有误"), N_("请运行维护人员检查配置文件。")),
    # ledger, catalogue, licence
    "entry-malformed": Problem(500, N_("审计记录有误"), N_("请运行维护人员执行 zhizhao audit check。")),
    "matter-unknown": Problem(404, N_("没有这个事项"), N_("请从授权事项目录树中选择。")),
    "matter-malformed": Problem(400, N_("事项代码有误"), N_("请核对事项代码。")),
    "licence-unknown": Problem(404, N_("没有这张执照"), N_("请核对链接或代码。")),
    "licence-not-issuable": Problem(409, N_("这类主体不签发电子营业执照"), N_("请核对主体类型和照面模板。")),
    "licence-transition-refused": Problem(409, N_("执照当前的状态不能这样操作"), N_("请刷新后查看执照状态。")),
    "licence-version-conflict": Problem(409, N_("执照刚刚被更新"), N_("请刷新后再试。")),
    "licence-chain-broken": Problem(500, N_("执照版本校验不一致"), N_("请停止使用并联系运行维护人员。")),
    "not-canonical": Problem(400, N_("数据不能规范化"), N_("请检查数字和字符的写法。")),
    "credential-malformed": Problem(400, N_("不是本系统签发的执照凭证"), N_("请核对文件。")),
    # onboarding and presentation
    "invalid-client": Problem(401, N_("接入系统认证失败"), N_("请核对 client_id 和密钥。")),
    "invalid-token": Problem(401, N_("访问令牌无效"), N_("请重新获取访问令牌。")),
    "unsupported-grant-type": Problem(400, N_("不支持这种授权方式"), N_("请使用 client_credentials。")),
    "client-malformed": Problem(400, N_("接入系统的资料有误"), N_("请核对各项内容。")),
    "matter-not-granted": Problem(403, N_("事项未获授权"), N_("这个接入系统没有获准办理该事项。")),
    "field-not-granted": Problem(403, N_("照面字段未获授权"), N_("请只申请获准的照面字段。")),
    "function-not-granted": Problem(403, N_("应用功能未获授权"), N_("这个接入系统没有获准使用该功能。")),
    "peak-exceeded": Problem(429, N_("超过验证峰值"), N_("请降低每秒请求数后再试。")),
    "quota-exhausted": Problem(429, N_("本年验证量已用完"), N_("请联系主管部门调整年验证量。")),
    "too-many-misses": Problem(429, N_("无效出示码过多"), N_("请检查扫码设备，一分钟后再试。")),
    "code-unknown": Problem(404, N_("查无此码"), N_("请客户刷新手机上的出示码后重新扫描。")),
    "code-used": Problem(409, N_("出示码已使用"), N_("请客户刷新手机上的出示码后重新扫描。")),
    "code-expired": Problem(410, N_("出示码已过期"), N_("请客户刷新手机上的出示码后重新扫描。")),
    "presentation-unknown": Problem(404, N_("没有这条核验记录"), N_("请核对编号；只能查看本单位的记录。")),
    "idempotency-mismatch": Problem(422, N_("幂等键已用于另一个请求"), N_("请为新请求使用新的幂等键。")),
    "show-refused": Problem(409, N_("现在不能出示"), N_("原因：%(because)s"), shows=("because",)),
    "archive-refused": Problem(409, N_("不通过的核验没有存档件"), N_("请重新核验。")),
    "match-limited": Problem(429, N_("比对次数过多"), N_("同一次核验的比对次数有限。")),
    # staff
    "sign-in-refused": Problem(401, N_("用户名、密码或动态码不正确"), N_("请核对后再试。")),
    "sign-in-paused": Problem(429, N_("登录失败次数过多"), N_("请在 %(seconds)s 秒后再试。"), shows=("seconds",)),
    "sign-in-locked": Problem(403, N_("密码登录已锁定"), N_("请联系安全管理员解锁。")),
    "passkey-needed": Problem(403, N_("请使用通行密钥登录"), N_("管理员账号不能只用密码登录。")),
    "passkey-refused": Problem(401, N_("通行密钥验证失败"), N_("请重新验证。")),
    "last-way-in": Problem(409, N_("不能删除最后一个通行密钥"), N_("请先登记另一个。")),
    "session-ended": Problem(401, N_("登录已结束"), N_("请重新登录。")),
    "password-weak": Problem(400, N_("密码太弱"), N_("请使用更长、更难猜的密码。")),
    "username-taken": Problem(409, N_("用户名已被使用"), N_("请换一个用户名。")),
    "username-malformed": Problem(
        400, N_("用户名格式有误"), N_("以小写字母开头，3 至 32 个小写字母、数字、点或连字符。")
    ),
    "duties-conflict": Problem(409, N_("岗位不能兼任"), N_("系统、安全、审计管理员须由不同的人担任。")),
    "account-unknown": Problem(404, N_("没有这个账号"), N_("请核对用户名。")),
    # wallet
    "slip-malformed": Problem(400, N_("单据号有误"), N_("请核对单据上的号码。")),
    "slip-unknown": Problem(404, N_("没有这张单据"), N_("请核对单据号，或到登记窗口重新领取。")),
    "slip-used": Problem(409, N_("单据已使用"), N_("请到登记窗口重新领取。")),
    "slip-expired": Problem(410, N_("单据已过期"), N_("请到登记窗口重新领取。")),
    "slip-void": Problem(410, N_("单据已作废"), N_("证件号码输错次数过多，请到登记窗口重新领取。")),
    "slip-mismatch": Problem(
        403, N_("证件号码与单据不符"), N_("请核对证件号码，还可以试 %(tries_left)s 次。"), shows=("tries_left",)
    ),
    "real-name-refused": Problem(403, N_("实名核验未通过"), N_("请核对姓名和证件号码。")),
    "real-name-unavailable": Problem(503, N_("没有可用的实名核验"), N_("请凭登记窗口的单据办理。")),
    "unsafe-stand-in": Problem(500, N_("演示用的替代件不能在正式环境使用"), N_("请运行维护人员检查配置。")),
    "proof-needed": Problem(403, N_("请重新证明本人身份"), N_("请使用新的单据，或重新进行实名核验。")),
    "person-mismatch": Problem(403, N_("不是设备登记的本人"), N_("请由设备登记的本人办理。")),
    "person-unknown": Problem(404, N_("没有找到这个人的手机执照"), N_("请核对姓名和证件号码。")),
    "pin-weak": Problem(400, N_("密码太简单"), N_("请使用 6 位数字，不要用连续、重复的数字或生日。")),
    "pin-wrong": Problem(403, N_("密码不正确"), N_("请重新输入，还可以试 %(left)s 次。"), shows=("left",)),
    "pin-delayed": Problem(
        429, N_("请稍后再输入密码"), N_("多次输入错误后需要等待 %(retry_after)s 秒。"), shows=("retry_after",)
    ),
    "pin-locked": Problem(403, N_("密码已锁定"), N_("请重新证明本人身份后设置新密码。")),
    "device-key-refused": Problem(400, N_("设备密钥不能使用"), N_("请重新登记设备。")),
    "device-unknown": Problem(401, N_("设备没有登记"), N_("请在本机重新登记。")),
    "device-retired": Problem(401, N_("已在新手机上使用"), N_("这台设备已由新设备替代。")),
    "device-revoked": Problem(401, N_("设备已停用"), N_("请重新登记设备。")),
    "device-frozen": Problem(403, N_("设备已挂失"), N_("本人重新证明身份后可以解除。")),
    "wallet-token-refused": Problem(401, N_("手机执照的令牌无效"), N_("请重新打开手机执照。")),
    "unlock-needed": Problem(403, N_("请输入密码"), N_("这一步需要再次确认本人。")),
    "dpop-replayed": Problem(401, N_("请求已使用过"), N_("请重新发起。")),
    "not-entitled": Problem(403, N_("没有这张执照的使用权"), N_("登记信息和授权中没有您。")),
    "declaration-needed": Problem(409, N_("请先阅读并同意《执照下载声明》"), N_("同意后才能下载。")),
    "not-downloaded": Problem(409, N_("本机没有下载这张执照"), N_("请先下载执照。")),
    "licence-changed": Problem(409, N_("执照已变更，请重新下载"), N_("登记信息变更后须重新下载。")),
    "licence-not-in-force": Problem(409, N_("执照当前不能使用"), N_("请查看执照状态。")),
    # document, ledger, registry, verification, storage, the counter and the command line
    "fonts-missing": Problem(503, N_("缺少排版字体"), N_("请运行维护人员安装中文宋体字体。")),
    "glyph-missing": Problem(
        422, N_("字体中没有“%(character)s”字"), N_("请登记机关确认替代字后再制作。"), shows=("character",)
    ),
    "seal-refused": Problem(503, N_("暂时不能签章"), N_("请稍后再试；如仍不行，请联系运行维护人员。")),
    "sheet-refused": Problem(422, N_("照面内容放不下"), N_("请登记机关核对照面信息。")),
    "head-refused": Problem(400, N_("不是本系统签发的账本摘要"), N_("请核对来源。")),
    "ledger-broken": Problem(500, N_("审计账本校验不一致"), N_("请停止使用并联系审计管理员。")),
    "listen-refused": Problem(500, N_("服务地址不可用"), N_("请检查地址和端口是否被占用。")),
    "histories-broken": Problem(500, N_("名录或执照被改动"), N_("请停止使用并联系审计管理员。")),
    "issuing-incomplete": Problem(500, N_("部分执照没有签发"), N_("请按所列原因处理后再次签发。")),
    "ledger-unwitnessed": Problem(503, N_("审计账本暂时无法见证，已暂停签发"), N_("请稍后再试。")),
    "proof-invalid": Problem(400, N_("证明不成立"), N_("请重新取得证明。")),
    "witness-refused": Problem(500, N_("外部见证与本地账本不一致"), N_("请停止使用并联系审计管理员。")),
    "credential-untrusted": Problem(400, N_("不是可信的执照凭证"), N_("请核对文件来源。")),
    "grant-malformed": Problem(400, N_("授权内容有误"), N_("请核对授权范围和期限。")),
    "grant-unknown": Problem(404, N_("没有这项授权"), N_("请刷新后查看授权列表。")),
    "ticket-unknown": Problem(404, N_("没有这个出示码的记录"), N_("请重新出示。")),
    "registry-changed-meanwhile": Problem(409, N_("登记信息刚刚被其他人更新"), N_("请刷新后再试。")),
    "registry-entity-unknown": Problem(404, N_("登记库中没有这个主体"), N_("请核对统一社会信用代码。")),
    "registry-history-broken": Problem(500, N_("登记历史校验不一致"), N_("请停止使用并联系运行维护人员。")),
    "upload-unknown": Problem(404, N_("没有这个文件，或已经删除"), N_("请回到“导入名录”重新上传。")),
    "upload-busy": Problem(409, N_("正在处理另一个文件"), N_("一次只处理一个文件，请等它完成后再试。")),
    "upload-not-ready": Problem(409, N_("这个文件现在不能导入"), N_("请刷新页面看它的状态：可能已经导入。")),
    "second-person-needed": Problem(403, N_("须由另一个人确认"), N_("上传的人不能自己确认，请另一位复核人员办理。")),
    "intake-refused": Problem(422, N_("这个文件不能导入"), N_("请核对文件格式和列名。")),
    "entity-kind-unknown": Problem(422, N_("不认识的主体类型"), N_("请核对主体类型代码或类型名称。")),
    "nothing-to-change": Problem(409, N_("没有需要变更的内容"), N_("登记信息已经是这样。")),
    "register-never-fed": Problem(503, N_("登记数据尚未接入"), N_("请运行维护人员先导入登记数据。")),
    "row-refused": Problem(422, N_("有一行不能导入"), N_("请按提示改正后再导入。")),
    "status-not-reachable": Problem(409, N_("不能这样变更登记状态"), N_("请核对现在的登记状态。")),
    "setting-malformed": Problem(400, N_("设置的内容有误"), N_("请缩短文字，不要填写证件号码。")),
    "backup-refused": Problem(422, N_("备份文件不能使用"), N_("请核对文件是否完整、是否属于本系统。")),
    "migration-failed": Problem(503, N_("数据库升级没有成功"), N_("数据库保持升级前的状态，请联系运行维护人员。")),
    "nothing-to-confirm": Problem(409, N_("系统不在维护状态"), N_("没有等待确认的恢复。")),
    "maintenance": Problem(503, N_("系统正在恢复数据"), N_("恢复确认后即可使用，请稍后再试。")),
    "store-full": Problem(507, N_("存储空间已满"), N_("请运行维护人员清理空间，刚才的操作没有保存。")),
    "store-unreachable": Problem(503, N_("数据库暂时连不上"), N_("请稍后再试，刚才的操作没有保存。")),
    "anchors-refused": Problem(503, N_("信任的根证书不能读取"), N_("请运行维护人员检查。")),
    "fault": Problem(422, N_("文件与声称的不符"), N_("请查看核验结果。")),
    "file-too-large": Problem(413, N_("文件太大"), N_("请选择不超过 10 MB 的文件。")),
    "dpop-out-of-time": Problem(401, N_("手机时间不准"), N_("请校准手机时间后再试。")),
    "dpop-refused": Problem(401, N_("请求未能证明来自本机"), N_("请重新打开手机执照。")),
    "desk-not-connected": Problem(403, N_("本窗口尚未接入"), N_("请联系本单位管理员办理接入。")),
    "port-taken": Problem(500, N_("端口已被占用"), N_("请停止占用的程序，或换一个端口。")),
    "demo-refused": Problem(500, N_("演示数据有误"), N_("请报告这个问题。")),
    "not-verified": Problem(422, N_("核验未全部通过"), N_("请查看核验结果。")),
    "bench-incorrect": Problem(500, N_("测量的工作有误，数字无效"), N_("请报告这个问题。")),
    "bench-noisy": Problem(503, N_("机器上有其他负载，不作结论"), N_("请在空闲的机器上重新测量。")),
    "bench-budget-missed": Problem(500, N_("未达到性能指标"), N_("请查看各项数字。")),
    "bench-server-failed": Problem(500, N_("测量用的服务没有启动"), N_("请查看日志。")),
    "postgresql-missing": Problem(
        500, N_("没有安装 PostgreSQL"), N_("请安装软件包 postgresql，或给出 --database-url。")
    ),
    "wallet-absent": Problem(404, N_("这里没有手机执照"), N_("请先用 enrol 登记设备。")),
    "server-unreachable": Problem(503, N_("连不上服务器"), N_("请检查网络和服务器地址。")),
}
