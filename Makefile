# The words a developer uses. `make run` starts Tandem on a fresh clone, `make test` checks everything.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
# Half as many again as there are processors, for a test that waits for a browser or a server leaves one free.
PARALLEL := -n $(shell expr $$(nproc) \* 3 / 2) --dist worksteal
STYLES := portfolio/static/vendor/fonts.css
DUTCH := portfolio/translations/nl/LC_MESSAGES/messages

# What is imported twice is compiled once, whatever a machine is told.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run install test promises check migration words lock pictures bench clean

run: .venv/tandem $(STYLES) $(DUTCH).mo
	@exec tools/run

# What `tandem serve` and the other commands need, and no demonstration.
install: .venv/tandem $(STYLES) $(DUTCH).mo

test: .venv/tests $(STYLES) $(DUTCH).mo
	@$(BIN)/python tools/needs.py
	@$(MAKE) --no-print-directory check
	$(BIN)/pytest --database=sqlite $(PARALLEL)
	$(BIN)/pytest --database=postgresql $(PARALLEL)

# The slow proofs of docs/trust.md, in full, on both databases; a short version of each is part of `make test`.
promises: .venv/tests $(STYLES) $(DUTCH).mo
	@$(BIN)/python tools/needs.py
	$(BIN)/pytest tests/promises --promises --database=sqlite
	$(BIN)/pytest tests/promises --promises --database=postgresql

check: .venv/tests
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy && $(BIN)/lint-imports
	$(BIN)/python tools/words.py check

# make migration m="what it is for"
migration: .venv/tests
	@$(BIN)/python tools/migration.py "$(m)"

words: .venv/tests
	@$(BIN)/python tools/words.py update

lock: .venv/made
	@$(PIP) install uv && tools/lock

pictures: .venv/tests $(STYLES) $(DUTCH).mo
	@$(BIN)/python tools/needs.py && $(BIN)/python tools/pictures.py

# What pages cost beside a bare one; make bench experiments=20000 database=postgresql only=room
bench: .venv/tests $(STYLES) $(DUTCH).mo
	@$(BIN)/python -m tools.bench --experiments $(or $(experiments),2000) --database $(or $(database),sqlite) --only '$(only)'

# Everything that can be made again; the database and its key in instance/ stay.
clean:
	rm -rf .venv node_modules .cache portfolio/static/vendor $(DUTCH).mo *.egg-info .*_cache test-results

.venv/made:
	@$(PYTHON) tools/environment.py && touch $@

.venv/tandem: requirements.txt pyproject.toml | .venv/made
	@echo "Installing what Tandem runs on ..."
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e . && touch $@

.venv/tests: requirements-dev.txt .venv/tandem
	@echo "Installing what its tests need ..."
	@$(PIP) install --require-hashes -r requirements-dev.txt && touch $@

# The last file that tools/assets.py writes, so it stands for all of them.
$(STYLES): package-lock.json tools/node-requirements.txt tools/assets.py tools/stylesheet.py | .venv/made
	@$(BIN)/python tools/assets.py

$(DUTCH).mo: $(DUTCH).po | .venv/tandem
	@$(BIN)/pybabel --quiet compile --locale nl --input-file $< --output-file $@
