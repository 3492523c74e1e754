"""Writes reference.json: the same quantities by numpy, written from the papers and not from our code."""

import json
import math
import os

import numpy as np

rng = np.random.default_rng(7)


def confident_learning(p, y):
    n, k = p.shape
    t = np.array([p[y == j, j].mean() for j in range(k)])
    above = p >= t
    masked = np.where(above, p, -1.0)
    believed = np.where(above.any(1), masked.argmax(1), -1)
    joint = np.zeros((k, k), int)
    for given, true in zip(y, believed):
        if true >= 0:
            joint[given, true] += 1
    counts = np.bincount(y, minlength=k)
    estimate = joint / joint.sum(1, keepdims=True) * counts[:, None] / n
    wrong = [i for i in range(n) if believed[i] not in (-1, y[i])]
    wrong.sort(key=lambda i: p[i, y[i]] - p[i, believed[i]])
    kept, room = [], np.round(estimate * n).astype(int)
    for i in wrong:
        if room[y[i], believed[i]] > 0:
            kept.append(int(i))
        room[y[i], believed[i]] -= 1
    return t, joint, estimate, kept


def labels_case():
    n, k = 300, 3
    true = rng.integers(0, k, n)
    y = true.copy()
    flipped = rng.choice(n, 24, replace=False)
    y[flipped] = (true[flipped] + 1) % k
    logits = rng.normal(0, 1.1, (n, k))
    logits[np.arange(n), true] += 3
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    p = np.round(p, 6)
    t, joint, estimate, kept = confident_learning(p, y)
    return dict(
        p=p.ravel().tolist(), y=y.tolist(), classes=k, thresholds=t.tolist(), joint=joint.tolist(),
        estimate=estimate.tolist(), errors=kept, flipped=sorted(map(int, flipped)),
    )


def shift_case():
    groups = np.repeat([0, 1, 2], [40, 25, 30])
    values = np.round(rng.normal(groups * 0.6, 1.0), 1)  # one decimal: ties
    rows = []
    for g in range(3):
        own, rest = values[groups == g], values[groups != g]
        above = np.mean((own[:, None] > rest) + 0.5 * (own[:, None] == rest))
        n, m = len(own), len(rest)
        ties = np.unique(values, return_counts=True)[1]
        variance = n * m / 12 * (n + m + 1 - (ties**3 - ties).sum() / ((n + m) * (n + m - 1)))
        z = (above * n * m - n * m / 2) / math.sqrt(variance)
        rows.append(dict(group=g, above=float(above), p=math.erfc(abs(z) / math.sqrt(2))))
    return dict(values=values.tolist(), groups=groups.tolist(), shifts=rows)


def fence_case():
    values = np.round(rng.gamma(2, 1, 200), 4)
    values[:3] = [25, 30, 20]
    low, high = np.quantile(values, [0.25, 0.75])
    fence = high + 1.5 * (high - low)
    outside = [int(i) for i in np.argsort(-values, kind='stable') if values[i] > fence]
    return dict(values=values.tolist(), fence=float(fence), outside=outside)


def picture_case():
    rgb = rng.integers(0, 256, (9, 9, 3))
    luma = rgb @ np.array([0.299, 0.587, 0.114])
    inner = luma[1:-1, 1:-1]
    laplacian = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:] - 4 * inner
    means = rgb.reshape(-1, 3).mean(0)
    return dict(
        rgb=rgb.ravel().tolist(), size=9, brightness=float(luma.mean() / 255), contrast=float(luma.std() / 255),
        sharpness=float(math.log10(1 + laplacian.var())),
        saturation=float((rgb.max(2) - rgb.min(2)).mean() / 255),
        warmth=float((means[0] - means[2]) / 255),
        greenness=float((means[1] - (means[0] + means[2]) / 2) / 255),
    )


def softmax_case():
    """Ridge-penalised softmax regression by Newton's method."""
    n, d, k, l2 = 60, 4, 3, 0.05
    y = rng.integers(0, k, n)
    x = np.round(rng.normal(0, 1, (n, d)) + np.eye(k, d)[y] * 1.5, 3)
    w = (rng.random(n) < 0.8).astype(float)
    xb = np.hstack([x, np.ones((n, 1))])
    size = (d + 1) * k
    theta = np.zeros(size)
    penalty = np.tile(np.r_[np.full(d, l2), 0.0], k)  # per class: kernel, then bias
    onehot = np.eye(k)[y]
    for _ in range(50):
        z = xb @ theta.reshape(k, d + 1).T
        p = np.exp(z - z.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        g = (((p - onehot) * w[:, None]).T @ xb / w.sum()).ravel() + penalty * theta
        h = np.zeros((size, size))
        for a in range(k):
            for b in range(k):
                c = p[:, a] * ((a == b) - p[:, b]) * w
                h[a * (d + 1):(a + 1) * (d + 1), b * (d + 1):(b + 1) * (d + 1)] = (xb * c[:, None]).T @ xb / w.sum()
        h += np.diag(penalty)
        theta -= np.linalg.pinv(h) @ g
    z = xb @ theta.reshape(k, d + 1).T
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    return dict(x=x.ravel().tolist(), columns=d, y=y.tolist(), classes=k, weights=w.tolist(), l2=l2, p=p.ravel().tolist())


with open(os.path.join(os.path.dirname(__file__), 'reference.json'), 'w') as file:
    json.dump(
        dict(labels=labels_case(), shift=shift_case(), fence=fence_case(), picture=picture_case(), softmax=softmax_case()),
        file,
    )
