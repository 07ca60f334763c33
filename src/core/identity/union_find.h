/// Union-find by Rem's algorithm with splicing: one 4-byte word per element.
///
/// A parent never has a greater number than its child, so the root of a set is its smallest element
/// and one ascending pass flattens everything.
#pragma once

#include <cstdint>
#include <span>

namespace cdp::identity {

/// Joins the sets of x and y. True when they were two. `parent[x]` is a reference to x's parent.
template <class Parents, class Index>
bool Unite(Parents parent, Index x, Index y) {
  while (parent[x] != parent[y]) {
    // The walk goes up on the side whose parent is greater, and hangs what it leaves behind under
    // the other side's parent: both paths get shorter without a second pass.
    if (parent[x] < parent[y]) {
      const Index next = x;
      x = y;
      y = next;
    }
    const Index up = parent[x];
    parent[x] = parent[y];
    if (up == x) return true;
    x = up;
  }
  return false;
}

/// The smallest element of x's set.
template <class Index>
Index Root(const Index* parent, Index x) {
  while (parent[x] != x) x = parent[x];
  return x;
}

}  // namespace cdp::identity
