"""The doors: the only floor that knows HTTP and HTML. One policy a file; one folder an audience.

How a door is written:

* `web/<door>/routes.py` exports `handlers`; each handler names `permission=Permission.…` or `permission=PUBLIC`
  (`guards.py`). A route that knows its caller by a token adds `**BEARER`; no cookie reaches it.
* A page is `page(request, "<door>/x.html", …)`, a partial the same with `block="…"` (`pages.py`). Templates extend
  `site.html`, `phone.html` or `counter.html`; macros are `ui.field(…)`, `ui.state_chip(…)` … from `templates/parts/`;
  icons `icon("check")`; files `static("js/x.js")`; unsafe forms hold `{{ csrf_field }}`.
* Texts go through `_()` in the source language (Chinese); the English stands in `locale/en/LC_MESSAGES/<door>.po`.
* A refusal is raised, never answered by hand: `problems.py` says what it is called outside.
"""
