"""Jining's units and every code that ever meant one of them, as data (DOMAIN.md §11; tests compare with the vectors).

One row a line: a unit is told by our own id, because two local numberings clash and the zones have no national code.
"""

from datetime import date

UNIT_ROWS: tuple[tuple[str, str, str, str, str], ...] = (
    # id, name, full name, English, kind
    ("rencheng", "任城区", "任城区", "Rencheng District", "district"),
    ("yanzhou", "兖州区", "兖州区", "Yanzhou District", "district"),
    ("weishan", "微山县", "微山县", "Weishan County", "county"),
    ("yutai", "鱼台县", "鱼台县", "Yutai County", "county"),
    ("jinxiang", "金乡县", "金乡县", "Jinxiang County", "county"),
    ("jiaxiang", "嘉祥县", "嘉祥县", "Jiaxiang County", "county"),
    ("wenshang", "汶上县", "汶上县", "Wenshang County", "county"),
    ("sishui", "泗水县", "泗水县", "Sishui County", "county"),
    ("liangshan", "梁山县", "梁山县", "Liangshan County", "county"),
    ("qufu", "曲阜市", "曲阜市", "Qufu City", "county_level_city"),
    ("zoucheng", "邹城市", "邹城市", "Zoucheng City", "county_level_city"),
    ("gaoxin", "济宁高新区", "济宁高新技术产业开发区", "Jining High-tech Zone", "functional_zone"),
    ("taibaihu", "太白湖新区", "济宁北湖省级旅游度假区 (太白湖新区)", "Taibaihu New Area", "functional_zone"),
    (
        "jingkai",
        "济宁经济技术开发区",
        "济宁经济技术开发区",
        "Jining Economic and Technological Development Zone",
        "functional_zone",
    ),
)

ABOLISHED = date(2013, 11, 1)
"""November 2013: 市中区 went to 任城区, 兖州市 became 兖州区 (event seen, numbers and day belief)."""

CODE_ROWS: tuple[tuple[str, str, str, date | None, date | None], ...] = (
    # unit, numbering, code, from (the first day), until (the first day on which it is no longer given out)
    ("rencheng", "gbt2260", "370811", None, None),
    ("rencheng", "gbt2260", "370802", None, ABOLISHED),
    ("yanzhou", "gbt2260", "370812", ABOLISHED, None),
    ("yanzhou", "gbt2260", "370882", None, ABOLISHED),
    ("yanzhou", "city", "370882", None, None),
    ("weishan", "gbt2260", "370826", None, None),
    ("yutai", "gbt2260", "370827", None, None),
    ("jinxiang", "gbt2260", "370828", None, None),
    ("jiaxiang", "gbt2260", "370829", None, None),
    ("wenshang", "gbt2260", "370830", None, None),
    ("sishui", "gbt2260", "370831", None, None),
    ("liangshan", "gbt2260", "370832", None, None),
    ("qufu", "gbt2260", "370881", None, None),
    ("zoucheng", "gbt2260", "370883", None, None),
    ("gaoxin", "project", "370871", None, None),
    ("gaoxin", "city", "370890", None, None),
    ("taibaihu", "project", "370892", None, None),
    ("taibaihu", "city", "370891", None, None),
    ("jingkai", "project", "370893", None, None),
    ("jingkai", "city", "370892", None, None),
)
