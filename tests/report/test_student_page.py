"""A student's report says what they need, says no more than they may see, and shows a stranger's words as words."""

import base64
import hashlib
import re
import time

import pytest
from made_up_student import (
    EX01,
    EX02,
    EX03,
    EX04,
    EX05,
    check,
    course_in,
    fill,
    hostile_class,
    judgement,
    reports,
    submission,
    told_wrong,
)  # fmt: skip
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

from grader.gradebook.book import open_gradebook
from grader.model import Cell, Failure, LoadError, Note, Place, Student, Text
from grader.report.visible import visible

# Each is put wherever a student's words can come from.
HOSTILE = [
    "</style><script>alert(1)</script>",
    "--><svg/onload=alert(1)><img src=http://x.example/a.png onerror=alert(1)>",
    "\" onmouseover=alert(1) x=\"' autofocus onfocus='alert(1)",
    "</pre></code></div></details></main></body></html><h1 id=top>",
    "{{ 7*7 }}{% include '/etc/passwd' %}",
    "javascript:alert(1) data:text/html,<b>x</b> https://x.example/?a=1&amp;b www.x.example me@x.example",
    "[a](javascript:alert(1)) ![i](http://x.example/a.png) [b]: http://x.example <http://x.example>",
    "```\n</pre>\n# Title\n````\n~~~\n<b>x</b>",
    "\n# Title\n\n- item\n1. item\n===\n---\n| a | b |\n> quote\n    code",
    "`code` ``x `` `<b>` ` ` `\\` *a* **b** _c_ ~~d~~ $x$ \\[y\\] <!-- -->",
    "\x00\x07\x1b[31mred\x1b]8;;http://x.example\x07link\x7f\x85\u2028\r\n",
    "\u202eevil\u2066\u200b\ufeff\U000e0041",
    "&lt;script&gt; &#60;b&#62; %s {0} {word!r} %(x)s",
]
TAGS = set(
    "html head meta title style body header main footer section p h1 h2 h3 bdi span a ul li dl dt dd div pre code strong"
    " table thead tbody tr th td svg rect details summary figure figcaption".split()
)
ATTRIBUTES = set(
    "lang charset http-equiv content name id class href scope aria-label aria-hidden viewBox preserveAspectRatio width height"
    " open".split()
)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return course_in(
        tmp_path_factory.mktemp("course"),
        course="\n[due]\nex01 = 2025-03-01T12:00:00Z\n\n[late]\nper_day = 10\n",
        **{EX05: '\n[[criteria]]\nid = "style"\npoints = 2\nby = "hand"\ntitle = { en = "Readable code", zh = "代码可读" }\n'},
    )


def read(page):
    return LexborHTMLParser(page)


def words_of(page):
    """What a reader sees, spaces made one."""
    return " ".join(read(page).body.text(separator=" ").split())


def elements(page):
    return [node for node in read(page).root.traverse(include_text=False) if not node.tag.startswith(("-", "!"))]


# ---- what it says -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def honest(course, tmp_path_factory):
    """A student with something of everything, and one who handed in nothing."""
    late = submission("ada", EX01, received_at="2025-03-02T20:00:00+00:00")
    broken = submission("ada", EX02, "def f(:\n\tpass\n")
    notebook = submission("ada", EX03, cells=(Cell("cell 1", "%magic"), Cell("cell 2", "a = 1\nb = a.c\n")))
    ours = submission("ada", EX04)
    by_hand = submission("ada", EX05, "y = 2\n", together=("ada", "bob"))
    wrong = Failure(
        "raised", name="AttributeError", builtin="AttributeError", text="no c", places=(Place("cell 2", 2, "b = a.c"),)
    )
    judged = [
        (late, judgement(late, check("a"), check("b", verdict="skipped", failure=Failure("gate")), score=2.0, points=2.0)),
        (broken, judgement(broken, score=0.0, load_error=LoadError("ex02.py", 1, 7, "def f(:", "invalid syntax"))),
        (
            notebook,
            judgement(
                notebook,
                check("c", verdict="run_time_error", failure=wrong, example="print(1)", output="hello", hint=Text("Use `a`.")),
                notes=(Note("magic", "cell 1, line 1"), Note("output", "", "printed while loading\n")),
            ),
        ),
        (ours, judgement(ours, check("d", verdict="judge_error", failure=Failure("fault")), score=None, points=None)),
        (by_hand, judgement(by_hand, check("e"), pending=2.0, by_hand=("style",))),
    ]
    file = tmp_path_factory.mktemp("book") / "gradebook.db"
    fill(file, [Student("ada", "Ada Lovelace", "", "A"), Student("zoe")], judged)
    with open_gradebook(file) as book:
        book.add_adjustment("ada", EX01, 0.5, "the statement was unclear")
    return file


