"""Routes of the sign-in door."""

from zhizhao.web.staff.account import change_password, show_account
from zhizhao.web.staff.passkey import register, register_options, remove, sign_in_by_passkey, sign_in_options
from zhizhao.web.staff.sign_in import show_sign_in, sign_in, sign_out

handlers = [
    show_sign_in,
    sign_in,
    sign_out,
    sign_in_options,
    sign_in_by_passkey,
    show_account,
    change_password,
    register_options,
    register,
    remove,
]
