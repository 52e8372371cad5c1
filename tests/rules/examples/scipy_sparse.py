"""Calls of products and solutions with constant matrices of ``scipy.sparse``."""

import numpy as np
import scipy.sparse as sp

from adpy.rules.scipy_sparse import matrix_product, matrix_solution
from tests.rules.harness import EXAMPLES, call, complexes, real

WIDE = sp.csr_array(np.array([[1.0, 0.0, -2.0, 0.0], [0.0, 0.5, 0.0, 3.0], [0.0, 0.0, 0.0, 0.0]]))
SQUARE = sp.csc_array(np.array([[4.0, 1.0, 0.0], [0.0, 3.0, -1.0], [0.5, 0.0, 2.0]]))

EXAMPLES[matrix_product] = [call(WIDE, real(4)), call(WIDE, real(4, 2)), call(WIDE, complexes(4))]
EXAMPLES[matrix_solution] = [call(SQUARE, real(3)), call(SQUARE, real(3, 2))]
