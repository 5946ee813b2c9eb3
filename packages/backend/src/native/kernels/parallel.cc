#include "parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace cai {
namespace {

/** Threads that sleep between loops, spinning a little first: the next loop often follows within microseconds. */
class Pool {
 public:
  explicit Pool(int threads) {
    for (int i = 1; i < threads; i++) std::thread([this, i] { serve(i); }).detach();
  }

  void run(int parts, const std::function<void(int)>& part) {
    std::lock_guard<std::mutex> one_at_a_time(running_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      part_ = &part;
      parts_ = parts;
      left_.store(parts - 1, std::memory_order_relaxed);
      round_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    part(0);
    while (left_.load(std::memory_order_acquire) > 0) pause();
  }

 private:
  void serve(int index) {
    for (uint64_t seen = 0;;) {
      for (int spins = 0; spins < 2000 && round_.load(std::memory_order_acquire) == seen; spins++) pause();
      const std::function<void(int)>* part;
      int parts;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return round_.load(std::memory_order_relaxed) != seen; });
        seen = round_.load(std::memory_order_relaxed);
        part = part_;
        parts = parts_;
      }
      if (index >= parts) continue;
      (*part)(index);
      left_.fetch_sub(1, std::memory_order_release);
    }
  }

  static void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    std::this_thread::yield();
#endif
  }

  std::mutex running_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<uint64_t> round_{0};
  std::atomic<int> left_{0};
  const std::function<void(int)>* part_ = nullptr;
  int parts_ = 0;
};

}  // namespace

int thread_count() {
  static const int count = std::max(1u, std::thread::hardware_concurrency());
  return count;
}

void parallel(int64_t count, int64_t least, const std::function<void(int64_t begin, int64_t end)>& work) {
  const int64_t parts = std::min<int64_t>(thread_count(), least > 0 ? count / least : count);
  if (parts <= 1) {
    if (count > 0) work(0, count);
    return;
  }
  static Pool* const pool = new Pool(thread_count());  // never freed: its threads end with the process
  pool->run(static_cast<int>(parts), [&](int part) { work(count * part / parts, count * (part + 1) / parts); });
}

}  // namespace cai
