"""The picture of tutorial 8: ``python tutorials/pictures/schedules.py`` writes it beside this file."""

from pathlib import Path

import matplotlib
from matplotlib import pyplot

import adpy
from adpy.checkpoint.schedules import Binomial

HERE = Path(__file__).parent


def main():
    """Draw and save."""
    matplotlib.use("svg")
    matplotlib.rcParams |= {"svg.hashsalt": "adpy", "svg.fonttype": "none", "font.size": 8}
    _, ax = pyplot.subplots(figsize=(5.2, 2.6), layout="constrained")
    adpy.visual.schedule(Binomial(60, snapshots=6), ax=ax)
    ax.figure.savefig(HERE / "binomial.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
