"""How records, facts and charts read: as MyST in the book, as HTML in a notebook.

A ``Block`` shows both ways. The book (``_config.yml``) prefers the Markdown; JupyterLab shows the HTML made from it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import DisplayHandle, display
from markdown_it import MarkdownIt

from lostlead import figures, readings_shown, tables
from lostlead.charts.style import Chart
from lostlead.citations import Edition, Part, cite, read_edition
from lostlead.claims import Claim, read_facts
from lostlead.evidence import Period, anchor
from lostlead.evidence import escape as escape
from lostlead.readings import Choice, Explored, read_parts
from lostlead.readings import Part as ReadPart
from lostlead.readings_shown import HOLDS
from lostlead.sources import Source, cited_in_prose, read_sources, works
from lostlead.verdicts import Proposition, Reading, Record, Verdict

# Where an output keeps, beside what is shown, the record that the build collects.
METADATA = "lostlead"
# A sign beside the word, so that colour is never alone; the Filipino words are fixed here, once.
SIGNS = {
    Verdict.SUPPORTED: "✔",
    Verdict.PARTLY: "◐",
    Verdict.CONTRADICTED: "✘",
    Verdict.UNPROVEN: "?",
    Verdict.OPINION: "○",
}
FILIPINO = {
    Verdict.SUPPORTED: "Sinusuportahan ng ebidensiya",
    Verdict.PARTLY: "Bahagyang sinusuportahan",
    Verdict.CONTRADICTED: "Salungat sa ebidensiya",
    Verdict.UNPROVEN: "Hindi napatunayan",
    Verdict.OPINION: "Hindi maituturing na pahayag ng katotohanan",
}
FILIPINO_CONFIDENCE = {"high": "mataas", "medium": "katamtaman", "low": "mababa"}
FILIPINO_WRONG_ABOUT = {
    "date": "petsa",
    "number": "bilang",
    "direction": "direksiyon",
    "scope": "saklaw",
    "cause": "sanhi",
    "wording": "pananalita",
    "attribution": "kung sino ang gumawa o nagsabi",
}
# How most sources were read; the page of sources says so once.
USUAL = "stored copy of the page"
CHECKED = {
    "read": "read in the source",
    "dataset": "counted from a dataset",
    "unread": "not read by anybody yet: decides nothing",
}


class Block:
    """A piece of a page: MyST Markdown for the book, HTML for a notebook, and in the metadata what the build collects.

    ``kept`` has at most the keys ``record`` (a verdict record) and ``figure`` (a row of the register of figures).
    """

    def __init__(self, markdown: str, **kept: dict[str, Any]) -> None:
        self.markdown = markdown
        self.kept = kept

    def __repr__(self) -> str:
        return "a block of the page"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        shown = {"text/markdown": self.markdown, "text/html": to_html(self.markdown)}
        return shown, {METADATA: self.kept} if self.kept else {}


def to_html(markdown: str) -> str:
    """Return MyST as plain HTML for a notebook: directives become boxes, links inside the book become words."""
    text = re.sub(r"^```\{raw\} html$.*?^```$", "", markdown, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^:{3,}\s*\{(?:admonition|dropdown)\}\s*(.*)$", r"**\1**\n", text, flags=re.MULTILINE)
    text = re.sub(r"^:{3,}.*$|^:[\w-]+:.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"^\([\w-]+\)=$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\{\w+(?::\w+)?\}`([^<`]*?)\s*<[^>]*>`", r"\1", text)
    text = re.sub(r"(?<!!)\[([^\]]*)\]\((?!https?:)[^)]*\)(?:\{[^}]*\})?", r"\1", text)
    text = re.sub(r"\[([^\]]*)\]\{\.[\w-]+\}", r"\1", text)
    rendered: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return rendered


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, classes: str = "") -> str:
    """Return a Markdown table of cells that are Markdown already; ``classes`` are space-separated style classes."""
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    body = "\n".join(lines)
    return f":::{{table}}\n:class: {classes}\n\n{body}\n:::\n" if classes else body + "\n"


def source_link(key: str, sources: Mapping[str, Source]) -> str:
    """Return a citation: the source's short name, linked to its entry on the page of sources."""
    return f"[{escape(sources[key].label)}](#source-{key})"


def fact_link(fact: str, words: str | None = None) -> str:
    """Return a link to a fact (or, for ``table:key``, its table) on the page of data, named by its id."""
    return f"[{escape(words or fact)}](#{anchor(fact)})"


