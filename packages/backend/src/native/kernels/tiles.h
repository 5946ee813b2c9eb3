// Tiles: two-dimensional registers that some processors multiply as matrices (Intel's AMX). `CAI_TILES` is defined for the level that has them.
#pragma once

#if defined(CAI_TILES)
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace cai {

/** Whether this process may use tiles: Linux gives them to one that asks. */
inline bool tiles_are_given() {
  constexpr long ask_for_state = 0x1023 /* ARCH_REQ_XCOMP_PERM */, tile_data = 18 /* XFEATURE_XTILEDATA */;
  return syscall(SYS_arch_prctl, ask_for_state, tile_data) == 0;
}

/** While it lives, this thread's eight tiles are of 16 rows of 64 bytes. */
class Tiles {
 public:
  Tiles() {
    const Configuration configuration;
    _tile_loadconfig(&configuration);
  }
  ~Tiles() { _tile_release(); }
  Tiles(const Tiles&) = delete;

 private:
  struct __attribute__((packed)) Configuration {
    uint8_t palette = 1, start_row = 0, reserved[14] = {};
    uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
  };
};

/** The compiler does not know that instructions of tiles read and write memory: it must be told around them. */
inline void memory_is_touched() { asm volatile("" ::: "memory"); }

}  // namespace cai
#endif
