"""A study shows itself as a card, and says of each of its columns what it holds."""

from adreport import Rules, read_study
from studies import of_patients, written


def test_a_card_says_what_a_study_holds_and_how_it_was_selected():
    study = read_study().under(Rules(shortest_days=10)).select("CSA", age_max=6)
    card = study._repr_html_()
    assert "the published cohort, reconstructed" in card
    assert "it is not patient data" in card
    for name, value in {
        "Data": "data/cohort",
        "Patients": len(study.patients),
        "Treatment courses": len(study.courses),
        "Side effects": len(study.side_effects),
        "Span": f"courses started at ages {study.courses['age_at_start_years'].min():g} to 5.7 years",
        "Filters": "treatment Cyclosporine; age at start of the course up to 6 years",
        "Rules": str(study.rules),
    }.items():
        assert f">{name}</th><td style='text-align: left'>{value}</td>" in card, name
    assert card.count("<tr") == 10 + 1 + 3  # facts, headings, first courses


def test_a_card_of_dated_courses_gives_dates_and_text_from_data_does_no_harm(tmp_path):
    tables = of_patients("P10", "P11")
    courses = tables["courses"].assign(start_date="2020-02-03", stop_date="", age_at_start_years="", duration_days="")
    folder = written(tmp_path, **tables | {"courses": courses.drop_duplicates("patient_id"), "side_effects": None})
    (folder / "study.yml").write_text(
        "title: <script>alert(1)</script>\ndata_lock_date: 2022-12-31\n", encoding="utf-8"
    )
    card = read_study(folder)._repr_html_()
    assert "courses started from 2020-02-03 to 2020-02-03" in card
    assert ">Side effects</th><td style='text-align: left'>not recorded</td>" in card
    assert "&lt;script&gt;" in card
    assert "<script>" not in card


def test_every_column_of_a_study_is_in_its_data_dictionary():
    study = read_study()
    described = study.data_dictionary()
    assert described["meaning"].ne("").all()
    for table in ("patients", "courses", "side_effects"):
        rows = described[described["table"] == table]
        assert sorted(rows["name"]) == sorted(getattr(study, table).columns), table
    assert set(study.rescue_courses) <= set(described.loc[described["table"] == "courses", "name"])
    kinds = {"number": "f", "integer": "i", "yes_no": "b", "level": "O"}
    for one in described[~described["recorded"]].itertuples():
        kind = getattr(study, one.table)[one.name].dtype.kind
        assert kind == kinds[one.type], one.name
