"""The definitions of the scores and stages, written a second time in plain Python.

Slow and honest: sums over events, no SQL, nothing of ``lead_warehouse``. What the models compute is
compared with what this computes.
"""
