"""Other people's numeric functions, differentiated as they stand: ``python -m tests.corpus.packages``."""
