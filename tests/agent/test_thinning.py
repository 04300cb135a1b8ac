"""What a full spool gives up, and what it never does before the rest."""

from datetime import timedelta
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from capture_agent.protocol import Kind
from capture_agent.thinning import Waiting, thin
from tests.agent.kept_items import NOON


def waiting(number: int, second: float, kind: Kind = Kind.FRAME, monitor: int = 0, of: int | None = None) -> Waiting:
    identity = uuid5(UUID(int=1), str(number if of is None else of))
    return Waiting(number, kind, identity, NOON + timedelta(seconds=second), 100, monitor)


def numbers(items: list[Waiting]) -> list[int]:
    return [item.number for item in items]


def test_of_close_frames_every_second_one_goes_the_oldest_first() -> None:
    items = [waiting(n, n) for n in range(6)]
    assert numbers(thin(items, 200)) == [1, 3]
    assert numbers(thin(items, 0)) == []


def test_frames_that_stood_for_long_stay_longer_than_those_that_were_soon_replaced() -> None:
    items = [waiting(0, 0), waiting(1, 600), *(waiting(n, 1200 + n) for n in range(2, 8))]
    assert numbers(thin(items, 200)) == [3, 5]


def test_two_monitors_do_not_thin_each_other() -> None:
    items = [waiting(n, n, monitor=n % 2) for n in range(4)]
    items += [waiting(9, 30, monitor=0)]
    assert set(numbers(thin(items, 100))) <= {0, 1, 2, 3}
    assert numbers(thin([waiting(0, 0, monitor=0), waiting(1, 1, monitor=1)], 100)) == [0], "only by age"


def test_messages_go_with_their_frame_and_sound_goes_last() -> None:
    sound = waiting(0, 0, Kind.AUDIO)
    items = [sound, waiting(1, 1), waiting(2, 1, Kind.SEEN, of=1), waiting(3, 900)]
    assert numbers(thin(items, 150)) == [1, 2]
    assert numbers(thin(items, 301)) == [1, 2, 3, 0]


kinds = st.sampled_from([Kind.FRAME, Kind.FRAME, Kind.SEEN, Kind.AUDIO])


@given(st.lists(st.tuples(st.integers(0, 5000), kinds, st.integers(0, 1)), max_size=40), st.integers(0, 5000))
def test_enough_is_given_up_or_all_and_nothing_twice(drawn: list[tuple[int, Kind, int]], wanted: int) -> None:
    items = [waiting(n, second, kind, monitor) for n, (second, kind, monitor) in enumerate(drawn)]
    gone = thin(items, wanted)
    assert len(gone) == len({item.number for item in gone})
    assert sum(item.size for item in gone) >= min(wanted, sum(item.size for item in items))
    assert len(gone) <= -(-wanted // 100)
