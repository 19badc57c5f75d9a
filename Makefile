# Every target installs what is missing when it runs as root, and names it otherwise.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test ledger bench fuzz lint fmt clean

LOCAL := $(CURDIR)/.local
# Where tests find other people's clients.
export LASTMILE_CLIENTS_VENV ?= $(LOCAL)/venv
export LASTMILE_CLIENTS_NODE ?= $(LOCAL)/node

help:
	@echo 'make demo     the product with demo data and two simulated routers, on http://127.0.0.1:8069 (admin / admin)'
	@echo 'make test     all tests; TESTS="part of names" for some'
	@echo 'make ledger   accepts the outcome of the recorded contract as tests/contract/ledger.txt'
	@echo 'make bench    ratios to the libpq floor, calls a second over HTTP (ODOO_URL: beside a reference server)'
	@echo 'make fuzz     noise for the parsers, FUZZ_SECONDS (60) each'
	@echo 'make lint     format, clippy, sizes, licences'
	@echo 'make fmt      formats the sources'

demo:
	@.ci/need rust cc libpq postgresql
	cargo run --bin lastmile -- serve --demo

test: clients
	@.ci/test $(TESTS)

ledger:
	@.ci/need rust cc libpq postgresql python
	LASTMILE_ACCEPT=ledger cargo test --test integration -- --exact contract::the_recordings_end_as_the_ledger_says --nocapture

bench:
	@.ci/need rust cc libpq postgresql
	cargo bench --bench bench

fuzz:
	@.ci/need rust cc libpq python cargo-fuzz
	@.ci/fuzz

lint:
	@.ci/need rust cc libpq python
	@.ci/lint

fmt:
	@.ci/need rust
	cargo fmt --all

clean:
	rm -rf $(LOCAL)
	cargo clean

.PHONY: clients
clients: $(LASTMILE_CLIENTS_VENV)/.complete $(LASTMILE_CLIENTS_NODE)/.complete

$(LASTMILE_CLIENTS_VENV)/.complete: tests/clients/requirements.txt librouteros/tests/foreign/requirements.txt
	@.ci/need python
	python3 -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

$(LASTMILE_CLIENTS_NODE)/.complete: librouteros/tests/foreign/package.json tests/clients/package.json
	@.ci/need node
	mkdir -p $(@D)/odoo
	cp librouteros/tests/foreign/package.json $(@D)/package.json
	cp tests/clients/package.json $(@D)/odoo/package.json
	cd $(@D) && npm install --silent --no-audit --no-fund
	cd $(@D)/odoo && npm install --silent --no-audit --no-fund
	@touch $@