def test_the_summary_says_points_states_and_reasons(course, honest):
    for text in map(words_of, reports(course, honest, "ada")[:1]):
        for words in (
            "Ada Lovelace ada · A",
            "The fully connected layer 2 days late; that takes 20 % of the points. Corrected by +0.5: the statement was unclear 2.1 / 5",
            "The activation layer 0 / 6 could not be loaded",
            "A layer with parameters Not scored: something went wrong on our side. Nothing is lost",
            "– / 8 our fault",
            "Handed in together with bob.",
            "Readable code: A person still gives up to 2 points.",
            "points to come",
        ):
            assert words in text, words


def test_what_has_no_score_is_never_0_and_what_is_missing_is_called_missing(course, honest):
    page, markdown = reports(course, honest, "zoe")
    assert words_of(page).count("– / ") == markdown.count("– / ") == 5
    assert words_of(page).count("missing") == markdown.count("missing") == 5
    assert "No points yet" in page and "0 of" not in page
    page, markdown = reports(course, honest, "ada")
    assert "Without points, which is not the same as 0: ex04." in words_of(page) and "Without points" in markdown
    assert "Our fault, not yours" in page and "Our fault, not yours" in markdown


def test_a_failed_check_shows_sentence_example_line_and_hint_in_this_order(course, honest):
    page, markdown = reports(course, honest, "ada")
    for text in (words_of(page), markdown):
        at = [
            text.rindex(words)
            for words in ("Title of c.", "Your code raised AttributeError: no c", "print(1)", "b = a.c", "hello", "Use")
            if words != "b = a.c"
        ]
        assert at == sorted(at)
        assert text.index("print(1)") < text.index("In your file:") < text.index("Use")
    assert "printed while loading" in page and "printed while loading" in markdown


def test_what_a_person_gave_is_shown_with_their_words(course, honest, tmp_path):
    file = tmp_path / "gradebook.db"
    file.write_bytes(honest.read_bytes())
    with open_gradebook(file) as book:
        book.add_hand_points([("ada", EX05, "style", 1.5, "good names")])
    page, markdown = reports(course, file, "ada")
    assert "A person gave 1.5 of 2 points: good names" in words_of(page) and "good names" in markdown
    assert "points to come" not in page


def test_lines_at_fault_are_marked_and_every_link_leads_somewhere(course, honest):
    page, markdown = reports(course, honest, "ada")
    marked = [node.text().strip() for node in read(page).css(".hll")]
    assert [re.sub(r"\s+", " ", text) for text in marked] == ["1def f(:", "2b = a.c"]
    assert ">    1  def f(:" in markdown and ">    2  b = a.c" in markdown and "     1  a = 1" in markdown
    ids = {node.attributes["id"] for node in elements(page) if node.attributes.get("id")}
    targets = [node.attributes["href"] for node in elements(page) if "href" in node.attributes]
    assert targets and all(target.startswith("#") and target[1:] in ids for target in targets)
    (place,) = read(page).css(".places .place")
    assert place.text() == "cell 2, line 2"
    assert "b = a.c" in read(page).css_first(place.attributes["href"]).text()


