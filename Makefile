# Two commands to start: `make demo` shows the whole product on a desk, `make test` proves it. `make help` lists the rest.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
MARK   := $(VENV)/.installed
# Many tests wait for a phone, so a second worker for each core has something to do.
WORKERS ?= $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))

# An environment that was made for a Python that is no longer there (an upgrade of it moves the packages' folder) is made anew.
ifneq ($(wildcard $(VENV)/.made),)
ifneq ($(shell $(BIN)/python -c 'import pip; print("fits")' 2>/dev/null),fits)
$(shell rm -rf $(VENV))
endif
endif

.DEFAULT_GOAL := help
.PHONY: help install demo test bench accuracy crash disk soak steady reliability mutants device messages pages pictures lint types contracts security audit check clean

help:  ## List what there is to do
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

$(VENV)/.made:
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(MARK)-run: $(VENV)/.made setup.cfg pyproject.toml bin/callerid-event
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(MARK)-test: $(MARK)-run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

# HubSpot's client for Node, which the tests run against the simulated portal where there is npm; without it they skip that.
$(MARK)-node: $(MARK)-test tests/simulator/official/package.json
	@mkdir -p $(VENV)/node && cp tests/simulator/official/package.json $(VENV)/node
	@if npm install --silent --no-audit --no-fund --no-package-lock --fetch-retries=0 --prefix $(VENV)/node 2>/dev/null; \
	then touch $@; else echo "The official client for Node is not installed; its tests will be skipped."; fi

# What opens a report in Chromium, where there is one; without it that test is skipped.
$(MARK)-browser: $(MARK)-test tests/report/browser/package.json
	@mkdir -p $(VENV)/browser && cp tests/report/browser/package.json $(VENV)/browser
	@if { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null && \
	npm install --silent --no-audit --no-fund --no-package-lock --fetch-retries=0 --prefix $(VENV)/browser 2>/dev/null; \
	then touch $@; else echo "There is no Chromium or no npm; reports are not opened in a browser."; fi

$(MARK)-lint: $(MARK)-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[lint]'
	@touch $@

ifdef TERMUX_VERSION
install: # on a phone; sh termux/install.sh does this and the rest
	@sh bin/environment.sh --now
else
install: $(MARK)-run  ## Make the environment in .venv, with the callerid command in it
endif
	@echo "callerid is in $(BIN)/callerid"

demo: $(MARK)-run  ## Play the main job on a simulated phone and a simulated HubSpot
	@$(BIN)/callerid demo

# Each command of the simulated phone is a process: what is compiled once need not be compiled in each.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(MARK)-test $(MARK)-node $(MARK)-browser  ## Run the tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

pictures: $(MARK)-test $(MARK)-browser  ## Open a report in Chromium in both languages, widths and colour schemes; the pictures are in pictures/
	$(BIN)/python -m tests.report pictures

messages: $(MARK)-test  ## Write the catalogues of the languages of commands anew, and say what is to be translated
	$(BIN)/python -m tests.messages

pages: $(MARK)-test  ## Write the man pages and docs/settings.md anew, from the commands and the settings
	$(BIN)/python -m tests.pages

bench: $(MARK)-test  ## Measure, each figure with its floor (minutes); BENCH="syncs exports callers delta lookups kills resumed edits large rings door rest flood growth starts size report card" chooses; BENCH=before BEFORE=FOLDER, an earlier checkout
	$(BIN)/python -m tests.bench $(BENCH)

accuracy: $(MARK)-test  ## Count right, wrong and missed: pairs of numbers, files of people, texts of dialers, beside other ways to match
	$(BIN)/python -m tests.accuracy

crash: $(MARK)-test  ## Die at every seam, and by kill -9 at 500 random moments (a quarter of an hour); CRASHES=40 for fewer, 0 for none; ROUNDS=3
	$(BIN)/python -m tests.crash $(CRASH_ARGS)

disk: $(MARK)-test  ## Fill the disk at every write of the main job, in several ways (ten minutes)
	$(BIN)/python -m tests.disk

soak: $(MARK)-test  ## Live through 30 days of 100 calls with every fault there is, and print what was lost (minutes); SOAK_DAYS=3 for fewer
	$(BIN)/python -m tests.soak $(SOAK_ARGS)

steady: $(MARK)-test  ## Compare what a daemon holds after 20,000 rings and 5,000 calls with what it held after 1,000 (minutes)
	$(BIN)/python -m tests.soak.steady $(STEADY_ARGS)

reliability: $(MARK)-test  ## Bring about each kind of fault by itself, ten times, and write the table of docs/reliability.md (minutes)
	$(BIN)/python -m tests.soak.reliability --write docs/reliability.md $(RELIABILITY_ARGS)

mutants: $(MARK)-test  ## Break each line that carries a promise, and count what no test notices (a quarter of an hour); MUTANTS="inbox token" or "--part 1/4" chooses
	$(BIN)/python -m tests.mutants $(MUTANTS)

device: install  ## Go through docs/not-proven.md on a real phone, and tick what is so into callerid-device.md; DEVICE="--portal --only wifi-info"
	@$(BIN)/python -m tests.device $(DEVICE)

lint: $(MARK)-lint  ## Check style
	$(BIN)/ruff check .

types: $(MARK)-lint  ## Check types
	$(BIN)/mypy

contracts: $(MARK)-lint  ## Check that imports only point down, between folders and within them
	$(BIN)/lint-imports

security: $(MARK)-lint  ## Look for insecure code
	$(BIN)/bandit --quiet --ini setup.cfg --recursive callerid

audit: $(MARK)-run  ## Compare the installed packages with the published vulnerabilities; says so if there is no network for that
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[audit]' 2>/dev/null || true
	@$(BIN)/python -m tests.audit

check: lint types contracts security test audit  ## All that CI checks

clean:  ## Remove the environment and everything made
	rm -rf $(VENV) build dist *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
