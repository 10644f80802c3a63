"""The entities of the demonstration: every template, status and hard case, as rows of a registrar's spreadsheet."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from zhizhao.cli.demo.people import RARE, DemoPerson, person
from zhizhao.kernel.region import UNITS, Numbering, code_of
from zhizhao.kernel.uscc import check_character, organisation_check_character

STATUSES = {"active": "存续", "revoked": "吊销", "deregistered": "注销", "rescinded": "撤销", "moved_out": "迁出"}
WORDS = (
    *("云帆", "河港", "运通", "六艺", "青禾", "石榴园", "北湖", "淳材", "矿山", "老街"),
    *("书香", "稻香", "远航", "新苗", "金穗", "兰草", "明珠", "松涛", "古槐", "微山湖"),
)
TRADES = {
    "商贸": "一般项目：日用百货销售；农副产品销售；互联网销售；国内贸易代理。许可项目：食品销售。",
    "物流": "许可项目：道路货物运输（不含危险货物）。一般项目：装卸搬运；普通货物仓储服务；国内货物运输代理。",
    "软件科技": "一般项目：软件开发；信息系统集成服务；数据处理和存储支持服务；技术服务、技术咨询、技术转让。",
    "餐饮": "许可项目：餐饮服务；食品销售。一般项目：外卖递送服务；会议及展览服务。",
    "建材": "一般项目：建筑材料销售；建筑装饰材料销售；五金产品零售；水泥制品销售。",
    "文化传媒": "一般项目：组织文化艺术交流活动；广告设计、代理；广告发布；会议及展览服务。",
    "农业": "一般项目：谷物种植；蔬菜种植；水果种植；农产品的生产、销售、加工、运输、贮藏及其他相关服务。",
}


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind of entity is called and which words its face uses."""

    kind: str
    prefix: str
    ending: str
    entity_type: str
    person_label: str
    money: tuple[str, str] | None
    place_label: str
    scope_label: str = "经营范围"
    since_label: str = "成立日期"
    more: tuple[tuple[str, str], ...] = ()


