# CS231n notes, optimization-2: f(x,y,z) = (x+y)z, by hand
x = -2; y = 5; z = -4
q = x + y
f = q * z
dfdz = q
dfdq = z
dqdx = 1.0
dqdy = 1.0
dfdx = dfdq * dqdx
dfdy = dfdq * dqdy
print(dfdx, dfdy, dfdz)
