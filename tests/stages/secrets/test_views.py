"""Every view leads back to the characters that it stands for."""

from hypothesis import given
from hypothesis import strategies as st

from recall_assets.stages.secrets.views import fold, join_tokens, lower_case, squeeze, straighten

screens = st.text(st.sampled_from("abAB01lIOrnm-–_=.:\"“' \n│İß•"), max_size=60)


@given(screens)
def test_straight_and_lower_texts_keep_the_length(text: str) -> None:
    assert len(straighten(text)) == len(text) == len(lower_case(text))


@given(screens)
def test_the_squeezed_view_holds_the_text_without_blanks(text: str) -> None:
    view = squeeze(text)
    assert view.text == "".join(text.split())
    assert [text[start] for start in view.starts] == list(view.text)


@given(screens)
def test_spans_of_every_view_ascend_and_lie_in_the_text(text: str) -> None:
    for view in (squeeze(text), join_tokens(text), fold(text)):
        assert len(view.text) == len(view.starts) == len(view.ends)
        assert all(0 <= start < end <= len(text) for start, end in zip(view.starts, view.ends, strict=True))
        assert list(view.starts) == sorted(view.starts)


@given(screens)
def test_the_joined_view_leaves_out_whole_lines_and_blanks_only(text: str) -> None:
    view = join_tokens(text)
    assert "".join(text[start] for start in view.starts) == view.text
    kept = set(view.starts)
    lines = {text.count("\n", 0, start) for start in kept}
    dropped = [text[i] for i in range(len(text)) if i not in kept and text.count("\n", 0, i) in lines]
    assert all(character.isspace() or character == ">" for character in dropped)


def test_a_cut_token_is_whole_in_the_joined_view() -> None:
    text = "File Edit\nkey = hT7xQ2mWp 91Lkd02W\nDone here"
    view = join_tokens(text)
    assert "hT7xQ2mWp91Lkd02W" in view.text
    start = view.text.index("hT7xQ2mWp91Lkd02W")
    assert view.span(start, start + 17) == (text.index("hT7"), text.index("\nDone"))


def test_rn_and_m_are_one_in_the_folded_view() -> None:
    assert fold("rnO0lI|5S").text == fold("moo111ss").text
    assert fold("a rn b").span(1, 2) == (2, 4)
