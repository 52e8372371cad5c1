"""Functions that take decisions from their values in as many ways as Python and NumPy offer."""

import bisect
import functools
import json
import math
import statistics
from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction

import numpy as np

NUMBERS = []
"""Functions of a Python float."""
VECTORS = []
"""Functions of an array with four entries."""


def number(f):
    """Add to ``NUMBERS``."""
    NUMBERS.append(f)
    return f


def vector(f):
    """Add to ``VECTORS``."""
    VECTORS.append(f)
    return f


@number
def text(x):
    return x * float(f"{x:.1f}")


@number
def sign_in_text(x):
    return x - 1.0 if "-" in str(x) else x * x


@number
def text2(x):
    return x * len(str(round(x, 1)))


@number
def text3(x):
    return x * float("%.1f" % (x,))  # noqa: UP031


@number
def text4(x):
    return x * float(f"{x:.0f}")


@number
def text5(x):
    return x * float(repr(x)[:3] if x >= 0 else repr(x)[:4])


@number
def hashed(x):
    return x * (hash(round(x)) % 7)


@number
def dict_int(x):
    return x * {-3: 1.0, -2: 2.0, -1: 5.0, 0: 3.0, 1: 7.0, 2: 8.0, 3: 9.0}[int(x)]


@number
def dict_float(x):
    return x * {0.0: 2.0, 1.0: 3.0}.get(math.floor(x), 4.0)


@number
def dict_x(x):
    return x * {1.0: 2.0, 0.5: 3.0}.get(x, 4.0)


@number
def inlist(x):
    return x * (2 if x in [1.0, 2.0, -1.0] else 3)


@number
def inset(x):
    return x * (2 if x in {1.0, 2.0, -1.0} else 3)


@number
def inrange(x):
    return x * (2 if x in range(-3, 4) else 3)


@number
def rng(x):
    t = 0.0
    for i in range(int(abs(x) * 2)):
        t += x * i
    return t


@number
def bis(x):
    return x * bisect.bisect([-1.0, 0.0, 1.0, 2.0], x)


@number
def mx(x):
    return max(x, 1.0, -x) * x


@number
def mn(x):
    return min([x, x * x, 0.5])


@number
def mxkey(x):
    return max([1.0, 2.0, -3.0], key=lambda c: abs(c - x)) * x


@number
def sortkey(x):
    return sorted([1.0, 2.0, -3.0], key=lambda c: abs(c - x))[0] * x


@number
def sortt(x):
    return sorted([x, 1.0, -0.5])[1] * 2


@number
def lsort(x):
    items = [x, 1.0, x * x]
    items.sort()
    return items[0] * items[2]


@number
def index(x):
    return x * [-1.0, 0.0, 1.0].index(float(np.sign(x)))


@number
def sqrtv(x):
    try:
        return math.sqrt(x)
    except ValueError:
        return -x * 3


@number
def logv(x):
    try:
        return math.log(x)
    except ValueError:
        return -x * 3


@number
def expo(x):
    try:
        return math.exp(x * 400)
    except OverflowError:
        return x * 5


@number
def divz(x):
    try:
        return 2.0 / (x - 1.0)
    except ZeroDivisionError:
        return x * 7


@number
def divz2(x):
    try:
        return x / (x - 1.0)
    except ZeroDivisionError:
        return x * 7


@number
def powz(x):
    try:
        return (x * 1e3) ** 110.0
    except OverflowError:
        return x * 7


@number
def powc(x):
    y = x**0.5
    return y * 2 if not isinstance(y, complex) else x * 3


@number
def powint(x):
    try:
        return (x * 1e160) ** 2
    except OverflowError:
        return x * 11


@number
def pow0(x):
    try:
        return (x - 1.0) ** -1.0
    except ZeroDivisionError:
        return x * 11


@number
def fdiv(x):
    try:
        return 5.0 // (x - 1.0) + x
    except ZeroDivisionError:
        return x * 11


@number
def fmodd(x):
    try:
        return 5.0 % (x - 1.0) + x
    except ZeroDivisionError:
        return x * 11


@number
def fl(x):
    return math.floor(x) * x


@number
def fl2(x):
    return x // 1 * x


