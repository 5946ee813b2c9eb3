// Loops over the machine's cores.
#pragma once

#include <cstdint>
#include <functional>

namespace cai {

/** Threads that work on one loop: the cores that this process may use. */
int thread_count();

/**
 * Calls work(begin, end) for parts that cover 0 … count, one part a thread. Loops with fewer than 2 × `least` items, for whom waking a
 * thread costs more than it brings, run here alone. The parts depend on `count` and the number of threads only.
 */
void parallel(int64_t count, int64_t least, const std::function<void(int64_t begin, int64_t end)>& work);

}  // namespace cai
