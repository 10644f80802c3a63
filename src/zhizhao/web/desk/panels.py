"""What a clerk sees and says for each way a scan can end without 通过: one panel per code, in plain words.

The codes are those of the API's problems (INTERFACES.md §4), of the licence (`licence/in_force.py`), of the device and
of the mandate (`mandate/decision.py`). Each panel has a sentence for the customer and the next steps for the clerk. A
customer is never told more about an entity than that its licence does not carry the act.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from zhizhao.presentation.presentation import Check
from zhizhao.web.i18n import marked as N_  # noqa: N812 the customary name of the marker


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One way a scan ends; texts are source strings of the catalogue."""

    title: str
    """Stands beside 不通过, readable from two metres: at most ten characters."""
    because: str = ""
    """One line below; a refused check brings its own."""
    say: str
    """To the customer, word for word."""
    steps: tuple[str, ...]
    """To the clerk."""
    failed: Check | None = None
    """Which of the ordered checks failed; None: it did not come to a check."""
    is_unknown: bool = False
    """Nothing was found out, through nobody's fault at the window: 未知, never 不通过 and never 通过."""


FRESH: Final = N_("请客户在手机上刷新出示码，再扫描新的出示码。")
SUPPORT: Final = N_("反复出现时请联系支持，并报出请求编号。")
NOT_SPENT: Final = N_("这个出示码没有被使用，一分钟内可以直接再扫。")
REGISTRAR: Final = N_("客户对登记状态有疑问，请其咨询登记机关。")
AGAIN_BY_HOLDER: Final = N_("客户可以在现场联系法定代表人，授权立即生效。")

