"""The tree of matters (授权事项目录树): domain, industry, matter, as one immutable snapshot of a version."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from zhizhao.catalogue.errors import MatterUnknown
from zhizhao.catalogue.matter import DOMAIN_NAMES, Domain, Matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Industry:
    """Second level: an industry with its matters, in code order."""

    code: str
    """`EG-SCJG`."""
    name: str
    matters: tuple[Matter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """First level: one domain with its industries, in code order."""

    domain: Domain
    name: str
    industries: tuple[Industry, ...]


@dataclass(frozen=True, slots=True)
class MatterTree:
    """All matters in force at one moment; a new snapshot for each version, never changed in place."""

    version: int
    matters: Mapping[str, Matter]

    def matter(self, code: str) -> Matter:
        """Return the matter of a code. Raises MatterUnknown."""
        found = self.matters.get(code)
        if found is None:
            raise MatterUnknown(matter=code)
        return found

    def get(self, code: str) -> Matter | None:
        """Return the matter of a code, None when none is in force."""
        return self.matters.get(code)

    def __iter__(self) -> Iterator[Matter]:
        """Walk the matters in code order."""
        return iter(self.matters.values())

    def __len__(self) -> int:
        """Return the number of matters in force."""
        return len(self.matters)

    def branches(self) -> tuple[Branch, ...]:
        """Return the three levels for people to open and close; empty levels are left out."""
        return tuple(
            Branch(domain=domain, name=DOMAIN_NAMES[domain], industries=found)
            for domain in Domain
            if (found := self._industries(domain))
        )

    def _industries(self, domain: Domain) -> tuple[Industry, ...]:
        grouped: dict[str, list[Matter]] = {}
        for matter in self:
            if matter.domain is domain:
                grouped.setdefault(matter.code.rsplit("-", 1)[0], []).append(matter)
        return tuple(Industry(code=code, name=ms[0].path[1], matters=tuple(ms)) for code, ms in grouped.items())


def make_tree(version: int, matters: Iterator[Matter] | list[Matter] | tuple[Matter, ...]) -> MatterTree:
    """Return the snapshot of a version, in code order."""
    ordered = sorted(matters, key=lambda matter: matter.code)
    return MatterTree(version, MappingProxyType({matter.code: matter for matter in ordered}))