@number
def np_fl(x):
    return np.floor(x) * x


@number
def rnd(x):
    return round(x) * x


@number
def rnd1(x):
    return round(x, 1) * x


@number
def isn(x):
    return x if math.isnan(x * 0) else 2 * x


@number
def isf(x):
    return x if math.isfinite(1e308 * x) else 2 * x


@number
def isc(x):
    return x * (2 if math.isclose(x, 1.0, abs_tol=0.3) else 3)


@number
def npisc(x):
    return x * (2 if np.isclose(x, 1.0, atol=0.3) else 3)


@number
def copys(x):
    return math.copysign(2.0, x) * x


@number
def frex(x):
    m, e = math.frexp(x)
    return m * e


@number
def modf(x):
    f, i = math.modf(x)
    return f * i


@number
def divm(x):
    q, r = divmod(x, 0.7)
    return q * r


@number
def bl(x):
    return x * 2 if x else x + 3


@number
def bl2(x):
    return x * 2 if bool(x - 1.0) else x + 3


@number
def andor(x):
    return (x - 1.0 or 5.0) * x


@number
def chain(x):
    return x * 3 if -1 < x < 1 else x


@number
def whl(x):
    y = abs(x) + 1.0
    n = 0
    while y < 10:
        y = y * 1.7
        n += 1
    return y * n


@number
def asint(x):
    return x.as_integer_ratio()[0] % 5 * x


@number
def hexx(x):
    return len(x.hex()) * x


@number
def isint(x):
    return x * 2 if x.is_integer() else x * 3


@number
def frac(x):
    return float(Fraction(round(x * 4), 4)) * x


@number
def interp(x):
    return np.interp(x, [0.0, 1.0, 2.0], [0.0, 3.0, 1.0])


@number
def npsel(x):
    return np.select([x < 0, x < 1], [x * 2, x * 3], x * 5)


@number
def pw(x):
    return np.piecewise(np.array([x]), [np.array([x]) < 0], [lambda t: t * 2, lambda t: t**2])[0]


@number
def ar(x):
    return np.sum(np.arange(0.0, abs(x), 0.5)) * x


@number
def lin(x):
    return np.sum(np.linspace(0, x, 3) ** 2)


@number
def lut(x):
    return np.array([1.0, 2.0, 3.0, 4.0])[int(abs(x))] * x


@number
def lutslice(x):
    return np.sum(np.arange(6.0)[: int(abs(x)) + 1]) * x


@number
def rec(x):
    return x if x < 0.3 else rec(x * 0.5) + 1.0


@number
def exc(x):
    if x < 0:
        raise KeyError("neg")
    return x * x


@number
def asrt(x):
    assert x > -1
    return x * x


@number
def nest(x):
    d = defaultdict(float)
    d[int(x)] += x
    d[1] += 2 * x
    return sum(k * val for k, val in d.items())


@number
def retconst(x):
    return 3.0 if x > 0 else x


@number
def retint(x):
    return int(x)


@number
def retstr(x):
    return x * 2 if x > 0 else 0.0


@number
def typ(x):
    return x * 2 if type(x) is float and x < 1 else x


@number
def tofloat(x):
    return float(x) * 2


@number
def npmax(x):
    return np.max([x, 1.0, x * x])


@number
def heav(x):
    return np.heaviside(x, 0.5) * x


@number
def sgn(x):
    return np.sign(x) * x


@number
def clip(x):
    return np.clip(x, -0.5, 1.0) * x


@number
def unwrap(x):
    return np.unwrap(np.array([0.0, x * 3, x * 5]))[2]


@number
def rint(x):
    return np.rint(x) * x


@number
def nanto(x):
    return np.nan_to_num(np.log(x)) * x


@number
def cmpst(x):
    return x * 3 if (x > 0) == bool(1) else x


@number
def anyl(x):
    return x * 3 if any([x > 1, x < -1]) else x


@number
def bitand(x):
    return x * 3 if (x > np.float64(0)) & (x < 2) else x


@number
def where(x):
    return np.where(x > 0, x * 2, x * 3) * 1.0


@number
def ifexp(x):
    return np.exp(x) if np.all(np.array([x]) > 0) else x