PROBLEMS: Final[Mapping[str, Panel]] = {
    "code-malformed": Panel(
        title=N_("出示码有误"),
        because=N_("请重新扫描或输入"),
        say=N_("请把手机屏幕调亮一些，对准扫码枪，我再扫一次。"),
        steps=(
            N_("让扫码枪对准条形码或二维码，距离 10 至 20 厘米，再扫一次。"),
            N_("还是不行，请按 F3 手工输入 24 位数字，或按 F6 用摄像头。"),
            N_("经常出现时，请到“扫码枪自检”检查扫码枪的设置。"),
        ),
        failed=Check.CODE,
    ),
    "code-unknown": Panel(
        title=N_("查无此码"),
        because=N_("系统没有发出过这个出示码"),
        say=N_("系统里没有找到这个出示码。请您打开“出示执照”，我扫一下新的。"),
        steps=(N_("请确认客户打开的是本系统的“出示执照”页面。"), FRESH, SUPPORT),
        failed=Check.CODE,
    ),
    "code-used": Panel(
        title=N_("出示码已使用"),
        because=N_("每个出示码只能核验一次"),
        say=N_("这个出示码已经用过了。请您在手机上刷新一下，我再扫一次。"),
        steps=(
            N_("如果是本窗口刚刚扫过，结果在右边“最近 20 次”里。"),
            FRESH,
            N_("客户没有出示过却已被使用，请其在手机“用照记录”里查看是谁核验的。"),
        ),
        failed=Check.SINGLE_USE,
    ),
    "code-expired": Panel(
        title=N_("出示码已过期"),
        because=N_("出示码超过了有效时间"),
        say=N_("出示码超时了。请您在手机上刷新一下，我马上再扫。"),
        steps=(FRESH, N_("屏幕截图或照片里的出示码不能使用。")),
        failed=Check.CODE,
    ),
    "matter-not-granted": Panel(
        title=N_("事项未获授权"),
        because=N_("本单位没有获准办理这个事项"),
        say=N_("请稍等，我核对一下办理的事项。"),
        steps=(N_("请按 F7 核对事项，改正后重新扫描。"), NOT_SPENT, N_("确需办理时，请本单位管理员申请开通这个事项。")),
        failed=Check.MATTER,
    ),
    "field-not-granted": Panel(
        title=N_("字段未获授权"),
        because=N_("本单位没有获准读取这些照面字段"),
        say=N_("请稍等，我核对一下办理的事项。"),
        steps=(N_("请按 F7 核对事项，改正后重新扫描。"), NOT_SPENT),
        failed=Check.MATTER,
    ),
    "function-not-granted": Panel(
        title=N_("出示核验未开通"),
        because=N_("本单位的接入系统没有开通线下出示"),
        say=N_("这个窗口还不能核验电子营业执照，我为您联系同事。"),
        steps=(NOT_SPENT, N_("请本单位管理员申请开通“电子营业执照出示验证”。")),
        failed=Check.MATTER,
    ),
    "quota-exhausted": Panel(
        title=N_("年验证量用完"),
        because=N_("本单位今年的验证量已经用完"),
        say=N_("系统暂时不能核验，我为您联系同事，请稍等。"),
        steps=(NOT_SPENT, N_("请本单位管理员向主管部门申请调整年验证量。")),
    ),
    "peak-exceeded": Panel(
        title=N_("核验太频繁"),
        because=N_("超过了本单位每秒的验证峰值"),
        say=N_("现在核验的人比较多，请稍等几秒，我再扫一次。"),
        steps=(N_("等两三秒后重新扫描。"), NOT_SPENT),
    ),
    "too-many-misses": Panel(
        title=N_("无效码过多"),
        because=N_("一分钟内无效的出示码太多，已暂停核验"),
        say=N_("请稍等一分钟，我再为您核验。"),
        steps=(N_("一分钟后再扫描。"), N_("请到“扫码枪自检”检查扫码枪的设置。")),
    ),
    "invalid-client": Panel(
        title=N_("接入已停用"),
        because=N_("本单位的接入系统已经停用"),
        say=N_("这个窗口暂时不能核验，我为您联系同事。"),
        steps=(NOT_SPENT, N_("请联系本单位管理员或市局恢复接入。")),
    ),
    "commit-unknown": Panel(
        title=N_("结果待确认"),
        because=N_("与数据库的连接刚刚中断"),
        say=N_("请稍等，我确认一下结果，您先不用操作手机。"),
        steps=(N_("请按“再试一次”：同一个出示码，系统会返回已有的结果，不会重复核验。"), SUPPORT),
        is_unknown=True,
    ),
    "busy": Panel(
        title=N_("系统繁忙"),
        because=N_("请几秒后再试"),
        say=N_("系统有点忙，请稍等几秒。"),
        steps=(N_("等几秒后按“再试一次”。"), NOT_SPENT),
        is_unknown=True,
    ),
    "request-malformed": Panel(
        title=N_("信息不完整"),
        because=N_("用途、办件号或窗口名称有误"),
        say=N_("请稍等，我补充一下办件信息。"),
        steps=(N_("请按 F7 核对事项、用途和办件号，改正后重新扫描。"), NOT_SPENT),
    ),
    "setting-malformed": Panel(
        title=N_("信息有误"),
        because=N_("备注或办件信息里有不能使用的内容"),
        say=N_("请稍等，我改正一下办件信息。"),
        steps=(N_("备注不超过 200 字，不要填写身份证号码；改正后重新扫描。"), NOT_SPENT),
    ),
    "network": Panel(
        title=N_("网络不可用"),
        because=N_("没有连上服务器，不能核验"),
        say=N_("网络暂时不通，请稍等。您的出示码不要关闭。"),
        steps=(
            N_("请检查网线或无线网络。"),
            N_("恢复后按“再试一次”：同一个出示码，系统会返回已有的结果。"),
            N_("没有联网时不要凭手机上的画面办理：离线不可核验。"),
        ),
        is_unknown=True,
    ),
    "session-ended": Panel(
        title=N_("登录已结束"),
        because=N_("太久没有操作，或已在别处退出"),
        say=N_("请稍等，我重新登录一下系统。"),
        steps=(N_("请重新登录，再扫描客户的出示码。"), NOT_SPENT),
    ),
    "internal": Panel(
        title=N_("系统出错"),
        because=N_("没有得到核验结果"),
        say=N_("系统出了点问题，请稍等，我再试一次。"),
        steps=(N_("请按“再试一次”。"), SUPPORT),
        is_unknown=True,
    ),
}
"""Nothing was found out: no presentation exists. `network` and `session-ended` are shown by the page itself."""

