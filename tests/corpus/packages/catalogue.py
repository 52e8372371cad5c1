"""Which packages, modules and instances the hunt looks at, and what it leaves alone."""

import re
from typing import NamedTuple

__all__ = ["PACKAGES", "Package", "left_alone"]


class Package(NamedTuple):
    """One distribution.

    Parameters
    ----------
    modules : tuple of str
        Modules whose functions are tried; ``"name.*"`` stands for a package and everything in it.
    instances : tuple of str
        ``"module:expression"`` of objects whose methods are tried.
    """

    modules: tuple[str, ...]
    instances: tuple[str, ...] = ()


_LINKS = ("Logit", "Probit", "Cauchy", "CLogLog", "LogLog", "Log", "Sqrt", "InversePower", "InverseSquared", "Identity")
_NORMS = ("LeastSquares", "HuberT", "RamsayE", "AndrewWave", "TrimmedMean", "Hampel", "TukeyBiweight")

PACKAGES: dict[str, Package] = {
    "numpy": Package(
        ("numpy", "numpy.linalg", "numpy.fft", "numpy.lib.scimath", "numpy.lib.stride_tricks")
        + tuple(f"numpy.polynomial.{k}" for k in "polynomial chebyshev legendre hermite hermite_e laguerre".split())
    ),
    "scipy": Package(
        (
            "scipy.special",
            "scipy.optimize",
            "scipy.signal",
            "scipy.signal.windows",
            "scipy.stats",
            "scipy.stats.contingency",
            "scipy.stats._stats_py",
            "scipy.stats._continuous_distns",
            "scipy.spatial.distance",
            "scipy.spatial",
            "scipy.constants",
            "scipy.interpolate",
            "scipy.integrate",
            "scipy.linalg",
            "scipy.fft",
            "scipy.fftpack",
            "scipy.ndimage",
            "scipy.cluster.vq",
            "scipy.sparse.linalg",
            "scipy.differentiate",
            "scipy.special._orthogonal",
            "scipy.special._basic",
        ),
        ("scipy.stats:distributions",),
    ),
    "fluids": Package(("fluids.*",)),
    "ht": Package(("ht.*",)),
    "chemicals": Package(("chemicals.*",)),
    "thermo": Package(("thermo.*",)),
    "pymap3d": Package(("pymap3d.*",)),
    "colour-science": Package(("colour.*",)),
    "pvlib": Package(("pvlib.*",)),
    "astropy": Package(
        (
            "astropy.stats.*",
            "astropy.modeling.functional_models",
            "astropy.coordinates.angles.utils",
            "astropy.convolution.utils",
            "astropy.cosmology._src.utils",
        ),
        (
            "astropy.cosmology:Planck18",
            "astropy.cosmology:FlatLambdaCDM(70.0, 0.3)",
            "astropy.cosmology:w0waCDM(70.0, 0.3, 0.6, -0.9, 0.1)",
        )
        + tuple(
            f"astropy.modeling.models:{name}()"
            for name in "Gaussian1D Lorentz1D Voigt1D Moffat1D Sersic1D Sine1D Exponential1D Logarithmic1D "
            "PowerLaw1D BrokenPowerLaw1D SmoothlyBrokenPowerLaw1D ExponentialCutoffPowerLaw1D LogParabola1D Gaussian2D "
            "Moffat2D Sersic2D AiryDisk2D RickerWavelet1D RickerWavelet2D Trapezoid1D KingProjectedAnalytic1D "
            "Drude1D Schechter1D Plummer1D Linear1D Box1D".split()
        ),
    ),
    "skyfield": Package(
        (
            "skyfield.functions",
            "skyfield.earthlib",
            "skyfield.relativity",
            "skyfield.precessionlib",
            "skyfield.keplerlib",
        )
        + ("skyfield.timelib", "skyfield.geometry", "skyfield.curvelib", "skyfield.framelib", "skyfield.projections")
    ),
    "sgp4": Package(("sgp4.propagation", "sgp4.ext", "sgp4.functions")),
    "lmfit": Package(("lmfit.lineshapes",)),
    "numpy-financial": Package(("numpy_financial",)),
    "geopy": Package(("geopy.distance", "geopy.units")),
    "scikit-learn": Package(
        (
            "sklearn.metrics",
            "sklearn.metrics.pairwise",
            "sklearn.utils.extmath",
            "sklearn.covariance",
            "sklearn.preprocessing",
        )
        + (
            "sklearn.manifold._t_sne",
            "sklearn.isotonic",
            "sklearn.linear_model._logistic",
            "sklearn.neural_network._base",
        )
    ),
    "statsmodels": Package(
        (
            "statsmodels.stats.*",
            "statsmodels.tools.tools",
            "statsmodels.tools.numdiff",
            "statsmodels.tools.linalg",
            "statsmodels.tools.eval_measures",
            "statsmodels.robust.scale",
            "statsmodels.robust.covariance",
            "statsmodels.tsa.stattools",
            "statsmodels.tsa.tsatools",
            "statsmodels.tsa.arima_process",
            "statsmodels.tsa.filters.filtertools",
            "statsmodels.tsa.filters.hp_filter",
            "statsmodels.nonparametric.kernels",
            "statsmodels.nonparametric.bandwidths",
            "statsmodels.miscmodels.tmodel",
            "statsmodels.sandbox.distributions.gof_new",
            "statsmodels.sandbox.nonparametric.kernels",
            "statsmodels.regression.linear_model",
            "statsmodels.multivariate.factor_rotation._wrappers",
            "statsmodels.distributions.copula.transforms",
        ),
        tuple(f"statsmodels.genmod.families.links:{name}()" for name in _LINKS)
        + tuple(f"statsmodels.robust.norms:{name}()" for name in _NORMS),
    ),
    "control": Package(("control.*",)),
    "filterpy": Package(("filterpy.*",)),
    "pykalman": Package(("pykalman.standard", "pykalman.sqrt.cholesky", "pykalman.utils", "pykalman.unscented")),
    "quantecon": Package(("quantecon.*",)),
    "iapws": Package(("iapws.*",)),
    "metpy": Package(("metpy.calc.*", "metpy.interpolate.*")),
    "mpmath": Package(("mpmath.math2",)),
    "uncertainties": Package(("uncertainties.umath_core",)),
}

_MODULES = re.compile(
    r"(^|[._])(tests?|testing|conftest|plot\w*|examples?|io|iotools|datasets?|data|numba|numba_vectorized|units|vectorized|"
    r"setup|version|_?version\w*|gui|cli|benchmarks?|volume|hints|deprecation|common|requirements|optional|notebook|"
    r"pint\w*|docs?|fluids_numba|chemicals_numba|matlab)([._]|$)"
)
_NAMES = re.compile(
    r"^(_[a-z]*_?(deprecat|docs?|warn|check_import)|set_|seterr|save|load|write|read|open|fetch|download|plot|show|print|remove|delete|"
    r"main$|exit|quit|input|test|assert|raises|random|rand|bench|register|unregister|install|close|run$|export|import|"
    r"genfromtxt|fromfile|frombuffer|fromregex|memmap|info|source|lookfor|who|exec|eval$|sys|pause|ion|ioff|get_include|figure|as_strided|broadcast_)",
)


def left_alone(module: str, name: str = "") -> bool:
    """Whether a module or a function is none of our business: it plots, reads, writes, draws at random, or tests."""
    return bool(_MODULES.search(module) or (name and _NAMES.search(name)) or "random" in name or "plot" in name)
