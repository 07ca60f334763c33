/// The code under test, compiled into this module: the product exports none of it.
#include "pg/base/boundary.cpp"
#include "pg/base/compat.cpp"
#include "pg/base/datum.cpp"
#include "pg/base/flat_state.cpp"
#include "pg/base/memory.cpp"
