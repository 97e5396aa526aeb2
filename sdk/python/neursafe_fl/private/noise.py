"""Randomness that nobody can repeat: from the operating system's cryptographic generator, whatever seeds a script or its job sets.

A job's seed is known to the server; noise that follows from it could be taken off again.
"""

import os

import numpy as np


def uniform(count):
    """`count` numbers between 0 and 1, both excluded, with 52 random bits each."""
    bits = np.frombuffer(os.urandom(8 * count), dtype="<u8") >> np.uint64(12)
    return (bits.astype(np.float64) + 0.5) * 2.0**-52


def normal(shape, deviation):
    """Gaussian noise in float64, by Box and Muller's transform."""
    count = int(np.prod(shape, dtype=np.int64))
    half = (count + 1) // 2
    radius = np.sqrt(-2 * np.log(uniform(half)))
    angle = 2 * np.pi * uniform(half)
    drawn = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])[:count]
    return deviation * drawn.reshape(shape)


def chosen(records, probability):
    """Indices of a sample that each record is in by itself with that probability; may be empty."""
    return np.nonzero(uniform(records) < probability)[0]