def value_in_words(value: Any, kind: str, unit: Any) -> str:
    """Return the value of a fact as it is read: a date in words, a number with its unit."""
    if kind == "date":
        return Period.parse(str(value)).say()
    if kind == "number":
        number = f"{float(value):,.10g}"
        return f"{number} {unit}" if pd.notna(unit) else number
    if kind == "boolean":
        return "yes" if value == "true" else "no"
    return str(value)


def verdict_words(verdict: str) -> str:
    """Return a verdict with its sign."""
    return f"{SIGNS[Verdict(verdict)]} {verdict}"


def verdict_class(verdict: str) -> str:
    """Return the style class of a verdict, such as ``verdict-partly-supported``."""
    return "verdict-" + verdict.lower().replace(" ", "-")


class ClaimPage:
    """The page of one claim. Showing it puts the restated claim at the top and keeps a place for the verdict.

    The place is filled by ``publish``, after the check below it has run: what the reader sees first is computed last.
    """

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self._place: DisplayHandle | None = None
        self._told: set[str] = set()

    def open(self) -> None:
        """Show the claim as restated, with a place for its verdict."""
        self._place = display(Block(self._head(None)), display_id=f"verdict-{self.claim.id}")

    def publish(self) -> None:
        """Fill in the verdict and show the propositions with their facts and sources, and the record."""
        record = self.claim.record
        if record is None:
            raise ValueError(f"{self.claim.id} has no verdict yet: call conclude(…) before publish()")
        if self._place is not None:
            self._place.update(Block(self._head(record)))
        display(Block(self._propositions(record), record=record.as_dict()))

    def readings(self, *, tables_here: Collection[str] = ()) -> Block:
        """Return under how many readings the claim holds, the place where a reader can choose one, and what the choices are.

        The table of all readings of a part is on the page of readings, which makes it from the data of their chart; the
        parts named in ``tables_here`` have no such chart, and their tables are here.
        """
        claim = self.claim
        if not claim.explored:
            return Block(_loose_readings(claim.readings))
        parts = [f"- {escape(line)}" for line in readings_shown.in_sum(claim)]
        parts += ["", "### Choose your own reading", "", _chooser(claim), "", "### All readings", ""]
        for at, explored in enumerate(claim.explored):
            told = _options_told(explored.part, [earlier.part for earlier in claim.explored[:at]])
            parts += [_choices(explored, told, in_full=explored.part.name in tables_here), _left_out(explored)]
        return Block("\n".join(parts))

    def more_facts(self) -> Block:
        """Return the facts of this claim that no proposition rests on, with their sources."""
        claim = self.claim
        used = {fact for proposition in claim.propositions for fact in proposition.facts}
        mine = [
            name for name, row in claim.facts.iterrows() if name not in used and claim.id in tables.split(row["claims"])
        ]
        return Block("\n".join(f"- {self._fact_line(name)}" for name in mine) + "\n")

    def cite(self) -> Block:
        """Return how to cite this claim (``citations.FORMS``), and the sources of the page to download as BibTeX."""
        claim = self.claim
        part = Part(
            f"{claim.id}: {claim.restated_en.rstrip('.')}", "Fact check", claim.page, f"lostlead-{claim.id.lower()}"
        )
        sources = f"{{download}}`Sources of this page (BibTeX) <{Path(claim.page).stem}.bib>`"
        return Block(f"{cited_as(read_edition(claim.home), part)}\n{sources}\n")

    def _head(self, record: Record | None) -> str:
        claim = self.claim
        lines = [
            ":::{admonition} The claim, restated",
            ":class: claim",
            "",
            escape(claim.restated_en),
            "",
            ":::{div} lang-fil",
            escape(claim.restated_fil),
            ":::",
            ":::",
            "",
        ]
        lines[0] = ":" + lines[0]
        lines[8] = "::::"
        if record is None:
            return "\n".join([*lines, "The verdict is computed below.", ""])
        verdict = Verdict(record.verdict)
        firm = f"Confidence: **{record.confidence}**." if record.confidence else "Not rated."
        if record.wrong_about:
            firm += f" Wrong about: **{', '.join(record.wrong_about.split(';'))}**."
        lines += [
            f"::::{{admonition}} {verdict_words(verdict)}",
            f":class: verdict {verdict_class(verdict)}",
            "",
            claim.finding_en,
            "",
            ":::{div} lang-fil",
            f"**{FILIPINO[verdict]}.** {claim.finding_fil}",
            ":::",
            "",
            firm + " [How verdicts are made](#verdict-rule)",
            "",
            *[f"- {escape(line)}" for line in readings_shown.in_sum(claim)],
            "::::",
            "",
        ]
        return "\n".join(lines)

    def _propositions(self, record: Record) -> str:
        claim = self.claim
        parts = []
        for number, proposition in enumerate(record.propositions, 1):
            outcome = HOLDS[proposition.holds]
            if proposition.wrong_about:
                outcome += f" (wrong about: {proposition.wrong_about})"
            parts += [
                f"**{number}. {escape(proposition.text)}** {outcome}; {proposition.role}.",
                "",
                *([f"Left open because {escape(proposition.why)}.", ""] if proposition.why else []),
                *[f"- {line}" for line in self._evidence(proposition)],
                "",
            ]
        for text, test in claim.conflicts:
            if test.value:
                parts += [f"**The evidence conflicts.** {escape(text)}", ""]
        return "\n".join(parts)

    def _evidence(self, proposition: Proposition) -> list[str]:
        """Return a line for each fact of a proposition, rows of one table gathered into one line."""
        claim = self.claim
        lines = []
        for is_row, group in groupby(proposition.facts, key=lambda fact: fact.split(":", 1)[0] if ":" in fact else ""):
            if is_row:
                rows = list(group)
                keys = list(dict.fromkeys(key for row in rows for key in claim.row_sources(row)))
                shown = ", ".join(f"`{row.split(':', 1)[1]}`" for row in rows[:3]) + (" …" if len(rows) > 3 else "")
                cited = ", ".join(source_link(key, claim.sources) for key in keys[:4])
                what = f"{len(rows)} rows" if len(rows) > 1 else "one row"
                lines.append(f"[Table {is_row}](#table-{is_row}), {what} ({shown}): {cited}")
                continue
            lines += [self._fact_line(fact) for fact in group]
        return lines

    def _fact_line(self, fact: str) -> str:
        row = self.claim.facts.loc[fact]
        cited = ", ".join(source_link(key, self.claim.sources) for key in tables.split(row["sources"]))
        if fact in self._told:
            value = value_in_words(row["value"], row["type"], row["unit"])
            return f"As above: {fact_link(fact)} ({escape(value)})"
        self._told.add(fact)
        return f"{escape(row['statement'])} {fact_link(fact, 'Fact')}; {cited}"


