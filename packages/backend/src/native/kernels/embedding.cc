// The gradient of rows that were looked up, added to a table's; packages/kernels/src/embedding.ts has the formula.
#include <algorithm>

#include "op.h"
#include "parallel.h"

namespace {

constexpr int64_t least = 16384;  // numbers a thread

/** table [V, H] += rows [N, H] at ids [N], in the table's memory. A column is added up by one thread, in the order of the ids. */
struct ScatterAddRows {
  void compute(cai::Call& call) {
    const auto table = call.input<float>(0);
    const auto ids = call.input<int32_t>(1);
    const auto rows = call.input<float>(2);
    const int64_t width = table.last();
    const int64_t size = table.rows();
    cai::require(rows.size == ids.size * width, "CaiScatterAddRows: rows and ids do not fit the table");
    for (int64_t i = 0; i < ids.size; i++) cai::require(ids.data[i] >= 0 && ids.data[i] < size, "CaiScatterAddRows: an id is not in the table");
    cai::parallel(width, std::max<int64_t>(least / std::max<int64_t>(ids.size, 1), 16), [&](int64_t begin, int64_t end) {
      for (int64_t row = 0; row < ids.size; row++) {
        const float* const from = rows.data + row * width;
        float* const to = table.data + ids.data[row] * width;
        for (int64_t i = begin; i < end; i++) to[i] += from[i];
      }
    });
  }
};

const cai::Op<ScatterAddRows> scatter_add_rows("CaiScatterAddRows", {"table: float", "ids: int32", "rows: float"}, {});

}  // namespace
