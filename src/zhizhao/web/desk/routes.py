"""Routes of the counter desk."""

from zhizhao.web.desk.records import archive, file_case, match_holder, records, show_record
from zhizhao.web.desk.scan import scan, show_desk
from zhizhao.web.desk.selftest import selftest, sheet
from zhizhao.web.desk.setting import keep, switch

handlers = [
    show_desk,
    scan,
    keep,
    switch,
    records,
    show_record,
    file_case,
    match_holder,
    archive,
    selftest,
    sheet,
]
