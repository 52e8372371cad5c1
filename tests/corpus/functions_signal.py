"""Fourier transforms, filters and signal processing."""

import numpy as np
import scipy.fft
from scipy import signal

from tests.corpus.registry import case

X = np.array([0.3, 1.2, -0.7, 2.1, 0.9, -1.4, 0.2, 0.8])
IMAGE = np.cos(np.arange(16.0)).reshape(4, 4)


@case(X)
def power_spectrum(x):
    return np.abs(np.fft.rfft(x)) ** 2 / len(x)


@case(X)
def low_pass_by_fft(x):
    spectrum = np.fft.fft(x)
    frequencies = np.fft.fftfreq(len(x), d=0.1)
    spectrum[np.abs(frequencies) > 3] = 0
    return np.real(np.fft.ifft(spectrum))


@case(X)
def spectral_derivative(u):
    k = 2j * np.pi * np.fft.fftfreq(u.size)
    return np.fft.ifft(k * np.fft.fft(u)).real


@case(X, np.array([0.5, 0.25, 0.1, 0.0, 0.0, 0.0, 0.1, 0.05]))
def circular_convolution(x, h):
    return np.fft.irfft(np.fft.rfft(x) * np.fft.rfft(h), n=8)


@case(X)
def phase_of_a_mode(x):
    mode = np.fft.fft(x)[1]
    return np.array([np.angle(mode), np.abs(mode), mode.real, mode.imag])


@case(IMAGE)
def image_spectrum(image):
    centred = np.fft.fftshift(np.fft.fft2(image))
    return np.log(np.abs(centred[1:, 1:]) ** 2 + 1)


@case(IMAGE)
def filtered_in_all_dimensions(image):
    f = np.fft.rfftn(image)
    f *= 1 / (1 + np.arange(f.shape[1]))
    return np.fft.irfftn(f, s=image.shape, axes=(0, 1))


@case(X)
def padded_transform(x):
    return np.abs(np.fft.fft(x, n=12, norm="ortho")) + np.fft.ifft(x, 12).imag


@case(X)
def hermitian_transform(x):
    return np.fft.hfft(x[:5]) + np.fft.ihfft(x).real[0]


@case(X)
def scipy_fft_package(x):
    return scipy.fft.ifft(scipy.fft.fft(x) * np.arange(8)).real + np.abs(scipy.fft.rfft(x)).sum()


@case(X)
def cosine_transforms(x):
    return scipy.fft.dct(x, norm="ortho") * scipy.fft.idct(x) + scipy.fft.dst(x, type=1)


@case(X)
def exponential_smoothing(x, alpha=0.3):
    smoothed = np.zeros_like(x)
    smoothed[0] = x[0]
    for n in range(1, len(x)):
        smoothed[n] = alpha * x[n] + (1 - alpha) * smoothed[n - 1]
    return smoothed


@case(np.array([0.2, 0.5, 0.2]), np.array([1.0, -0.4, 0.1]), X)
def direct_form_filter(b, a, x):
    y = np.zeros(len(x))
    for n in range(len(x)):
        for k in range(len(b)):
            if n - k >= 0:
                y[n] += b[k] * x[n - k]
        for k in range(1, len(a)):
            if n - k >= 0:
                y[n] -= a[k] * y[n - k]
        y[n] /= a[0]
    return y


@case(X)
def linear_filter(x):
    return signal.lfilter([0.2, 0.3], [1.0, -0.5], x)


@case(X, np.array([0.5, 1.0, -0.5]))
def scipy_convolutions(x, k):
    return signal.convolve(x, k, mode="same") + signal.fftconvolve(x, k, mode="same")


@case(X)
def windowed(x):
    return x * np.hanning(8) + x * np.hamming(8) - x * np.blackman(8) * np.kaiser(8, 3.0)


@case(X)
def detrended(x):
    t = np.arange(len(x))
    slope, intercept = np.polyfit(t, x, 1)
    return x - (slope * t + intercept)


@case(X)
def envelope_by_hilbert(x):
    n = len(x)
    h = np.zeros(n)
    h[0] = h[n // 2] = 1
    h[1 : n // 2] = 2
    analytic = np.fft.ifft(np.fft.fft(x) * h)
    return np.abs(analytic)


@case(X)
def autocorrelation(x):
    x = x - x.mean()
    full = np.correlate(x, x, mode="full")
    return full[full.size // 2 :] / full[full.size // 2]


@case(np.array([0.3, 0.8]), X)
def discrete_fourier_sum(frequencies, x):
    n = np.arange(len(x))
    basis = np.exp(-2j * np.pi * np.outer(frequencies, n))
    return np.abs(basis @ x)


@case(0.12)
def chirp_signal(rate):
    t = np.linspace(0, 2, 9)
    return np.sin(2 * np.pi * (t + rate * t**2)) * signal.windows.hann(9)


@case(X)
def total_variation_and_roughness(x):
    return np.abs(np.diff(x)).sum() + 0.1 * np.square(np.diff(x, 2)).sum()


@case(IMAGE)
def laplacian_of_image(image):
    out = -4 * image
    for axis in (0, 1):
        for shift in (-1, 1):
            out += np.roll(image, shift, axis=axis)
    return out