@number
def fsum(x):
    return math.fsum([x, 1e16, -1e16])


@number
def gcdd(x):
    return math.gcd(int(x * 10), 6) * x


@number
def remain(x):
    return math.remainder(x, 0.7) * x


@number
def iterc(x):
    return sum(x * k for k in range(3) if k > x)


@number
def ldexp(x):
    return math.ldexp(x, int(x))


@number
def nextaf(x):
    return math.nextafter(x, 0.0) * x


@number
def ulp(x):
    return x + math.ulp(x) * 1e15


@number
def decimal(x):
    return x * float(Decimal(str(x)).quantize(Decimal("0.1")))


@number
def jsn(x):
    return x * json.loads(json.dumps([1.0]))[0]


@number
def strin(x):
    return x * (2 if "-" in str(x) else 3)


@number
def cnt(x):
    return x * Counter([round(x), 1, 2])[1]


@number
def minmaxd(x):
    return max({"a": x, "b": 1.0}.values())


@number
def maxdict(x):
    d = {"a": x, "b": 1.0}
    k = max(d, key=d.get)
    return d[k] * (3 if k == "a" else 2)


@number
def abso(x):
    return abs(x) * x


@number
def stdv(x):
    return statistics.median([x, 1.0, -1.0]) * x


@number
def trunc(x):
    return math.trunc(x) * x


@number
def ceil(x):
    return math.ceil(x) * x


@number
def npint(x):
    return np.int64(x) * x


@number
def astint(x):
    return np.array([x]).astype(int)[0] * x


@number
def npbool(x):
    return np.bool_(x - 1.0) * x


@number
def astb(x):
    return np.array([x - 1.0]).astype(bool)[0] * x


@number
def setlen(x):
    return len({round(x), 1, 2}) * x


@number
def eqlst(x):
    return 2 * x if [x] == [1.0] else 3 * x


@number
def eqtup(x):
    return 2 * x if (x, 2) == (1.0, 2) else 3 * x


@number
def tupcmp(x):
    return 2 * x if (x, 2) < (1.0, 3) else 3 * x


@number
def match(x):
    match x:
        case 1.0:
            return x * 2
        case _:
            return x * 3


@number
def complexx(x):
    return (complex(x, 1.0) ** 2).real


@number
def absc(x):
    return abs(x + 1j * x)


@vector
def argm(x):
    return x[np.argmax(x)] * 2


@vector
def argmi(x):
    return x[x.argmin()] * x[0]


@vector
def srt(x):
    return np.sort(x) @ np.arange(len(x))


@vector
def asrt2(x):
    return x[np.argsort(x)] @ np.arange(len(x))


@vector
def srtin(x):
    y = x.copy()
    y.sort()
    return y @ np.arange(len(x))


@vector
def part(x):
    return np.partition(x, 1)[0] * 2


@vector
def mask(x):
    return np.sum(x[x > 0] ** 2)


@vector
def maskw(x):
    y = x.copy()
    y[y < 0] = 0.0
    return np.sum(y * y)


@vector
def maskw2(x):
    y = np.zeros(len(x))
    y[x > 0] = x[x > 0]
    return np.sum(y * y)


@vector
def wh1(x):
    return np.sum(x[np.where(x > 0)])


@vector
def nz(x):
    return np.sum(x[np.nonzero(x > 0.5)[0]])


@vector
def nz2(x):
    return len(np.nonzero(np.floor(x))[0]) * x[0]


@vector
def cnz(x):
    return np.count_nonzero(x > 0) * x[0]


@vector
def cnz2(x):
    return np.count_nonzero(np.floor(x)) * x[0]


@vector
def whr(x):
    return np.sum(np.where(x > 0, x, x * x))


@vector
def uni(x):
    return np.sum(np.unique(np.floor(x))) * x[0]


@vector
def uni2(x):
    return np.sum(np.unique(x) * 2)


@vector
def hist(x):
    return np.sum(np.histogram(x, bins=3)[0] ** 2) * x[0]


@vector
def hist2(x):
    return np.histogram(x, bins=[-1.0, 0.0, 1.0, 2.0], weights=x)[0][1]


@vector
def digi(x):
    return np.sum(np.digitize(x, [-1.0, 0.0, 1.0]) * x)


