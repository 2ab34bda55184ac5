"""Several rows of one REDCap record: which value of several visits is taken, how instances are numbered."""

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from adreport.reading.formats.raw import plain_title
from adreport.reading.formats.redcap_boxes import UNKNOWN
from adreport.study.faults import WARNING, Fault, ParameterFault, nearest

FIRST, LAST = "first", "last"
OF_THE_END = ("status_at_data_lock", "age_at_data_lock_years")  # of several visits the last says it
ENTERED_TWICE = re.compile(r"(?P<record>.+)--[12]")
ARM = re.compile(r"_arm_\d+$|_\(arm_\d+.*\)$")


def double_entries(file: str, records: pd.Series) -> Iterator[Fault]:
    """An error where records were entered by two persons (A1--1 and A1--2) and not merged."""
    matches = {record: match["record"] for record in records.unique() if (match := ENTERED_TWICE.fullmatch(record))}
    twice = [record for record in dict.fromkeys(matches.values()) if list(matches.values()).count(record) > 1]
    if twice:
        row = records.index[records == f"{twice[0]}--1"][0]
        rule = f"and {twice[0]}--2 are one record entered twice, as are {len(twice) - 1} more" if twice[1:] else ""
        rule = rule or f"and {twice[0]}--2 are one record entered twice"
        advice = "Merge the entries in REDCap (Data Comparison Tool), and export the merged records only."
        yield Fault(file, rule, advice, row=int(row), column=str(records.name), value=f"{twice[0]}--1")


def contradictions(
    file: str, rows: pd.DataFrame, ours: Mapping[str, str], event: pd.Series, instance: pd.Series
) -> list[Fault]:
    """An error for each value that two rows of one record, event and instance state otherwise."""
    record = rows.columns[0]
    keys = [rows[record], event[rows.index], instance[rows.index]]
    doubled = rows[pd.concat(keys, axis=1).duplicated(keep=False)]
    faults = []
    for _, same in doubled.groupby([key[doubled.index] for key in keys], sort=False):
        for head in (head for head in same if head in ours):
            stated = same[head][~same[head].isin(["", UNKNOWN])].drop_duplicates()
            if len(stated) > 1:
                (first, one), (second, other), *_ = stated.items()
                rule = f"is “{one}” in row {first}: two rows of {same[record].iloc[0]} contradict each other"
                advice = "Keep the one that is right."
                faults.append(Fault(file, rule, advice, row=int(second), column=head, value=other))
    return faults


def one_row_each(
    file: str, rows: pd.DataFrame, ours: Mapping[str, str], event: pd.Series, chosen: Mapping[str, str]
) -> tuple[pd.DataFrame, dict[str, pd.Series], list[Fault]]:
    """One row for each record, the row that each cell comes from, and a warning for each column whose visits differ.

    `ours`: our names of columns. `chosen`: for names of ours, "first", "last" or the event whose value is taken; where
    it says nothing, the first that is filled, of a status the last.
    """
    record = rows[rows.columns[0]]
    patients = record[~record.duplicated()]
    events = event[rows.index].map(_plain_event)
    _check_chosen(chosen, event)
    cells, places, faults = {record.name: patients}, {}, []
    for head in rows.columns[1:]:
        name = ours.get(head, "")
        how = str(chosen.get(name, LAST if name in OF_THE_END else FIRST))
        stated = rows[head][~rows[head].isin(["", UNKNOWN])]
        if how not in (FIRST, LAST):
            stated = stated[events[stated.index] == _plain_event(how)]
        groups = stated.groupby(record[stated.index], sort=False)
        taken = groups.tail(1) if how == LAST else groups.head(1)
        by_record = pd.Series(taken.index, index=record[taken.index].to_numpy())
        place = patients.map(by_record)
        unknown = patients.isin(record[rows[head] == UNKNOWN]).map({True: UNKNOWN, False: ""})
        cells[head] = place.map(taken).where(place.notna(), unknown)
        places[head] = place.fillna(pd.Series(patients.index, index=patients.index)).astype(int)
        differing = groups.nunique()[lambda number: number > 1].index
        if name and name not in chosen and len(differing):
            faults.append(
                _differing(file, head, name, how, stated[record[stated.index].isin(differing)], record, event)
            )
    return pd.DataFrame(cells, index=patients.index)[list(rows.columns)], places, faults


def _differing(
    file: str, head: str, name: str, how: str, stated: pd.Series, record: pd.Series, event: pd.Series
) -> Fault:
    """A warning for a column that states several values of one record in several events."""
    several = record[stated.index]
    one = several.iloc[0]
    values = [
        f"“{value}” in {event[row] or 'another row'} (row {row})" for row, value in stated[several == one].items()
    ]
    others = several.nunique() - 1
    more = f", and so for {others} more" if others else ""
    rule = f"differs between the visits of {one}: {', '.join(values)}{more}; the {how} is taken"
    choice = f"events: {{patients: {{{name}: {LAST if how == FIRST else FIRST}}}}}"
    advice = f"If another is meant, say so in mapping.yml: {choice}, or the name of an event."
    return Fault(file, rule, advice, row=int(stated.index[0]), column=head, severity=WARNING)


def _check_chosen(chosen: Mapping[str, str], event: pd.Series) -> None:
    """Raise ParameterFault for an event that the export does not have."""
    known = {_plain_event(one) for one in event.unique()}
    for name, how in chosen.items():
        if str(how) not in (FIRST, LAST) and _plain_event(str(how)) not in known:
            possible = [FIRST, LAST, *filter(None, event.unique())]
            raise ParameterFault(f"mapping.yml, events, {name}: {how} is no event. {nearest(str(how), possible)}")


def _plain_event(event: str) -> str:
    return ARM.sub("", plain_title(event))


def numbered(
    file: str, record: pd.Series, event: pd.Series, instance: pd.Series, starts: pd.Series | None
) -> tuple[pd.Series, list[Fault]]:
    """The numbers of the courses of each record: their instances, or their order where instances do not number them.

    Instances start again in each event, and a row that does not repeat has none; a warning says what was done. The
    order is that of the starts where all of a record are known, else that of the rows.
    """
    event, instance = event[record.index], instance[record.index]
    again = pd.concat([record, instance], axis=1).duplicated(keep=False)
    really_twice = pd.concat([record, event, instance], axis=1).duplicated(keep=False) & (instance != "")
    if ((instance != "") & (~again | really_twice)).all():
        return instance, []
    order = pd.Series(0, index=record.index) if starts is None else _days(starts)
    order = order.where(order.notna().groupby(record).transform("all"), 0)
    frame = pd.DataFrame({"record": record, "order": order, "row": record.index})
    number = frame.sort_values(["order", "row"]).groupby("record").cumcount() + 1
    named = ", ".join(filter(None, event.unique()))
    rule = f"does not number the courses, which stand in several events ({named})" if named else "is empty for courses"
    advice = "They were numbered in order of their start: make sure that side effects mean these numbers."
    row = int(record.index[(again & ~really_twice) | (instance == "")][0])
    fault = Fault(file, rule, advice, row=row, column="redcap_repeat_instance", severity=WARNING)
    return number[record.index].astype(str), [fault]


def _days(starts: pd.Series) -> pd.Series:
    return pd.to_datetime(starts, format="%Y-%m-%d", errors="coerce").map(pd.Timestamp.toordinal, na_action="ignore")
