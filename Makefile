# What one types to work on the project. `make` alone lists it.
#
# Needs: make, and Python 3.11 or later with venv. All else is installed into .venv from the lock files.

PYTHON ?=
TEST_WORKERS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
PYTEST_ARGS ?=

BIN := .venv/bin
ROOT := $(CURDIR)
PIP_INSTALL := PIP_USER=0 $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input \
  --require-hashes --only-binary :all:

.DEFAULT_GOAL := help
.PHONY: help serve test check lock style words clean install-runtime install-dev

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

serve: install-runtime ## start the service with the demonstration, on port 8000 or PORT
	@exec $(BIN)/python -m introduction.cli serve

test: check ## lint, types, layers, then every test on all cores
	@printf '\n== tests (%s workers)\n' '$(TEST_WORKERS)'
	@$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist worksteal $(PYTEST_ARGS)

check: install-dev ## lint, format, types and layers, without tests
	@printf '== ruff: lint\n'
	@$(BIN)/ruff check .
	@printf '\n== ruff: format\n'
	@$(BIN)/ruff format --check .
	@printf '\n== mypy\n'
	@$(BIN)/python -m mypy
	@printf '\n== import-linter\n'
	@PYTHONPATH=. $(BIN)/lint-imports --no-logo

# --- installation ---------------------------------------------------------------------------------
# A stamp in .venv holds the checksum of the lock file that was installed, and where: the second
# start compares two lines and installs nothing. The project itself is not installed but found
# through a .pth file, so that no build tool is needed.

install-runtime:
	@$(call install,runtime)

install-dev:
	@$(call install,dev)

stamp = $$(cksum < requirements/$(1).lock) $(ROOT)

define install
wanted="$(call stamp,$(1))"; \
if [ -x $(BIN)/python ] && [ "$$(cat .venv/installed-$(1) 2>/dev/null)" = "$$wanted" ]; then exit 0; fi; \
set -e; \
rm -f .venv/installed-runtime .venv/installed-dev; \
if ! $(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then $(make_venv); fi; \
echo "Installing requirements/$(1).lock into .venv (only when it has changed) ..."; \
$(PIP_INSTALL) -r requirements/$(1).lock; \
echo "$(ROOT)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/introduction.pth"; \
printf '#!/bin/sh\nexec "$$(dirname "$$0")/python" -m introduction.cli "$$@"\n' > $(BIN)/introduction; \
chmod +x $(BIN)/introduction; \
echo "$(call stamp,runtime)" > .venv/installed-runtime; \
if [ $(1) = dev ]; then echo "$$wanted" > .venv/installed-dev; fi
endef

define make_venv
found=; \
for p in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
  if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$p; break; fi; \
done; \
if [ -z "$$found" ]; then \
  echo "Python 3.11 or later is needed, and none was found. Install it, or say where it is: make PYTHON=/path/to/python3" >&2; \
  exit 1; \
fi; \
if ! "$$found" -c 'import venv, ensurepip' 2>/dev/null; then \
  echo "$$found has no venv. On Debian and Ubuntu: apt install python3-venv. Then run make again." >&2; \
  exit 1; \
fi; \
echo "Making .venv with $$("$$found" --version) ..."; \
"$$found" -m venv --clear .venv
endef

# --- for those who change the project ---------------------------------------------------------------

# Takes the newest releases that pyproject.toml allows, for every platform and Python 3.11 onwards.
UV := $(BIN)/uv
UV_COMPILE := $(UV) pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
  --no-emit-index-url --no-header pyproject.toml

lock: install-dev ## make the lock files again with the newest releases allowed
	@$(BIN)/python -m pip install -qq --disable-pip-version-check uv
	@$(UV_COMPILE) --extra postgres -o requirements/runtime.lock
	@$(UV_COMPILE) --extra postgres --extra dev -c requirements/runtime.lock -o requirements/dev.lock
	@echo "Locked. Run make test, and commit pyproject.toml and requirements/ together."

# The compiled CSS is in git: Node is needed for this target alone.
SASS_VERSION := 1.108.2
GOVUK_VERSION := 6.6.0
SASS := npx --prefix .style sass --load-path=.style/node_modules --no-source-map --quiet-deps

style: ## compile the stylesheets in introduction/static (needs Node)
	@npm install --silent --no-audit --no-fund --no-save --prefix .style sass@$(SASS_VERSION) govuk-frontend@$(GOVUK_VERSION)
	@$(SASS) introduction/static/scss/look.scss introduction/static/look.css
	@$(SASS) --style=compressed introduction/static/scss/govuk.scss introduction/static/govuk.css

# Swedish is written in the code; the other languages stand in introduction/translations.
WORDS := introduction/translations
BABEL := $(BIN)/pybabel -q

words: install-dev ## gather the words of the interface and compile the translations
	@$(BABEL) extract -F babel.cfg -k say --no-location --sort-output --omit-header -o .venv/words.pot .
	@$(BABEL) update -i .venv/words.pot -d $(WORDS) --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@$(BABEL) compile -d $(WORDS)

clean: ## remove .venv and everything that tools left behind; var/ stays
	@rm -rf .venv .style dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './.git/*' -not -path './var/*' -prune -exec rm -rf {} +
