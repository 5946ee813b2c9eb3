// Tensors that rest in a file while nobody reads them: written from a tensor's memory, and read by mapping the file, without a copy.
#include <cerrno>
#include <cstring>
#include <string>

#include "op.h"

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#include <unistd.h>

namespace {

/** Where a tensor begins, in the file: a multiple of every system's page. */
constexpr int64_t page = 65536;

[[noreturn]] void fail(const char* what) { throw std::runtime_error(std::string(what) + ": " + std::strerror(errno)); }

/** Of `[file descriptor, page, …]`. */
int64_t begin_of(const cai::Numbers<int32_t>& place) { return page * place.data[1]; }

struct WriteTensor {
  void compute(cai::Call& call) {
    const auto x = call.input<float>(0);
    const auto place = call.input<int32_t>(1);
    cai::require(place.size == 2, "CaiWriteTensor: place is [file descriptor, page]");
    const char* bytes = reinterpret_cast<const char*>(x.data);
    const int64_t size = x.size * static_cast<int64_t>(sizeof(float));
    for (int64_t written = 0; written < size;) {
      const ssize_t more = pwrite(place.data[0], bytes + written, static_cast<size_t>(size - written), begin_of(place) + written);
      if (more < 0 && errno != EINTR) fail("the tensor can't be written");
      if (more > 0) written += more;
    }
    const int64_t pages = (size + page - 1) / page;
    call.output<int32_t>(0, {}).data[0] = static_cast<int32_t>(place.data[1] + pages);
  }
};

const cai::Op<WriteTensor> write_tensor("CaiWriteTensor", {"x: float", "place: int32"}, {"next_page: int32"});

void unmap(void* memory, size_t bytes, void*) { munmap(memory, bytes); }

struct MapTensor {
  void compute(cai::Call& call) {
    const auto place = call.input<int32_t>(0);
    cai::require(place.size >= 2, "CaiMapTensor: place is [file descriptor, page, shape…]");
    const cai::Shape shape(place.data + 2, place.data + place.size);
    size_t bytes = sizeof(float);
    for (int64_t dimension : shape) bytes *= static_cast<size_t>(dimension);
    cai::require(bytes > 0, "CaiMapTensor: an empty tensor is in no file");
#if defined(MAP_POPULATE)
    constexpr int flags = MAP_PRIVATE | MAP_POPULATE;
#else
    constexpr int flags = MAP_PRIVATE;
#endif
    void* const memory = mmap(nullptr, bytes, PROT_READ, flags, place.data[0], begin_of(place));
    if (memory == MAP_FAILED) fail("the tensor can't be read");
    // TensorFlow writes into inputs that it thinks it alone holds: then a page becomes memory, and the file stays. Only now, since pages that
    // may be written to would be copied when they are brought in.
    if (mprotect(memory, bytes, PROT_READ | PROT_WRITE) != 0) {
      munmap(memory, bytes);
      fail("the tensor can't be read");
    }
    call.give(0, TF_NewTensor(TF_FLOAT, shape.data(), static_cast<int>(shape.size()), memory, bytes, &unmap, nullptr));
  }
};

const cai::Op<MapTensor> map_tensor("CaiMapTensor", {"place: int32"}, {"x: float"});

}  // namespace
#endif
