"""Independent random streams from one seed."""

import hashlib

import numpy as np


def generator(seed: int, purpose: str) -> np.random.Generator:
    """Give the random stream of `seed` for one `purpose`; other purposes do not disturb it."""
    digest = hashlib.sha256(f"{seed}/{purpose}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16]))
