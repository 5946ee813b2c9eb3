// Loops over the machine's cores.
#pragma once

#include <cstdint>
#include <functional>

namespace cai {

/** Threads that work on one loop: as many as TF_NUM_INTRAOP_THREADS says, which TensorFlow's own operations heed too; else one for each core. */
int thread_count();

/**
 * Calls work(begin, end) for parts that cover 0 … count, a few for each thread, of at least `least` items. Loops too short for two parts, for
 * which waking a thread costs more than it brings, run here alone. The parts depend on `count` and the number of threads only.
 */
void parallel(int64_t count, int64_t least, const std::function<void(int64_t begin, int64_t end)>& work);

}  // namespace cai