def test_a_syntax_error_is_shown_with_its_caret(course, honest, tmp_path):
    page, markdown = reports(course, honest, "ada")
    assert read(page).css_first(".broken pre").text() == "def f(:\n      ^"
    assert "def f(:\n      ^" in markdown
    wide = submission("ada", EX02, "王 = '" + "x" * 1_000_000)
    error = LoadError("ex02.py", 1, 5, wide.cells[0].source, "unterminated")
    page, _ = reports(course, fill(tmp_path / "b.db", [], [(wide, judgement(wide, score=0.0, load_error=error))]), "ada")
    line, caret = read(page).css_first(".broken pre").text().split("\n")
    assert line.startswith("王 = 'x") and len(line) < 300 and caret == "\N{IDEOGRAPHIC SPACE}   ^"


def test_both_languages(course, honest):
    page, markdown = reports(course, honest, "ada", "zh")
    assert read(page).root.attributes["lang"] == "zh-CN" and "全连接层" in page
    assert "等待教师评分，最多 2 分" in page and "等待教师评分，最多 2 分" in markdown and "Not scored" not in page
    assert read(reports(course, honest, "ada")[0]).root.attributes["lang"] == "en"


# ---- what it keeps to itself ------------------------------------------------------------------------------------------


def test_a_hidden_check_tells_title_diagnosis_and_hint_alone(course, tmp_path):
    fields = {**told_wrong("S3CRET"), "hint": Text("The hint."), "diagnosis": Text("The diagnosis.")}
    handed_in = submission("ada", EX04, "a = 1\nb = 2\n")
    judged = [(handed_in, judgement(handed_in, check("secret", hidden=True, **fields)))]
    for text in reports(course, fill(tmp_path / "b.db", [], judged), "ada"):
        assert "S3CRET" not in text
        assert "Title of secret" in text and "The diagnosis." in text and "The hint." in text and "hidden" in text


# ---- a stranger's words -----------------------------------------------------------------------------------------------


def skeleton(page):
    """The elements of a page with their attributes, outside of coloured code."""
    for code in (tree := read(page)).css(".code"):
        code.replace_with("code")
    return [
        (node.tag, sorted(node.attributes.items()))
        for node in tree.body.traverse(include_text=False)
        if node.tag != "-comment"
    ]


@pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
def test_no_element_and_no_attribute_comes_from_a_student(course, tmp_path, word):
    page, _ = reports(course, hostile_class(tmp_path / "b.db", word), "eve")
    for node in elements(page):
        assert node.tag in TAGS, node.html[:200]
        assert node.attributes.keys() <= ATTRIBUTES, node.html[:200]
        assert re.fullmatch(r"(#[a-z0-9-]+)?", node.attributes.get("href") or ""), node.html[:200]
        assert re.fullmatch(r"[a-z0-9 -]*", node.attributes.get("class") or ""), node.html[:200]
    assert not read(page).css("script, link, img, iframe, base, form, [style], [src]")
    if "`" not in word:  # in our sentences, code
        lines = "\n" * word.count("\n")
        harmless, _ = reports(course, hostile_class(tmp_path / "c.db", f"word{lines}"), "eve")
        assert len(skeleton(page)) >= len(skeleton(harmless)) > 100
        assert {tag for tag, _ in skeleton(page)} == {tag for tag, _ in skeleton(harmless)}
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028]", page)


@pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
def test_in_markdown_a_students_words_make_no_link_picture_html_or_title(course, tmp_path, word):
    _, text = reports(course, hostile_class(tmp_path / "b.db", word), "eve")
    _, harmless = reports(course, hostile_class(tmp_path / "c.db", "word"), "eve")
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

    def kinds(markdown):
        tokens = reader.parse(markdown)
        return tokens, [
            t.tag
            for t in tokens
            if t.type in ("heading_open", "fence", "table_open", "td_open", "hr", "blockquote_open", "code_block")
        ]

    tokens, shape = kinds(text)
    assert shape == kinds(harmless)[1]
    inner = [child.type for token in tokens for child in token.children or ()]
    assert not {"html_inline", "link_open", "image", "em_open", "s_open"} & set(inner)
    assert not [t for t in tokens if t.type == "html_block"]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028]", text)
    outside = " ".join(c.content for t in tokens if t.type == "inline" for c in t.children if c.type == "text")
    assert not re.search(r"://|www\.|\w@\w", outside), "some readers make links of bare addresses"


