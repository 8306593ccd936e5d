"""The few small tables that all metrics are made of, one file each; everything that two metrics need is a fact.

Instants are µs since the epoch, days local day numbers, amounts ten-thousandths. Facts are as of T: nothing at or after
T stands in them.
"""
