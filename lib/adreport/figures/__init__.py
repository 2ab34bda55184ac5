"""Results and rows as figures, a module per report page. Colours and fonts live in `drawing` and the style file."""

from adreport.figures.cohort import distributions, treatments_used
from adreport.figures.efficacy import response_levels, response_rates
from adreport.figures.safety import affected_courses
from adreport.figures.sequences import lines

__all__ = ["affected_courses", "distributions", "lines", "response_levels", "response_rates", "treatments_used"]
