"""Taking out of rendered pages what only weighs, and putting in what readers' aids need.

What stays of the markup is decided by what our own style sheet and scripts name, so that nothing comes back when a
theme or an extension changes what it writes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from lxml import etree, html

from lostlead import theme

# Classes that say what a piece is; kept for other renderings of the pages, although our style sheet may not name them.
MEANINGFUL = {"cell", "code", "cell_input", "cell_output", "highlight-python", "highlight-text"}
# The colours of code, as elements shorter than the spans of the highlighter: words of the language, texts, numbers, notes.
COLOURED = {
    "b": {"k", "kc", "kd", "kn", "ow", "nn"},
    "u": {"s1", "s2", "sa", "sd"},
    "var": {"mi", "mf", "si"},
    "i": {"c1", "nb"},
}
LANGUAGE = re.compile(r"lang-([a-z]{2,3})")
# Cyrillic letters and what stands between two Cyrillic words of one phrase.
CYRILLIC = re.compile(r"[\u0400-\u04ff]+(?:[^\w<>()\[\]]+[\u0400-\u04ff]+)*")
# Code longer than this is folded: what a reader needs first is the verdict and what decides it.
LONG_CODE = 40
# A claim page and its figures may weigh so many bytes; figures beyond are folded, and loaded when they are opened. The
# rest up to 300 kB is for the files that all pages share.
MOST_BYTES = 255_000


@lru_cache
def named_classes() -> frozenset[str]:
    """Return the classes that the theme's style sheets and scripts name."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((theme.FOLDER / "static").glob("*.[cj]s*"))]
    return frozenset(name for text in texts for name in re.findall(r"\.([A-Za-z][\w-]*)", text)) | MEANINGFUL


def lighten_page(text: str, folder: Path) -> str:
    """Return a page with its article in the fewest elements that read and look the same.

    ``folder`` is where the page lies, to find the size of its pictures. Elements of class ``lang-xx`` get the
    attribute ``lang``, and Cyrillic text in others is marked as Russian. A page without an article comes back as it is.
    """
    page = html.document_fromstring(text)
    for article in page.iter("article"):
        for script in article.xpath(".//script[not(@type) or not(starts-with(@type, 'application/'))]"):
            script.drop_tree()
        _colour_code(article)
        _unwrap_spans(article)
        _simplify_folds(article)
        _fold_long_code(article)
        _mark_languages(article)
        _keep_named_classes(article)
        _unwrap_lone_paragraphs(article)
        _mend_addresses(article)
        _size_pictures(article, folder)
        if folder.name == "claims":
            _fold_further_figures(article, len(html.tostring(page)), folder)
        for link in article.iterfind(".//a[@title]"):
            if "headerlink" in _classes(link):
                link.set("aria-label", "Link to " + ("this figure" if link.getparent().tag == "p" else "this heading"))
                del link.attrib["title"]
        _label_cells(article)
        article.text = (article.text or "").lstrip()
    if page.find(".//article") is None:
        return text
    return _run_rows_together(str(html.tostring(page, doctype="<!DOCTYPE html>", encoding="unicode"))) + "\n"


def _run_rows_together(text: str) -> str:
    """Leave out the ends of cells, rows, terms and what is said of them: HTML does not ask for them."""
    text = re.sub(r"</dd>\s*</dl>\s*(?=<dl\b)", "</dl>", text)
    text = re.sub(r"(<dl[^>]*>)\s*(<dt>)|</dt>\s*(?=<dd>)", lambda place: (place[1] or "") + (place[2] or ""), text)
    text = re.sub(r"\s*</t[dh]>\s*(?=<t[dh]\b|</tr>)", "", text)
    return re.sub(r"\s*</tr>\s*(?=<tr\b|</t(?:body|head)>)", "", text)


def lighten_code(text: str) -> str:
    """Return a script or a style sheet of ours without indents, blank lines, and notes that have lines of their own.

    No text in it may go over several lines.
    """
    flush = re.sub(r"^[ \t]+", "", text, flags=re.MULTILINE)
    return re.sub(r"^(?://.*|/\*[^*]*\*/)?\n", "", flush, flags=re.MULTILINE)


