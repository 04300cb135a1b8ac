"""What waits on the disk: whole items in order, once each, within a budget, whatever happens in between."""

import errno
import os
import signal
import stat
import sys
from pathlib import Path
from types import FrameType

import pytest

from capture_agent import spool as spool_module
from capture_agent.protocol import Kind
from capture_agent.spool import Spool, SpoolError
from tests.agent.drawn_desktop import KEY
from tests.agent.kept_items import frame, item_id, seen


def spool_of(folder: Path, budget: int = 10_000_000) -> Spool:
    return Spool(folder / "spool", budget)


def put(spool: Spool, *numbers: int, size: int = 1000) -> None:
    for number in numbers:
        sealed = frame(number, size=size)
        spool.put(sealed.header, sealed.envelope, KEY.key_id.hex())


def test_items_come_back_whole_and_in_order_also_after_a_restart(tmp_path: Path) -> None:
    put(spool_of(tmp_path), 3, 1)
    put(spool_of(tmp_path), 2)
    spool = spool_of(tmp_path)
    assert [item.id for item in spool.waiting()] == [item_id(3), item_id(1), item_id(2)]
    assert {item.key_id for item in spool.waiting()} == {KEY.key_id.hex()}
    for item in spool.waiting():
        read = spool.read(item)
        assert read is not None
        assert len(read.envelope) == read.header.envelope_bytes  # type: ignore[union-attr]
    assert spool.size == sum(path.stat().st_size for path in (tmp_path / "spool").iterdir())


def test_the_folder_and_its_files_are_the_owners_alone(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir(mode=0o755)
    put(spool_of(tmp_path), 1)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [tmp_path / "spool", *(tmp_path / "spool").iterdir()]}
    assert modes == {0o700, 0o600}


def test_what_is_settled_is_gone_for_good(tmp_path: Path) -> None:
    spool = spool_of(tmp_path)
    put(spool, 1, 2)
    spool.settle(spool.waiting()[0])
    spool.settle(spool.waiting()[0])
    assert (spool.waiting(), spool.size, spool_of(tmp_path).waiting()) == ([], 0, [])


def test_a_later_message_takes_the_place_of_the_earlier_one(tmp_path: Path) -> None:
    spool = spool_of(tmp_path)
    put(spool, 1)
    spool.put(seen(1, until=60))
    spool.put(seen(1, until=120))
    items = [spool.read(item) for item in spool.waiting()]
    assert [item.header.kind for item in items if item] == [Kind.FRAME, Kind.SEEN]
    assert items[1] is not None
    assert items[1].header == seen(1, until=120)


def test_batches_are_bounded_and_pass_over_what_is_set_aside(tmp_path: Path) -> None:
    spool = spool_of(tmp_path)
    put(spool, *range(5))
    size = spool.waiting()[0].size
    assert [item.number for item in spool.batch(3 * size, 10)] == [1, 2, 3]
    assert [item.number for item in spool.batch(10**9, 2, but={1, 3})] == [2, 4]
    assert len(spool.batch(1, 10)) == 1


def test_a_full_spool_gives_up_every_second_of_close_frames_and_counts_them(tmp_path: Path) -> None:
    spool = spool_of(tmp_path, budget=20_000)
    put(spool, *range(40))
    left = [item.captured_at.second for item in spool.waiting()]
    assert spool.size <= 20_000
    assert spool.thinned == 40 - len(left)
    assert spool_of(tmp_path).thinned == spool.thinned
    assert left[-5:] == [35, 36, 37, 38, 39], "the newest are whole"
    assert left[0] < 4, "the oldest time is still there"


def test_an_item_that_no_budget_holds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpoolError, match="megabytes"):
        put(spool_of(tmp_path, budget=2000), 1, size=3000)


def test_a_full_disk_is_an_error_leaves_nothing_half_and_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = spool_of(tmp_path)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SpoolError, match="No space left"):
        put(spool, 1)
    monkeypatch.undo()
    assert (spool.waiting(), [*(tmp_path / "spool").iterdir()]) == ([], [])
    put(spool, 1)
    assert len(spool_of(tmp_path).waiting()) == 1


def test_what_the_disk_damaged_is_put_aside_and_counted(tmp_path: Path) -> None:
    spool = spool_of(tmp_path)
    put(spool, 1, 2)
    first = min((tmp_path / "spool").iterdir())
    first.write_bytes(first.read_bytes()[:-1])
    assert spool.read(spool.waiting()[0]) is None
    assert (len(spool.waiting()), spool.damaged) == (1, 1)
    again = spool_of(tmp_path)
    assert (len(again.waiting()), again.damaged) == (1, 1)
    assert len([*(tmp_path / "spool").glob("*.damaged")]) == 1


def killed_at(line: int, folder: Path, acknowledged: Path) -> bool:
    """Runs a child that settles item 1, keeps frame 2 and two messages; kill -9 before that line of the spool's code.

    Returns whether it came to its end.
    """
    sealed = frame(2)
    child = os.fork()
    if child == 0:
        lines = 0

        def count(code: FrameType, event: str, _: object) -> object:
            nonlocal lines
            if code.f_code.co_filename != spool_module.__file__:
                return None
            if event == "line":
                lines += 1
                if lines == line:
                    os.kill(os.getpid(), signal.SIGKILL)
            return count

        sys.settrace(count)  # type: ignore[arg-type]
        own = Spool(folder, 10_000_000)
        own.settle(own.waiting()[0])
        own.put(sealed.header, sealed.envelope)
        acknowledged.touch()
        own.put(seen(2, 60))
        own.put(seen(2, 120))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_kill_9_at_any_line_loses_nothing_that_was_acknowledged_and_leaves_no_half(tmp_path: Path) -> None:
    for line in range(1, 2000, 2):
        folder, acknowledged = tmp_path / str(line), tmp_path / f"{line} is kept"
        put(Spool(folder, 10_000_000), 1)
        ended = killed_at(line, folder, acknowledged)
        spool = Spool(folder, 10_000_000)
        read = [spool.read(item) for item in spool.waiting()]
        assert None not in read
        assert spool.damaged == 0
        assert not [*folder.glob("*.part")]
        frames = [item.header.id for item in read if item and item.header.kind is Kind.FRAME]
        assert len(frames) == len(set(frames))
        if acknowledged.exists():
            assert frames == [item_id(2)]
        if ended:
            assert line > 100
            return
    raise AssertionError("the child never reached its end")
