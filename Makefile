# Every target sets up what it needs. 'make help' explains them.
PYTHON ?= python3
RUN := .venv/bin/python -m lostlead
.DEFAULT_GOAL := help
.PHONY: help setup book test pdf epub serve lab bench bench-scale bench-pages refresh links version release verify claim lock audit clean

help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

setup: .venv/.ready ## make the environment (.venv) from requirements.lock, every package checked by its hash

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "error: Lost Lead needs Python 3.11, 3.12 or 3.13. Remedy: make PYTHON=python3.12 setup" >&2; exit 1; }
	@echo "setting up .venv (a few minutes, once)"
	@$(PYTHON) -m venv --clear .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch .venv/.ready

book: .venv/.ready ## check the data, run every notebook (DASK_SCHEDULER=tcp://… on a cluster), render, put the site in _build/html
	@$(RUN) book

test: .venv/.ready ## run all tests
	@$(RUN) test

pdf: .venv/.ready ## write the built site to _build/lost-lead.pdf (CODE=yes: another one, with the notebooks' code)
	@$(RUN) pdf $(if $(filter yes,$(CODE)),--code)

epub: .venv/.ready ## write the built site to _build/lost-lead.epub
	@$(RUN) epub

serve: .venv/.ready ## show the built site at http://127.0.0.1:8000 (PORT=… for another port)
	@$(RUN) serve

lab: .venv/.ready ## open the notebooks in JupyterLab
	@$(RUN) lab

bench: .venv/.ready ## time the build beside a plain jupyter-book build of the same notebooks
	@$(RUN) bench

bench-scale: .venv/.ready ## time made-up books of 30, 100, 300 and 1,000 claims, and watch their memory (SIZES=30,100)
	@SIZES="$(SIZES)" $(RUN) bench-scale

bench-pages: .venv/.ready ## weigh the pages beside those of the plain theme, in Chromium
	@$(RUN) bench-pages

refresh: .venv/.ready ## fetch the live originals and tell what drifted from data/ (WRITE=1 takes it over)
	@$(RUN) refresh $(if $(WRITE),--write)

links: .venv/.ready ## ask every source address, and its archived copy, whether it still answers
	@$(RUN) links

version: .venv/.ready ## write the next version wherever it stands: make version VERSION=1.2.0 [DATE=2027-01-31]
	@$(RUN) version "$$VERSION" $(DATE)

release: .venv/.ready ## release what is committed into dist/: make release VERSION=1.2.0 SUMMARY="…" [WHY="C04: …"]
	@$(RUN) release "$$VERSION" --summary "$$SUMMARY" --why "$$WHY"

verify: .venv/.ready ## build a release again and tell what differs: make verify VERSION=1.2.0 [VERIFY_ENV=here]
	@$(RUN) verify "$$VERSION" $(if $(filter here,$(VERIFY_ENV)),--here)

claim: .venv/.ready ## write the notebook of a new claim: make claim ID=C27 TITLE="Its title" < check.py
	@$(RUN) claim "$(ID)" "$(TITLE)"

lock: .venv/.ready ## renew requirements.lock from pyproject.toml
	@.venv/bin/python -m uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet -o requirements.lock

audit: .venv/.ready ## tell the known vulnerabilities of everything in requirements.lock (asks the network)
	@$(RUN) audit

clean: ## remove what a build wrote, keep the environment
	@$(PYTHON) -m lostlead clean
