// Few rows times a matrix of 8-bit integers, the fastest way that there is.
#pragma once

#include "int8-tiles.h"
#include "int8-vectors.h"

namespace cai {

/** `tiles`: by tiles, where the level has them. */
inline void multiply_int8(const Int8Product& product, [[maybe_unused]] bool tiles) {
#if defined(CAI_TILES)
  if (tiles && product.inner <= Int8Tiles::most_inner) return Int8Tiles(product).compute();
#endif
  Int8Vectors(product).compute();
}

}  // namespace cai
