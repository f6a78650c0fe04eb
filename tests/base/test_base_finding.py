import string

from controlroom.base.finding import SEVERITIES, Finding, sentences


def test_a_finding_says_its_figures():
    finding = Finding(code="clipped", severity="warning", args={"count": 3, "longest_ms": 1.25})
    assert finding.says().startswith("3 clipped places, the longest 1.25 ms")
    assert finding.to_json()["says"] == finding.says()
    assert finding.to_json()["start_s"] is None


def test_every_sentence_ends_like_one_and_is_a_template():
    for code, says in sentences().items():
        assert says.rstrip()[-1] in ".?!", code
        assert "\n" not in says, code
        list(string.Formatter().parse(says))


def test_sentences_stand_in_alphabetical_order():
    assert list(sentences()) == sorted(sentences())


def test_severities_run_from_light_to_grave():
    assert SEVERITIES == ("info", "advice", "warning", "blocking")