REFUSALS: Final[Mapping[str, Panel]] = {
    "entity-revoked": Panel(
        title=N_("已被吊销"),
        say=N_("系统显示这家主体已被吊销营业执照，这项业务不能办理。"),
        steps=(N_("可以办理注销等清算事项，请先按 F7 更改事项。"), REGISTRAR),
    ),
    "entity-deregistered": Panel(
        title=N_("已注销"),
        say=N_("系统显示这家主体已经注销，这项业务不能办理。"),
        steps=(REGISTRAR,),
    ),
    "entity-rescinded": Panel(
        title=N_("登记已撤销"),
        say=N_("系统显示这家主体的登记已被撤销，这项业务不能办理。"),
        steps=(REGISTRAR,),
    ),
    "entity-moved-out": Panel(
        title=N_("已迁出"),
        say=N_("系统显示这家主体已迁到别的登记机关，请使用迁入地的电子营业执照。"),
        steps=(N_("请客户在手机上下载迁入地登记机关的执照后再出示。"), REGISTRAR),
    ),
    "entity-status-not-accepted": Panel(
        title=N_("状态不适用"),
        say=N_("这个事项不适用于正常存续的主体，我核对一下办理的事项。"),
        steps=(N_("请按 F7 核对事项，改正后请客户刷新出示码再扫。"),),
    ),
    "entity-disputed": Panel(
        title=N_("登记有争议"),
        say=N_("系统显示这家主体的登记存在争议，执照暂停使用，这项业务暂时不能办理。"),
        steps=(REGISTRAR,),
    ),
    "licence-changed": Panel(
        title=N_("执照已变更"),
        say=N_("您的登记信息有变更。请在手机上重新下载执照，再出示一次。"),
        steps=(N_("客户在手机首页点“重新下载”，约半分钟完成。"), N_("下载后请客户点“出示执照”，再扫描新的出示码。")),
    ),
    "licence-suspended": Panel(
        title=N_("执照已冻结"),
        say=N_("这张执照已经挂失冻结，暂时不能使用。本人解除冻结后再来出示。"),
        steps=(
            N_("本人可以在手机上解除，或带身份证件到登记窗口办理。"),
            N_("出示人说没有挂失，请其联系法定代表人核实。"),
        ),
    ),
    "licence-withdrawn": Panel(
        title=N_("执照已失效"),
        say=N_("系统显示这张执照已经失效，这项业务不能办理。"),
        steps=(REGISTRAR,),
    ),
    "device-frozen": Panel(
        title=N_("手机已挂失"),
        say=N_("这部手机已经挂失，不能出示执照。请使用本人现在的手机。"),
        steps=(N_("本人重新证明身份后可以恢复使用。"), N_("怀疑他人冒用，请按本单位规定处理。")),
    ),
    "device-retired": Panel(
        title=N_("手机已更换"),
        say=N_("您已换到新手机，请用新手机上的执照出示。"),
        steps=(FRESH,),
    ),
    "device-revoked": Panel(
        title=N_("手机已停用"),
        say=N_("这部手机已停用，请重新登记后再出示。"),
        steps=(N_("客户可以凭登记窗口的单据重新登记手机。"),),
    ),
    "copy-absent": Panel(
        title=N_("副本已失效"),
        say=N_("手机上的执照副本已失效，请重新下载后再出示。"),
        steps=(N_("客户在手机首页重新下载执照，再点“出示执照”。"),),
    ),
    "mandate-role": Panel(
        title=N_("身份不符"),
        say=N_("系统显示您现在不是这家主体的法定代表人或被授权人，请由有权限的人来出示。"),
        steps=(N_("法定代表人已变更的，请新的法定代表人出示，或由其重新授权。"), AGAIN_BY_HOLDER),
    ),
    "mandate-chain": Panel(
        title=N_("授权已中止"),
        say=N_("您的授权现在不能使用。请联系执照的法定代表人，在手机上重新授权后再来出示。"),
        steps=(AGAIN_BY_HOLDER, N_("重新授权后请客户点“出示执照”，再扫描新的出示码。")),
    ),
    "mandate-matter": Panel(
        title=N_("授权不含本事项"),
        say=N_("您的授权不包括这项业务。请联系法定代表人增加授权，或由其本人出示。"),
        steps=(N_("请按 F7 核对事项是否选对。"), AGAIN_BY_HOLDER),
    ),
    "mandate-function": Panel(
        title=N_("授权不含出示"),
        say=N_("您的授权不包括出示执照。请联系法定代表人在手机上修改授权。"),
        steps=(AGAIN_BY_HOLDER,),
    ),
    "mandate-time": Panel(
        title=N_("授权不在期限内"),
        say=N_("您的授权不在有效期内。请联系执照的法定代表人或证照管理员，在手机上重新授权后再来出示。"),
        steps=(AGAIN_BY_HOLDER, N_("重新授权后请客户点“出示执照”，再扫描新的出示码。")),
    ),
    "mandate-uses": Panel(
        title=N_("授权次数用完"),
        say=N_("您的授权次数已经用完。请联系法定代表人重新授权。"),
        steps=(AGAIN_BY_HOLDER,),
    ),
}
"""The code was good and is spent; the licence or the authority does not carry the act."""

OTHER_REFUSAL: Final = Panel(
    title=N_("不能使用"),
    say=N_("系统显示这张执照现在不能用于这项业务。"),
    steps=(REGISTRAR, SUPPORT),
)
"""For a reason that a later version may add."""


def problem_panel(code: str) -> Panel:
    """Return the panel of a problem; one without a panel of its own is a system error."""
    return PROBLEMS.get(code, PROBLEMS["internal"])


def refusal_panel(reason: str | None) -> Panel:
    """Return the panel of a refused check."""
    return REFUSALS.get(reason or "", OTHER_REFUSAL)
