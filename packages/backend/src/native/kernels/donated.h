// Buffer donation: tensors whose memory their holder gives up to the op that uses them next. `CaiDonate` takes hold of a tensor and returns
// a ticket; the holder then disposes of its own tensor, and hands the ticket to an op that asks for it by `Call::take`. Only here can be
// seen whether anybody else holds the same memory: tfjs's clones and TensorFlow's reshapes share it unseen.
#pragma once

#include <cstdint>

#include "tensorflow/c/tf_tensor.h"

namespace cai {

int32_t donate(TF_Tensor* tensor);

/** The caller owns it. Throws if there is none, or it was taken before. */
TF_Tensor* take_donated(int32_t ticket);

}  // namespace cai
