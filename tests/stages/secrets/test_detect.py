"""What holds for findings of every text."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from recall_assets.stages.secrets import DETECTOR_VERSION, MARK, detect, redact
from tests.stages.secrets.drawn import Drawer, is_covered

_LABELS = (
    "Password: ",
    "api_key=",
    "token ",
    "IBAN ",
    "code is ",
    "-p ",
    "BEGIN PRIVATE KEY",
    "https://a:",
    "\n",
    "[REDACTED:x]",
)
texts = st.lists(
    st.one_of(st.sampled_from(_LABELS), st.text(max_size=12), st.text("abcXYZ019-_ .@", max_size=40)), max_size=12
).map("".join)
plain_lines = st.lists(
    st.text("abcdefghij klmnopqrstuvwxyz", min_size=1, max_size=30).filter(lambda line: "pass" not in line), max_size=6
)
seeds = st.integers(0, 10_000)


@given(texts)
@settings(max_examples=200)
def test_findings_lie_inside_the_text_sorted_and_apart(text: str) -> None:
    findings = detect(text)
    at = 0
    for finding in findings:
        assert at <= finding.start < finding.end <= len(text)
        assert 0 < finding.confidence <= 1
        at = finding.end


@given(texts)
@settings(max_examples=100)
def test_the_same_text_gives_the_same_findings(text: str) -> None:
    assert detect(text) == detect(text)


@given(texts)
@settings(max_examples=100)
def test_nothing_is_found_inside_a_mark(text: str) -> None:
    redacted = redact(text, detect(text))
    marks = [mark.span() for mark in MARK.finditer(redacted)]
    for finding in detect(redacted):
        assert not any(finding.start < end and start < finding.end for start, end in marks)


def test_a_finding_ends_at_a_mark_and_goes_on_behind_it() -> None:
    body = Drawer(3).token("", 64)
    text = f"-----BEGIN {'PRIVATE'} KEY-----\n[REDACTED:token]\n{body}\n-----END {'PRIVATE'} KEY-----"
    redacted = redact(text, detect(text))
    assert redacted.count("[REDACTED:token]") == 1
    assert body not in redacted


@given(seeds)
@settings(max_examples=60)
def test_redacting_twice_changes_nothing_more(seed: int) -> None:
    draw = Drawer(seed)
    text = f"Password: {draw.password()}\nTOKEN={draw.token('', 32)}\nIBAN {draw.iban('DE', 22)}\nSave"
    once = redact(text, detect(text))
    assert redact(once, detect(once)) == once


@given(seeds, plain_lines, plain_lines)
@settings(max_examples=100)
def test_other_lines_do_not_hide_a_secret(seed: int, before: list[str], after: list[str]) -> None:
    password = Drawer(seed).password()
    text = "\n".join([*before, f"Password: {password}", *after])
    assert is_covered(text, password, detect(text))


@given(seeds, st.sampled_from(["", "  Show", "  | Hide", "  Copy  Reveal", " |"]))
@settings(max_examples=40)
def test_a_password_under_its_label_is_found_beside_the_buttons_of_its_field(seed: int, beside: str) -> None:
    value = Drawer(seed).password()
    text = f"Username\nada@home.test\nPassword\n{value}{beside}\nLast changed 14 March"
    assert is_covered(text, value, detect(text))


def test_the_version_names_our_rules_and_the_engine() -> None:
    assert DETECTOR_VERSION.startswith("recall-")
    assert "kingfisher-" in DETECTOR_VERSION


def test_time_grows_no_faster_than_the_text() -> None:
    page = "Inbox (3)  Sent\nuser_name = anna, id 48213, see https://example.org/a/b?c=1 and a1b2c3 d4e5f6\n" * 40
    detect(page)

    def seconds(text: str) -> float:
        began = time.process_time()
        detect(text)
        return time.process_time() - began

    assert min(seconds(page * 8) for _ in range(3)) < 24 * min(seconds(page) for _ in range(3))
