# functions.awk - the functions of C files that are longer than 100 lines.
# Relies on the house style: the name begins a line, so do both braces.  A
# table that is aligned by hand (clang-format off) may be longer.
FNR == 1 { start = 0 }
/^[a-z_][a-z0-9_]*\(/ { name = $1; sub(/\(.*/, "", name) }
/^\{/ { start = FNR; table = 0 }
/clang-format off/ { table = 1 }
/^\}/ && start {
	if (FNR - start + 1 > 100 && !table)
		printf "%s:%d: %s() has %d lines\n", FILENAME, start, name, \
			FNR - start + 1
	start = 0
}
