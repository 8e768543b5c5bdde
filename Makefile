# The project's front door. `make` prints this list.
PYTHON := .venv/bin/python

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

install: ## everything a developer needs, in .venv
	python3 -m venv .venv
	.venv/bin/pip install --quiet -r requirements-test.lock
	.venv/bin/pip install --quiet --no-deps -e .

demo: ## run the demo
	.venv/bin/skranke demo

test: ## all tests that can run here
	.venv/bin/pytest -n 2

check: ## style, types, rooms, texts
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	$(PYTHON) -m skranke.ui.catalogues check

mutants: ## replace each rule by its opposite: its requirement's tests must fail
	$(PYTHON) tests/mutants.py

openapi: ## write docs/openapi.json
	SKRANKE_DATABASE_URL=postgresql:///unused DJANGO_SETTINGS_MODULE=skranke.config.settings $(PYTHON) -c \
	  "import django, json; django.setup(); from skranke.web.api.app import api; \
	  print(json.dumps(api.get_openapi_schema(), indent=1, ensure_ascii=False))" > docs/openapi.json

requirements: ## write docs/requirements.md
	$(PYTHON) tests/requirements_table.py

certificates: ## write the matrix of docs/certificates.md
	PYTHONPATH=tests $(PYTHON) tests/certificate_table.py

functions: ## write docs/functions.md
	$(PYTHON) tests/functions_table.py

lock: ## write the lock files (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --extra test pyproject.toml -o requirements-test.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --extra test --extra amqp --extra browser pyproject.toml -o requirements-all.lock

.PHONY: help install demo test check mutants openapi requirements functions certificates lock
