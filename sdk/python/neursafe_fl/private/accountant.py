"""Renyi differential privacy of the Poisson-subsampled Gaussian at whole orders.

Mironov, Talwar, Zhang, "Renyi Differential Privacy of the Sampled Gaussian Mechanism", 2019; to epsilon by proposition 12 of Canonne, Kamath,
Steinke, "The Discrete Gaussian for Differential Privacy", 2020. The same orders and formulas as the platform's own account.
"""

import math

_ORDERS = (*range(2, 65), 128, 256, 512)


def divergence(sampling, noise_multiplier, order):
    """Of one step: 1/(a-1) ln sum_k C(a,k) (1-q)^(a-k) q^k exp((k^2-k) / (2 z^2)).

    sampling: q, the probability of a record to be in the step, 0 to 1. noise_multiplier: z, positive.
    """
    if sampling == 0:
        return 0.0
    variance = noise_multiplier * noise_multiplier
    if variance < 1e-300:
        return math.inf
    if sampling == 1:
        return order / (2 * variance)
    terms = [
        math.lgamma(order + 1)
        - math.lgamma(k + 1)
        - math.lgamma(order - k + 1)
        + (order - k) * math.log1p(-sampling)
        + k * math.log(sampling)
        + (k * k - k) / (2 * variance)
        for k in range(order + 1)
    ]
    largest = max(terms)
    return max(0.0, (largest + math.log(math.fsum(math.exp(term - largest) for term in terms))) / (order - 1))


def epsilon(releases, delta):
    """What (sampling, noise_multiplier, steps) together cost under a delta; 0 for no steps."""
    releases = [release for release in releases if release[2] > 0]
    if not releases:
        return 0.0
    best = math.inf
    for order in _ORDERS:
        spent = sum(steps * divergence(sampling, noise, order) for sampling, noise, steps in releases)
        # The total variation distance is at most sqrt(1 - exp(-KL)), and KL at most any divergence of an order above 1.
        if delta * delta + math.expm1(-spent) > 0:
            return 0.0
        best = min(best, spent + math.log1p(-1 / order) - math.log(delta * order) / (order - 1))
    return max(0.0, best)
