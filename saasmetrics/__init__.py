"""Account-level truth about the value of a B2B SaaS product, from its exports."""

__version__ = "0.1.0"
