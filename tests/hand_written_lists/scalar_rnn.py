import math
x = [0.5, -1.0, 2.0]; w, u = 0.7, 0.3; t = 0.2
h = [0.0]
for k in range(3):
    h.append(math.tanh(w*h[-1] + u*x[k]))
loss = (h[-1] - t)**2
dh = 2*(h[-1] - t)
dw = du = 0.0
dx = [0.0]*3
for k in reversed(range(3)):
    da = dh*(1 - h[k+1]**2)
    dw += da*h[k]
    du += da*x[k]
    dx[k] = da*u
    dh = da*w
