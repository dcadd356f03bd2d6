#!/bin/sh
# session.sh COMMAND ...: runs it on a message bus of its own, whose services keep out of its output.
# The journeys read English.
export LC_ALL=C.UTF-8 LANGUAGE=en
exec 3>&1 >&2
exec dbus-run-session -- sh -c 'exec "$@" >&3 3>&-' session "$@"
