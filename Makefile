# Everything lives in .venv/ of this checkout. `make start` and `make test` need no other step.

CONTROLROOM := .venv/bin/controlroom

.PHONY: start test lint unit postgres bench lock clean

start: .venv/run.stamp
	@tools/assets
	@echo "── the desk: pages and workers; what it keeps lies in $${CONTROLROOM_HOME:-var/}"
	@CONTROLROOM_HOME="$${CONTROLROOM_HOME:-$(CURDIR)/var}" exec $(CONTROLROOM) start

test: lint unit postgres

lint: .venv/test.stamp
	@echo "── style, types, import contracts"
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

unit: .venv/test.stamp
	@tools/assets
	@echo "── tests"
	.venv/bin/python -m pytest -q -n 2 --dist worksteal

postgres: .venv/test.stamp
	@tools/assets
	@echo "── the desk's tests on PostgreSQL"
	@tools/postgres .venv/bin/python -m pytest -q -n 2 --dist worksteal tests/desk --ignore tests/desk/test_desk_wheel.py

bench: .venv/bench.stamp
	@for file in benchmarks/*.py; do echo "── $$file"; .venv/bin/python $$file || exit 1; done

lock: .venv/test.stamp
	tools/lock

.venv/%.stamp: requirements/%.txt pyproject.toml tools/environment
	tools/environment $*

clean:
	rm -rf .venv build dist src/controlroom/desk/static src/controlroom/desk/assets/node_modules
