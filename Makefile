# One target per deed; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
UV := .tools/uv/bin/uv
DEMO ?= .warehouse/demo
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-18s %s\n", $$1, $$2}'

setup: .venv/.filled .tools/duckdb-1.4/.filled ## Make .venv from the committed locks (hashes enforced)

.tools/uv/.filled: requirements-uv.txt
	@echo "setting up uv in .tools"
	@rm -rf .tools/uv
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name it with make PYTHON=...")'
	@$(PYTHON) -m venv .tools/uv
	@.tools/uv/bin/pip install --quiet --disable-pip-version-check \
		--require-hashes -r requirements-uv.txt
	@touch $@

# The DuckDB of the report's connector and of readers that lag behind, for tests to read with.
.tools/duckdb-1.4/.filled: .tools/uv/.filled requirements-duckdb-1.4.txt
	@rm -rf .tools/duckdb-1.4
	@$(UV) venv --quiet --python $(PYTHON) .tools/duckdb-1.4
	@$(UV) pip sync --quiet --require-hashes --python .tools/duckdb-1.4/bin/python \
		requirements-duckdb-1.4.txt
	@touch $@

.venv/.filled: .tools/uv/.filled requirements.lock pyproject.toml
	@echo "filling .venv from requirements.lock"
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	@$(UV) pip sync --quiet --require-hashes requirements.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

lock: .tools/uv/.filled ## Resolve the dependencies anew into requirements.lock
	$(UV) pip compile pyproject.toml --group dev --universal --generate-hashes \
		--no-emit-index-url --no-annotate --upgrade --quiet -o requirements.lock

demo: setup ## Make a sample company, refresh, show the funnel and the ten hottest leads
	@rm -rf $(DEMO)
	@$(BIN)/lead-warehouse simulate --leads 2000 --seed 7 --out $(DEMO)/exports
	@$(BIN)/lead-warehouse refresh --state $(DEMO)/state --mapping $(DEMO)/exports/mapping.yml
	@echo
	@echo "the ten hottest leads (lead-warehouse hottest; explain says more of one)"
	@$(BIN)/lead-warehouse hottest --state $(DEMO)/state
	@echo
	@$(BIN)/lead-warehouse report --state $(DEMO)/state || echo "the demo goes on without its report"
	@echo "look at it with make report: http://127.0.0.1:8080/"

report: setup ## Build the report of the demo, or of REPORT_STATE, and serve it (INTERNAL=1 with the queue)
	@$(BIN)/lead-warehouse report --state $(or $(REPORT_STATE),$(DEMO)/state) --serve \
		$(if $(INTERNAL),--internal)

screenshots: setup ## Pictures of the demo's report into docs/images (needs Chromium)
	@$(BIN)/python -m lead_warehouse.report.screenshots $(or $(REPORT_STATE),$(DEMO)/state) docs/images

test: setup ## Lint, type-check, run every test
	$(MAKE) --no-print-directory lint
	$(BIN)/pytest -n 2 --dist loadfile

lint: export LEAD_WAREHOUSE_DATABASE := :memory:
lint: setup ## ruff, mypy, yamllint, sqlfluff, dbt-bouncer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/yamllint --strict .
	$(BIN)/sqlfluff lint --disable-progress-bar --processes 0 models tests/data
	$(BIN)/dbt --quiet parse
	$(BIN)/dbt-bouncer

format: setup ## Put Python and SQL into the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix --disable-progress-bar models tests/data

contract: setup ## Write what follows from the contract: dbt sources, the page of canonical tables
	$(BIN)/python -m lead_warehouse.contract.render

glossary: setup ## Write what follows from the glossary: dbt doc blocks, the page for people
	$(BIN)/python -m lead_warehouse.glossary

holidays: setup ## Make the seed of public holidays anew from the locked library
	$(BIN)/python -m lead_warehouse.rules.public_holidays > seeds/reference/public_holidays.csv.new
	mv seeds/reference/public_holidays.csv.new seeds/reference/public_holidays.csv

audit-dependencies: setup ## Ask the advisory services about every locked dependency (needs them)
	$(BIN)/python -m lead_warehouse.audit_dependencies

chaos: setup ## Kill refreshes, fill disks, damage files (KILLS=200 SEED=1 PUBLISHES=1000)
	$(BIN)/python -m tests.chaos --kills $(or $(KILLS),200) --seed $(or $(SEED),1) \
		--publishes $(or $(PUBLISHES),1000) --out $(or $(CHAOS_OUT),.warehouse/chaos)

bench: setup ## Measure scoring, landing, daily refreshes (ROWS=1000000 TRIES=3 HISTORY=1 PARTS=all)
	$(BIN)/python -m benches --rows $(or $(ROWS),1000000) --tries $(or $(TRIES),3) \
		--history $(or $(HISTORY),1) --parts $(or $(PARTS),all) --record $(or $(RECORD),yes)

truth: setup ## Hold the ranking of leads against the simulated company's truth (LEADS=20000)
	$(BIN)/python -m benches.ranking --leads $(or $(LEADS),20000)

histories: setup ## Hold tables carried on against tables built anew (HISTORIES=20000 SEED=1)
	HISTORIES=$(or $(HISTORIES),20000) SEED=$(or $(SEED),1) \
		$(BIN)/pytest tests/integration/test_carried_on.py -q -s

.tools/repeat-purchases/.filled: .tools/uv/.filled requirements-repeat-purchases.txt
	@rm -rf .tools/repeat-purchases
	@$(UV) venv --quiet --python $(PYTHON) .tools/repeat-purchases
	@$(UV) pip sync --quiet --require-hashes --python .tools/repeat-purchases/bin/python \
		requirements-repeat-purchases.txt
	@touch $@

repeat-purchases: .tools/repeat-purchases/.filled ## Who will buy again, by BG/NBD (STATE=.warehouse OUT=file.csv)
	@.tools/repeat-purchases/bin/python -m lead_warehouse.repeat_purchases \
		$(or $(STATE),.warehouse)/current/warehouse.duckdb $(or $(OUT),repeat_purchases.csv)

dev: setup ## Copy the published generation for work by hand with dbt (DEV_STATE=.warehouse)
	$(BIN)/python -m lead_warehouse.dev $(or $(DEV_STATE),.warehouse)

docs: setup ## Write dbt's docs of the published generation as one file (DEV_STATE=.warehouse)
	@rm -rf target/docs
	@$(BIN)/python -m lead_warehouse.dev $(or $(DEV_STATE),.warehouse) target/docs/warehouse.duckdb
	LEAD_WAREHOUSE_DATABASE=target/docs/warehouse.duckdb $(BIN)/dbt --quiet docs generate --static
	@rm target/docs/warehouse.duckdb
	@mv target/static_index.html target/docs/index.html
	@echo "open target/docs/index.html"

clean: ## Remove environments, caches and everything built
	rm -rf .venv .tools .mypy_cache .pytest_cache .ruff_cache .hypothesis target logs $(DEMO)

.PHONY: help setup lock repeat-purchases holidays glossary demo test lint format contract audit-dependencies chaos bench histories \
	truth dev docs clean
