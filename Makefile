# Everything that is done with this project. `make` alone tells what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
PEERS := .venv-peers

# Python keeps what it compiled, whatever the machine says: the tests start it a hundred times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo run test check format lint types contracts soak soak-short bench lock catalogue clean

help: ## tell what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

setup: $(STAMP) ## build .venv with everything

$(STAMP): requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $(STAMP)

demo: setup ## try it: two telephones on a page, no token, no network
	$(BIN)/symptom-diary demo

run: setup ## run the bot on Telegram; the first time it asks a few questions
	@if [ ! -f .env ] && [ -z "$$BOT_TOKEN" ]; then $(BIN)/symptom-diary init; fi
	$(BIN)/symptom-diary run

test: setup ## run everything that proves it
	# One more at once than there are processors, since many tests wait for a child.
	$(BIN)/python -m pytest -n $$(($$($(BIN)/python -c 'import os; print(os.cpu_count() or 1)') + 1)) --dist worksteal

check: format lint types contracts test ## format, lint, types, import contracts, tests

format: setup
	$(BIN)/ruff format --check .

lint: setup
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

soak: setup ## kill it, break its network, fuzz it, and count; prints tables, takes about half an hour
	$(BIN)/python -m tests.soak
	$(BIN)/python -m pytest -n 2 -m slow

soak-short: setup ## the same in half a minute
	$(BIN)/python -m tests.soak rate --patients 150 --replies 450 --kills 5

# The trend verdict is measured against no other bot.
bench: setup $(if $(filter-out trends,$(or $(ROWS),all)),$(PEERS)/.ready) ## measure it against other bots; ROWS="replies memory" for some rows
	$(BIN)/python -m bench $(ROWS)

$(PEERS)/.ready: requirements/peers.lock
	test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/peers.lock
	@touch $(PEERS)/.ready

catalogue: setup ## bring the translation catalogues up to date with the sentences in the code
	$(BIN)/python tests/chat/catalogue.py --write

lock: ## renew the locks (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras \
		--custom-compile-command "make lock" --quiet -o requirements/run.lock
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras \
		--custom-compile-command "make lock" --quiet -o requirements/dev.lock
	uv pip compile requirements/peers.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras \
		--custom-compile-command "make lock" --quiet -o requirements/peers.lock

clean: ## remove what was built
	rm -rf $(VENV) $(PEERS) .pytest_cache .mypy_cache .ruff_cache .hypothesis
