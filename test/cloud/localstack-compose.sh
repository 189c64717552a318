#!/bin/sh
# docker compose with the file beside this one, for the npm scripts localstack:up and localstack:down.
if ! docker compose version >/dev/null 2>&1; then
  echo 'localstack: this needs Docker with its compose plugin. Without Docker: npm run test:cloud -- --emulator ministack --serve' >&2
  exit 3
fi
exec docker compose --file "$(dirname "$0")/localstack.compose.yml" "$@"
