"""Tests of the stock engine."""
