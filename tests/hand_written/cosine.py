# cosine similarity pulled towards 1
import numpy as np
np.random.seed(10)
a = np.random.randn(5); b = np.random.randn(5)
na = np.sqrt(a @ a)
nb = np.sqrt(b @ b)
s = a @ b / (na * nb)
loss = (1 - s) ** 2
ds = -2 * (1 - s)
da = ds * (b / (na * nb) - s * a / na ** 2)
db = ds * (a / (na * nb) - s * b / nb ** 2)
