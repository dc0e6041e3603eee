import math

# f(x, y) = (x + sigmoid(y)) / (sigmoid(x) + (x + y)^2)
x = 3.0
y = -4.0
sigy = 1.0 / (1 + math.exp(-y))
num = x + sigy
sigx = 1.0 / (1 + math.exp(-x))
xpy = x + y
xpysqr = xpy ** 2
den = sigx + xpysqr
invden = 1.0 / den
f = num * invden

dnum = invden
dinvden = num
dden = (-1.0 / (den ** 2)) * dinvden  #~ dden = (1.0 / (den ** 2)) * dinvden  #~ dden = (-1.0 / den) * dinvden
dsigx = 1 * dden
dxpysqr = 1 * dden
dxpy = (2 * xpy) * dxpysqr  #~ dxpy = xpy * dxpysqr
dx = 1 * dxpy
dy = 1 * dxpy
dx += ((1 - sigx) * sigx) * dsigx  #~ dx = ((1 - sigx) * sigx) * dsigx
dx += 1 * dnum
dsigy = 1 * dnum
dy += ((1 - sigy) * sigy) * dsigy
