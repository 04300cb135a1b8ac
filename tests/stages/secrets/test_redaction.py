"""Marks stand where values stood, and tell the kind alone."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from recall_assets.records import Finding
from recall_assets.stages.secrets import detect_known, known_values, redact
from recall_assets.stages.secrets.redaction import merge

spans = st.lists(st.tuples(st.integers(0, 38), st.integers(1, 12)), max_size=8)


def _finding(start: int, end: int, kind: str = "token", confidence: float = 0.5) -> Finding:
    return Finding(start, end, kind, "test", confidence)


def test_the_value_gives_way_to_its_kind() -> None:
    assert redact("the key is abc123 here", [_finding(11, 17, "api_key")]) == "the key is [REDACTED:api_key] here"


def test_overlapping_findings_become_one_mark_of_the_surer_kind() -> None:
    findings = [_finding(0, 6, "token", 0.6), _finding(3, 9, "password", 0.9)]
    assert redact("abcdefghi!", findings) == "[REDACTED:password]!"


@given(spans)
def test_no_character_of_a_finding_stays_and_all_others_do(drawn: list[tuple[int, int]]) -> None:
    text = "".join(chr(0x4E00 + i) for i in range(50))
    findings = [_finding(start, start + length) for start, length in drawn]
    hidden = {i for finding in findings for i in range(finding.start, finding.end)}
    redacted = redact(text, findings)
    assert [c for c in redacted if c in text] == [c for i, c in enumerate(text) if i not in hidden]


@given(spans)
def test_merged_findings_cover_the_same_characters_apart(drawn: list[tuple[int, int]]) -> None:
    findings = [_finding(start, start + length) for start, length in drawn]
    merged = merge(findings)
    assert all(left.end <= right.start for left, right in pairwise(merged))
    assert {i for f in findings for i in range(f.start, f.end)} == {i for f in merged for i in range(f.start, f.end)}


def test_a_known_value_is_found_without_its_label_and_badly_read() -> None:
    text = "Password: Tim0thy#mill"
    known = known_values(text, [_finding(10, len(text), "password")])
    (finding,) = detect_known("copied “TirnOthy#mi1l” to the clipboard", known)
    assert (finding.start, finding.end, finding.kind) == (8, 21, "password")


def test_a_known_value_is_not_found_inside_a_longer_word() -> None:
    known = known_values("market", [_finding(0, 6, "password")])
    assert detect_known("supermarkets and markets", known) == []
    assert len(detect_known("the market, again", known)) == 1


def test_short_values_and_codes_are_not_carried_on() -> None:
    assert known_values("12345 and 482913", [_finding(0, 5, "pin"), _finding(10, 16, "one_time_code")]) == frozenset()


def test_a_known_value_shows_nothing_of_itself() -> None:
    (value,) = known_values("swordfish", [_finding(0, 9, "password")])
    assert "fish" not in repr(value)


def test_a_long_piece_of_a_known_value_is_found_where_a_window_cuts_it() -> None:
    value = "q7Xw0kLm42Zt9RbVn81Ys6"
    known = known_values(value, [_finding(0, len(value), "token")])
    for text in (f"key {value[:14]}|", f"…{value[-13:]} end", f"a {value[4:17]} b", f"{value[:12]}\n{value[9:]}"):
        assert "[REDACTED:token]" in redact(text, detect_known(text, known))
        assert not any(value[at : at + 12] in redact(text, detect_known(text, known)) for at in range(len(value) - 11))
    assert detect_known(f"{value[:11]} {value[11:]}"[:11], known) == []


def test_a_piece_that_is_made_of_words_is_no_sign_of_the_value() -> None:
    value = "q7Xw0kLm42Zt9 anna@laptop:~/src/garden$"  # a value that was read together with what stood below it
    known = known_values(value, [_finding(0, len(value), "password")])
    assert detect_known("anna@laptop:~/src/garden$ git status", known) == []
    assert len(detect_known("seen q7Xw0kLm42Zt9 again", known)) == 1
    assert len(detect_known(value, known)) == 1
