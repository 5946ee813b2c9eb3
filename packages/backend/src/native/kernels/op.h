// What a kernel of ours needs of TensorFlow's C API: an op is a name, a signature and a class that computes.
//
//     struct Negate {
//       void compute(cai::Call& call) {
//         const auto x = call.input<float>(0);
//         const auto y = call.output<float>(0, x.shape);
//         for (int64_t i = 0; i < x.size; i++) y.data[i] = -x.data[i];
//       }
//     };
//     static const cai::Op<Negate> negate("CaiNegate", {"x: float"}, {"y: float"});
//
// All ops of the file are made known to TensorFlow at once, by `register_ops`.
//
// Attributes are read by a constructor `explicit Negate(cai::Attributes& attributes)`; TensorFlow makes a kernel for each set of values
// and keeps it, so numbers that change from step to step are inputs. Computing is deterministic: the same inputs, the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#define IS_SLIM_BUILD  // without the headers of TensorFlow's runtime, which kernels.h would include and nothing here uses
#include "tensorflow/c/kernels.h"
#undef IS_SLIM_BUILD
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

#include "donated.h"
#include "huge-pages.h"

namespace cai {

using Shape = std::vector<int64_t>;

/** The numbers of a tensor, row-major. They live as long as the call. */
template <class Number>
struct Numbers {
  Number* data;
  Shape shape;
  int64_t size;

  int64_t last() const { return shape.empty() ? 1 : shape.back(); }
  int64_t rows() const { return last() == 0 ? 0 : size / last(); }
};

/** What is read, and where to write to: the same memory, or another. */
template <class Number>
struct Taken {
  Numbers<Number> from;
  Numbers<Number> to;
};

template <class Number>
constexpr TF_DataType type_of() {
  if constexpr (std::is_same_v<Number, float>) return TF_FLOAT;
  else if constexpr (std::is_same_v<Number, int32_t>) return TF_INT32;
  else if constexpr (std::is_same_v<Number, double>) return TF_DOUBLE;
  else static_assert(sizeof(Number) == 0, "no TensorFlow type is named for this one");
}

class Status {
 public:
  Status() : status_(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(status_); }
  Status(const Status&) = delete;
  TF_Status* get() { return status_; }
  void check() const {
    if (TF_GetCode(status_) != TF_OK) throw std::runtime_error(TF_Message(status_));
  }
  void set(const char* message) { TF_SetStatus(status_, TF_INVALID_ARGUMENT, message); }

 private:
  TF_Status* status_;
};

/** One evaluation of an op. */
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context) {}
  ~Call() {
    for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
  }
  Call(const Call&) = delete;

  template <class Number>
  Numbers<Number> input(int index) {
    return numbers<Number>(hold(index));
  }

  /** The input itself, for longer than the call; the caller deletes it. */
  TF_Tensor* hold(int index) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status_.get());
    status_.check();
    return tensor;
  }

  /** A tensor that was donated, and the output that takes its place: the same memory where nobody else holds it. */
  template <class Number>
  Taken<Number> take(int ticket_index, int output_index) {
    TF_Tensor* const donated = take_donated(input<int32_t>(ticket_index).data[0]);
    TF_Tensor* const alone = TF_TensorMaybeMove(donated);
    const auto from = numbers<Number>(alone == nullptr ? donated : alone);
    if (alone == nullptr) return {from, output<Number>(output_index, from.shape)};
    TF_SetOutput(context_, output_index, alone, status_.get());
    status_.check();
    return {from, from};
  }

  /** A tensor of the kernel's own making becomes an output. */
  void give(int index, TF_Tensor* tensor) {
    tensors_.push_back(tensor);
    TF_SetOutput(context_, index, tensor, status_.get());
    status_.check();
  }

  /** Not set to zero. */
  template <class Number>
  Numbers<Number> output(int index, const Shape& shape) {
    size_t bytes = sizeof(Number);
    for (int64_t dimension : shape) bytes *= static_cast<size_t>(dimension);
    TF_Tensor* tensor =
        TF_AllocateOutput(context_, index, type_of<Number>(), shape.data(), static_cast<int>(shape.size()), bytes, status_.get());
    status_.check();
    prefer_huge_pages(TF_TensorData(tensor), bytes);
    return numbers<Number>(tensor);
  }

 private:
  template <class Number>
  Numbers<Number> numbers(TF_Tensor* tensor) {
    tensors_.push_back(tensor);
    Numbers<Number> found{static_cast<Number*>(TF_TensorData(tensor)), {}, 1};
    for (int i = 0; i < TF_NumDims(tensor); i++) {
      found.shape.push_back(TF_Dim(tensor, i));
      found.size *= TF_Dim(tensor, i);
    }
    return found;
  }

  TF_OpKernelContext* context_;
  Status status_;
  std::vector<TF_Tensor*> tensors_;
};

/** The values of an op's attributes. */
class Attributes {
 public:
  explicit Attributes(TF_OpKernelConstruction* construction) : construction_(construction) {}

  float number(const char* name) {
    float value = 0;
    TF_OpKernelConstruction_GetAttrFloat(construction_, name, &value, status_.get());
    status_.check();
    return value;
  }
  bool flag(const char* name) {
    TF_Bool value = 0;
    TF_OpKernelConstruction_GetAttrBool(construction_, name, &value, status_.get());
    status_.check();
    return value != 0;
  }
  int64_t integer(const char* name) {
    int64_t value = 0;
    TF_OpKernelConstruction_GetAttrInt64(construction_, name, &value, status_.get());
    status_.check();
    return value;
  }

 private:
  TF_OpKernelConstruction* construction_;
  Status status_;
};

/** What TensorFlow is told of an op. */
struct Declared {
  const char* name;
  std::vector<const char*> inputs, outputs, attributes;
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*destroy)(void*);
};

/** The ops of this file, in the order in which their static objects were made. */
std::vector<Declared>& declared_ops();

/** Registers them with TensorFlow, on the CPU. Throws where it knows one of them already. */
void register_ops();

/** Declares an op; one static object an op. */
template <class Kernel>
class Op {
 public:
  Op(const char* name, std::initializer_list<const char*> inputs, std::initializer_list<const char*> outputs,
     std::initializer_list<const char*> attributes = {}) {
    declared_ops().push_back({name, inputs, outputs, attributes, &create, &compute, &destroy});
  }

 private:
  static void* create(TF_OpKernelConstruction* construction) {
    try {
      if constexpr (std::is_constructible_v<Kernel, Attributes&>) {
        Attributes attributes(construction);
        return new Kernel(attributes);
      } else {
        return new Kernel();
      }
    } catch (const std::exception& error) {
      Status status;
      status.set(error.what());
      TF_OpKernelConstruction_Failure(construction, status.get());
      return nullptr;
    }
  }

  static void compute(void* kernel, TF_OpKernelContext* context) {
    try {
      Call call(context);
      static_cast<Kernel*>(kernel)->compute(call);
    } catch (const std::exception& error) {
      Status status;
      status.set(error.what());
      TF_OpKernelContext_Failure(context, status.get());
    }
  }

  static void destroy(void* kernel) { delete static_cast<Kernel*>(kernel); }
};

/** For shapes that the caller should have checked: its name and what is wrong, as TensorFlow's own errors. */
inline void require(bool holds, const char* otherwise) {
  if (!holds) throw std::invalid_argument(otherwise);
}

}  // namespace cai
