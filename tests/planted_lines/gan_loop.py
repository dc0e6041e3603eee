import numpy as np
rng = np.random.default_rng(0)
Wg = rng.normal(size=(2, 3)); Wd = rng.normal(size=(3, 1))
real = rng.normal(size=(8, 3)) + 1
sig = lambda s: 1/(1+np.exp(-s))
for step in range(4):
    z = rng.normal(size=(8, 2))
    fake = z @ Wg
    pr, pf = sig(real @ Wd), sig(fake @ Wd)
    d_loss = -np.mean(np.log(pr)) - np.mean(np.log(1 - pf))
    dWd = real.T @ (pr - 1)/8 + fake.T @ pf/8  #~ dWd = real.T @ (pr - 1)/8 + fake.T @ pf
    Wd -= 0.1*dWd
    fake = z @ Wg
    pf = sig(fake @ Wd)
    g_loss = -np.mean(np.log(pf))
    dfake = (pf - 1) @ Wd.T/8  #~ dfake = (pf - 1) @ Wd.T
    dWg = z.T @ dfake  #~ dWg = -z.T @ dfake
    Wg -= 0.1*dWg
