# A character model with batch normalization, differentiated by hand over tensors: A. Karpathy, "Building makemore Part 4:
# Becoming a Backprop Ninja" (2022), exercise 1; written anew from its mathematics.
import torch

g = torch.Generator().manual_seed(4)
letters, context, width, hidden, n = 27, 3, 10, 64, 32
C = torch.randn((letters, width), generator=g)
W1 = torch.randn((width * context, hidden), generator=g) / (width * context) ** 0.5
b1 = torch.randn(hidden, generator=g) * 0.1
gain = torch.randn((1, hidden), generator=g) * 0.1 + 1
shift = torch.randn((1, hidden), generator=g) * 0.1
W2 = torch.randn((hidden, letters), generator=g) * 0.1
b2 = torch.randn(letters, generator=g) * 0.1
X = torch.randint(0, letters, (n, context), generator=g)
Y = torch.randint(0, letters, (n,), generator=g)
for p in [C, W1, b1, gain, shift, W2, b2]:
    p.requires_grad = True

emb = C[X]
flat = emb.view(n, -1)
pre = flat @ W1 + b1
mean = pre.sum(0, keepdim=True) / n
centred = pre - mean
squares = centred**2
var = squares.sum(0, keepdim=True) / (n - 1)
scale = (var + 1e-5) ** -0.5
raw = centred * scale
z = gain * raw + shift
h = torch.tanh(z)
logits = h @ W2 + b2
top = logits.max(1, keepdim=True).values
low = logits - top
counts = low.exp()
total = counts.sum(1, keepdim=True)
share = total**-1
probs = counts * share
logp = probs.log()
loss = -logp[range(n), Y].mean()
for t in [logp, probs, logits, h, z, emb]:
    t.retain_grad()
loss.backward()

dlogp = torch.zeros_like(logp)
dlogp[range(n), Y] = -1 / n
dprobs = dlogp / probs
dshare = (counts * dprobs).sum(1, keepdim=True)
dtotal = -(total**-2) * dshare
dcounts = share * dprobs
dcounts += dtotal
dlow = counts * dcounts
dtop = -dlow.sum(1, keepdim=True)
dlogits = dlow.clone()
dlogits += torch.nn.functional.one_hot(logits.argmax(1), letters) * dtop
dh = dlogits @ W2.T
dW2 = h.T @ dlogits
db2 = dlogits.sum(0)
dz = (1 - h**2) * dh
dgain = (raw * dz).sum(0, keepdim=True)
dshift = dz.sum(0, keepdim=True)
draw = gain * dz
dscale = (centred * draw).sum(0, keepdim=True)
dvar = -0.5 * (var + 1e-5) ** -1.5 * dscale
dsquares = torch.ones_like(squares) / (n - 1) * dvar
dcentred = scale * draw
dcentred += 2 * centred * dsquares
dmean = -dcentred.sum(0)
dpre = dcentred.clone()
dpre += torch.ones_like(pre) / n * dmean
dflat = dpre @ W1.T
dW1 = flat.T @ dpre
db1 = dpre.sum(0)
demb = dflat.view(emb.shape)
dC = torch.zeros_like(C)
for i in range(n):
    for j in range(context):
        dC[X[i, j]] += demb[i, j]
