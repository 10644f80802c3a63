"""Routes of the registration office."""

from zhizhao.web.office import uploads
from zhizhao.web.office.entities import find, freeze, issue, show, unfreeze
from zhizhao.web.office.slips import lost_form, make_slip, report_lost, slip_form

handlers = [
    find,
    show,
    issue,
    freeze,
    unfreeze,
    slip_form,
    make_slip,
    lost_form,
    report_lost,
    uploads.uploads,
    uploads.hand_in,
    uploads.upload,
    uploads.release,
    uploads.drop,
    uploads.errors,
]
