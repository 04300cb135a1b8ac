"""The perceptual hash is near for near images, and the same everywhere."""

import numpy as np
import numpy.typing as npt

from recall_assets.stages.frames import phash64


def _screen(seed: int) -> npt.NDArray[np.uint8]:
    blocks = np.random.default_rng(seed).integers(0, 255, (9, 16, 3), dtype=np.uint8)
    return np.repeat(np.repeat(blocks, 40, axis=0), 40, axis=1)


def _bits_apart(one: int, other: int) -> int:
    return ((one ^ other) & (2**64 - 1)).bit_count()


def test_a_small_change_moves_few_bits_and_another_screen_many() -> None:
    screen = _screen(1)
    changed = screen.copy()
    changed[100:116, 200:320] = 0
    assert _bits_apart(phash64(screen), phash64(changed)) <= 8
    assert _bits_apart(phash64(screen), phash64(_screen(2))) >= 16


def test_the_size_of_the_image_hardly_matters() -> None:
    assert _bits_apart(phash64(_screen(3)), phash64(_screen(3)[::2, ::2])) <= 2


def test_the_hash_fits_a_signed_bigint_for_any_size() -> None:
    for shape in ((1, 1), (3, 700), (31, 33)):
        assert -(2**63) <= phash64(np.full((*shape, 3), 200, np.uint8)) < 2**63
