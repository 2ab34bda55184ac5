"""A report that may leave the house: counts of few patients are protected, and nothing is shown that rests on them."""