def test_the_policy_allows_the_pages_own_style_and_nothing_else(course, honest):
    tree = read(reports(course, honest, "ada")[0])
    (style,) = tree.css("style")
    digest = base64.b64encode(hashlib.sha256(style.text().encode()).digest()).decode()
    policy = tree.css_first("meta[http-equiv]").attributes["content"]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not re.search(r"url\(|@import|expression", style.text())


def test_every_character_can_be_seen():
    assert visible("a\x1b\u202e\ud800\r\n\t王é") == "a\\x1b\\u202e\\ud800\\r\n\t王é"
    assert visible("plain <b>") == "plain <b>"


def test_a_line_of_a_megabyte_does_not_make_a_page_of_a_megabyte(course, tmp_path):
    word = "<&`" * 350_000
    began = time.perf_counter()
    page, markdown = reports(course, hostile_class(tmp_path / "b.db", word), "eve")
    assert len(page) < 300_000 and len(markdown) < 150_000 and time.perf_counter() - began < 10
    many = submission("ada", EX04, "x = [\n" * 200_000)
    page, markdown = reports(course, fill(tmp_path / "c.db", [], [(many, judgement(many))]), "ada")
    assert len(page) < 1_000_000 and len(markdown) < 300_000


# ---- in a browser -----------------------------------------------------------------------------------------------------

CONTRAST = """
const luminance = ([r, g, b]) => { const f = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
                                   return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
const ground = node => { for (let n = node; n; n = n.parentElement) {
  const c = numbers(getComputedStyle(n).backgroundColor); if (c.length == 3 || c[3] == 1) return c; } return [255, 255, 255]; };
return [...document.body.querySelectorAll('*')]
  .filter(n => n.checkVisibility() && [...n.childNodes].some(c => c.nodeType == 3 && c.data.trim()))
  .map(n => { const [a, b] = [luminance(numbers(getComputedStyle(n).color)), luminance(ground(n))];
              return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), n.outerHTML.slice(0, 120)]; })
  .filter(([ratio]) => ratio < 4.5);
"""
EMPTY = """
return [...document.body.querySelectorAll('section, header, main, table, pre, li, p, td, th, h1, h2, h3, dd, summary, figure, .tag')]
  .filter(n => n.checkVisibility() && !n.closest('.summary thead') && !n.querySelector('svg'))
  .filter(n => !n.textContent.trim() || n.getBoundingClientRect().height < 5)
  .map(n => n.outerHTML.slice(0, 200));
"""


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("who", ["ada", "zoe", "eve"])
def test_in_a_browser_nothing_sticks_out_is_empty_or_pale_at_any_width_in_light_and_dark(
    browser, course, honest, tmp_path, who, language
):
    book = hostile_class(tmp_path / "b.db", "".join(HOSTILE) + "x" * 3000) if who == "eve" else honest
    file = tmp_path / "page.html"
    file.write_text(reports(course, book, who, language)[0], encoding="utf-8")
    for width in (320, 400, 1400):
        for dark in (False, True):
            browser.open(file, width, dark=dark)
            browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert browser.sticks_out() == 0
            outside = [t for t in browser.texts() if not t["scrolls"] and (t["left"] < 0 or t["right"] > width)]
            assert not outside, outside[:3]
            assert browser.run(EMPTY) == []
            assert browser.run(CONTRAST) == []
            assert len(browser.texts()) > 20
            assert browser.complaints() == []
            assert browser.run("return performance.getEntriesByType('resource').length + document.scripts.length") == 0
            ground = browser.run("return getComputedStyle(document.body).backgroundColor")
            assert (sum(map(int, re.findall(r"\d+", ground))) < 200) == dark
