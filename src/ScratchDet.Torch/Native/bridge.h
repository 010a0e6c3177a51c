// The C border between C# and libtorch. Every function that can fail returns 0 for success; otherwise sd_error() gives
// the message for the calling thread, and the code is 1 for libtorch, 2 for a lack of memory, 3 for anything else. No exception crosses this border. Handles are owned by the caller.
#pragma once

#include <stdint.h>

#define SD_EXPORT extern "C" __attribute__((visibility("default")))

// One tagged argument or result of an operator call: 16 bytes, the same layout in C#.
typedef struct {
  int32_t tag;
  int32_t count;  // elements of a list, bytes of a string
  int64_t bits;   // the value, or the address of the elements
} sd_value;

enum sd_tag {
  SD_NONE = 0,
  SD_DEFAULT = 1,  // take the schema's default
  SD_TENSOR = 2,
  SD_INT = 3,  // also scalar type, layout, memory format
  SD_DOUBLE = 4,
  SD_BOOL = 5,
  SD_INT_LIST = 6,
  SD_DOUBLE_LIST = 7,
  SD_TENSOR_LIST = 8,
  SD_OPTIONAL_TENSOR_LIST = 9,  // handle 0 is "none"
  SD_STRING = 10,
  SD_DEVICE = 11,  // type << 32 | (uint32) index
  SD_GENERATOR = 12,
  SD_BOOL_LIST = 13,  // one byte each
};

typedef struct {
  int64_t sizes[8];
  int64_t strides[8];
  int64_t elements;
  int64_t element_bytes;
  void* data;
  int32_t dimensions;
  int32_t scalar_type;
  int32_t device_type;
  int32_t device_index;
  uint8_t requires_grad;
  uint8_t is_leaf;
  uint8_t is_contiguous;
  uint8_t is_channels_last;
} sd_tensor_info;

// errors, versions, libraries
SD_EXPORT const char* sd_error();
SD_EXPORT int sd_bridge_abi();
SD_EXPORT const char* sd_torch_version();
SD_EXPORT const char* sd_build_configuration();
SD_EXPORT int sd_load_operators(const char* path);

// operators
SD_EXPORT int sd_find_operator(const char* name, const char* overload, void** op);
SD_EXPORT int sd_operator_schema(void* op, const char** schema);  // valid until the next call on this thread
SD_EXPORT int sd_call(void* op, const sd_value* arguments, int count, sd_value* results, int capacity, int* result_count);
SD_EXPORT void sd_check_calls(int enabled);
SD_EXPORT void sd_free(void* memory);

// tensor handles
SD_EXPORT int64_t sd_live_tensors();
SD_EXPORT void sd_tensor_free(void* tensor);
SD_EXPORT int sd_tensor_alias(void* tensor, void** alias);
SD_EXPORT int sd_tensor_describe(void* tensor, sd_tensor_info* info);
SD_EXPORT int sd_tensor_from_memory(void* data, const int64_t* sizes, int dimensions, int scalar_type,
                                    void (*deleter)(void*), void* context, void** tensor);
SD_EXPORT int sd_tensor_item(void* tensor, double* real, int64_t* integer, int* is_integer);

// autograd
SD_EXPORT int sd_tensor_grad(void* tensor, void** grad);
SD_EXPORT int sd_tensor_set_grad(void* tensor, void* grad);
SD_EXPORT int sd_tensor_set_requires_grad(void* tensor, int requires_grad);
SD_EXPORT int sd_backward(void** tensors, void** gradients, int count, int retain_graph, int create_graph, void** inputs,
                          int input_count);
SD_EXPORT int sd_grad(void** outputs, void** gradients, int count, void** inputs, int input_count, int retain_graph,
                      int create_graph, int allow_unused, void** results);
SD_EXPORT int sd_grad_mode();
SD_EXPORT void sd_set_grad_mode(int enabled);
SD_EXPORT int sd_inference_enter(int enabled, void** guard);
SD_EXPORT void sd_inference_leave(void* guard);
SD_EXPORT int sd_is_inference_mode();

// autocast; device_type: 0 CPU, 1 CUDA
SD_EXPORT int sd_autocast_get(int device_type, int* enabled, int* scalar_type);
SD_EXPORT int sd_autocast_set(int device_type, int enabled, int scalar_type);
SD_EXPORT int sd_autocast_nest(int change);
SD_EXPORT void sd_autocast_clear_cache();

// random numbers
SD_EXPORT int sd_manual_seed(uint64_t seed);
SD_EXPORT int sd_generator_new(uint64_t seed, void** generator);
SD_EXPORT int sd_generator_default(int device_type, int device_index, void** generator);
SD_EXPORT void sd_generator_free(void* generator);
SD_EXPORT int sd_generator_set_seed(void* generator, uint64_t seed);
SD_EXPORT int sd_generator_seed(void* generator, uint64_t* seed);
SD_EXPORT int sd_generator_get_state(void* generator, void** state);
SD_EXPORT int sd_generator_set_state(void* generator, void* state);

// threads
SD_EXPORT int sd_get_threads();
SD_EXPORT int sd_set_threads(int count);

// CUDA; all give 0 devices or an error in a build without it
SD_EXPORT int sd_cuda_device_count();
SD_EXPORT int sd_cuda_has_cudnn();
SD_EXPORT int sd_cuda_synchronize(int device_index);
SD_EXPORT int sd_cuda_empty_cache();
SD_EXPORT int sd_cuda_memory(int device_index, int64_t* allocated, int64_t* peak_allocated, int64_t* reserved);
SD_EXPORT int sd_cuda_reset_peak(int device_index);
SD_EXPORT int sd_cuda_device_name(int device_index, char* name, int capacity, int64_t* total_bytes, int* major, int* minor);