@vector
def ss(x):
    return np.sum(np.searchsorted([-1.0, 0.0, 1.0], x) * x)


@vector
def ss2(x):
    return np.searchsorted(np.sort(x), 0.3) * x[0]


@vector
def itp(x):
    return np.sum(np.interp(x, [-2.0, 0.0, 2.0], [1.0, 5.0, 3.0]))


@vector
def itp2(x):
    return np.interp(0.3, np.array([0.0, 0.5, 1.0]), x[:3]) + np.interp(0.3, np.sort(x[:3]), x[:3])


@vector
def clp(x):
    return np.sum(np.clip(x, x[0], 1.0))


@vector
def clp2(x):
    return np.sum(x.clip(-0.5, 0.5) * x)


@vector
def aeq(x):
    return x[0] * (2 if np.array_equal(np.floor(x), np.zeros(len(x))) else 3)


@vector
def acl(x):
    return x[0] * (2 if np.allclose(x, 0, atol=1.5) else 3)


@vector
def acl2(x):
    return x[0] * (2 if np.isclose(x[0], x[1], atol=0.6) else 3)


@vector
def anyy(x):
    return x[0] * (2 if np.any(x > 1) else 3)


@vector
def alll(x):
    return x[0] * (2 if (x > -1).all() else 3)


@vector
def maxx(x):
    return np.max(x) * np.min(x)


@vector
def pymax(x):
    return max(x) * min(x)


@vector
def pymaxk(x):
    return max(x, key=abs)


@vector
def pysort(x):
    return sorted(x)[1] * 2


@vector
def tolist(x):
    items = x.tolist()
    return items[0] * 2 if items[0] > items[1] else items[1]


@vector
def sumint(x):
    return np.sum(x.astype(int)) * x[0]


@vector
def ptp(x):
    return np.ptp(x) * x[0]


@vector
def med(x):
    return np.median(x) * x[0]


@vector
def qua(x):
    return np.quantile(x, 0.3)


@vector
def pivot(x):
    A = np.array([[x[0], x[1]], [x[2], 1.0]])
    return np.linalg.solve(A, x[:2])[0]


@vector
def gauss(x):
    A = [[x[0], x[1]], [x[2], 1.0]]
    if abs(A[1][0]) > abs(A[0][0]):
        A = [A[1], A[0]]
    if A[0][0] == 0:
        return x[0]
    m = A[1][0] / A[0][0]
    return A[1][1] - m * A[0][1]


@vector
def rank(x):
    return np.linalg.matrix_rank(np.floor(np.outer(x, x))) * x[0]


@vector
def cond(x):
    return x[0] if np.linalg.cond(np.array([[x[0], 1.0], [2.0, x[1]]])) > 3 else x[1]


@vector
def loopn(x):
    t = 0.0
    for xi in x:
        if xi < 0:
            continue
        if xi > 1.5:
            break
        t += xi * xi
    return t + x[0]


@vector
def newton(x):
    y = 1.0
    a = abs(x[0]) + 0.1
    for _ in range(50):
        n = 0.5 * (y + a / y)
        if abs(n - y) < 1e-8:
            break
        y = n
    return y


@vector
def str1(x):
    return x[0] * float(str(x[0])[:4].rstrip("e-"))


@vector
def str2(x):
    return x[0] * (2 if "-" in str(x) else 3)


@vector
def str3(x):
    return x[0] * (2 if "-" in repr(x) else 3)


@vector
def str4(x):
    return x[0] * float(np.array2string(x[:1], precision=1).strip("[]"))


@vector
def idx(x):
    return x[int(abs(x[0])) % len(x)]


@vector
def idx2(x):
    return x[np.floor(np.abs(x)).astype(int) % len(x)] @ x


@vector
def slc(x):
    return np.sum(x[: int(abs(x[0])) + 1])


@vector
def slc2(x):
    return np.sum(x[1:][x[1:] > x[0]])


@vector
def rep(x):
    return np.sum(np.repeat(x, np.floor(np.abs(x)).astype(int))) + x[0]


@vector
def take(x):
    return np.take(x, np.argsort(x)[:2]).sum()


