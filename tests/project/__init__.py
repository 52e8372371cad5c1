"""Tests of the project around the code: layers, imports, documents, tutorials, tables."""
