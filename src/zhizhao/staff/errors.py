"""What sign-in and accounts refuse."""

from zhizhao.kernel.errors import ZhizhaoError


class SignInRefused(ZhizhaoError):
    """The user name, the password or the one-time number is wrong: one answer outside, the reason in the facts."""

    code = "sign-in-refused"


class SignInPaused(ZhizhaoError):
    """Too many failures: the next try is allowed in `seconds`. The same for names that do not exist."""

    code = "sign-in-paused"


class SignInLocked(ZhizhaoError):
    """A hundred failures: the password way is shut until a security administrator opens it."""

    code = "sign-in-locked"


class PasskeyNeeded(ZhizhaoError):
    """An administrator who has a passkey signs in with it and no longer by password (SECURITY.md §3.8)."""

    code = "passkey-needed"


class PasskeyRefused(ZhizhaoError):
    """The passkey's answer does not verify, is too late, or belongs to nobody."""

    code = "passkey-refused"


class LastWayIn(ZhizhaoError):
    """The passkey cannot be taken away: an administrator would be left without a second factor that is a key."""

    code = "last-way-in"


class SessionEnded(ZhizhaoError):
    """The session is unknown, closed, idle too long or twelve hours old: sign in again."""

    code = "session-ended"


class PasswordWeak(ZhizhaoError):
    """The new password is too short or too easy; `reason` says which rule."""

    code = "password-weak"


class UsernameTaken(ZhizhaoError):
    """Another account has this user name."""

    code = "username-taken"


class UsernameMalformed(ZhizhaoError):
    """A user name is 3 to 32 small letters, digits, points, hyphens; it begins with a letter."""

    code = "username-malformed"


class DutiesConflict(ZhizhaoError):
    """One person would hold two of system, security and audit administration (SECURITY.md §4)."""

    code = "duties-conflict"


class AccountUnknown(ZhizhaoError):
    """No account has this user name or id."""

    code = "account-unknown"


class SettingMalformed(ZhizhaoError):
    """A text of the settings bar or a note is too long, holds unfit characters or an ID number; `field` says which."""

    code = "setting-malformed"
