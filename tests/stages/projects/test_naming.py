"""Names of projects read as people would say them."""

from recall_assets.stages.projects.naming import name_of


def test_a_repository_names_a_project_before_its_words() -> None:
    assert name_of({"repository:orchard": 2.0, "series:ORC": 3.0, "word:graft": 4.0}) == "orchard"


def test_a_repository_that_is_only_mentioned_does_not() -> None:
    assert name_of({"repository:orchard": 0.1, "word:lease": 4.0, "word:deposit": 3.0}) == "Lease"


def test_words_that_titles_share_name_a_project_as_they_are_written() -> None:
    titles = ["Kitchen worktops", "Offer 12: Kitchen worktops in oak", "Order of oil"]
    terms = {f"phrase:{title}": 1.0 for title in titles}
    names = {f"name:{word}": 2.0 for word in ("kitch", "worktop", "oak", "oil")}
    assert name_of({**terms, **names, "series:KW": 1.0, "word:varnish": 9.0}) == "Kitchen worktops"


def test_a_title_shown_in_passing_names_nothing() -> None:
    assert name_of({"phrase:Kitchen worktops": 0.05, "name:kitch": 0.1, "word:varnish": 9.0}) == "Varnish"


def test_names_of_people_are_no_topic() -> None:
    assert name_of({"person:Rosa Quill": 1.0, "word:rosa": 5.0, "word:lease": 4.0}) == "Lease"
    assert name_of({"person:Rosa Quill": 1.0, "phrase:Rosa Quill on Leases": 1.0, "name:leas": 1.0}) == "Leases"


def test_a_host_is_the_last_resort() -> None:
    assert name_of({"host:cellar.example": 1.0}) == "cellar.example"
    assert name_of({}) == "Untitled"
