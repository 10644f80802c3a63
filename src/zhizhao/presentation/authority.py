"""The presenter's authority, from what was read: the device first, then the mandate decision. Pure."""

from datetime import datetime
from types import MappingProxyType
from typing import Final

from zhizhao.catalogue.matter import Function
from zhizhao.kernel.clock import today
from zhizhao.mandate.decision import Decision, Facts, decide
from zhizhao.mandate.grant import Role
from zhizhao.presentation.presentation import Check, CheckResult, Result
from zhizhao.presentation.reading import Reading
from zhizhao.wallet.device import DeviceState

DEVICE_REASONS: Final = MappingProxyType(
    {
        DeviceState.FROZEN: ("device-frozen", "出示的手机已挂失冻结", "The device was reported lost and is frozen."),
        DeviceState.RETIRED: ("device-retired", "该手机已被新手机替换", "A newer device took this one's place."),
        DeviceState.REVOKED: ("device-revoked", "该手机已被注销", "The device was signed off."),
    }
)
NO_COPY: Final = ("copy-absent", "该手机上的执照副本已失效", "The device's copy of the licence is no longer valid.")


def authority(reading: Reading, *, uscc: str, matter: str, function: Function, at: datetime) -> CheckResult:
    """Return the line of the mandate check: pass with its reason, or fail with the first that failed."""
    holding = reading.holding
    if holding is None:
        return _failed(*NO_COPY)
    if holding.device_state != DeviceState.ACTIVE:
        return _failed(*DEVICE_REASONS[DeviceState(holding.device_state)])
    standing = reading.standing
    decision = decide(
        Facts(
            uscc=uscc,
            role=Role(holding.role),
            person_lookup=holding.id_lookup,
            entity_principal_lookup=standing.principal_lookup if standing else None,
            matter=matter,
            function=function,
            on=today(at),
            grant=reading.grant,
        )
    )
    return _line(decision)


def _line(decision: Decision) -> CheckResult:
    return CheckResult(
        check=Check.MANDATE,
        result=Result.PASS if decision.allowed else Result.FAIL,
        reason=f"mandate-{decision.failed}" if decision.failed else None,
        zh=decision.because_zh,
        en=decision.because_en,
    )


def _failed(reason: str, zh: str, en: str) -> CheckResult:
    return CheckResult(check=Check.MANDATE, result=Result.FAIL, reason=reason, zh=zh, en=en)
