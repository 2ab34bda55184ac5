"""Exploring in JupyterLab and Voilà: filters, and the tables and figures of the reports that follow them."""
