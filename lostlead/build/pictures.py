"""Drawing what matplotlib drew in fewer and shorter words, for the pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import count, groupby
from string import ascii_letters

# matplotlib draws letters 6400 units high; their font has a grid of a thousand.
GLYPH_UNIT = 1000 / 6400
# How many points follow each command of a path.
POINTS = {"M": 1, "L": 1, "Q": 2, "C": 3, "z": 0}
PATH_WORD = re.compile(r"[MLQCz]|-?[\d.]+(?:e-?\d+)?")
# A letter with its place, and the letters of a line, blanks among them.
LETTER = re.compile(r'<use href="#([^"]+)"(?: x="(-?\d+)")?/>\s*')
LINE = re.compile(r'(?:<use href="#[^"]+"(?: x="-?\d+")?/>\s*)+')
Word = tuple[tuple[str, int], ...]  # letters, each with its place after the first


def lighten_picture(svg: str) -> str:
    """Return an SVG drawn by matplotlib without its metadata, in fewer and shorter words that draw the same.

    Places are told from the point before, to a tenth of a point of print (1/720 inch), marks to a hundredth, letters on
    the grid of their font (a thousandth of their size): what is left out is far below what any screen or printer shows.
    """
    lone_letters = "<!-- $" not in svg  # no formula, so letters are only put beside each other
    svg = re.sub(r"<!--.*?-->\s*|<metadata>.*?</metadata>\s*|<!DOCTYPE.*?>\s*|<\?xml.*?>", "", svg, flags=re.DOTALL)
    svg = svg.replace(' version="1.1"', "").replace('<style type="text/css">', "<style>")
    svg = svg.replace("xlink:href=", "href=").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    if lone_letters:
        svg = _letters_on_their_grid(svg)
    svg = re.sub(r'<path( id="[^"]*")? d="([^"]*)"', _shorter_path, svg)
    svg = re.sub(r' (?:x|y|transform)="[^"]*"', _round, svg)
    svg = re.sub(r">\s+<", "><", svg)
    svg = _with_short_names(_definitions_first(svg))
    return _marks_in_a_row(_without_empty_groups(_styles_once(svg)))


def _letters_on_their_grid(svg: str) -> str:
    """Draw letters in thousandths of their size, in whole numbers, and leave out those without a line: spaces."""
    blank = set(re.findall(r'<path id="([^"]+)" transform="scale\(0\.015625\)"/>', svg))
    svg = re.sub(r'<path id="[^"]+" transform="scale\(0\.015625\)"/>', "", svg)
    svg = re.sub(
        r'<path id="([^"]+)" d="([^"]*)" transform="scale\(0\.015625\)"/>',
        lambda glyph: f'<path id="{glyph[1]}" d="{_from_point_to_point(glyph[2], GLYPH_UNIT, 0, 1.5)}"/>',
        svg,
    )
    svg = re.sub(
        r'(<use href="#[^"]*") transform="translate\(([-\d.]+) 0\)"/>\s*',
        lambda use: f'{use[1]} x="{float(use[2]) * 10:.0f}"/>',
        svg,
    )
    svg = _words_once(svg, blank)
    return re.sub(r"scale\(([\d.]+) -\1\)", lambda size: "scale({0}-{0})".format(_say(float(size[1]) / 10, 6)), svg)


def _words_once(svg: str, blank: set[str]) -> str:
    """Define words that are written more than once and put them where they stand; leave out the blanks between words."""

    def words(line: re.Match[str]) -> Iterator[tuple[int, Word]]:
        letters = [(name, int(x or 0)) for name, x in LETTER.findall(line[0])]
        for is_blank, group in groupby(letters, key=lambda one: one[0] in blank):
            if not is_blank:
                word = list(group)
                start = word[0][1]
                yield start, tuple((name, x - start) for name, x in word)

    def written(word: Word, start: int = 0) -> str:
        return "".join(f'<use href="#{name}"' + (f' x="{start + x}"' if start + x else "") + "/>" for name, x in word)

    def placed(line: re.Match[str]) -> str:
        return "".join(written(((names[word], 0),) if word in names else word, start) for start, word in words(line))

    times = Counter(word for line in LINE.finditer(svg) for _, word in words(line))
    names = {word: f"word-{at}" for at, word in enumerate(times) if times[word] > 1 and len(word) > 1}

    svg = LINE.sub(placed, svg)
    defined = "".join(f'<g id="{name}">{written(word)}</g>' for word, name in names.items())
    return svg.replace("</svg>", f"<defs>{defined}</defs></svg>") if defined else svg


def _shorter_path(path: re.Match[str]) -> str:
    return f'<path{path[1] or ""} d="{_from_point_to_point(path[2], 1, 2 if path[1] else 1)}"'


def _round(found: re.Match[str]) -> str:
    def shorter(number: re.Match[str]) -> str:
        return _say(float(number[0]), 1)

    # Scales stay exact: they are multiplied by numbers of four digits.
    return re.sub(r"(scale|matrix)\([^)]*\)|-?\d+\.\d+", lambda one: one[0] if one[1] else shorter(one), found[0])


def _say(number: float, places: int) -> str:
    """Return a number with at most so many decimals, without the zeros that say nothing."""
    said = f"{number:.{places}f}"
    said = said.rstrip("0").rstrip(".") if places else said
    return "0" if said == "-0" else re.sub(r"^(-?)0\.", r"\1.", said)


def _from_point_to_point(path: str, unit: float = 1, places: int = 1, near: float = 0) -> str:
    """Return the data of a path, multiplied by ``unit``, with each place told from the one before, to some ``places``.

    Only M, L, Q, C and z are known. A curve whose control point mirrors the one before, within ``near``, leaves it out.
    """
    words = PATH_WORD.findall(path)
    if set(re.findall(r"[A-Za-z]", path)) - set(POINTS):
        return path
    told, at, start, control, last, here = "", (0.0, 0.0), (0.0, 0.0), None, "", 0
    while here < len(words):
        command, count = words[here], POINTS[words[here]]
        numbers = [round(float(word) * unit, places) for word in words[here + 1 : here + 1 + 2 * count]]
        here += 1 + 2 * count
        steps = [round(number - at[axis % 2], places) for axis, number in enumerate(numbers)]
        letter, mirrored = command.lower(), None
        if command == "Q":
            mirrored = (2 * at[0] - control[0], 2 * at[1] - control[1]) if control else None
            if mirrored and max(abs(mirrored[0] - numbers[0]), abs(mirrored[1] - numbers[1])) <= near:
                letter, steps = "t", steps[2:]
            else:
                mirrored = (numbers[0], numbers[1])
        elif command == "L" and 0 in steps:
            letter, steps = ("h", steps[:1]) if steps[1] == 0 else ("v", steps[1:])
        said = _run_together([_say(step, places) for step in steps])
        # A command that is the same again goes without saying; after a move that is a line.
        silent = letter != "m" and letter != "z" and letter == {"m": "l"}.get(last, last)
        told += (said if said.startswith("-") else f" {said}") if silent else letter + said
        last, control = letter, mirrored
        at = (numbers[-2], numbers[-1]) if numbers else start
        start = at if command == "M" else start
    return told


def _run_together(numbers: list[str]) -> str:
    # A point after a number that has one starts the next number, as a minus does.
    return re.sub(r"(\.\d+) (?=\.)", r"\1", " ".join(numbers).replace(" -", "-"))


def _definitions_first(svg: str) -> str:
    """Gather all definitions behind the title, in their order."""
    inside = "".join(re.findall(r"<defs>(.*?)</defs>", svg))
    svg = re.sub(r"<defs>.*?</defs>|<defs/>", "", svg)
    return re.sub(r"<svg\b[^>]*>(?:<title>.*?</title>)?", lambda head: f"{head[0]}<defs>{inside}</defs>", svg, count=1)


def _with_short_names(svg: str) -> str:
    """Give what is referred to names as short as it is used often; take away all other ids."""
    used: Counter[str] = Counter(re.findall(r'(?:href="|url\()#([^")]+)', svg))
    short = dict(zip(sorted(used, key=lambda name: (-used[name], name)), _names(), strict=False))
    svg = re.sub(r' id="([^"]+)"', lambda found: f' id="{short[found[1]]}"' if found[1] in short else "", svg)
    return re.sub(r"#([\w.-]+)(?=[\")])", lambda found: "#" + short.get(found[1], found[1]), svg)


def _names() -> Iterator[str]:
    """Yield a, b, … Z, then a0, b0, …: each can be an id and a class."""
    for number in count():
        yield from (letter + (str(number - 1) if number else "") for letter in ascii_letters)


def _styles_once(svg: str) -> str:
    """Say every style that is used more than once in a rule of its own, with the clipping that goes with it."""
    svg = re.sub(
        r' style="[^"]*"|<style>.*?</style>', lambda found: re.sub(r"(?<=[:;]) |(?<=:)0(?=\.)", "", found[0]), svg
    )
    svg = _marks_styled_once(svg)
    svg = re.sub(r' clip-path="([^"]*)" style="([^"]*)"', r' style="\2;clip-path:\1"', svg)
    svg = re.sub(r' clip-path="([^"]*)"', r' style="clip-path:\1"', svg)
    used = Counter(re.findall(r' style="([^"]*)"', svg))
    often = sorted((style for style in used if used[style] > 1), key=lambda style: (-used[style], style))
    names = dict(zip(often, _names(), strict=False))
    svg = re.sub(r' style="([^"]*)"', lambda f: f' class="{names[f[1]]}"' if f[1] in names else f[0], svg)
    rules = "".join(f".{name}{{{style}}}" for style, name in names.items())
    if "<style" not in svg:
        svg = svg.replace("<defs>", "<defs><style></style>", 1)
    svg = svg.replace("</style>", f"{rules}</style>", 1)
    return re.sub(r"<defs>(<style></style>)?</defs>|<style></style>", "", svg)


def _marks_styled_once(svg: str) -> str:
    """Give a mark that is drawn in one style everywhere that style where it is defined; its own comes first."""
    uses: dict[str, set[str]] = {}
    for name, style in re.findall(r'<use href="#([^"]+)"[^>]*?(?: style="([^"]*)")?/>', svg):
        uses.setdefault(name, set()).add(style)
    for name, styles in uses.items():
        style = min(styles)
        found = re.search(rf'<path id="{re.escape(name)}" d="[^"]*" style="([^"]*)"/>', svg)
        if len(styles) > 1 or not style or not found or re.search(r"(?<!-)opacity", style):
            continue
        both = dict(rule.split(":", 1) for rule in f"{style};{found[1]}".split(";"))
        said = ";".join(f"{key}:{value}" for key, value in both.items())
        svg = svg.replace(found[0], found[0].replace(f'style="{found[1]}"', f'style="{said}"'))
        svg = re.sub(rf'(<use href="#{re.escape(name)}"[^>]*) style="[^"]*"/>', r"\1/>", svg)
    return svg


def _marks_in_a_row(svg: str) -> str:
    """Draw marks of one kind that follow each other as one path without a line, with the mark at each of its points."""
    kinds: dict[str, None] = {}

    def path(row: re.Match[str]) -> str:
        kinds[row[1]] = None
        places = " L ".join(f"{x} {y}" for x, y in re.findall(r' x="([^"]+)" y="([^"]+)"', row[0]))
        points = _from_point_to_point(f"M {places}")
        return f'<path d="{points}" style="fill:none;marker:url(#{row[1]}m)"/>'

    svg = re.sub(r'<use href="#(\w+)" x="[^"]+" y="[^"]+"/>(?:<use href="#\1" x="[^"]+" y="[^"]+"/>){3,}', path, svg)
    markers = "".join(
        f'<marker id="{kind}m" markerUnits="userSpaceOnUse" overflow="visible"><use href="#{kind}"/></marker>'
        for kind in kinds
    )
    return svg.replace("</defs>", f"{markers}</defs>", 1)


def _without_empty_groups(svg: str) -> str:
    """Take away groups that hold nothing or have no attributes, and put neighbours with the same attributes together."""
    done: list[str] = []
    open_groups: list[bool] = []
    for piece in re.split(r"(<g\b[^>]*>|</g>)", svg):
        if not piece or (piece.startswith("<g") and piece.endswith("/>")):
            continue
        if piece.startswith("<g"):
            open_groups.append(piece != "<g>")
            if piece == "<g>":
                continue
        elif piece == "</g>" and not open_groups.pop():
            continue
        done.append(piece)
    return re.sub(r"(<g[^>]*>)((?:(?!</?g\b).)*)</g>(?:\1((?:(?!</?g\b).)*)</g>)+", _one_group, "".join(done))


def _one_group(neighbours: re.Match[str]) -> str:
    head = neighbours[1]
    return head + neighbours[0].removeprefix(head).removesuffix("</g>").replace(f"</g>{head}", "") + "</g>"
