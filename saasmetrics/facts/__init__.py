"""The few small tables that all metrics are made of, one file each; everything that two metrics need is a fact.

A folder holds the facts of one subject; what lies beside the folders reads the events once and makes facts on demand: the
ways to the events (_origin), the fold (_fold, _sql), what is kept of it (_kept), the book that computes each fact once (_book),
also as of earlier days (_replay).

Instants are µs since the epoch, days local day numbers, amounts ten-thousandths. Facts are as of T: nothing at or after
T stands in them.
"""
