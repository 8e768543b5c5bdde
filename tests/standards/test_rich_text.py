import pytest

from skranke.standards.richtext import XHTML, RichText, from_plain, sanitise, to_plain


def div(body: str) -> bytes:
    return f'<div xmlns="{XHTML}">{body}</div>'.encode()


@pytest.mark.req("DDFL-ENV-25")
@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<p>a &amp; b</p>", "<div><p>a &amp; b</p></div>"),
        ("<p>a<br/>b</p>", "<div><p>a<br>b</p></div>"),
        ("<script>alert(1)</script>a", "<div>a</div>"),
        ("<p>a<script>b<b>c</b></script>d</p>", "<div><p>ad</p></div>"),
        ("<style>p {}</style><img src='x'/>a", "<div>a</div>"),
        ("<p onclick='x()' style='color:red'>a</p>", "<div><p>a</p></div>"),
        ("<font>a<b>b</b></font>", "<div>a<b>b</b></div>"),
        ("<a href='javascript:x()'>a</a>", "<div><a>a</a></div>"),
        ("<a href='data:text/html,x'>a</a>", "<div><a>a</a></div>"),
        (
            "<a href='https://helsenorge.no/?a=1&amp;b=2'>a</a>",
            '<div><a href="https://helsenorge.no/?a=1&amp;b=2" rel="noopener noreferrer nofollow">a</a></div>',
        ),
        ("<ul><li>a</li></ul><table><tr><td>b</td></tr></table>", None),
        ("<form><input value='a'/>b</form>c", "<div>c</div>"),
        ("&lt;script&gt;", "<div>&lt;script&gt;</div>"),
    ],
)
def test_only_the_safe_part_is_shown(body, shown):
    assert sanitise(div(body)) == (shown or f"<div>{body}</div>")


@pytest.mark.req("DDFL-ENV-25")
def test_the_plain_reading_keeps_paragraphs_and_items():
    text = div("<h1>Overskrift</h1><p>En<br/>to\n   tre</p><ul><li>a</li><li>b</li></ul><script>x</script>")
    assert to_plain(text) == "Overskrift\n\nEn\nto tre\n\n- a\n\n- b"


@pytest.mark.req("DDFL-ENV-26")
def test_plain_text_becomes_paragraphs_and_back():
    raw = from_plain("En <b>\nto\n\ntre")
    assert raw == div("<p>En &lt;b&gt;<br></br>to</p><p>tre</p>")
    assert to_plain(raw) == "En <b>\nto\n\ntre"


def test_deep_nesting_does_no_harm():
    deep = div("<b>" * 2000 + "a" + "</b>" * 2000)
    assert to_plain(deep) == "a"
    assert sanitise(deep).count("<b>") == 2000


def test_a_text_agrees_with_its_markup():
    assert RichText.of("a\nb").xhtml is None
    assert RichText.of_xhtml(div("<p>a</p>")).plain == "a"