def _loose_readings(readings: Sequence[Reading]) -> str:
    held = sum(reading.holds is True for reading in readings)
    rows = [
        [escape(r.definition), escape(r.value), escape(r.threshold), HOLDS[r.holds]]
        for r in sorted(readings, key=lambda reading: (reading.holds is not True, reading.name))
    ]
    shown = table(["Reading", "Value", "Threshold", "It then"], rows, classes="sortable stacked labelled")
    if len(rows) > 12:
        shown = f"::::{{dropdown}} All {len(rows)} readings\n{shown}::::\n"
    return f"It holds under **{held} of {len(readings)}** readings.\n\n{shown}"


def _chooser(claim: Claim) -> str:
    """Return the place of the control, with its data; it stays hidden where scripts do not run."""
    name = f"choose-{claim.id.lower()}"
    return f"""```{{raw}} html
<div class="choose-reading" id="{name}" hidden><p>Pick what the words of the claim are to mean; the result changes at once.</p>
<script type="application/json">{readings_shown.island(claim)}</script></div>
<noscript><p>The form needs JavaScript. The tables of all readings do not; they are linked below.</p></noscript>
```"""


def _choices(explored: Explored, told: str, *, in_full: bool) -> str:
    """Return what the choices of a part are, ``told`` as a list, with the table of its readings or the way to it."""
    part, count = explored.part, len(explored.readings)
    words, asks = escape(part.words), escape(part.asks)
    if in_full:
        shown = _readings_table(part, [readings_shown.row_of(part, reading) for reading in explored.readings])
        return f"::::{{dropdown}} “{words}”: all {count} readings\n{asks} {told}\n{shown}::::\n"
    link = f"[“{words}”: all {count} readings in a table](#{readings_shown.table_anchor(part)})"
    return f"{link}\n\n::::{{dropdown}} “{words}”: what the choices are\n{asks} {told}::::\n"


def _readings_table(part: ReadPart, rows: Iterable[Iterable[str]]) -> str:
    header = [escape(cell) for cell in readings_shown.header(part)]
    return table(header, [[escape(cell) for cell in cells] for cells in rows], classes="sortable filterable")


