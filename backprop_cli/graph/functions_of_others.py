"""More functions of other tools as formulas of gates, a line a formula, for `advice`.

A line has the names, and what to write over their operands {0}, {1}, …; several ways are parted by `|`. After `/` is
for how many operands it is; `{*}` is all of them; where there is no formula, no gates compute it. Names in capitals
are spreadsheets'. A line that is indented goes on with the one before.
"""

from __future__ import annotations

from backprop_cli.graph import calculating_of_others, learning_of_others

_LINES = """
# remainders and whole numbers
fmod rem: sign({0})*(abs({0}) % abs({1}))
floor_divide floordiv fld idiv QUOTIENT: floor(({0})/({1}))
cld: ceil(({0})/({1}))
divmod: floor(({0})/({1})) | ({0}) % ({1})
isqrt: floor(sqrt({0}))
floormod: ({0}) % ({1})
round/2: round(({0})*10^({1}))/10^({1})
frac: ({0}) - floor({0}) | ({0}) - where(({0}) < 0, ceil({0}), floor({0}))
FractionalPart: ({0}) - where(({0}) < 0, ceil({0}), floor({0}))
IntegerPart truncate TRUNC: where(({0}) < 0, ceil({0}), floor({0}))
idivide signif modf frexp nextafter spacing iseven isodd:
# elementary functions
cosm1: -2*sin(({0})/2)^2
exprel: expm1({0})/({0})
sinpi: sin(pi*({0}))
cospi: cos(pi*({0}))
tanpi: tan(pi*({0}))
cis evalpoly horner:
abs2: ({0})^2
ldexp: ({0})*2^({1})
sindg: sin(({0})*pi/180)
cosdg: cos(({0})*pi/180)
tandg: tan(({0})*pi/180)
atan2d: atan2({0}, {1})*180/pi
copysign: where(({1}) < 0, -abs({0}), abs({0}))
invsqrt inversesqrt: 1/sqrt({0})
cuberoot: cbrt({0})
surd: ({0})^(1/({1}))
root4: ({0})^(1/4)
sqrtpi SQRTPI: sqrt(pi*({0}))
logb: log({0}, {1}) | floor(log2(abs({0})))
tg: tan({0})
ctg cotg ctan cotan: 1/tan({0})
arctg: atan({0})
arcctg: pi/2 - atan({0})
sh: sinh({0})
ch: cosh({0})
th: tanh({0})
cth: 1/tanh({0})
vers versine: 1 - cos({0})
hav: (1 - cos({0}))/2
exsec: 1/cos({0}) - 1
sqrt1pm1: ({0})/(sqrt(1 + ({0})) + 1)
powm1: expm1(({1})*log({0}))
logaddexp2: logaddexp(({0})*log(2), ({1})*log(2))/log(2)
log1pexp: softplus({0})
logexpm1: ({0}) + log(-expm1(-({0})))
xlogx: xlogy({0}, {0})
xdivy: where(({0}) == 0, 0, ({0})/({1}))
muladd: ({0})*({1}) + ({2})
saturate: clip({0}, 0, 1)
mix: ({0}) + ({2})*(({1}) - ({0}))
fract: ({0}) - floor({0})
ramp: relu({0})
Sinc: sin({0})/({0})
zero: 0*({0})
one: 0*({0}) + 1
ident: ({0})
avg: mean([{0}])
avg/2: (({0}) + ({1}))/2
UnitStep: where(({0}) >= 0, 1, 0)
HeavisideTheta: where(({0}) > 0, 1, 0)
boole: 1*({0})
# spreadsheets, whose names are in capitals
LOG: log10({0}) | log({0})
LOG/2: log({0}, {1})
ATAN2: atan2({1}, {0})
INT: floor({0})
ROUND: sign({0})*floor(abs({0}) + 0.5)
CEILING: ceil({0})
PI: pi
STDEV: std({0}, ddof=1)
VAR: var({0}, ddof=1)
SUMSQ: sum(({0})^2)
SUMPRODUCT: sum(({0})*({1}))
MMULT: ({0}) @ ({1})
MINVERSE: inv({0})
MDETERM: det({0})
PRODUCT: prod({0})
PRODUCT/2: ({0})*({1})
PRODUCT/3: ({0})*({1})*({2})
COMBIN: exp(lgamma(({0}) + 1) - lgamma(({1}) + 1) - lgamma(({0}) - ({1}) + 1))
PERMUT: exp(lgamma(({0}) + 1) - lgamma(({0}) - ({1}) + 1))
AND logical_and: 1*({0})*({1})
OR logical_or: max(1*({0}), 1*({1}))
NOT logical_not: 1 - 1*({0})
# probability
logpdf: -({0})^2/2 - log(2*pi)/2
logpdf/3: -((({0}) - ({1}))/({2}))^2/2 - log(({2})*sqrt(2*pi))
normcdf/3 pnorm/3 cdf/3: normcdf((({0}) - ({1}))/({2}))
normpdf/3 dnorm/3 pdf/3: normpdf((({0}) - ({1}))/({2}))/({2})
pnorm: normcdf({0})
dnorm: normpdf({0})
sf: normcdf(-({0}))
logsf: log_normcdf(-({0}))
qnorm norminv ndtri ppf probit isf erfcinv gammainc gammaincc igamma igammac betainc betaincinv:
mvlgamma multigammaln besselj bessely besseli besselk jv yv iv kv i0 i1 j0 j1 y0:
y1 k0 k1 i0e i1e expi expint exp1 Ei Si Ci Li li dilog polylog spence ellipk ellipe airy hyp2f1:
dawsn fresnel fib fibonacci factorial2 isprime prime totient:
plogis logsig: sigmoid({0})
qlogis: logit({0})
tansig: tanh({0})
poslin: relu({0})
purelin: ({0})
satlin: clip({0}, 0, 1)
satlins: clip({0}, -1, 1)
rel_entr: xlogy({0}, ({0})/({1}))
lchoose lbinom logcomb: lgamma(({0}) + 1) - lgamma(({1}) + 1) - lgamma(({0}) - ({1}) + 1)
nchoosek Binomial: exp(lgamma(({0}) + 1) - lgamma(({1}) + 1) - lgamma(({0}) - ({1}) + 1))
lfactorial gammaln1p: lgamma(({0}) + 1)
lbeta/1 betaln/1: sum(lgamma({0})) - lgamma(sum({0}))
pochhammer: gamma(({0}) + ({1}))/gamma({0})
# of other languages, continued
alog antilog: 10^({0}) | log({0}) | exp({0})
addmm addbmm: ({0}) + ({1}) @ ({2})
arcoth argcoth: atanh(1/({0}))
arcsch argcsch: asinh(1/({0}))
arsech arcsech argsech: acosh(1/({0}))
argsh: asinh({0})
argch: acosh({0})
argth: atanh({0})
archav: acos(1 - 2*({0}))
cas: cos({0}) + sin({0})
cumlogsumexp: log(cumsum(exp({0})))
pexp: 1 - exp(-({0}))
dlogis: sigmoid({0})*(1 - sigmoid({0}))
eigen: eigvalsh({0})
erf2: erf({1}) - erf({0})
flipsign: where(({1}) < 0, -({0}), {0})
fdim: max(({0}) - ({1}), 0)
lmultiply multiply_log: xlogy({0}, {1})
log1m: log1p(-({0}))
log1m_exp: log(-expm1({0}))
log1p_exp: softplus({0})
log2mexp: log1p(-expm1({0}))
log_sum_exp: logsumexp({0})
log_sum_exp/2: logaddexp({0}, {1})
log_diff_exp: ({0}) + log1p(-exp(({1}) - ({0})))
log_mix: logaddexp(log({0}) + ({1}), log1p(-({0})) + ({2}))
inv_logit: sigmoid({0})
log_inv_logit: logsigmoid({0})
inv_sqrt: 1/sqrt({0})
inv_square: 1/({0})^2
inv_cloglog: -expm1(-exp({0}))
minus: ({0}) - ({1})
rsub: ({1}) - ({0})
plus: ({0}) + ({1})
times: ({0})*({1})
rdivide: ({0})/({1})
mldivide: solve({0}, {1})
mrdivide: ({0}) @ inv({1})
mod2pi: ({0}) % (2*pi)
normal_cdf/3: normcdf((({0}) - ({1}))/({2}))
normal_lcdf/3: log_normcdf((({0}) - ({1}))/({2}))
normal_lccdf/3: log_normcdf((({1}) - ({0}))/({2}))
normal_lpdf/3: -((({0}) - ({1}))/({2}))^2/2 - log(({2})*sqrt(2*pi))
normal_lcdf normlogcdf: log_normcdf({0})
normal_lpdf normlogpdf: -({0})^2/2 - log(2*pi)/2
normccdf: normcdf(-({0}))
normlogccdf: log_normcdf(-({0}))
nll_loss: -mean(pick({0}, {1}))
ger: outer({0}, {1})
matrix_norm: norm({0})
pred: ({0}) - 1
succ: ({0}) + 1
rgamma: 1/gamma({0})
rf: gamma(({0}) + ({1}))/gamma({0})
ff: gamma(({0}) + 1)/gamma(({0}) - ({1}) + 1)
stdev: std({0}) | std({0}, ddof=1)
variance: var({0}, ddof=1)
pstdev: std({0})
pvariance: var({0})
tgamma: gamma({0})
slogdet: sign(det({0})) | logabsdet({0})
xexpx: ({0})*exp({0})
zeros_like: 0*({0})
ones_like: 0*({0}) + 1
COUNT: size({0})
DELTA: 1*(({0}) == ({1}))
GESTEP: 1*(({0}) >= ({1}))
MROUND: round(({0})/({1}))*({1})
ROUNDDOWN: where(({0}) < 0, ceil({0}), floor({0}))
ROUNDUP: where(({0}) < 0, floor({0}), ceil({0}))
ROUNDDOWN/2: sign({0})*floor(abs({0})*10^({1}))/10^({1})
ROUNDUP/2: sign({0})*ceil(abs({0})*10^({1}))/10^({1})
EVEN: sign({0})*2*ceil(abs({0})/2)
ODD: sign({0})*(2*ceil((abs({0}) + 1)/2) - 1)
chol: cholesky({0}) | cholesky({0})'
pinverse: pinv({0})
diagflat: diag({0})
msort: sort({0}, axis=0)
conv conv3d max_pool3d avg_pool3d lp_pool1d lp_pool2d max_unpool1d max_unpool2d max_unpool3d cor Shi Chi Rem euler:
expn bdtr bdtrc bdtri fdtr fdtrc fdtri gdtr gdtrc chdtr chndtr nbdtr nbdtrc nbdtri ncfdtr nctdtr pdtr pdtrc pdtri:
stdtr ndtri_exp pbeta pgamma pt pchisq pbinom ppois NORMDIST NORMINV BETADIST:
LOGEST NPER RATE SLN SLOPE TREND GROWTH gammasgn hermite hess hyper invert isin lqn lu_solve cholesky_solve:
cholesky_inverse solve_ex inv_ex cholesky_ex ber bei ker kei ai_zeros bi_zeros jn_zeros yn_zeros y0_zeros y1_zeros:
polar psigamma perms order powm place extract slice ppermute psum pcast pbroadcast randint randperm randn_like:
resize rrelu trelu sincos sincosd divrem shape save savez stage switch tail tri trian unflatten unstack dstack:
normal norminvcdf map mulhi mpower zetac arg geqrf linear_cross_entropy native_norm batch_norm_stats:
batch_norm_elemt index_add index_copy index_fill index_put index_take can_cast broadcast broadcast_like:
broadcast_to_rank fill smm:
# statistics and arrays
median quantile percentile mode nanmedian kthvalue histogram unique interp interp1 polyfit convolve:
correlate gradient/1 cumtrapz trapezoid simpson matrix_rank rank null sqrtm logm signm schur:
eigvecs fft ifft rfft unfold fold scatter scatter_add bincount digitize searchsorted argsort:
nonzero argwhere masked_select meshgrid cummax cummin top_k unwrap nan_to_num isnan isinf isfinite:
isclose allclose piecewise select vmap rnorm runif cov moments segment_sum insert delete renorm:
Limit Integrate quad integrate solve_ivp fsolve minimize multi_dot chain_matmul matprod pdist:
tensordot band_part moveaxis rollaxis signbit random block range logspace aminmax mod1:
cond/1: svdvals({0})[0]/svdvals({0})[-1]
select/3: where({0}, {1}, {2})
ptp: max({0}) - min({0})
flipud: flip({0}, axis=0)
fliplr: flip({0}, axis=1)
append: concat({0}, {1})
numel nelem: size({0})
nnz: sum(1*(({0}) != 0))
rot90: flip(({0})', axis=0)
crossprod: ({0})' @ ({0})
crossprod/2: ({0})' @ ({1})
tcrossprod: ({0}) @ ({0})'
tcrossprod/2: ({0}) @ ({1})'
rowsums rowSums: sum({0}, axis=1)
rowMeans: mean({0}, axis=1)
colSums add_n: sum({0}, axis=0)
colMeans: mean({0}, axis=0)
sd: std({0}, ddof=1)
sem: std({0}, ddof=1)/sqrt(size({0}))
solve/1: inv({0})
ROUND/2: sign({0})*floor(abs({0})*10^({1}) + 0.5)/10^({1})
linear/1 cast float Float64 conj positive: ({0})
exponential: exp({0})
diag_embed diag_part: diag({0})
addmv: ({0}) + ({1}) @ ({2})
addcmul: ({0}) + ({1})*({2})
addcdiv: ({0}) + ({1})/({2})
addr: ({0}) + outer({1}, {2})
bias_add: ({0}) + ({1})
truediv: ({0})/({1})
squared_difference: (({0}) - ({1}))^2
divide_no_nan: where(({1}) == 0, 0, ({0})/({1}))
multiply_no_nan: where(({1}) == 0, 0, ({0})*({1}))
reciprocal_no_nan: where(({0}) == 0, 0, 1/({0}))
adjoint: ({0})'
nanstd: std({0})
repmat: tile({0}, {1})
repmat/3: tile({0}, {1}, {2})
dist: norm(({0}) - ({1}))
fsum nansum: sum({0})
cdist: norm(expand_dims({0}, 1) - expand_dims({1}, 0), axis=-1)
l2_normalize: ({0})/norm({0})
clamp_min: max({0}, {1})
clamp_max: min({0}, {1})
threshold: where(({0}) > ({1}), {0}, {2})
repeat_interleave: repeat({0}, {1})
logcumsumexp: log(cumsum(exp({0})))
reduce_euclidean_norm: norm({0})
norm/2: sum(abs({0})^({1}))^(1/({1}))
# activations and losses
squareplus: (({0}) + sqrt(({0})^2 + 4))/2
squareplus/2: (({0}) + sqrt(({0})^2 + ({1})))/2
celu/2: max({0}, 0) + min(0, ({1})*expm1(({0})/({1})))
softshrink/2: sign({0})*max(abs({0}) - ({1}), 0)
hardshrink/2: where(abs({0}) > ({1}), {0}, 0)
softplus/2: softplus(({1})*({0}))/({1})
soft_sign: softsign({0})
huber_loss/3: mean(huber(({0}) - ({1}), {2}))
hardtanh/3 hard_tanh/3: clip({0}, {1}, {2})
quick_gelu: ({0})*sigmoid(1.702*({0}))
lisht: ({0})*tanh({0})
gelu_tanh: 0.5*({0})*(1 + tanh(sqrt(2/pi)*(({0}) + 0.044715*({0})^3)))
logcosh/2: mean(log(cosh(({1}) - ({0}))))
binary_crossentropy BinaryCrossentropy log_loss: binary_cross_entropy({1}, {0})
categorical_crossentropy: -mean(sum(({0})*log({1}), axis=-1))
hinge: mean(max(1 - ({0})*({1}), 0))
sparse_categorical_crossentropy: -mean(log(pick({1}, {0})))
squared_hinge: mean(max(1 - ({0})*({1}), 0)^2)
sigmoid_binary_cross_entropy: softplus({0}) - ({0})*({1})
softmax_cross_entropy: -sum(({1})*log_softmax({0}), axis=-1)
l2_loss: sum(({0})^2)/2
bilinear ctc_loss standardize:
"""
ALL_LINES = f"{_LINES}\n{calculating_of_others.LINES}\n{learning_of_others.LINES}".replace("\n    ", " ")
MORE_FORMULAS: dict[str, tuple[str, ...]] = {
    name: tuple(way.strip() for way in ways.split(" | ") if way.strip())
    for line in ALL_LINES.splitlines()
    if line and line[0] != "#"
    for names, _, ways in (line.partition(":"),)
    for name in names.split()
}
