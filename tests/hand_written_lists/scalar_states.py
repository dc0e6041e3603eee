import math
T = 3
x = [0.5, -1.0, 2.0]; w = 0.7
s = [0.0]*(T+1)
for k in range(T):
    s[k+1] = math.tanh(w*s[k] + x[k])
loss = sum(s[k]**2 for k in range(1, T+1))
ds = [0.0]*(T+1)
dw = 0.0
for k in reversed(range(T)):
    ds[k+1] += 2*s[k+1]
    da = ds[k+1]*(1 - s[k+1]**2)
    dw += da*s[k]
    ds[k] += da*w
