"""Names of this installation inside credentials and status lists; each an https address under its own origin."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerNames:
    """What an installation calls itself and its licences."""

    base_url: str
    """Public origin without a trailing slash; the `iss` of every credential."""
    authority: str
    """USCC of the issuing authority (GB/T 36904)."""
    type_code: str
    """Type code of the business licence (GB/T 36904)."""
    templates: frozenset[str] = frozenset("ABCDEFGH")
    """Template letters that are issued; I is a registration certificate, off by default (DOMAIN.md §17)."""

    @property
    def vct(self) -> str:
        """Return the credential's type, whose metadata is served at the same address (SD-JWT VC §6)."""
        return f"{self.base_url}/vct/business-licence/1"

    def status_uri(self, number: int) -> str:
        """Return the address of a status list."""
        return f"{self.base_url}/status/{number}"
