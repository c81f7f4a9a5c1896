"""A page as a smaller one that unpacks itself: a notebook file keeps every page that a cell has shown."""

import base64
import gzip
import html
import re

from kgtools.render.parts import digest, part

_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


def packed(page: str, instead: str = "") -> str:
    """The page, packed, where that is smaller; a page without a policy of its own stays as it is.

    *instead* is markup for where no script runs. What is unpacked is held to the policy of both pages, so nothing runs
    but the script of the page and ours.
    """
    found = _POLICY.search(page)
    if found is None:
        return page
    script = part("js/unpack.js")
    policy = html.unescape(found[1]).replace("script-src ", f"script-src '{digest(script)}' ", 1)
    data = base64.b64encode(gzip.compress(page.encode(), 7, mtime=0)).decode()
    small = (
        f'<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<script type="application/octet-stream" id="packed">{data}</script>'
        f"<noscript>{instead}</noscript><script>{script}</script>"
    )
    return min(page, small, key=len)
