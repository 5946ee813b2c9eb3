// A copy in memory of its own: TensorFlow may use a JS array in place, and writes to no huge pages of its own.
#include <cstring>

#include "op.h"
#include "parallel.h"

namespace {

struct Copy {
  void compute(cai::Call& call) {
    const auto x = call.input<float>(0);
    const auto y = call.output<float>(0, x.shape);
    cai::parallel(x.size, 65536, [&](int64_t begin, int64_t end) {
      std::memcpy(y.data + begin, x.data + begin, static_cast<size_t>(end - begin) * sizeof(float));
    });
  }
};

const cai::Op<Copy> copy("CaiCopy", {"x: float"}, {"y: float"});

}  // namespace
