"""Spectra, filters and modulation."""

import numpy as np
from scipy import signal

from tests.complex.registry import case

T = np.linspace(0.0, 1.0, 8, endpoint=False)
X = np.array([0.3, 1.2, -0.7, 2.1, 0.4, -1.3, 0.9, 0.2])
Z = X[:4] + 1j * X[4:]


@case(X)
def power_spectrum(x):
    return np.abs(np.fft.rfft(x * np.hanning(8))) ** 2


@case(X)
def amplitude_spectrum_in_decibels(x):
    return 20.0 * np.log10(np.abs(np.fft.fft(x)) + 1e-3)


@case(X)
def phase_spectrum(x):
    return np.unwrap(np.angle(np.fft.rfft(x)[1:-1]))


@case(X)
def spectral_derivative(x):
    k = 2j * np.pi * np.fft.fftfreq(8, d=1 / 8)
    return np.fft.ifft(k * np.fft.fft(x)).real


@case(X)
def circular_convolution(x):
    return np.fft.irfft(np.fft.rfft(x) * np.conj(np.fft.rfft(x[::-1])), n=8)


@case(X)
def analytic_signal_envelope(x):
    spectrum = np.fft.fft(x)
    spectrum[1:4] *= 2.0
    spectrum[5:] = 0.0
    analytic = np.fft.ifft(spectrum)
    return np.abs(analytic), np.angle(analytic)


@case(X.reshape(2, 4))
def image_low_pass(image):
    spectrum = np.fft.fftshift(np.fft.fft2(image))
    spectrum[:, 0] = 0
    return np.fft.ifft2(np.fft.ifftshift(spectrum)).real


@case(X)
def spectral_centroid(x):
    power = np.abs(np.fft.rfft(x)) ** 2
    return power @ np.fft.rfftfreq(8) / power.sum()


@case(X)
def cepstrum(x):
    return np.fft.irfft(np.log(np.abs(np.fft.rfft(x)) + 0.1))


@case(0.4, 1.3, 0.7)
def chirp_matched_filter(rate, start, phase):
    chirp = np.exp(1j * (start * T + rate * T**2 + phase))
    replica = np.exp(1j * (1.2 * T + 0.5 * T**2))
    return abs(np.vdot(replica, chirp)) ** 2


@case(Z)
def spectrum_of_complex_samples(z):
    return np.fft.fft(z) * np.exp(1j * np.pi / 4)


@case(Z, 0.7)
def frequency_shift(z, f):
    shifted = z * np.exp(2j * np.pi * f * np.arange(4))
    return np.abs(np.fft.fft(shifted)) ** 2


@case(np.array([0.2, -0.5, 0.3]), np.array([1.0, -0.4]))
def digital_filter_response(b, a):
    w = np.linspace(0.1, 3.0, 5)
    z = np.exp(-1j * w)
    response = np.polyval(b[::-1], z) / np.polyval(a[::-1], z)
    return np.abs(response), np.angle(response)


@case(np.array([0.7, 0.2]))
def goertzel(parameters):
    frequency, decay = parameters
    total = 0j
    for n, sample in enumerate(X):
        total += sample * np.exp(-(decay + 2j * np.pi * frequency) * n)
    return total.real, total.imag, abs(total)


@case(X)
def discrete_fourier_by_loops(x):
    n = len(x)
    out = np.zeros(n, dtype=complex)
    for k in range(n):
        for j in range(n):
            out[k] += x[j] * np.exp(-2j * np.pi * j * k / n)
    return out


@case(Z)
def constant_modulus_cost(z):
    weights = np.array([0.3 - 0.2j, 0.1j, 0.5, 0.2])
    output = np.convolve(z, weights, mode="valid")
    return np.mean((np.abs(output) ** 2 - 1.0) ** 2)


@case(X[:4], X[4:])
def coherence_of_two_channels(a, b):
    fa, fb = np.fft.rfft(a), np.fft.rfft(b)
    cross = np.sum(fa * fb.conj())
    return np.abs(cross) ** 2 / (np.sum(np.abs(fa) ** 2) * np.sum(np.abs(fb) ** 2))


@case(X)
def goertzel_of_scipy_detrended(x):
    return np.abs(np.fft.rfft(signal.detrend(x)))
