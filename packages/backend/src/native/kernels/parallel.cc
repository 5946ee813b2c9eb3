#include "parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace cai {
namespace {

/**
 * Threads that sleep between loops, spinning a little first: the next loop often follows within microseconds. The caller of a loop takes
 * its parts as well, one after another: where the others don't get a core in time, it does all of them itself.
 */
class Pool {
 public:
  explicit Pool(int threads) {
    for (int i = 1; i < threads; i++) std::thread([this] { serve(); }).detach();
  }

  void run(int parts, const std::function<void(int)>& part) {
    std::lock_guard<std::mutex> one_at_a_time(running_);
    uint64_t round;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      part_ = &part;
      parts_ = parts;
      left_.store(parts, std::memory_order_relaxed);
      round = (next_.load(std::memory_order_relaxed) >> 32) + 1;
      next_.store(round << 32, std::memory_order_release);
    }
    wake_.notify_all();
    take(round, parts, part);
    while (left_.load(std::memory_order_acquire) > 0) pause();
  }

 private:
  void serve() {
    for (uint64_t seen = 0;;) {
      wait_a_little(seen);
      const std::function<void(int)>* part;
      int parts;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return next_.load(std::memory_order_relaxed) >> 32 != seen; });
        seen = next_.load(std::memory_order_relaxed) >> 32;
        part = part_;
        parts = parts_;
      }
      take(seen, parts, *part);
    }
  }

  /** About as long as operations lie apart while a model decodes; who else wants this core gets it meanwhile. */
  void wait_a_little(uint64_t seen) const {
    for (int turns = 0; turns < 200; turns++) {
      for (int spins = 0; spins < 100; spins++) {
        if (next_.load(std::memory_order_acquire) >> 32 != seen) return;
        pause();
      }
      std::this_thread::yield();
    }
  }

  /** The parts of this round that nobody has taken yet; none once another round has begun. */
  void take(uint64_t round, int parts, const std::function<void(int)>& part) {
    uint64_t next = next_.load(std::memory_order_acquire);
    while (next >> 32 == round && static_cast<int>(next & 0xffffffff) < parts) {
      if (!next_.compare_exchange_weak(next, next + 1, std::memory_order_acq_rel)) continue;
      part(static_cast<int>(next & 0xffffffff));
      left_.fetch_sub(1, std::memory_order_release);
      next = next_.load(std::memory_order_acquire);
    }
  }

  static void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#else
    std::this_thread::yield();
#endif
  }

  std::mutex running_;
  std::mutex mutex_;
  std::condition_variable wake_;
  /** The round in the upper half, its next part in the lower. */
  std::atomic<uint64_t> next_{0};
  std::atomic<int> left_{0};
  const std::function<void(int)>* part_ = nullptr;
  int parts_ = 0;
};

}  // namespace

int thread_count() {
  static const int count = [] {
    const char* given = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int asked = given == nullptr ? 0 : std::atoi(given);
    return asked > 0 ? asked : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  }();
  return count;
}

void parallel(int64_t count, int64_t least, const std::function<void(int64_t begin, int64_t end)>& work) {
  const int64_t most = least > 0 ? count / least : count;
  if (most <= 1 || thread_count() == 1) {
    if (count > 0) work(0, count);
    return;
  }
  constexpr int64_t parts_a_thread = 8;  // a thread that finds no part left waits for half of one, on average
  const int64_t parts = std::min<int64_t>(parts_a_thread * thread_count(), most);
  static Pool* const pool = new Pool(thread_count());  // never freed: its threads end with the process
  pool->run(static_cast<int>(parts), [&](int part) { work(count * part / parts, count * (part + 1) / parts); });
}

}  // namespace cai
