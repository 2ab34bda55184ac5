"""What all tests share."""

from hypothesis import settings

# Speed is measured by `make bench`; a busy machine must not fail a property.
settings.register_profile("adreport", deadline=None)
settings.load_profile("adreport")