def all_readings(home: Path | None = None) -> Block:
    """Return the table of all readings of each part of a claim, from the data of the charts of readings.

    For a page in ``book/``. Raises DataError when the data of a chart has no column for a choice.
    """
    home = home or tables.find_home()
    lines = []
    for row in tables.read("claims", home).itertuples():
        parts = list(read_parts(row.claim, home).values())
        drawn = {part.name: rows for part in parts if (rows := readings_shown.drawn(part, home))}
        if not drawn:
            continue
        page = row.page.removeprefix("book/").removesuffix(".html")
        lines += [f"## {row.claim}", "", f"The claim: [{escape(row.restated_en)}]({page}.ipynb)", ""]
        lines += [f"“{escape(part.words)}”: on the page of the claim.\n" for part in parts if part.name not in drawn]
        for part in (part for part in parts if part.name in drawn):
            rows = drawn[part.name]
            lines += [
                f"::::{{dropdown}} {row.claim}, “{escape(part.words)}”: all {len(rows)} readings",
                f":name: {readings_shown.table_anchor(part)}",
                "",
                f"{escape(part.asks)} {{download}}`Data (CSV) <../{readings_shown.data_of(part).as_posix()}>`",
                "",
                f"{_readings_table(part, rows)}::::",
                "",
            ]
    return Block("\n".join(lines))


def _options_told(part: ReadPart, earlier: Sequence[ReadPart]) -> str:
    """Return what each option means, as a list; a choice that an earlier part of the claim has too is told there."""
    before = {_described(choice): one.words for one in reversed(earlier) for choice in one.choices}
    lines = []
    for choice in part.choices:
        described = _described(choice)
        same = before.get(described)
        lines.append(f"- *{escape(choice.asks)}*: as for “{escape(same)}”." if same else f"- {described}")
    return "\n\n" + "\n".join(lines) + "\n"


def _described(choice: Choice) -> str:
    options = (f"**{escape(option.name)}**: {escape(option.definition.rstrip('.'))}" for option in choice.options)
    return f"*{escape(choice.asks)}* {'; '.join(options)}."


def _left_out(explored: Explored) -> str:
    reasons = readings_shown.reasons(explored)
    if not reasons:
        return "No combination was left out.\n"
    lines = "\n".join(f"- {count}: {escape(reason)}" for reason, count in reasons)
    total = sum(count for _, count in reasons)
    every = total + len(explored.readings)
    title = f"“{escape(explored.part.words)}”: {total} of {every} combinations are left out, and why"
    return f"::::{{dropdown}} {title}\n{lines}\n::::\n"


def cited_as(edition: Edition, part: Part | None = None, *, folded: bool = True) -> str:
    """Return how to cite the book or a part of it: each form as text to copy, then version, date and address.

    ``folded`` puts each form behind a fold of its own.
    """
    text = "```{{code-block}} text\n:class: citation\n\n{}\n```\n"
    shown = ":::{{dropdown}} {}\n" + text + ":::\n" if folded else "**{}**\n\n" + text
    page = part.page if part else "index.html"
    address = edition.address(page)
    where = (
        f"Address: <{address}>." if address else f"Address in the book: `{page}`; the book has no public address yet."
    )
    told = f"Version {edition.version}, {Period.parse(edition.released.isoformat()).say()}. {where}"
    return "\n".join([*(shown.format(form, text) for form, text in cite(edition, part).items()), told, ""])


def cite_link(what: str, name: str) -> str:
    """Return the link to how a ``figure`` or ``table`` is cited, on the page of citations."""
    return f"[Cite this {what}](#cite-{what}-{name})"


def cite_figures(home: Path | None = None) -> Block:
    """Return how to cite each figure of the register, by its own page."""
    home = home or tables.find_home()
    rows = figures.read_register(home)
    return _cite_each(
        "figure",
        [(row["name"], row["title"], str(Path(row["notebook"]).with_suffix(".html"))) for row in rows],
        read_edition(home),
    )


def cite_tables(home: Path | None = None) -> Block:
    """Return how to cite each table of the data package."""
    home = home or tables.find_home()
    entries = tables.read_descriptor(home)["resources"]
    return _cite_each(
        "table", [(entry["name"], entry["title"], "book/data.html") for entry in entries], read_edition(home)
    )


def _cite_each(what: str, named: Iterable[tuple[str, str, str]], edition: Edition) -> Block:
    """Return a fold for each figure or table: ``named`` are name, title, and the page where it stands."""
    kind = {"figure": "Figure", "table": "Data set"}[what]
    parts = []
    for name, title, page in named:
        part = Part(title, kind, f"{page}#{what}-{name}", f"lostlead-{name}")
        shown = cited_as(edition, part, folded=False)
        parts.append(f"(cite-{what}-{name})=\n:::{{dropdown}} Cite: {escape(title)}\n{shown}:::\n")
    return Block("\n".join(parts))


