"""Routes of the registration office."""

from zhizhao.web.office.entities import find, freeze, issue, show, unfreeze
from zhizhao.web.office.slips import lost_form, make_slip, report_lost, slip_form

handlers = [find, show, issue, freeze, unfreeze, slip_form, make_slip, lost_form, report_lost]
