"""Models of chemistry and biology: kinetics, equilibria, populations, neurons, pharmacology."""

import math

import numpy as np

from tests.corpus.registry import case

R = 8.314


@case(np.array([0.3, 1.5, 4.0]), 2.0, 0.8)
def michaelis_menten(substrate, vmax, km):
    return vmax * substrate / (km + substrate)


@case(1.8, 0.5)
def hill_inhibition(ligand, kd, n=2.5):
    return ligand**n / (kd**n + ligand**n) * (1 - ligand / (ligand + 3))


@case(350.0)
def arrhenius_ratio(temperature):
    a, ea = 1.2e3, 2.0e4
    return a * math.exp(-ea / (R * temperature)) / (1 + a * math.exp(-ea / (R * 300)))


@case(1e-2 * np.array([1.0, 2.0]) * 30)
def weak_acid_ph(concentration):
    ka = 1.8e-5
    h = (-ka + np.sqrt(ka**2 + 4 * ka * concentration)) / 2
    return -np.log10(h)


@case(np.array([0.9, 0.1]))
def lotka_volterra_euler(population):
    prey, predator = population
    for _ in range(20):
        prey, predator = (
            prey + 0.1 * prey * (1.0 - 0.5 * predator),
            predator + 0.1 * predator * (0.3 * prey - 0.4),
        )
    return np.array([prey, predator])


@case(np.array([0.4, 0.1]))
def sir_epidemic(rates):
    beta, gamma = rates
    state = np.array([0.99, 0.01, 0.0])
    peak = 0.0
    for _ in range(60):
        s, i, r = state
        new_infections = beta * s * i
        recoveries = gamma * i
        state = state + np.array([-new_infections, new_infections - recoveries, recoveries])
        peak = max(peak, state[1])
    return peak


@case(np.array([1.0, 0.5, 0.0]))
def robertson_rates(y):
    dydt = np.empty(3)
    dydt[0] = -0.04 * y[0] + 1e1 * y[1] * y[2]
    dydt[2] = 3 * y[1] ** 2
    dydt[1] = -dydt[0] - dydt[2]
    return dydt


@case(np.array([-60.0, 0.06, 0.6, 0.3]), 10.0)
def hodgkin_huxley_rates(state, current):
    v, m, h, n = state
    alpha_m = 0.1 * (v + 40) / (1 - np.exp(-(v + 40) / 10))
    beta_m = 4.0 * np.exp(-(v + 65) / 18)
    alpha_h, beta_h = 0.07 * np.exp(-(v + 65) / 20), 1 / (1 + np.exp(-(v + 35) / 10))
    alpha_n = 0.01 * (v + 55) / (1 - np.exp(-(v + 55) / 10))
    beta_n = 0.125 * np.exp(-(v + 65) / 80)
    ionic = 120 * m**3 * h * (v - 50) + 36 * n**4 * (v + 77) + 0.3 * (v + 54.387)
    gates = [a * (1 - g) - b * g for a, b, g in zip((alpha_m, alpha_h, alpha_n), (beta_m, beta_h, beta_n), (m, h, n))]
    return np.array([current - ionic] + gates)


@case(1.2, 0.3, 5.0)
def one_compartment_oral_dose(ka, ke, volume):
    t = np.array([0.5, 1, 2, 4, 8, 12.0])
    concentration = 100 * ka / (volume * (ka - ke)) * (np.exp(-ke * t) - np.exp(-ka * t))
    auc = np.trapezoid(concentration, t)
    return auc, concentration.max()


@case(np.array([0.2, 0.5, 0.3]))
def jukes_cantor_likelihood(branch):
    total = 0
    for length, differs in zip(branch, (True, False, True)):
        same = 0.25 + 0.75 * math.exp(-4 * length / 3)
        total += math.log((1 - same) / 3) if differs else math.log(same)
    return total


@case(np.array([0.25, 0.35, 0.4]), np.array([[1.0, 0.9, 0.5], [0.9, 0.8, 1.0], [0.5, 1.0, 0.7]]))
def replicator_dynamics(frequencies, fitness):
    for _ in range(5):
        marginal = fitness @ frequencies
        frequencies = frequencies * marginal / (frequencies @ marginal)
    return frequencies


@case(2.8, 0.3)
def logistic_map(r, x):
    orbit = [x]
    for _ in range(12):
        orbit.append(r * orbit[-1] * (1 - orbit[-1]))
    return orbit[-1]


@case(np.array([0.3, 0.7]), 330.0)
def margules_activity(x, temperature):
    x = x / x.sum()
    a12, a21 = 300 / temperature, 450 / temperature
    ln_gamma = np.array(
        [x[1] ** 2 * (a12 + 2 * (a21 - a12) * x[0]), x[0] ** 2 * (a21 + 2 * (a12 - a21) * x[1])],
    )
    psat = 10 ** (np.array([8.07131, 8.1122]) - np.array([1730.63, 1592.864]) / (temperature - 273.15 + 233.0))
    return np.sum(x * np.exp(ln_gamma) * psat) / 100


@case(np.array([0.5, 0.3, 0.2]))
def rachford_rice(z):
    k = np.array([2.5, 0.9, 0.3])
    v = 0.5
    for _ in range(30):
        f = np.sum(z * (k - 1) / (1 + v * (k - 1)))
        df = -np.sum(z * (k - 1) ** 2 / (1 + v * (k - 1)) ** 2)
        v -= f / df
    return v


@case(0.7, 25.0)
def photosynthesis_light_response(quantum_yield, capacity):
    light = np.linspace(0, 200, 6)
    b = quantum_yield * light + capacity
    return (b - np.sqrt(b**2 - 4 * 0.7 * quantum_yield * light * capacity)) / 1.4


@case(np.array([1.0, 0.2, 0.5]))
def stoichiometric_rates(concentration):
    stoichiometry = np.array([[-1, 1, 0], [0, -2, 1], [1, 0, -1]])
    k = np.array([0.5, 1.5, 0.2])
    orders = np.maximum(-stoichiometry, 0)
    rates = k * np.prod(concentration[None, :] ** orders, axis=1)
    return stoichiometry.T @ rates


@case(np.array([0.1, 0.6, 1.0]))
def nernst_goldman(permeability):
    inside, outside = np.array([140.0, 12.0, 10.0]), np.array([5.0, 145.0, 110.0])
    top = permeability[:2] @ outside[:2] + permeability[2] * inside[2]
    bottom = permeability[:2] @ inside[:2] + permeability[2] * outside[2]
    return 26.7 * np.log(top / bottom)
