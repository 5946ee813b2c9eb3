// The file as Node loads it: it registers all ops, and tells what it was compiled for and by.
#include <node_api.h>

#include <exception>

#include "op.h"
#include "tiles.h"

#if defined(__clang__)
#define CAI_COMPILER "Clang " __clang_version__
#else
#define CAI_COMPILER "GCC " __VERSION__
#endif

namespace {

void set(napi_env env, napi_value object, const char* name, const char* text) {
  napi_value value;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, object, name, value);
}

/** Node calls it in every context that loads the file; TensorFlow has one list of ops for the whole process. */
void register_once() {
  static bool is_registered = false;
  if (is_registered) return;
#if defined(CAI_TILES)
  cai::require(cai::tiles_are_given(), "the system gives this process no tiles (AMX)");
#endif
  cai::register_ops();
  is_registered = true;
}

}  // namespace

NAPI_MODULE_INIT() {
  try {
    register_once();
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
    return nullptr;
  }
  set(env, exports, "level", CAI_LEVEL);
  set(env, exports, "compiler", CAI_COMPILER);
  return exports;
}
