"""What kind of doing an activity is."""

from dataclasses import replace

import pytest

from recall_assets.records import DocumentFrequency
from recall_assets.stages.activities import cut_day
from tests.days import drawn


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Compose\nInbox (4)\nStarred\nSent\nDrafts\nKeel bolts: appointment", "email"),
        ("Posteingang 2\nGesendet\nEntwürfe\nPapierkorb\nDer Kran ist frei", "email"),
        ("Sent to the archive on Monday\nInbox (4)\nthe drafts of the lease", "other"),
    ],
)
def test_a_site_with_the_folders_of_a_mailbox_is_mail_whatever_it_is_called(text: str, label: str) -> None:
    shown = [
        replace(frame, app_name="chromium", window_title="Crane", url="https://post.north.example/t/9", text=text)
        for frame in drawn("bbbb")
    ]
    (activity,) = cut_day(shown, document_frequency=DocumentFrequency(0, {}), previous=[], projects=[])
    assert activity.label == label
