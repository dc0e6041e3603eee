"""Functions of calculators, languages, spreadsheets and statistics as formulas, as `functions_of_others` has them."""

from __future__ import annotations

# Functions of C that have a name of their own for floats and long doubles, and those of Fortran for doubles.
_C = {
    1: "exp exp2 expm1 log log2 log10 log1p sqrt cbrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf "
    "erfc floor ceil fabs rint lgamma",
    2: "pow hypot atan2 fmax fmin",
}
_OF_C = "\n".join(
    f"{name}f {name}l __{name}f: {'2^({0})' if name == 'exp2' else f'{name}({places})'}"
    for places, names in (("{0}", _C[1]), ("{0}, {1}", _C[2]))
    for name in names.split()
)
_FORTRAN = "log sqrt abs sin cos tan asin acos atan sinh cosh"
_OF_FORTRAN = "\n".join(f"d{name}: {name}({{0}})" for name in _FORTRAN.split())
_AREAS = ("cot", "sec", "csc")
_OF_DEGREES = "\n".join(
    f"{name}d {name}dg: 1/{of}(({{0}})*pi/180)\na{name}d: a{of}(1/({{0}}))*180/pi"
    for name, of in zip(_AREAS, ("tan", "cos", "sin"), strict=True)
)
_NAMED = "sin cos tan sinh cosh tanh"
_OF_INVERSES = "\n".join(
    f"inv{name} inv_{name} inverse_{name} {name}inv {name}_inv: a{name}({{0}})"
    + f"\nar{name} arg{name} area_{name}: a{name}({{0}})" * name.endswith("h")
    for name in _NAMED.split()
)
LINES = (
    f"""
{_OF_C}
{_OF_FORTRAN}
{_OF_DEGREES}
{_OF_INVERSES}
"""
    """
# C, Fortran, shaders
nearbyint lrint lrintf roundEven around: round({0})
roundf lround llround: sign({0})*floor(abs({0}) + 0.5)
truncf iPart ipart Trunc: where(({0}) < 0, ceil({0}), floor({0}))
fPart fpart: ({0}) - where(({0}) < 0, ceil({0}), floor({0}))
fmodf: sign({0})*(abs({0}) % abs({1}))
copysignf: where(({1}) < 0, -abs({0}), abs({0}))
fmaf mad/3: ({0})*({1}) + ({2})
rsqrtf: 1/sqrt({0})
rcbrt: 1/cbrt({0})
rcp: 1/({0})
exp10f pow10 tenpow e10: 10^({0})
labs iabs cabs: abs({0})
norm3d hypot/3: sqrt(({0})^2 + ({1})^2 + ({2})^2)
midpoint: (({0}) + ({1}))/2
powi powr intpow: ({0})^({1})
alog10 dlog10: log10({0})
dexp: exp({0}) | exp(-({0}))
dble sngl dfloat cdbl val str num: ({0})
dmax1 amax1 max1: max({*})
dmin1 amin1 min1: min({*})
datan2: atan2({0}, {1})
dmod amod: sign({0})*(abs({0}) % abs({1}))
SQR Sqr: sqrt({0}) | ({0})^2
atn: atan({0})
smoothstep: clip((({2}) - ({0}))/(({1}) - ({0})), 0, 1)^2*(3 - 2*clip((({2}) - ({0}))/(({1}) - ({0})), 0, 1))
smoothstep/1: clip({0}, 0, 1)^2*(3 - 2*clip({0}, 0, 1))
smootherstep/1: clip({0}, 0, 1)^3*(clip({0}, 0, 1)*(6*clip({0}, 0, 1) - 15) + 10)
smootherstep:
    clip((({2}) - ({0}))/(({1}) - ({0})), 0, 1)^3
    *(10 - 15*clip((({2}) - ({0}))/(({1}) - ({0})), 0, 1) + 6*clip((({2}) - ({0}))/(({1}) - ({0})), 0, 1)^2)
step/2: where(({1}) < ({0}), 0, 1)
remap map/5 linmap: ({3}) + (({0}) - ({1}))*(({4}) - ({3}))/(({2}) - ({1}))
invlerp inverse_lerp unlerp: (({2}) - ({0}))/(({1}) - ({0}))
length: size({0}) | norm({0})
reflect: ({0}) - 2*dot({1}, {0})*({1})
outerProduct outerproduct: outer({0}, {1})
innerProduct innerproduct inner_product scalar_product dotprod dotp dot_product: dot({0}, {1})
determinant: det({0})
any: amax(1*({0}))
all: amin(1*({0}))
c vec vec2 vec3 vec4 float2 float3 float4 list tuple: [{*}]
refract faceforward noise dFdx dFdy fwidth ddx ddy remquo scalbn:
# Julia, MATLAB, R
ld: log2({0})
logBASE logbase: log({1}, {0})
log1pmx: log1p({0}) - ({0})
logmxp1: log({0}) - ({0}) + 1
log1psq: log1p(({0})^2)
xexpy: ({0})*exp({1})
cexpexp: -expm1(-exp({0}))
loglogistic log_expit: logsigmoid({0})
log1mlogistic logit1mexp log1m_inv_logit: -softplus({0})
logitexp: ({0}) - log(-expm1({0}))
loggamma lngamma lgammafn logabsgamma logGamma gammaLn lnGamma ln_gamma log_gamma: lgamma({0})
psi0 polygamma/1: digamma({0})
psi1: trigamma({0})
polygamma/2 psi/2 digamma/2: digamma({1}) | trigamma({1}) | tetragamma({1})
poch rising_factorial RisingFactorial: gamma(({0}) + ({1}))/gamma({0})
falling_factorial FallingFactorial: gamma(({0}) + 1)/gamma(({0}) - ({1}) + 1)
log_rising_factorial: lgamma(({0}) + ({1})) - lgamma({0})
log_falling_factorial: lgamma(({0}) + 1) - lgamma(({0}) - ({1}) + 1)
HarmonicNumber harmonic: digamma(({0}) + 1) + 0.5772156649015329
gd gudermannian: 2*atan(tanh(({0})/2))
sinhc: sinh({0})/({0})
tanc: tan({0})/({0})
boxcox: (({0})^({1}) - 1)/({1})
boxcox1p: ((1 + ({0}))^({1}) - 1)/({1})
inv_boxcox: (({1})*({0}) + 1)^(1/({1}))
inv_boxcox1p: (({1})*({0}) + 1)^(1/({1})) - 1
nroot nthRoot NthRoot: ({0})^(1/({1}))
real_root/1: cbrt({0})
real_root: sign({0})*abs({0})^(1/({1}))
realsqrt: sqrt({0})
realexp: exp({0})
reallog: log({0})
realpow: ({0})^({1})
uminus negate: -({0})
uplus re real num2str disp display evalf Chop conjugate copy: ({0})
im imag: 0*({0})
mtimes: ({0}) @ ({1})
horzcat: concat({0}, {1}, axis=1)
vertcat: concat({0}, {1})
linsolve: solve({0}, {1})
zscore: (({0}) - mean({0}))/std({0}, ddof=1)
zscore/3 standardize/3: (({0}) - ({1}))/({2})
rescale minmax_scale min_max_scale: (({0}) - min({0}))/(max({0}) - min({0}))
vecnorm: norm({0}, axis=0)
pmax: max({*})
sum/2: sum([{*}])
sum/3: sum([{*}])
mean/2: mean([{*}])
mean/3: mean([{*}])
prod/2: prod([{*}])
prod/3: prod([{*}])
sqrt/2: ({0})^(1/({1}))
pow/3: ({0})^({1}) % ({2})
erf/2: erf({1}) - erf({0})
huber/3: huber(({0}) - ({1}), {2})
N/1: normcdf({0}) | ({0})
N/3: normpdf((({0}) - ({1}))/({2}))/({2})
clip/2 clamp/2: max({0}, {1})
sumprod: sum(({0})*({1}))
Rational Fraction: ({0})/({1})
C/2: exp(lgamma(({0}) + 1) - lgamma(({1}) + 1) - lgamma(({0}) - ({1}) + 1))
S sympify nsimplify Integer Float: ({0})
sum/4 Sum/4 summation/4: s = 0; for {1} in range({2}, {3} + 1) { s = s + {0} }; s
prod/4 product/4 Product/4: s = 1; for {1} in range({2}, {3} + 1) { s = s*({0}) }; s
I: 1*({0})
pmin: min({*})
rev reverse: flip({0})
nrow rows: size({0}, axis=0)
ncol cols: size({0}, axis=1)
invlogit: sigmoid({0})
kronecker: kron({0}, {1})
matrix_transpose: ({0})'
vecdot: sum(({0})*({1}), axis=-1)
vecmat: ({0}) @ ({1})
nanmax: max({0})
nanmin: min({0})
nanprod: prod({0})
nanvar: var({0})
nancumsum cumulative_sum: cumsum({0})
nancumprod cumulative_prod: cumprod({0})
geomspace: exp(linspace(log({0}), log({1}), {2}))
logical_xor xor XOR: 1*(1*({0}) != 1*({1}))
bool indicator ind iverson chi: 1*({0})
kronecker_delta KroneckerDelta kdelta: 1*(({0}) == ({1}))
UnitBox: 1*(abs({0}) <= 0.5)
UnitTriangle: max(1 - abs({0}), 0)
StandardDeviation stdDev: std({0}, ddof=1)
Variance: var({0}, ddof=1)
geomean gmean geometric_mean: exp(mean(log({0})))
hmean harmonic_mean: 1/mean(1/({0}))
cov/2 covariance: mean((({0}) - mean({0}))*(({1}) - mean({1})))
corr pearson pearsonr: mean((({0}) - mean({0}))*(({1}) - mean({1})))/(std({0})*std({1}))
product: prod({0})
mean_square meansq: mean(({0})^2)
vecsum total: sum({0})
elt_multiply: ({0})*({1})
elt_divide: ({0})/({1})
dot_self: sum(({0})^2)
quad_form quad_form_sym: ({1})' @ ({0}) @ ({1})
quadform: ({0})' @ ({1}) @ ({0})
identity_matrix identity: eye({0})
ones_vector: ones({0})
zeros_vector: zeros({0})
rep_vector: full({1}, {0})
sort_asc: sort({0})
sort_desc: -sort(-({0}))
singular_values: svdvals({0})
eigenvalues_sym eigenvalues: eigvalsh({0})
cholesky_decompose: cholesky({0})
diag_matrix: diag({0})
log_determinant: logabsdet({0})
inverse_spd: inv({0})
mdivide_left: solve({0}, {1})
mdivide_right: ({0}) @ inv({1})
columns_dot_product: sum(({0})*({1}), axis=0)
rows_dot_product: sum(({0})*({1}), axis=1)
columns_dot_self: sum(({0})^2, axis=0)
rows_dot_self: sum(({0})^2, axis=1)
num_elements: size({0})
to_vector vec/1: ravel({0})
log_inv_logit_diff: log(sigmoid({0}) - sigmoid({1}))
Phi_approx: sigmoid(0.07056*({0})^3 + 1.5976*({0}))
if_else when case merge3: where({0}, {1}, {2})
piecewise/3: where({0}, {1}, {2})
piecewise/5: where({0}, {1}, where({2}, {3}, {4}))
merge: where({2}, {0}, {1})
int_step: where(({0}) > 0, 1, 0)
xnor: 1*(1*({0}) == 1*({1}))
implies: max(1 - 1*({0}), 1*({1}))
dirac DiracDelta PDF CDF legendre laguerre chebyt chebyu eval_legendre eval_hermite gegenbauer bessel wofz:
agm owens_t voigt_profile sici shichi diric kolmogorov struve tklmbda wrightomega W W0 lambert lambert_w ProductLog:
hyp1f1 hyperu hankel1 jn yn kn besselI besselJ besselK bessel_j0 bessel_j1 InverseErf ExpIntegralEi inv_Phi zip:
inc_beta gamma_p gamma_q lmgamma lambert_w0 lambert_wm1 inv_erfc normcdfinv norm_ppf invNorm NORMSINV LOGINV limit:
simplify factor subs rref ref roots poly plot print_ reduce foldl foldr accumulate dim angle primes randi:
upsample conv_transpose1d conv_transpose2d pixel_shuffle embedding_bag einsum_path take_along_axis:
# densities, with their parameters
normalcdf/2: normcdf({1}) - normcdf({0})
normalcdf/4: normcdf((({1}) - ({2}))/({3})) - normcdf((({0}) - ({2}))/({3}))
normalcdf std_normal_cdf: normcdf({0})
normalpdf std_normal_pdf: normpdf({0})
normalpdf/3: normpdf((({0}) - ({1}))/({2}))/({2})
std_normal_lpdf: -({0})^2/2 - log(2*pi)/2
std_normal_lcdf: log_normcdf({0})
normal_pdf/3 gaussian/3 gauss/3: normpdf((({0}) - ({1}))/({2}))/({2})
dexp/2: ({1})*exp(-({1})*({0}))
pexp/2 expcdf/2: -expm1(-({1})*({0}))
exppdf/2: exp(-({0})/({1}))/({1})
EXPONDIST: -expm1(-({1})*({0})) | ({1})*exp(-({1})*({0}))
dunif/3: where(1*(({0}) >= ({1}))*(({0}) <= ({2})) == 1, 1/(({2}) - ({1})), 0)
punif/3: clip((({0}) - ({1}))/(({2}) - ({1})), 0, 1)
dcauchy: 1/(pi*(1 + ({0})^2))
pcauchy: atan({0})/pi + 0.5
plnorm: normcdf(log({0}))
dlnorm: normpdf(log({0}))/({0})
dweibull: ({1})/({2})*(({0})/({2}))^(({1}) - 1)*exp(-(({0})/({2}))^({1}))
exponential_lpdf: log({1}) - ({1})*({0})
cauchy_lpdf: -log(pi*({2})*(1 + ((({0}) - ({1}))/({2}))^2))
bernoulli_lpmf: xlogy({0}, {1}) + xlogy(1 - ({0}), 1 - ({1}))
bernoulli_logit_lpmf: -softplus((1 - 2*({0}))*({1}))
poisson_lpmf: xlogy({0}, {1}) - ({1}) - lgamma(({0}) + 1)
poisson_log_lpmf: ({0})*({1}) - exp({1}) - lgamma(({0}) + 1)
gamma_lpdf: ({1})*log({2}) - lgamma({1}) + (({1}) - 1)*log({0}) - ({2})*({0})
beta_lpdf: (({1}) - 1)*log({0}) + (({2}) - 1)*log1p(-({0})) - lgamma({1}) - lgamma({2}) + lgamma(({1}) + ({2}))
lognormal_lpdf: -log(({0})*({2})*sqrt(2*pi)) - ((log({0}) - ({1}))/({2}))^2/2
double_exponential_lpdf: -log(2*({2})) - abs(({0}) - ({1}))/({2})
logistic_lpdf: -(({0}) - ({1}))/({2}) - log({2}) - 2*softplus(-(({0}) - ({1}))/({2}))
uniform_lpdf: -log(({2}) - ({1}))
weibull_lpdf: log(({1})/({2})) + (({1}) - 1)*log(({0})/({2})) - (({0})/({2}))^({1})
binomial_lpmf:
    lgamma(({1}) + 1) - lgamma(({0}) + 1) - lgamma(({1}) - ({0}) + 1) + xlogy({0}, {2})
    + xlogy(({1}) - ({0}), 1 - ({2}))
# spreadsheets; those with a point in their names have `_` there
STDEV_S: std({0}, ddof=1)
STDEV_P: std({0})
VAR_S: var({0}, ddof=1)
VAR_P: var({0})
COVARIANCE_P: mean((({0}) - mean({0}))*(({1}) - mean({1})))
CEILING_MATH: ceil({0})
FLOOR_MATH: floor({0})
GAMMALN_PRECISE: lgamma({0})
ERF_PRECISE: erf({0})
ERFC_PRECISE: erfc({0})
EXPON_DIST: -expm1(-({1})*({0})) | ({1})*exp(-({1})*({0}))
LOGNORM_DIST: normcdf((log({0}) - ({1}))/({2})) | normpdf((log({0}) - ({1}))/({2}))/(({0})*({2}))
WEIBULL_DIST: -expm1(-(({0})/({2}))^({1})) | ({1})/({2})*(({0})/({2}))^(({1}) - 1)*exp(-(({0})/({2}))^({1}))
POISSON_DIST: exp(xlogy({0}, {1}) - ({1}) - lgamma(({0}) + 1))
NORM_S_INV NORM_INV T_DIST T_INV F_DIST F_INV CHISQ_DIST CHISQ_INV GAMMA_DIST GAMMA_INV BETA_DIST BETA_INV BINOM_DIST:
PERCENTILE_INC QUARTILE_INC RANK_EQ MODE_SNGL CONFIDENCE_NORM COVARIANCE_S LOGNORM_INV:
AVEDEV: mean(abs(({0}) - mean({0})))
DEVSQ: sum((({0}) - mean({0}))^2)
GEOMEAN: exp(mean(log({0})))
HARMEAN: 1/mean(1/({0}))
GAUSS: normcdf({0}) - 0.5
FISHER: atanh({0})
FISHERINV: tanh({0})
STANDARDIZE: (({0}) - ({1}))/({2})
SUMX2MY2: sum(({0})^2 - ({1})^2)
SUMX2PY2: sum(({0})^2 + ({1})^2)
SUMXMY2: sum((({0}) - ({1}))^2)
VARP: var({0})
STDEVP: std({0})
FLOOR/2: floor(({0})/({1}))*({1})
CEILING/2: ceil(({0})/({1}))*({1})
MOD: ({0}) % ({1})
CORREL PEARSON: mean((({0}) - mean({0}))*(({1}) - mean({1})))/(std({0})*std({1}))
COVAR: mean((({0}) - mean({0}))*(({1}) - mean({1})))
LOGNORMDIST: normcdf((log({0}) - ({1}))/({2}))
IFS/4: where({0}, {1}, {3})
LARGE: sort({0})[-({1})]
IMABS: abs({0})
KURT SKEW QUARTILE FORECAST INTERCEPT NPV PV RANDBETWEEN SERIESSUM FACTDOUBLE MULTINOMIAL TDIST ZTEST:
"""
)
