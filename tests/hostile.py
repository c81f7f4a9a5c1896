"""Strings that would run, load, close or hide something if they were not kept as text, put wherever a text can be."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from rdflib import Literal, URIRef

from kgtools.model import ClaimRecord, Support

TEXTS = [
    "<script>window.hacked=1</script>",
    "</script><script>window.hacked=1</script>",
    "</style><script>window.hacked=1</script>",
    "</title><script>window.hacked=1</script>",
    "</textarea><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<image href=x onerror=window.hacked=1>",
    "<svg onload=window.hacked=1>",
    "<svg><script>window.hacked=1</script></svg>",
    "<svg><animate onbegin=window.hacked=1 attributeName=x>",
    "<math><mi xlink:href='javascript:window.hacked=1'>x</mi></math>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'>",
    "<iframe src=javascript:window.hacked=1>",
    "<object data=javascript:window.hacked=1>",
    "<embed src=javascript:window.hacked=1>",
    "<a href=javascript:window.hacked=1>x</a>",
    "<form action=javascript:window.hacked=1><input type=submit>",
    "<base href='http://a.invalid/'>",
    "<meta http-equiv=refresh content='0;url=http://a.invalid/'>",
    "<link rel=stylesheet href='http://a.invalid/x.css'>",
    "<style>@import 'http://a.invalid/x.css';</style>",
    "<body onload=window.hacked=1>",
    "<details open ontoggle=window.hacked=1>",
    "<input autofocus onfocus=window.hacked=1>",
    "<video><source onerror=window.hacked=1>",
    "<marquee onstart=window.hacked=1>",
    "javascript:window.hacked=1",
    "data:text/html,<script>window.hacked=1</script>",
    '" onmouseover="window.hacked=1',
    "' onmouseover='window.hacked=1",
    "` onmouseover=`window.hacked=1",
    '"><script>window.hacked=1</script>',
    "'><script>window.hacked=1</script>",
    "<!--<script>window.hacked=1</script>-->",
    "--><script>window.hacked=1</script>",
    "]]><script>window.hacked=1</script>",
    "{{constructor.constructor('window.hacked=1')()}}",
    "{% raw %}{{ 7*7 }}{% endraw %}",
    "${window.hacked=1}",
    "\\u003cscript\\u003ewindow.hacked=1\\u003c/script\\u003e",
    "&lt;script&gt;window.hacked=1&lt;/script&gt;",
    "line\u2028window.hacked=1\u2029line",
    "\u202eright to left\u202c \u2066isolate\u2069",
    "href=x",
    "url(javascript:window.hacked=1)",
    "<noscript><p title='</noscript><img src=x onerror=window.hacked=1>'>",
    "<template><script>window.hacked=1</script></template>",
    "<select autofocus onfocus=window.hacked=1><option>x",
    "<audio src=x onerror=window.hacked=1>",
    "<isindex type=image src=x onerror=window.hacked=1>",
    "<table background=javascript:window.hacked=1>",
    "<a href='vbscript:window.hacked=1'>x</a>",
    "<a href='jAvAsCrIpT&colon;window.hacked=1'>x</a>",
    "<a href='java\tscript:window.hacked=1'>x</a>",
    "<svg><use href='data:image/svg+xml,<svg onload=window.hacked=1>'/></svg>",
    "<foreignObject><script>window.hacked=1</script></foreignObject>",
    "<x style=animation-name:a onanimationstart=window.hacked=1>",
    "<button popovertarget=x onclick=window.hacked=1>x</button><p popover id=x onbeforetoggle=window.hacked=1>",
    "<img src=1 href=1 onerror='window.hacked=1' ping='http://a.invalid/'>",
    "<scr\u0000ipt>window.hacked=1</scr\u0000ipt>",
    "\ufeff<script>window.hacked=1</script>",
    "＜script＞window.hacked=1＜/script＞",
    "%3Cscript%3Ewindow.hacked=1%3C/script%3E",
    "__proto__",
    "constructor",
    "</article></section></aside><script>window.hacked=1</script>",
    "data.claims={};window.hacked=1//",
    "bell\u0007<script>window.hacked=1</script>",
    "<script>window.hacked=1</script>" * 60,
]


def hostile(text: str, number: int) -> tuple[Support, Support, ClaimRecord, dict]:
    """An edge and a saying with the text wherever a text can stand, and their claim."""
    claim = ClaimRecord(
        *(URIRef(f"urn:c{number}"), text, "asserts", text, text, text, URIRef(f"urn:s{number}"), text, text, (text,)),
        *(text, text, text, text),
        link=text,
    )
    claim = replace(claim, passage=text)
    one, other, role = (
        URIRef(f"urn:{end}{number}{more}") for end, more in (("a", ""), ("b", quote(text, safe="")), ("p", ""))
    )
    edge = Support((one, role, other), "claimed", (claim.iri,))
    name = Support((one, URIRef("urn:q"), Literal(text)), "claimed", (claim.iri,))
    return edge, name, claim, {iri: {"en": text, "ar": text, text: text} for iri in (one, other, role)}


def squeezed(text: str) -> str:
    """The text without what a page cannot hold, and with single spaces."""
    return " ".join(re.sub("[\0\a\ufffd]", "", text).split())


def poison(snapshot: Path) -> None:
    """Put one of the texts in the place of each string of the snapshot, but for the project's own in its ontology.

    What the checks refuse cannot be curated, so the strings go into the files, and their digests into the manifest.
    """
    manifest = json.loads((snapshot / "manifest.json").read_bytes())
    for name, entry in manifest["files"].items():
        if name != "ontology.nq":
            text = (snapshot / name).read_text("utf-8")
            data = _LITERAL.sub(lambda found: found[0] if found[2] else json.dumps(instead(found[1])), text).encode()
            (snapshot / name).write_bytes(data)
            entry["sha256"] = hashlib.sha256(data).hexdigest()
    (snapshot / "manifest.json").write_text(json.dumps(manifest))


def instead(text: str) -> str:
    """The hostile text for another: the same for the same, and all of them where there are many."""
    return TEXTS[int(hashlib.sha256(text.encode()).hexdigest(), 16) % len(TEXTS)]


_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(\^\^)?')
