/// Included before the first line of every file of the glue (Makefile), where GCC has it precompiled.
/// All of them need the server's headers, and parsing those costs more than most of the files.
#include "pg/base/pg.h"
