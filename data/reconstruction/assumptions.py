"""What the published figures leave open about ages and durations: judgement, in one place."""

from fractions import Fraction

from reconstruction.quantiles import Shape

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = 30.4375
YEAR, MONTH = Fraction(DAYS_PER_YEAR), Fraction(DAYS_PER_MONTH)
ADULT_DAYS = int(18 * DAYS_PER_YEAR)

# Ages at start, in years. A child stands in a cabin from about three. The lower quartiles are
# chosen so that ages differ between treatments as little as the published p of 0.487 says.
AGES = {
    "cyclosporine": Shape(1.0, 5.4, 17.6),
    "systemic_corticosteroid": Shape(1.0, 5.5, 17.6),
    "azathioprine": Shape(2.5, 7.6, 15.5),
    "methotrexate": Shape(2.5, 4.8, 16.0),
    "phototherapy": Shape(3.0, 4.6, 15.0),
    "immunoglobulin": Shape(1.5, 4.0, 13.5),
    "omalizumab": Shape(6.0, 8.0, 16.0),
    "dupilumab": Shape(6.0, 8.0, 16.0),
    "mycophenolate_mofetil": Shape(6.0, 8.0, 16.0),
}
# In months, of corticosteroids in days. Phototherapy and corticosteroids are courses, not
# maintenance. The IQR forces one immunoglobulin course beyond 55 months; it is hardly longer.
DURATIONS = {
    "cyclosporine": Shape(1.0, 5.5, 36.0),
    "systemic_corticosteroid": Shape(15, 31, 150, decimals=0),
    "azathioprine": Shape(1.0, 2.5, 40.0),
    "methotrexate": Shape(1.5, 3.0, 26.0),
    "phototherapy": Shape(1.0, 2.0, 8.0),
    "immunoglobulin": Shape(3.0, 4.5, 65.0),
    "omalizumab": Shape(3.0, 3.5, 16.0),
    "dupilumab": Shape(3.0, 3.5, 16.0),
    "mycophenolate_mofetil": Shape(3.0, 3.5, 16.0),
}
DURATION_AS_PRINTED = {"systemic_corticosteroid": ("duration_days", Fraction(1))}
LOCK_AGES = Shape(3.0, 8.0, 17.9)  # years
ONSETS = Shape(1, 4, 110, decimals=0, skewed=True)  # months
DELAYS = Shape(2, 12, 150, decimals=0)  # months

# Ages are written in hundredths of a year; a week apart, courses cannot overlap as written.
SHORTEST_GAP_DAYS = 7
LONGEST_GAP_DAYS = 730
LONGEST_GAP_AFTER_FAILURE_DAYS = 183
LONGEST_FOLLOW_UP_DAYS = 1460
# Mean days until the next course, by the reason that ended this one: a failed treatment is
# replaced soon, a successful one when the disease returns.
MEAN_GAP_DAYS = {
    "unresponsiveness": 15,
    "insufficient_response": 10,
    "side_effect": 30,
    "financial": 30,
    "department_decision": 45,
    "patient_decision": 90,
    "prevent_side_effects": 100,
    "maximum_response": 120,
}

# A course that fails or is not tolerated ends within months, but not before it can have worked.
FAILED = ["unresponsiveness", "side_effect"]
USUAL_FAILED_DAYS, LONGEST_FAILED_DAYS = 150, 460
SHORTEST_UNRESPONSIVE_DAYS = 42

# Weight of a month of onset after two years of age against a day's departure of a gap.
DAYS_PER_LATE_MONTH = 10