@vector
def bincount(x):
    return np.bincount(np.floor(np.abs(x)).astype(int), weights=x)[0]


@vector
def cumc(x):
    return np.sum(np.cumsum(x)[np.cumsum(x) > 0])


@vector
def lex(x):
    return x[np.lexsort((x, np.floor(x)))] @ np.arange(len(x))


@vector
def dif(x):
    return np.sum(np.diff(x)[np.diff(x) > 0])


@vector
def trimz(x):
    return np.trim_zeros(np.maximum(x, 0.0)).sum() * 2


@vector
def isin(x):
    return np.sum(x[np.isin(np.floor(x), [0.0, 1.0])])


@vector
def setd(x):
    return len(np.setdiff1d(np.floor(x), [0.0])) * x[0]


@vector
def inter(x):
    return len(np.intersect1d(np.floor(x), [0.0, 1.0])) * x[0]


@vector
def sgn2(x):
    return np.sum(np.sign(x) * x * x)


@vector
def fmax(x):
    return np.sum(np.fmax(x, x[::-1]))


@vector
def nanm(x):
    return np.nansum(np.log(x))


@vector
def nanm2(x):
    return np.nanmean(np.sqrt(x))


@vector
def nanmx(x):
    return np.nanmax(np.log(x))


@vector
def isnan(x):
    return np.sum(np.where(np.isnan(np.log(x)), x * 3, x))


@vector
def tri(x):
    return np.trapezoid(x, np.sort(x))


@vector
def sumwhere(x):
    return np.sum(x, where=x > 0)


@vector
def maxw(x):
    return np.max(x, where=x < 1, initial=-5.0)


@vector
def exin(x):
    try:
        return x[int(abs(x[0]) * 3)]
    except IndexError:
        return x[0] * 10


@vector
def linex(x):
    try:
        return np.linalg.inv(np.array([[np.floor(x[0]), 0.0], [0.0, 1.0]]))[0, 0] * x[0]
    except np.linalg.LinAlgError:
        return x[0] * 10


@vector
def chol(x):
    try:
        return np.linalg.cholesky(np.array([[x[0], 0.1], [0.1, 2.0]]))[1, 1]
    except np.linalg.LinAlgError:
        return x[0] * 10


@vector
def mut(x):
    x[0] = x[0] * 2 if x[0] > 0 else 3.0
    return np.sum(x * x)


@vector
def comp(x):
    return np.sum(np.compress(x > 0, x))


@vector
def extr(x):
    return np.sum(np.extract(x > 0, x))


@vector
def plc(x):
    y = x.copy()
    np.place(y, y > 0, [1.0])
    return np.sum(y)


@vector
def putm(x):
    y = x.copy()
    np.putmask(y, y > 0, y * y)
    return np.sum(y)


@vector
def cpto(x):
    y = np.zeros(len(x))
    np.copyto(y, x, where=x > 0)
    return np.sum(y * y)


@vector
def ufw(x):
    return np.sum(np.sqrt(x, where=x > 0, out=np.zeros(len(x))))


@vector
def argw(x):
    return np.argwhere(x > 0).sum() * x[0]


@vector
def flatn(x):
    return np.flatnonzero(x > 0).sum() * x[0]


@vector
def maxat(x):
    return float(np.max(x)) * x[0]


@vector
def item(x):
    return x.item(0) * 2 if x.item(1) > 0 else x[2]


@vector
def cdist(x):
    return np.linalg.norm(x) * (2 if np.linalg.norm(x) > 2 else 1)


@vector
def choose(x):
    return np.choose((x > 0).astype(int), [x, x * x]).sum()


@vector
def vec(x):
    return np.sum(np.vectorize(lambda t: t * 2 if t > 0 else t)(x))


@vector
def apply(x):
    return np.sum(np.apply_along_axis(lambda r: r[np.argmax(r)], 0, x.reshape(-1, 1)))


@vector
def frompy(x):
    return np.sum(np.frompyfunc(lambda t: t * 2 if t > 0 else t * t, 1, 1)(x))


@vector
def fromit(x):
    return np.sum(np.fromiter((t * 2 if t > 0 else t * t for t in x), float))


@vector
def arrl(x):
    return np.sum(np.array([t * 2 if t > 0 else t for t in x]))


