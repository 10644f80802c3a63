"""What the licence slice refuses."""

from zhizhao.kernel.errors import ZhizhaoError


class LicenceUnknown(ZhizhaoError):
    """There is no licence for this entity, version, list or display id."""

    code = "licence-unknown"


class NotIssuable(ZhizhaoError):
    """The entity's kind or template has no licence here (registration certificates, a template switched off)."""

    code = "licence-not-issuable"


class TransitionRefused(ZhizhaoError):
    """The act does not fit the licence's state: frozen twice, settled without a dispute, issued again."""

    code = "licence-transition-refused"


class VersionConflict(ZhizhaoError):
    """Another transaction made the next version first; read again."""

    code = "licence-version-conflict"


class ChainBroken(ZhizhaoError):
    """The version rows of a licence no longer agree with their hashes; `version` names the first that differs."""

    code = "licence-chain-broken"


class CredentialMalformed(ZhizhaoError):
    """The text is no SD-JWT VC as we make them; `reason` says where it ends to be one."""

    code = "credential-malformed"


class CredentialUntrusted(ZhizhaoError):
    """The text has the form of a credential, and its issuer, type or signature is not ours."""

    code = "credential-untrusted"


class IssuingIncomplete(ZhizhaoError):
    """Some licences could not be made, and stand above with their reasons; they stay as they were."""

    code = "issuing-incomplete"
