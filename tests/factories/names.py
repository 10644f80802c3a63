"""Names that a register may hold and that try a page: markup, a name without end, one word as long as allowed."""

MARKUP = "<script>document.title='hit'</script><img src=x onerror=alert(1)>有限公司"
ENDLESS = "济宁示例" + "超长名称验证" * 32 + "公司"
ONE_WORD = "ABCDEFGHIJ" * 19 + "有限公司"
HOSTILE_NAMES = {"markup": MARKUP, "endless": ENDLESS, "one-word": ONE_WORD}
