"""What explore.html holds of a study."""

from adreport import read_study
from adreport.pages.exhibits import Settings
from adreport.report.explore_page import payload
from studies import cohort, written


def test_nothing_follows_from_the_order_of_rows_in_the_file(tmp_path):
    turned = {name: table.iloc[::-1] for name, table in cohort().items()}
    held = [
        payload(read_study(written(tmp_path / name, **tables)), Settings())["courses"]
        for name, tables in (("as it is", cohort()), ("turned", turned))
    ]
    same = [{name: values for name, values in columns.items() if name != "patient"} for columns in held]
    assert same[0] == same[1]
    assert all(first == sorted(first) for first in (list(dict.fromkeys(columns["patient"])) for columns in held))
