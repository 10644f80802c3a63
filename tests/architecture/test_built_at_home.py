"""Types that state "this was verified" are built only in the file that verifies (STYLE.md §5)."""

import ast
from pathlib import Path

import pytest

HOUSE = Path("src/zhizhao")
HOMES = {
    "zhizhao.presentation.verdict": ("Accepted", "Refused"),
    "zhizhao.trust.dpop": ("Proof",),
    "zhizhao.ledger.head": ("Head",),
}
"""Module → names of the types that only it may build."""
GUARDED = frozenset((module, name) for module, names in HOMES.items() for name in names)


def module_of(path: Path) -> str:
    """Return the dotted name of a file of the package."""
    return ".".join(path.relative_to(HOUSE.parent).with_suffix("").parts)


def built(source: str) -> set[tuple[str, str]]:
    """Return the guarded types that a file builds: by name, by module, by `replace`d class or by alias."""
    tree = ast.parse(source)
    known: dict[str, tuple[str, str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                known[alias.asname or alias.name] = (str(node.module), alias.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name] = (alias.name, "")
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {told for call in calls if (told := _called(call, known)) in GUARDED}


def _called(call: ast.expr, known: dict[str, tuple[str, str]]) -> tuple[str, str]:
    if isinstance(call, ast.Name):
        return known.get(call.id, ("", call.id))
    if isinstance(call, ast.Attribute):
        module, name = known.get(ast.unparse(call.value), ("", ""))
        return (f"{module}.{name}" if name else module, call.attr)
    return ("", "")


@pytest.mark.parametrize("module", HOMES)
def test_the_home_builds_what_is_guarded(module: str) -> None:
    """The names below are those of the code: each is declared and built in its home."""
    path = HOUSE.parent / Path(*module.split(".")).with_suffix(".py")
    tree = ast.parse(path.read_text("utf-8"))
    declared = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert set(HOMES[module]) <= declared & called


def test_nobody_else_builds_them() -> None:
    """A door, a store or another verb cannot make up an accepted presentation, a proof or a signed head."""
    offenders = [
        f"{path}: {name} of {module}"
        for path in sorted(HOUSE.rglob("*.py"))
        for module, name in built(path.read_text("utf-8"))
        if module != module_of(path)
    ]
    assert offenders == []


@pytest.mark.parametrize(
    "source",
    [
        "from zhizhao.presentation.verdict import Accepted\nAccepted(checks=())",
        "from zhizhao.presentation.verdict import Refused as No\nNo(checks=())",
        "from zhizhao.trust import dpop\ndpop.Proof(jti='x')",
        "import zhizhao.trust.dpop\nzhizhao.trust.dpop.Proof(jti='x')",
    ],
)
def test_a_builder_elsewhere_is_found(source: str) -> None:
    """The control: each way to write the call is seen."""
    assert built(source)


def test_other_types_of_the_same_name_are_free() -> None:
    """The other control: the wallet's own `Proof` is no DPoP proof."""
    assert not built("from zhizhao.wallet.proving.proof import Proof\nProof(proof_id='x')")
