#!/bin/sh
# Makes what compose.yaml has as secrets, in a new directory `secrets` beside this file.
set -eu
cd "$(dirname "$0")"

new() { openssl rand -hex 24; }
postgres=$(new) rabbitmq=$(new) token=$(new) console=$(new) viewing=$(new)

umask 022
# Fails if it is there: nothing is overwritten.
mkdir -m 700 secrets
put() { printf '%s\n' "$2" > "secrets/$1"; }
put postgres_password "$postgres"
put rabbitmq.conf "default_pass = $rabbitmq"
put database_url "postgresql://registry_events:$postgres@postgres:5432/registry_events"
put amqp_url "amqp://registry-events:$rabbitmq@rabbitmq:5672/registry-events"
put tokens "$token"
# Of the profile `forward`: yours to fill in; no host has this name.
put forward_snowplow_url https://collector.invalid
# Of the profile `geo-sync`: logins for registries, as `docker login` and skopeo keep them.
put registry_auth_file '{"auths": {}}'
put console_tokens "$console"
put console_view_tokens "$viewing"
sed "s/replace-me/$token/" registry.yml > secrets/registry.yml
# A container reads those that are mounted into it as a user of its own; the directory keeps
# everybody else on this host out.
chmod 444 secrets/*