def figure(chart: Chart, notebook: str, *, depth: int = 2, with_table: bool = True) -> Block:
    """Return a chart as a figure of the book: image, caption, downloads and the drawn data as a folded table.

    ``notebook`` is the path of the notebook that draws it, seen from this page: on its own page the figure gets the
    anchor ``figure-NAME``. ``depth`` is how many folders the page lies below the root; without ``with_table`` the data
    stand elsewhere on the page.
    """
    up = "../" * depth
    base = f"{up}{figures.FOLDER}/{chart.name}"
    rows = chart.data.astype(object).where(chart.data.notna(), "")
    shown = rows.drop(columns=[column for column in ("sources",) if column in rows])
    folded = ""
    if with_table and len(shown) <= 80:
        cells = [[escape(_cell(value)) for value in row] for row in shown.itertuples(index=False)]
        folded = (
            f"\n:::{{dropdown}} The figure's data as a table\n{table([escape(c) for c in shown.columns], cells)}:::\n"
        )
    name = "" if "/" in notebook else f":name: figure-{chart.name}\n"
    markdown = f"""
```{{figure}} {base}.svg
{name}:alt: {_option(chart.alt)}
:width: 100%

{escape(chart.takeaway)} {escape(chart.note)} {escape(chart.credit)}.
```

Download: {_downloads(base, notebook)}. {cite_link("figure", chart.name)}
{folded}"""
    return Block(markdown, figure=figures.register_row(chart, notebook))


def _downloads(base: str, notebook: str) -> str:
    files = {"SVG": f"{base}.svg", "PNG": f"{base}.png", "data (CSV)": f"{base}.csv", "notebook": notebook}
    return ", ".join(f"{{download}}`{name} <{path}>`" for name, path in files.items())


def gallery(home: Path | None = None) -> Block:
    """Return every figure of the register: picture, title linked to its own page, takeaway, downloads.

    For a page in ``book/``. Figures of one page stand together.
    """
    home = home or tables.find_home()
    cards = []
    for row in sorted(figures.read_register(home), key=lambda row: (row["notebook"], row["name"])):
        base = f"../{figures.FOLDER}/{row['name']}"
        title = row["title"]
        cards.append(f"""::::{{grid-item-card}}

![Small picture of the figure: {escape(title)}]({base}.svg)

**[{escape(title)}](#figure-{row["name"]})**

{escape(row["takeaway"])}

Download: {_downloads(base, row["notebook"].removeprefix("book/"))}
::::
""")
    return Block("\n".join([":::::{grid} 1 1 2 2", ":gutter: 3", "", *cards, ":::::", ""]))


def picture(chart: Chart) -> Block:
    """Return a drawn chart for readers in JupyterLab; the book shows ``figure`` instead."""
    return _Picture(figures.save(chart)["svg"].decode("utf-8"), chart.alt)


class _Picture(Block):
    def __init__(self, svg: str, alt: str) -> None:
        super().__init__(alt)
        self.svg = svg

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        return {"image/svg+xml": self.svg, "text/plain": self.markdown}, {}


def _option(text: str) -> str:
    """Return text as the value of an option of a directive, quoted where MyST would else see a comment or a quotation."""
    line = re.sub(r"\s+", " ", text).strip()
    return json.dumps(line, ensure_ascii=False) if re.search(r"^[\"'|>]|(?:^| )#", line) else line


