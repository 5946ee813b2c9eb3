// Tensors whose memory their holder gives to the op that uses them next. `CaiGive` takes hold of a tensor and returns a ticket; the
// holder then disposes of its own tensor, and hands the ticket to an op that asks for it by `Call::take`. Only here can be seen whether
// anybody else holds the same memory: tfjs's clones and TensorFlow's reshapes share it unseen.
#pragma once

#include <cstdint>

#include "tensorflow/c/tf_tensor.h"

namespace cai {

int32_t give(TF_Tensor* tensor);

/** The caller owns it. Throws if there is none, or it was taken before. */
TF_Tensor* take_given(int32_t ticket);

}  // namespace cai
