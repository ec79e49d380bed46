"""HTML as text, whose quotations begin with `>` as they do in mails that were text from the start. Pure."""

import html
import re

import nh3

LONGEST_HTML = 250_000  # characters that are looked at
UNCLOSED = 2_000  # more open tags than these cost a real parser quadratic time: no mail program writes them

KEPT = {"p", "br", "div", "li", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr"}
CELLS = frozenset({"td", "th"})
DEEPEST_QUOTATION = 5
GAP = re.compile(r"\n(?:[> ]*\n){2,}")
TAG = re.compile(r"<(/?)([a-z0-9]+)>")
ANY_TAG = re.compile(r"<[^<>]{0,2000}>")
OPENING = re.compile(r"<[a-zA-Z]")


def text_from_html(source: str) -> str:
    """Lines where blocks end, `>` before what stands in a blockquote, nothing that is markup, script or style."""
    source = source[:LONGEST_HTML].replace("\x00", "")
    if len(OPENING.findall(source)) - source.count("</") > UNCLOSED:
        return html.unescape(ANY_TAG.sub(" ", source))
    flat = " ".join(
        nh3.clean(source, tags=KEPT, attributes={}, clean_content_tags={"script", "style", "title"}).split()
    )
    lines, depth, at = [""], 0, 0
    for tag in TAG.finditer(flat):
        lines[-1] += html.unescape(flat[at : tag.start()])
        at, closing, name = tag.end(), tag[1] == "/", tag[2]
        if name in CELLS:
            lines[-1] += " " if closing else ""
            continue
        if name == "blockquote":
            depth = max(0, depth + (-1 if closing else 1))
        margin = "> " * min(depth, DEEPEST_QUOTATION)
        lines[-1] = lines[-1].rstrip()
        if name == "p" and closing:
            lines.append(margin.rstrip())
        if lines[-1].strip("> ") or name in {"br", "p"}:
            lines.append(margin)
        lines[-1] = margin if not lines[-1].strip("> ") else lines[-1]
    lines[-1] += html.unescape(flat[at:])
    return GAP.sub("\n\n", "\n".join(line.strip() for line in lines)).strip()
