"""Names of projects read as people would say them."""

from recall_assets.stages.projects.naming import name_of


def test_a_repository_names_a_project_before_its_words() -> None:
    assert name_of({"repository:orchard": 2.0, "series:ORC": 3.0, "word:graft": 4.0}) == "orchard"


def test_a_repository_that_is_only_mentioned_does_not() -> None:
    assert name_of({"repository:orchard": 0.1, "word:lease": 4.0, "word:deposit": 3.0}) == "Lease deposit"


def test_names_of_people_are_no_topic() -> None:
    assert name_of({"person:Rosa Quill": 1.0, "word:rosa": 5.0, "word:lease": 4.0}) == "Lease"


def test_a_host_is_the_last_resort() -> None:
    assert name_of({"host:cellar.example": 1.0}) == "cellar.example"
    assert name_of({}) == "Untitled"
