"""A page on this machine for those who use no terminal: choose a workbook, see what was found, make the report."""