def _cell(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def verdict_table(home: Path | None = None) -> Block:
    """Return the verdicts so far as a table: claim, verdict, finding; each claim links to its page."""
    home = home or tables.find_home()
    register = tables.read("claims", home).set_index("claim")
    verdicts = tables.read("verdicts", home)
    rows = []
    for row in verdicts.itertuples():
        claim = register.loc[row.claim]
        firm = f"; {row.confidence}" if isinstance(row.confidence, str) and row.confidence else ""
        rows.append(
            [
                f"[{row.claim}]({_page_of(claim['page'])})",
                escape(claim["restated_en"]),
                f"{verdict_words(row.verdict)}{firm}",
                escape(row.finding_en),
            ]
        )
    header = ["Claim", "Restated", "Verdict; confidence", "Finding"]
    return Block(table(header, rows, classes="sortable filterable stacked"))


def answer(claim: str, home: Path | None = None) -> Block:
    """Return the finding on one claim as the answer of the front page, with the link to where it is shown."""
    home = home or tables.find_home()
    page = tables.read("claims", home).set_index("claim").loc[claim, "page"]
    finding = tables.read("verdicts", home).set_index("claim").loc[claim, "finding_en"]
    return Block(f":::{{div}} answer\n{escape(finding)} [How we know]({_page_of(page)})\n:::\n")


def verdict_counts(home: Path | None = None) -> Block:
    """Return how many claims have which verdict, in words, with how many of the register are checked."""
    home = home or tables.find_home()
    total = len(tables.read("claims", home))
    verdicts = tables.read("verdicts", home)
    counts = verdicts["verdict"].value_counts()
    parts = [f"- {SIGNS[v]} **{counts[v]}** {v}" for v in Verdict if v in counts.index]
    lead = f"{len(verdicts)} of {total} claims are checked:"
    return Block("\n".join([":::{div} counts", lead, "", *parts, ":::", ""]))


def furthest_findings(count: int = 3, home: Path | None = None) -> Block:
    """Return the findings on the claims that are furthest from the record.

    Contradicted claims come before partly supported ones; then a firmer verdict before a less firm one; then the
    claim with more failing parts.
    """
    home = home or tables.find_home()
    register = tables.read("claims", home).set_index("claim")
    worst, firmness = [Verdict.CONTRADICTED, Verdict.PARTLY], ["high", "medium", "low"]
    verdicts = tables.read("verdicts", home)
    rated = [row for row in verdicts.itertuples() if row.verdict in worst]
    rated.sort(key=lambda row: (worst.index(row.verdict), firmness.index(row.confidence), -row.failed, row.claim))
    lines = [
        f"- **[{row.claim}]({_page_of(register.loc[row.claim, 'page'])})** {verdict_words(row.verdict)}. {escape(row.finding_en)}"
        for row in rated[:count]
    ]
    return Block("\n".join(lines) + "\n")


def annotated_article(language: str = "en", home: Path | None = None) -> Block:
    """Return the article, restated claim by claim as running text, each claim with its verdict linked to its page.

    ``language`` is ``en`` or ``fil``; the order is that of the article, a paragraph of ours for each of its own.
    """
    home = home or tables.find_home()
    verdicts = tables.read("verdicts", home).set_index("claim")["verdict"]
    parts = []
    for paragraph, rows in _in_order_of_the_article(tables.read("claims", home)).groupby("paragraph"):
        sentences = []
        for row in rows.itertuples():
            text = escape(row.restated_fil if language == "fil" else row.restated_en)
            if row.claim in verdicts.index:
                verdict = Verdict(verdicts[row.claim])
                words = FILIPINO[verdict] if language == "fil" else verdict
                text += f" [{row.claim} {SIGNS[verdict]} {words}]({_page_of(row.page)})"
            sentences.append(text)
        parts.append(f"**{paragraph}.** " + " ".join(sentences) + "\n")
    body = "\n".join(parts)
    return Block(f":::{{div}} lang-fil\n{body}\n:::\n" if language == "fil" else body)


def filipino_counts(home: Path | None = None) -> Block:
    """Return how many claims have which verdict, in Filipino."""
    home = home or tables.find_home()
    verdicts = tables.read("verdicts", home)
    counts = verdicts["verdict"].value_counts()
    lines = [f"- {SIGNS[v]} **{FILIPINO[v]}**: {counts[v]}" for v in Verdict if v in counts.index]
    return Block(f"Bilang ng mga pahayag na nasuri: {len(verdicts)}.\n\n" + "\n".join(lines) + "\n")


def filipino_summary(home: Path | None = None) -> Block:
    """Return every checked claim in Filipino, by paragraph of the article: restated, verdict, finding, link to its page.

    For a page in ``book/`` whose text is marked as Filipino as a whole.
    """
    home = home or tables.find_home()
    checked = _in_order_of_the_article(tables.read("claims", home)).merge(tables.read("verdicts", home), on="claim")
    parts = []
    for paragraph, rows in checked.groupby("paragraph"):
        parts += [f"**Talata {paragraph} ng artikulo**", ""]
        for row in rows.itertuples():
            verdict = Verdict(row.verdict)
            firm = [f"Katiyakan: **{FILIPINO_CONFIDENCE[row.confidence]}**."] if pd.notna(row.confidence) else []
            errors = ", ".join(FILIPINO_WRONG_ABOUT[kind] for kind in tables.split(row.wrong_about))
            firm += [f"Mali sa: **{errors}**."] if errors else []
            parts += [
                f":::{{admonition}} {row.claim}. {SIGNS[verdict]} {FILIPINO[verdict]}",
                f":class: verdict {verdict_class(verdict)}",
                "",
                f"**{escape(row.restated_fil)}**",
                "",
                escape(row.finding_fil),
                "",
                " ".join([*firm, f"[Buong pagsusuri ng {row.claim} (sa Ingles)]({_page_of(row.page)})"]),
                ":::",
                "",
            ]
    return Block("\n".join(parts))


def _in_order_of_the_article(claims: pd.DataFrame) -> pd.DataFrame:
    order = [float(place.split("-")[0].split(".")[1]) for place in claims["place"]]
    return claims.assign(order=order).sort_values(["paragraph", "order", "claim"])


def filipino_terms() -> Block:
    """Return the verdicts in Filipino, each with the English word that stands on the other pages and what it means."""
    meanings = {
        Verdict.SUPPORTED: "Tama ang lahat ng pangunahing bahagi ng pahayag, at walang detalyeng mali.",
        Verdict.PARTLY: "May bahaging tama, at may bahaging mali o hindi pa matiyak.",
        Verdict.CONTRADICTED: "Mali ang bawat pangunahing bahagi na napagpasyahan ng ebidensiya.",
        Verdict.UNPROVEN: (
            "Walang pangunahing bahagi na napagpasyahan ng ebidensiyang nakita. Hindi ibig sabihin nito na mali ang pahayag."
        ),
        Verdict.OPINION: (
            "Opinyon o damdamin ang sinasabi, kaya hindi ito hinahatulan. Ipinakikita lamang ang mga datos na may "
            "kinalaman dito."
        ),
    }
    lines = [f"- {SIGNS[v]} **{FILIPINO[v]}** ([{v}]{{.lang-en}}). {meaning}" for v, meaning in meanings.items()]
    return Block("\n".join(lines) + "\n")


def cite_book(home: Path | None = None) -> Block:
    """Return how to cite the whole book."""
    return Block(cited_as(read_edition(home)))


def dois(home: Path | None = None) -> Block:
    """Return the DOIs of the book, of all versions and of this one, or that there is none."""
    edition = read_edition(home)
    named = {"of all versions together": edition.concept_doi, f"of version {edition.version}": edition.doi}
    lines = [f"- DOI {what}: [{doi}](https://doi.org/{doi})" for what, doi in named.items() if doi]
    none = "This book has no DOI yet: it has not been placed in an archive that gives one. Cite it with its version."
    return Block("\n".join(lines or [none]) + "\n")


def gaps_page(home: Path | None = None) -> Block:
    """Return what was looked for and not found, with what was found instead and what would settle it."""
    home = home or tables.find_home()
    register = tables.read("claims", home).set_index("claim")
    checked = set(tables.read("verdicts", home)["claim"])
    rows = []
    for row in tables.read("gaps", home).itertuples():
        claims = claim_links(tables.split(row.claims), register, checked)
        rows.append([claims, escape(row.looked_for), escape(row.found), escape(row.would_settle)])
    header = ["Claims", "Looked for and not found", "Found instead", "Would settle it"]
    return Block(table(header, rows, classes="sortable filterable stacked labelled"))


def _page_of(page: str) -> str:
    """Return the link from a page in ``book/`` to a claim's notebook; ``page`` is its address in the site."""
    return page.removeprefix("book/").removesuffix(".html") + ".ipynb"


def claim_links(claims: Iterable[str], register: pd.DataFrame, checked: Container[str]) -> str:
    """Return the ids of claims for a page in ``book/``, each linked to its page if it has been ``checked``.

    ``register`` is the table of claims, by id.
    """
    return ", ".join(
        f"[{claim}]({_page_of(register.loc[claim, 'page'])})" if claim in checked else claim for claim in claims
    )


def facts_page(home: Path | None = None) -> Block:
    """Return every fact with its own anchor: statement, value, sources, place, whether it was read, and its claims."""
    home = home or tables.find_home()
    facts, sources = read_facts(home), read_sources(home)
    register = tables.read("claims", home).set_index("claim")
    checked = set(tables.read("verdicts", home)["claim"])
    parts = []
    for fact, row in facts.iterrows():
        keys = tables.split(row["sources"])
        independent = len(works(keys, sources))
        claims = claim_links(tables.split(row["claims"]), register, checked)
        value = value_in_words(row["value"], row["type"], row["unit"])
        lines = [
            f"(fact-{fact})=",
            f"**{escape(row['statement'])}**",
            f": Value: {escape(value)}. Sources: {', '.join(source_link(key, sources) for key in keys)} "
            f"({independent} independent). Where: {escape(row['locator'])}. Checked: {CHECKED[row['checked']]}. "
            f"Claims: {claims}. Id: `{fact}`." + (f" Note: {escape(row['note'])}" if pd.notna(row["note"]) else ""),
            "",
        ]
        parts += lines
    return Block("\n".join(parts))


def tables_page(home: Path | None = None) -> Block:
    """Return every table of the data package: what a row is, columns with units, licence, gaps, download."""
    home = home or tables.find_home()
    parts = []
    for entry in tables.read_descriptor(home)["resources"]:
        frame = tables.read(entry["name"], home)
        columns = [
            [f"`{f['name']}`", escape(f["type"]), escape(f.get("x-unit", "")), escape(f["description"])]
            for f in entry["schema"]["fields"]
        ]
        licences = ", ".join(licence["name"] for licence in entry["licenses"])
        parts += [
            f"(table-{entry['name']})=",
            f"**{escape(entry['title'])}** (`{entry['path']}`, {len(frame)} rows)",
            "",
            f"{escape(entry['description'])} A row is {escape(entry['x-row'])}. Compiled {escape(entry['x-compiled'])}; "
            f"licence {escape(licences)}. Missing: {escape(entry['x-missing'])} "
            f"{{download}}`Download the CSV <../data/{entry['path']}>`. {cite_link('table', entry['name'])}",
            "",
            f":::{{dropdown}} Columns of {entry['path']}",
            table(["Column", "Type", "Unit", "What it says"], columns) + ":::",
            "",
        ]
    return Block("\n".join(parts))


def sources_page(home: Path | None = None) -> Block:
    """Return the list of sources: reference, kind, language, first hand or not, what was read, copy, and claims."""
    home = home or tables.find_home()
    sources, facts = read_sources(home), read_facts(home)
    register = tables.read("claims", home).set_index("claim")
    checked = set(tables.read("verdicts", home)["claim"])
    users: dict[str, set[str]] = {}
    for row in facts.itertuples():
        for key in tables.split(row.sources):
            users.setdefault(key, set()).update(tables.split(row.claims))
    in_tables: dict[str, list[str]] = {}
    for name in tables.table_names(home):
        frame = tables.read(name, home)
        if name != "facts" and "sources" in frame:
            for key in {key for cell in frame["sources"] for key in tables.split(cell)}:
                in_tables.setdefault(key, []).append(name)
    in_prose = cited_in_prose(home)
    parts = []
    for key, source in sorted(sources.items(), key=lambda item: (item[1].label.casefold(), item[0])):
        claims = claim_links(sorted(users.get(key, ())), register, checked)
        used = [claims] if claims else []
        used += [f"table {escape(name)}" for name in in_tables.get(key, [])]
        used += [f"page [{Path(page).stem}]({Path(page).name})" for page in in_prose.get(key, [])]
        origin = source.origin
        what = [escape(source.kind.capitalize())]
        what += [f"language {source.language}"] if source.language != "en" else []
        what += ["primary"] if source.primary else []
        what += [f"read: {escape(source.access.rstrip('.'))}"] if source.access.rstrip(".") != USUAL else []
        reference = escape(source.reference)
        carries = (
            f" Carries: {source_link(origin, sources) if origin in sources else escape(origin.rstrip('.'))}."
            if origin
            else ""
        )
        parts += [
            f"(source-{key})=",
            f"**[{reference}]({_address(source.url)})**" if source.url else f"**{reference}**",
            f": {', '.join(what)}.{carries}"
            + (f" {escape(source.note.rstrip('.'))}." if source.note else "")
            + f" Used in {'; '.join(used)}.",
            "",
        ]
    return Block("\n".join(parts))


def _address(url: str) -> str:
    return "<" + html.escape(url.replace("<", "%3C").replace(">", "%3E").replace(" ", "%20"), quote=False) + ">"


def poll_table(home: Path | None = None, topic: str = "leadership") -> Block:
    """Return the polls on one topic as a table that can be sorted: pollster, date, question, answer, share, sample."""
    home = home or tables.find_home()
    polls, questions, sources = tables.read("polls", home), tables.read("poll_questions", home), read_sources(home)
    rows = []
    for row in polls.merge(
        questions[questions["topic"] == topic], on="question", suffixes=("", "_question")
    ).itertuples():
        when = next((str(cell) for cell in (row.fieldwork_start, row.published) if pd.notna(cell)), "date not known")
        cited = ", ".join(source_link(key, sources) for key in tables.split(row.sources))
        rows.append(
            [
                escape(row.pollster_reported),
                when,
                escape(row.option_en),
                f"{row.percent:g}",
                f"{row.sample_size:g}" if pd.notna(row.sample_size) else "not stated",
                escape(row.trend_point),
                escape(row.wording_en),
                cited,
            ]
        )
    header = ["Pollster", "When", "Answer", "Percent", "Sample", "May join its line", "Question", "Source"]
    return Block(table(header, rows, classes="sortable filterable"))
