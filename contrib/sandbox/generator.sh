# The demo's generator of made-up customers, for the demo and for the tests. Needs place.sh, build.sh.

# generator_compile FOLDER: makes FOLDER/generate; the files side by side, for there are some thirty. The tests
# make it more than once, and put CDP_COMPILER_CACHE before the compiler.
generator_compile() {
  local sources=$CDP_ROOT/contrib/demo/generate
  mkdir -p "$1"
  printf '%s\0' "$sources"/*.cpp | xargs -0 -n 1 -P "$(build_jobs)" sh -c \
    'exec ${CDP_COMPILER_CACHE:-} g++ -std=c++20 -O2 -Wall -Wextra -c "$1" -o "$0/$(basename "$1" .cpp).o"' "$1"
  g++ -o "$1/generate" "$1"/*.o
}
