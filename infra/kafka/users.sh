#!/usr/bin/env bash
# Gives every user in the file its password (SCRAM-SHA-512), as Kafka's super user; a line is `name password`. Kafka
# keeps only salted hashes, so it is repeated at each start: a password that was renewed counts from then on.
set -euo pipefail

while read -r name password; do
  # By a file, because a command line can be read in the process table.
  printf 'SCRAM-SHA-512=iterations=8192,password=%s\n' "$password" >/tmp/credential
  /opt/kafka/bin/kafka-configs.sh --bootstrap-server "$KAFKA_ADMIN" --alter \
    --entity-type users --entity-name "$name" --add-config-file /tmp/credential
done <"$KAFKA_USERS_FILE"
