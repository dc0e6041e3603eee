import numpy as np

rng = np.random.RandomState(7)
T, D, H = 5, 3, 4
sig = lambda a: 1 / (1 + np.exp(-a))
P = {k: rng.randn(H, D) * .4 for k in ("Wz", "Wr", "Wn")}
P.update({k: rng.randn(H, H) * .4 for k in ("Uz", "Ur", "Un")})
P.update({k: rng.randn(H) * .1 for k in ("bz", "br", "bn")})
xs = rng.randn(T, D)
ys = rng.randn(T, H)


def run(P, xs, ys):
    h = np.zeros(H)
    cache, loss = [], 0.0
    for t in range(T):
        hp = h
        z = sig(P["Wz"] @ xs[t] + P["Uz"] @ hp + P["bz"])
        r = sig(P["Wr"] @ xs[t] + P["Ur"] @ hp + P["br"])
        n = np.tanh(P["Wn"] @ xs[t] + r * (P["Un"] @ hp) + P["bn"])
        h = (1 - z) * n + z * hp
        cache.append((hp, z, r, n, h))
        loss += 0.5 * np.sum((h - ys[t]) ** 2)
    grads = {k: np.zeros_like(v) for k, v in P.items()}
    dh_next = np.zeros(H)
    for t in reversed(range(T)):
        hp, z, r, n, h = cache[t]
        dh = (h - ys[t]) + dh_next
        dn = dh * (1 - z)
        dz = dh * (hp - n)
        dan = dn * (1 - n ** 2)
        dr = dan * (P["Un"] @ hp)
        daz = dz * z * (1 - z)
        dar = dr * r * (1 - r)
        grads["Wz"] += np.outer(daz, xs[t])
        grads["Wr"] += np.outer(dar, xs[t])  #~ grads["Wr"] = np.outer(dar, xs[t])
        grads["Wn"] += np.outer(dan, xs[t])
        grads["Uz"] += np.outer(daz, hp)
        grads["Ur"] += np.outer(dar, hp)  #~ grads["Ur"] += np.outer(dar, h)
        grads["Un"] += np.outer(dan * r, hp)  #~ grads["Un"] += np.outer(dan, hp)
        grads["bz"] += daz
        grads["br"] += dar
        grads["bn"] += dan  #~ grads["bn"] += dn
        dh_next = dh * z + P["Uz"].T @ daz + P["Ur"].T @ dar + P["Un"].T @ (dan * r)
    return loss, grads


loss, grads = run(P, xs, ys)
