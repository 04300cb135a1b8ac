"""What is an alarm, and that each is raised once and cleared once, however long it lasts."""

from hypothesis import given
from hypothesis import strategies as st

from recall_assets.records import AlertKey, AlertKind
from recall_assets.stages.alerts import changes, disk, partitions, spools, vault

KEYS = [AlertKey(AlertKind.SPOOL, name) for name in ("laptop", "desktop", "mini")]
DISK = AlertKey(AlertKind.DISK, "")


@given(st.lists(st.sets(st.sampled_from(KEYS)), max_size=30))
def test_an_alert_is_open_from_the_second_look_that_finds_it_to_the_second_that_does_not(
    looks: list[set[AlertKey]],
) -> None:
    open_: set[AlertKey] = set()
    before: set[AlertKey] = set()
    for now in looks:
        raised, cleared = changes(now, before, open_)
        assert raised == {key for key in now & before if key not in open_}
        assert not raised & open_
        assert cleared <= open_
        open_ = (open_ | raised) - cleared
        assert now & before <= open_ <= now | before
        before = now


def test_a_spool_is_raised_over_half_and_eased_well_below() -> None:
    assert [one.key.subject for one in spools({"laptop": 0.51, "desktop": 0.5}, ())] == ["laptop"]
    assert spools({"laptop": 0.45}, ()) == []
    assert spools({"laptop": 0.45}, KEYS)
    assert spools({"laptop": 0.4}, KEYS) == []


def test_little_room_is_told_before_nothing_more_is_taken_in() -> None:
    spare = 2_000_000_000
    assert disk(4_000_000_000, spare, ()) == []
    assert "3.9 GB are free" in disk(3_900_000_000, spare, ())[0].told
    assert disk(4_900_000_000, spare, {DISK})
    assert disk(5_000_000_000, spare, {DISK}) == []


def test_a_vault_wants_two_security_keys_and_none_where_there_is_none() -> None:
    assert [len(vault(keys)) for keys in (None, 0, 1, 2, 3)] == [0, 1, 1, 0, 0]


def test_failed_partitions_are_one_alert_an_asset_with_the_command_that_makes_the_newest_again() -> None:
    (first,) = partitions({"secrets": ["2026-11-21|desktop", "2026-11-22|laptop"]})
    assert first.told == "2 partitions of secrets failed, the newest 2026-11-22|laptop."
    assert first.remedy.endswith("recall backfill --stage secrets --from 2026-11-22 --to 2026-11-22")
    (alone,) = partitions({"kept_images": []})
    assert alone.told == "The last run of kept_images failed."
