# Needs make and Python 3.11 or newer; everything else is made in .venv on first use.
# On Windows, or without make: the README tells how to call `adreport` itself.

PYTHON ?= python3
DATA ?= data/cohort
OUT ?= reports
BIN := .venv/bin
# Two at a time; one that has nothing left takes over tests of the other.
PYTEST := $(BIN)/python -m pytest -n 2 --dist worksteal
# For every system and Python, with hashes and without a word on where packages come from.
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11

# A caller's settings must not undo the compiled bytecode (imports take three times as long without),
# nor lead pip to another place than its own.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPATH :=

# A misspelt `make lab DTA=clinic.xlsx` would otherwise open other data without a word. `report` passes on what is not
# make's own (AGE_MAX=6 as --age-max 6), and adreport refuses what it does not know.
KNOWN := PYTHON DATA OUT EXPLORER SET ARGS HTML XLSX FILE REDCAP LANGUAGE DATA_LOCK
GIVEN := $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),$(name)))
OTHERS := $(filter-out $(KNOWN) MAKEFLAGS MAKEOVERRIDES -*-command-variables-*-,$(GIVEN))
ifneq ($(filter-out report,$(MAKECMDGOALS)),)
ifneq ($(OTHERS),)
$(error $(OTHERS) is not a parameter; there are $(KNOWN))
endif
endif
option = --$(shell echo "$(1)" | tr 'A-Z_' 'a-z-')="$($(1))"

.DELETE_ON_ERROR:
.PHONY: report test types quick figures start lab app check map template data bench lock docs sizes clean help

report: .venv/ready  ## make the HTML report: DATA= OUT= DATA_LOCK= EXPLORER=no SET=name=value, and filters: TREATMENTS=CSA,MTX AGE_MAX=6 SEX=female
	@$(BIN)/adreport report --data "$(DATA)" --out "$(OUT)" $(foreach name,$(OTHERS),$(if $($(name)),$(call option,$(name)))) \
	  $(if $(filter no,$(EXPLORER)),--without-explorer) $(if $(DATA_LOCK),--data-lock "$(DATA_LOCK)") $(foreach setting,$(SET),--set "$(setting)")

test: .venv/ready  ## check the code and run all tests (those in a browser need a Chromium): ARGS=
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(PYTEST) tests $(ARGS)

types: .venv/ready  ## check the types of the library
	$(BIN)/basedpyright --project pyproject.toml --pythonpath $(BIN)/python

quick: .venv/ready  ## run the tests that need neither a whole report nor a browser, in less than a minute: ARGS=
	$(BIN)/ruff check .
	$(PYTEST) tests/unit $(ARGS)

figures: .venv/ready  ## write the figures for print, as PDF, SVG and PNG (about a minute): DATA= OUT=
	@$(BIN)/adreport figures --data "$(DATA)" --out "$(if $(filter file,$(origin OUT)),figures,$(OUT))"

start: .venv/ready  ## open a page to choose a workbook, check it and make the report, as start.bat and start.command do: OUT=
	@$(BIN)/adreport start --out "$(OUT)"

lab: .venv/ready  ## open the explorer and the notebooks in JupyterLab: DATA=
	@$(BIN)/adreport lab --data "$(DATA)" -- $(ARGS)

app: .venv/ready  ## show the explorer without code in a browser: DATA=
	@$(BIN)/adreport app --data "$(DATA)" -- $(ARGS)

check: .venv/ready  ## check data without making a report: DATA= DATA_LOCK=2025-06-30 HTML=page.html XLSX=marked.xlsx
	@$(BIN)/adreport check --data "$(DATA)" $(if $(DATA_LOCK),--data-lock "$(DATA_LOCK)") $(if $(HTML),--html "$(HTML)") $(if $(XLSX),--xlsx "$(XLSX)")

map: .venv/ready  ## draft a mapping.yml beside data with other column names: DATA=
	@$(BIN)/adreport map "$(DATA)"

template: .venv/ready  ## write a workbook to collect data with: FILE=clinic.xlsx LANGUAGE=tr REDCAP=1
	@$(BIN)/adreport template $(if $(FILE),"$(FILE)") $(if $(filter command,$(firstword $(origin LANGUAGE))),--language "$(LANGUAGE)") $(if $(REDCAP),--redcap)

data: .venv/ready .venv/data  ## reconstruct data/cohort from data/published (OR-tools, some minutes)
	$(BIN)/python data/reconstruct.py

bench: .venv/ready  ## time a report against papermill and nbconvert one after another, and against its cells alone
	$(BIN)/python tests/bench.py

lock: .venv/ready  ## pin the dependencies again (requirements*.lock)
	echo uv | $(COMPILE) - --output-file requirements-uv.lock
	$(COMPILE) --group test --group build pyproject.toml --output-file requirements.lock
	$(COMPILE) --group data --constraint requirements.lock --output-file requirements-data.lock

docs: .venv/ready  ## write docs/results.md anew from the table of outputs
	$(BIN)/python -m adreport.pages.outputs

sizes: .venv/ready  ## measure how often tests find what is not there, and write docs/sizes.md (some minutes)
	$(BIN)/python tests/sizes.py

clean:  ## delete the built reports, not the environment
	rm -rf reports/*.html reports/results.csv reports/selections reports/.build

help:  ## list the commands
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 10

# uv installs in seconds what takes pip most of a minute; the hashes make sure that it is the same everywhere.
.venv/ready: requirements.lock requirements-uv.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

.venv/data: .venv/ready requirements-data.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-data.lock
	touch $@