def _classes(element: html.HtmlElement) -> list[str]:
    return str(element.get("class", "")).split()


def _label_cells(article: html.HtmlElement) -> None:
    """Give the cells of tables that ask for it the head of their column, for screens on which a row becomes a card."""
    for table in article.iter("table"):
        if "labelled" in _classes(table):
            heads = [head.text_content().strip() for head in table.iterfind(".//th")]
            for row in table.iterfind(".//tbody/tr"):
                for head, cell in zip(heads[1:], row.findall("td")[1:], strict=True):
                    cell.set("data-label", head)


def _unwrap_spans(article: html.HtmlElement) -> None:
    """Take away spans that neither our style sheet nor an anchor or language needs, and code marks around link words."""
    for span in list(article.iter("span")):
        kept = [name for name in _classes(span) if name in named_classes() or LANGUAGE.fullmatch(name)]
        if not kept and not span.get("id"):
            span.drop_tag()
    for code in article.xpath(".//a[@download]/code"):
        code.drop_tag()


def _colour_code(article: html.HtmlElement) -> None:
    """Turn the spans of highlighted code into short elements, one for neighbours of one colour."""
    for code in article.iter("pre"):
        for span in list(code.iter("span")):
            named = [tag for tag, classes in COLOURED.items() if not classes.isdisjoint(_classes(span))]
            if named:
                span.tag = named[0]
                span.attrib.clear()
                before = span.getprevious()
                if before is not None and before.tag == span.tag and not before.tail and not len(before):
                    before.text = (before.text or "") + (span.text or "")
                    before.tail = span.tail
                    span.getparent().remove(span)


def _mend_addresses(article: html.HtmlElement) -> None:
    """Undo that MyST writes the special letters of an address twice as entities, and the stress on a term of a list."""
    for link in article.iterfind(".//a[@href]"):
        if "&amp;" in link.get("href"):
            link.set("href", link.get("href").replace("&amp;", "&"))
    for stress in article.xpath(".//dt[not(normalize-space(text()))]/strong[not(following-sibling::*)]"):
        if stress.getprevious() is None and not (stress.tail or "").strip():
            stress.drop_tag()


def _simplify_folds(article: html.HtmlElement) -> None:
    """Give every fold-out a summary of plain words."""
    for mark in article.xpath(".//summary//*[contains(@class, 'sd-summary-state-marker')] | .//summary//svg"):
        mark.drop_tree()
    for summary in list(article.iter("summary")):
        fold = summary.getparent()
        if "hide" in _classes(fold):
            prompt = " ".join(summary.xpath("string(.//*[contains(@class, 'collapsed')])").split())
            for child in list(summary):
                summary.remove(child)
            summary.text = "Show the code" if not prompt or prompt.startswith("Show code cell") else prompt
            summary.attrib.pop("aria-label", None)
            fold.set("class", "code")
        else:
            words = " ".join(summary.text_content().split())
            for child in list(summary):
                summary.remove(child)
            summary.text = words


def _fold_long_code(article: html.HtmlElement) -> None:
    for block in article.xpath(".//div[contains(concat(' ', @class, ' '), ' cell_input ')]"):
        lines = block.text_content().strip().count("\n") + 1
        if lines <= LONG_CODE or next(block.iterancestors("details"), None) is not None:
            continue
        fold = html.Element("details", {"class": "code"})
        etree.SubElement(fold, "summary").text = f"Show the code of the check ({lines} lines)"
        block.addprevious(fold)
        fold.append(block)


