"""What all tests share: a busy machine is no failure."""

from hypothesis import settings

settings.register_profile("saasmetrics", deadline=None)
settings.load_profile("saasmetrics")