COMPANY = Form(
    "1", "91", "有限公司", "有限责任公司（自然人投资或控股）", "法定代表人", ("注册资本", "贰佰万元整"), "住所"
)
FORMS = (
    COMPANY,
    Form(
        "8",
        "92",
        "经营部",
        "个体工商户",
        "经营者",
        None,
        "经营场所",
        since_label="注册日期",
        more=(("组成形式", "个人经营"),),
    ),
    Form("9", "91", "有限公司第一分公司", "有限责任公司分公司", "负责人", None, "营业场所"),
    Form("4", "91", "企业（有限合伙）", "有限合伙企业", "执行事务合伙人", ("出资额", "伍佰万元整"), "主要经营场所"),
    Form(
        "6", "93", "农民专业合作社", "农民专业合作社", "法定代表人", ("成员出资总额", "壹佰万元整"), "住所", "业务范围"
    ),
    Form("7", "91", "厂（个人独资）", "个人独资企业", "投资人", ("出资额", "伍拾万元整"), "住所"),
    Form("3", "91", "总厂", "全民所有制", "法定代表人", ("注册资本", "叁佰万元整"), "住所"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoEntity:
    """One made-up entity, before it goes through the real intake."""

    uscc: str
    form: Form
    name: str
    principal: DemoPerson
    unit: str
    status: str = "active"
    marks: tuple[str, ...] = ()
    scope: str = ""
    approved_on: str = "2024-03-18"
    extra: dict[str, str] = field(default_factory=dict)

    def row(self) -> dict[str, str]:
        """Return the row as a registrar's spreadsheet has it: Chinese labels, text cells."""
        place = next(u for u in UNITS if u.id == self.unit)
        division = code_of(self.unit, Numbering.CITY)
        row = {
            "统一社会信用代码": self.uscc,
            "名称": self.name,
            "类型": self.form.entity_type,
            self.form.person_label: self.principal.name,
            "证件号码": self.principal.id_number,
            self.form.scope_label: self.scope,
            self.form.since_label: "2020年02月22日",
            self.form.place_label: f"山东省济宁市{place.name}样张街道示例路{int(self.uscc[11:16]) % 900 + 1}号演示大厦",
            "登记状态": STATUSES[self.status],
            "登记机关": f"{place.name}登记机关（演示）",
            "区划代码": division,
            "主体类型代码": self.form.kind,
            "核准日期": self.approved_on,
            "登记日期": "2020-02-22",
        }
        if self.form.money:
            row[self.form.money[0]] = self.form.money[1]
        return row | dict(self.form.more) | self.extra


def demo_uscc(prefix: str, number: int) -> str:
    """Return a made-up code: body `DEM…`, both check characters good (GB 32100-2015, GB 11714)."""
    body = f"DEM{number:05d}"
    code = f"{prefix}370811{body}{organisation_check_character(body)}"
    return code + check_character(code)


def _plain(number: int) -> DemoEntity:
    form = FORMS[number % len(FORMS)]
    unit = UNITS[number % len(UNITS)]
    trade = list(TRADES)[number % len(TRADES)]
    word = WORDS[number % len(WORDS)]
    older = number % 9 == 5  # noqa: PLR2004 some faces were made before the terms left them
    term = {"营业期限": "2020年02月22日至2050年02月21日"} if older and form.kind == "1" else {}
    return DemoEntity(
        uscc=demo_uscc(form.prefix, number),
        form=form,
        name=f"{unit.name.removeprefix('济宁')}示例{word}{trade}{form.ending}",
        principal=person(number),
        unit=unit.id,
        scope=TRADES[trade],
        approved_on="2021-05-10" if older else "2024-03-18",
        extra=term,
    )


def _special() -> Iterator[DemoEntity]:
    """Yield the hard cases of INTERFACES.md §2, one line each."""
    trade = TRADES["商贸"]
    base = {"form": COMPANY, "unit": "rencheng", "scope": trade}

    def company(number: int, name: str, **more: object) -> DemoEntity:
        values = {"uscc": demo_uscc("91", number), "name": name, "principal": person(number), **base, **more}
        return DemoEntity(**values)  # type: ignore[arg-type] # fields by name, checked by the class

    yield company(900, "济宁示例吊销商贸有限公司", status="revoked")
    yield company(901, "济宁示例注销商贸有限公司", status="deregistered")
    yield company(902, "济宁示例撤销商贸有限公司", status="rescinded")
    yield company(903, "济宁示例迁出商贸有限公司", status="moved_out")
    yield company(904, "济宁示例异常商贸有限公司", marks=("abnormal",))
    yield company(905, "济宁示例歇业商贸有限公司", marks=("dormant",))
    yield company(906, "济宁示例争议商贸有限公司", marks=("disputed",))
    yield company(907, "济宁示例" + "超长名称" * 12 + "样张商贸有限公司")
    yield company(908, "济宁示例𠮷𫘜䶮科技有限公司", principal=RARE)
    yield company(909, "济宁示例同一法人甲商贸有限公司", principal=person(909))
    yield company(910, "济宁示例同一法人乙商贸有限公司", principal=person(909))
    yield company(911, CHANGED_NAME)
    yield company(912, "济宁示例长范围综合服务有限公司", scope=trade + "".join(TRADES.values()) * 3)
    shop = FORMS[1]
    yield DemoEntity(
        uscc=demo_uscc("92", 913), form=shop, name="", principal=person(913), unit="qufu", scope=TRADES["餐饮"]
    )
    foreign = Form(
        "20",
        "91",
        "",
        "外国企业在中国从事经营活动",
        "负责人",
        None,
        "营业场所",
        more=(("外国企业名称", "EXAMPLE DEMO LIMITED（演示）"), ("外国企业住所", "演示国示例市样张路1号")),
    )
    yield DemoEntity(
        uscc=demo_uscc("91", 914),
        form=foreign,
        name="示例外国企业济宁项目部",
        principal=person(914),
        unit="gaoxin",
        scope=TRADES["建材"],
    )


CHANGED_NAME = "济宁示例变更前商贸有限公司"
CHANGED_TO = "济宁示例变更后商贸有限公司"
"""The entity that changed after its last download."""


def demo_entities() -> tuple[DemoEntity, ...]:
    """Return every entity of the demonstration, the same at every start."""
    return (*(_plain(n) for n in range(50)), *_special())
