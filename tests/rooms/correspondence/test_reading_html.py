"""HTML from anybody: nothing acts, nothing is asked for, links say where they lead."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlroom.rooms.correspondence.reading import read_bytes, sanitised, text_of

HARMFUL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form action='https://evil.example/'><input name=password><button>Send</button></form>",
    "<base href='https://evil.example/'><a href='x'>here</a>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/a.css'>",
    "<style>@import url(https://evil.example/a.css); p{background:url(//evil.example/p.png)}</style>",
    "<p style=\"background-image:url('https://evil.example/p.png')\">x</p>",
    "<table background='https://evil.example/p.png'><tr><td background=//evil.example/q.png>x</td></tr></table>",
    "<img src='https://evil.example/pixel.gif' width=1 height=1>",
    "<img srcset='https://evil.example/a.png 2x'>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<iframe src='https://evil.example/'></iframe>",
    "<object data='https://evil.example/a.swf'></object><embed src='https://evil.example/a.swf'>",
    "<video poster='https://evil.example/p.png' src='https://evil.example/v.mp4'></video>",
    "<audio src='https://evil.example/a.mp3' autoplay></audio>",
    "<input type=image src='https://evil.example/p.png'>",
    "<body background='https://evil.example/p.png' onload=alert(1)>",
    "<!--[if mso]><img src='https://evil.example/p.png'><![endif]-->",
    "<p><a href='https://ok.example/' onclick='alert(1)' style='position:fixed;inset:0'>x</a>",
    '<form><math><mtext></form><form><mglyph><svg><mtext><style><path id=</style><img src onerror=alert(1)>">',
    "<template><img src=x onerror=alert(1)></template>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<img src=cid:a onerror=alert(1)>",
    '<<img src=cid:x">"onerror=alert(1)//>',
]
ALLOWED_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>')


def assert_harmless(html: str) -> None:
    """Nothing but tags of the list, with attributes of the list, and no address that a page would fetch."""
    assert not ALLOWED_TAG.sub("", html).count("<")
    for _, tag, attributes in ALLOWED_TAG.findall(html):
        assert tag not in (
            "script",
            "style",
            "svg",
            "math",
            "form",
            "input",
            "iframe",
            "object",
            "base",
            "meta",
            "link",
        )
        for name, value in re.findall(r' ([a-z-]+)="([^"]*)"', attributes):
            assert name in ("href", "rel", "data-cid", "alt", "colspan", "rowspan", "start")
            if name == "href":
                assert value.startswith(("http://", "https://", "mailto:", "tel:"))
                assert "noreferrer" in attributes


@pytest.mark.parametrize("html", HARMFUL)
def test_nothing_harmful_stays(html: str) -> None:
    clean = sanitised(f"<p>before</p>{html}")
    assert_harmless(clean)
    assert "before" in clean
    assert_harmless(sanitised(clean))


@given(
    st.lists(
        st.sampled_from([*HARMFUL, "<p>", "</p>", "<svg>", "</style>", '"', "'", ">", "<!--", "-->", "text"]),
        max_size=8,
    )
)
def test_no_mixture_of_them_stays_either(pieces: list[str]) -> None:
    assert_harmless(sanitised("".join(pieces)))


def test_what_is_taken_out_is_said() -> None:
    message = read_bytes(
        b"Content-Type: text/html\r\n\r\n<img src='https://t.example/p.gif'><script>x</script><p>Hi</p>"
    )
    (found,) = [one for one in message.findings if one.code == "mail_html_cleaned"]
    assert found.args == {"remote": 1, "active": 1}
    assert message.html == "<p>Hi</p>"


def test_usual_words_keep_their_shape() -> None:
    html = "<h2>News</h2><p>Two <b>songs</b>:</p><ul><li>One</li></ul><table><tbody><tr><td>a</td></tr></tbody></table>"
    assert sanitised(html) == html


def test_links_say_where_they_lead() -> None:
    honest = sanitised('<a href="https://www.example.org/a">example.org</a>')
    assert honest == '<a href="https://www.example.org/a" rel="noopener noreferrer">example.org</a>'
    told = sanitised('<a href="https://host.example/a">here</a>')
    assert told.endswith("here</a> <small>[host.example]</small>")


def test_a_link_that_names_another_address_is_a_finding() -> None:
    html = b'Content-Type: text/html\r\n\r\n<a href="https://evil.example/login">https://bank.example/</a>'
    (found,) = [one for one in read_bytes(html).findings if one.code == "mail_link_masked"]
    assert found.args == {"host": "evil.example"}


def test_scanners_wrappers_come_off() -> None:
    wrapped = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwe.tl%2Ft-abc&amp;data=05"
    assert 'href="https://we.tl/t-abc"' in sanitised(f'<a href="{wrapped}">we.tl</a>')


def test_pictures_of_the_message_wait_for_the_page() -> None:
    assert sanitised('<img alt="us" src="CID:p1@example.org" width=20>') in (
        '<img alt="us" data-cid="p1@example.org">',
        '<img data-cid="p1@example.org" alt="us">',
    )
    assert sanitised('&lt;img src="cid:x"&gt;') == '&lt;img src="cid:x"&gt;'


def test_html_becomes_words() -> None:
    html = (
        "<html><head><title>no</title></head><body><p>Hello&nbsp;Ana,<br>two things:</p>"
        "<ul><li>the bridge</li><li>the end</li></ul>"
        '<div>See <a href="https://example.org/a?b=1&amp;c=2">the take</a>.</div>'
        "<blockquote>old words<br>more</blockquote></body>"
    )
    assert text_of(html) == (
        "Hello Ana,\ntwo things:\n\n- the bridge\n- the end\n\n"
        "See the take <https://example.org/a?b=1&c=2>.\n> old words\n> more"
    )


def test_a_message_of_html_alone_has_words_too() -> None:
    message = read_bytes(
        b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Louder, please</p><div>On Tue, 3 Nov 2026, Me wrote:</div>"
        b"<blockquote>How is it?</blockquote>"
    )
    assert message.text == "Louder, please"
    assert "> How is it?" in message.quoted
