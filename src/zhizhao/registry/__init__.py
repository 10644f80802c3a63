"""Market entities and their changes as the registrar states them (经营主体登记).

Legal basis: 市场主体登记管理条例 (2022-03-01).
"""
