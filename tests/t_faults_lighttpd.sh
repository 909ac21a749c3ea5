#!/bin/sh
# t_faults_lighttpd.sh - what may go wrong at the door, behind lighttpd: faults.sh.
# shellcheck disable=SC2034 # read by faults.sh
set -u
server=lighttpd
server_program=lighttpd
# shellcheck source=tests/faults.sh
. "${top_srcdir:-$(dirname "$0")/..}/tests/faults.sh"

faults
