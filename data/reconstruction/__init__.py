"""How the cohort in data/cohort is made from the figures in data/published."""