@vector
def lenm(x):
    return len(x[x > 0]) * x[0]


@vector
def shape(x):
    return x[x > 0].size * x[0]


@vector
def mean0(x):
    return x[x > -5].mean()


@vector
def gtm(x):
    return ((x > 0) * x).sum()


@vector
def cmpx(x):
    return np.sum((x > x.mean()) * x)


@vector
def logical(x):
    return np.sum(np.logical_and(x > 0, x < 1) * x)


@vector
def logical2(x):
    return np.sum(np.logical_not(np.floor(x)) * x)


@vector
def modd(x):
    return np.sum(np.modf(x)[1] * x)


@vector
def frexp(x):
    return np.sum(np.frexp(x)[1] * x)


@vector
def fdv(x):
    return np.sum(x // 0.5 * x)


@vector
def spacing(x):
    return np.sum(np.spacing(np.floor(x)) * x)


@vector
def signbit(x):
    return np.sum(np.signbit(x) * x)


@vector
def nexta(x):
    return np.sum(np.nextafter(x, 0.0) * x)


@vector
def hv(x):
    return np.sum(np.heaviside(x, 0.5) * x)


@vector
def around(x):
    return np.sum(np.around(x, 1) * x)


@vector
def contains(x):
    return x[0] * (2 if 1.0 in x else 3)


@vector
def roots(x):
    return float(len([r for r in np.roots([1.0, x[0], x[1]]) if abs(r.imag) < 1e-12])) * x[0]


@vector
def minimize(x):
    best = None
    for i in range(len(x)):
        if best is None or x[i] < best:
            best = x[i]
    return best * 2


@vector
def bis2(x):
    return bisect.bisect_left([-1.0, 0.0, 1.0], x[0]) * x[1]


@vector
def zipmax(x):
    return max((xi, i) for i, xi in enumerate(x))[1] * x[0]


@vector
def cov(x):
    return np.corrcoef(x, x**2)[0, 1] if x[0] > 0 else x[1]


@vector
def unravel(x):
    return np.unravel_index(np.argmax(x.reshape(2, 2)), (2, 2))[0] * x[0]


@vector
def roll(x):
    return np.roll(x, int(x[0])) @ np.arange(4.0)


@vector
def pad(x):
    return np.pad(x, (int(abs(x[0])), 0), mode="edge").sum()


@vector
def tile(x):
    return np.tile(x, int(abs(x[0])) + 1).sum()


@vector
def eye(x):
    return np.sum(np.eye(int(abs(x[0])) + 1)) * x[0]


@vector
def full(x):
    return np.sum(np.full(3, x[0])) * x[1]


@vector
def zerosn(x):
    return np.zeros(int(abs(x[0])) + 1).size * x[0]


@vector
def lnsp(x):
    return np.sum(np.linspace(x[0], x[1], 5) ** 2)


@vector
def arng(x):
    return np.sum(np.arange(0, abs(x[0]) + 1, 0.5)) * x[1]


@vector
def geom(x):
    return np.sum(np.geomspace(abs(x[0]) + 1, 10, 4))


@vector
def rngs(x):
    return sum(x[1] * i for i in range(int(x[0]), 5))


@vector
def bitsf(x):
    return x[0] * 2 if not (x > 0).any() or np.logical_xor(x[0] > 0, x[1] > 0) else x[1]


@vector
def maskneg(x):
    return np.sum(x[~(x > 0)])


@vector
def maxax(x):
    return np.sum(x.reshape(2, 2).max(axis=1) * np.argmax(x.reshape(2, 2), axis=1))


@vector
def ravelm(x):
    return np.sum(np.ma.masked_less(x, 0).filled(0))


@vector
def cross(x):
    return np.sum(np.maximum.accumulate(x))


@vector
def red(x):
    return functools.reduce(lambda a, b: a if a > b else b, x)


@vector
def npminimum(x):
    return np.minimum.reduce(x) * x[0]


@vector
def einsum(x):
    return np.einsum("i,i", x, np.floor(x))


@vector
def poly(x):
    return np.polyval([1, 2, 3], x[0]) if np.polyfit(np.arange(4.0), x, 1)[0] > 0 else x[0]