def _fold_further_figures(article: html.HtmlElement, weight: int, folder: Path) -> None:
    """Fold the figures with which a page of ``weight`` bytes would be too heavy, but never the first.

    Each is folded with its caption and downloads, under the first sentence of the caption.
    """
    for number, figure in enumerate(list(article.iter("figure"))):
        picture = folder / str(figure.find(".//img").get("src"))
        weight += picture.stat().st_size
        if number == 0 or weight <= MOST_BYTES:
            continue
        box = next((one for one in figure.iterancestors("div") if "cell" in _classes(one)), figure)
        if next(box.iterancestors("details"), None) is not None:
            continue
        caption = " ".join(figure.find("figcaption").text_content().split()).removesuffix("#")
        fold = html.Element("details", {"class": "figure"})
        etree.SubElement(fold, "summary").text = re.split(r"(?<!^Fig)\. ", caption)[0].rstrip(".") + "."
        box.addprevious(fold)
        fold.append(box)


def _mark_languages(article: html.HtmlElement) -> None:
    for element in article.iter():
        for name in _classes(element):
            if found := LANGUAGE.fullmatch(name):
                element.set("lang", found[1])
    for element in [one for one in article.iter() if isinstance(one.tag, str) and one.tag not in {"pre", "svg"}]:
        if next(element.iterancestors("pre"), None) is not None or _language_of(element) != "en":
            continue
        _mark_text(element)


def _language_of(element: html.HtmlElement) -> str:
    return next((str(one.get("lang")) for one in (element, *element.iterancestors()) if one.get("lang")), "en")


def _mark_text(element: html.HtmlElement) -> None:
    """Wrap every Cyrillic phrase directly inside ``element`` in a span that says it is Russian."""
    children = list(element)
    texts = [element.text or "", *[child.tail or "" for child in children]]
    if not any(CYRILLIC.search(text) for text in texts):
        return
    pieces: list[html.HtmlElement] = []
    for at, text in enumerate(texts):
        if at:
            children[at - 1].tail = None
            pieces.append(children[at - 1])
        end = 0
        for found in CYRILLIC.finditer(text):
            _append_text(element, pieces, text[end : found.start()])
            span = html.Element("span", {"lang": "ru"})
            span.text = found[0]
            pieces.append(span)
            end = found.end()
        if at == 0 and not pieces:
            element.text = text
        else:
            _append_text(element, pieces, text[end:])
    if not texts[0] or CYRILLIC.match(texts[0]):
        element.text = None
    element[:] = pieces


def _append_text(element: html.HtmlElement, pieces: list[html.HtmlElement], text: str) -> None:
    if pieces:
        pieces[-1].tail = (pieces[-1].tail or "") + text
    else:
        element.text = text


def _keep_named_classes(article: html.HtmlElement) -> None:
    for element in article.iter():
        if not isinstance(element.tag, str):
            continue
        element.attrib.pop("style", None)
        if "class" in element.attrib:
            kept = [name for name in _classes(element) if name in named_classes()]
            if kept:
                element.set("class", " ".join(kept))
            else:
                del element.attrib["class"]


def _unwrap_lone_paragraphs(article: html.HtmlElement) -> None:
    """Take away the paragraph inside a cell or list item that holds nothing else, and groups that group nothing."""
    for paragraph in list(article.iter("p")):
        parent = paragraph.getparent()
        alone = len(parent) == 1 and not (parent.text or "").strip() and not (paragraph.tail or "").strip()
        if parent.tag in {"td", "th", "li", "dd"} and alone and not paragraph.attrib:
            parent.text, paragraph.tail = None, None
            paragraph.drop_tag()
    for group in list(article.iter("div")):
        if not group.attrib:
            group.drop_tag()


def _size_pictures(article: html.HtmlElement, folder: Path) -> None:
    """Tell the size of every picture, so that nothing moves when it arrives, and let it wait until it is near."""
    for picture in article.iter("img"):
        picture.set("loading", "lazy")
        path = folder / str(picture.get("src"))
        if path.suffix != ".svg" or not path.is_file():
            continue
        head = path.read_text(encoding="utf-8")[:2000]
        if found := re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head):
            picture.set("width", str(round(float(found[1]) * 4 / 3)))
            picture.set("height", str(round(float(found[2]) * 4 / 3)))
