#!/bin/sh
# t_faults_apache.sh - what may go wrong at the door, behind apache: faults.sh.
# shellcheck disable=SC2034 # read by faults.sh
set -u
server=apache
server_program=apache2
# shellcheck source=tests/faults.sh
. "${top_srcdir:-$(dirname "$0")/..}/tests/faults.sh"

faults
