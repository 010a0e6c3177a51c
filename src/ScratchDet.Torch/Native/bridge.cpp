// See bridge.h. Headers are kept to the dispatcher, autograd and a few globals: torch/torch.h would triple build time.
#include "bridge.h"

#include <ATen/Context.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>
#include <dlfcn.h>
#include <torch/csrc/api/include/torch/version.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#ifdef SCRATCHDET_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#endif

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#define TORCH_AT_LEAST(major, minor) \
  (TORCH_VERSION_MAJOR > (major) || (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))

namespace {

// std::optional in newer versions, c10::optional in older ones: what this libtorch's own lists are made of.
using OptionalTensor = decltype(std::declval<c10::IValue&>().toOptional<at::Tensor>());

std::atomic<int64_t> live_tensors{0};
std::atomic<bool> check_calls{false};
thread_local std::string last_error;
thread_local std::string last_schema;

int fail(int kind, const char* message) {
  last_error = message;
  return kind;
}

template <class Work>
int guarded(Work&& work) noexcept {
  try {
    work();
    return 0;
  } catch (const c10::Error& error) {
    const char* message = error.what_without_backtrace();
    return fail(std::strstr(message, "out of memory") ? 2 : 1, message);
  } catch (const std::bad_alloc&) {
    return fail(2, "out of memory");
  } catch (const std::exception& error) {
    return fail(3, error.what());
  } catch (...) {
    return fail(3, "unknown native error");
  }
}

// A handle is the owned TensorImpl pointer itself; 0 stands for an undefined tensor.
void* release(at::Tensor tensor) {
  if (!tensor.defined()) return nullptr;
  live_tensors.fetch_add(1, std::memory_order_relaxed);
  return tensor.unsafeReleaseTensorImpl();
}

at::Tensor borrow(void* handle) {
  if (handle == nullptr) return at::Tensor();
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(
      static_cast<c10::TensorImpl*>(handle)));
}

std::vector<at::Tensor> borrow_all(void* const* handles, int count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int i = 0; i < count; ++i) tensors.push_back(borrow(handles[i]));
  return tensors;
}

c10::Device device_of(int64_t bits) {
  auto index = static_cast<int32_t>(bits & 0xffffffff);
  return c10::Device(static_cast<c10::DeviceType>(bits >> 32), static_cast<c10::DeviceIndex>(index));
}

c10::IValue argument(const sd_value& value, const c10::FunctionSchema& schema, size_t position) {
  switch (value.tag) {
    case SD_NONE:
      return c10::IValue();
    case SD_DEFAULT: {
      const auto& declared = schema.arguments()[position];
      TORCH_CHECK(declared.default_value().has_value(), schema.name(), ": argument '", declared.name(),
                  "' has no default and was not given");
      return *declared.default_value();
    }
    case SD_TENSOR:
      return borrow(reinterpret_cast<void*>(value.bits));
    case SD_INT:
      return value.bits;
    case SD_DOUBLE: {
      double number;
      std::memcpy(&number, &value.bits, sizeof number);
      return number;
    }
    case SD_BOOL:
      return value.bits != 0;
    case SD_INT_LIST: {
      auto* first = reinterpret_cast<const int64_t*>(value.bits);
      return std::vector<int64_t>(first, first + value.count);
    }
    case SD_DOUBLE_LIST: {
      auto* first = reinterpret_cast<const double*>(value.bits);
      return std::vector<double>(first, first + value.count);
    }
    case SD_BOOL_LIST: {
      auto* first = reinterpret_cast<const uint8_t*>(value.bits);
      c10::List<bool> flags;
      flags.reserve(value.count);
      for (int i = 0; i < value.count; ++i) flags.push_back(first[i] != 0);
      return flags;
    }
    case SD_TENSOR_LIST: {
      auto* first = reinterpret_cast<void* const*>(value.bits);
      c10::List<at::Tensor> tensors;
      tensors.reserve(value.count);
      for (int i = 0; i < value.count; ++i) tensors.push_back(borrow(first[i]));
      return tensors;
    }
    case SD_OPTIONAL_TENSOR_LIST: {
      auto* first = reinterpret_cast<void* const*>(value.bits);
      c10::List<OptionalTensor> tensors;
      tensors.reserve(value.count);
      for (int i = 0; i < value.count; ++i)
        tensors.push_back(first[i] == nullptr ? OptionalTensor() : OptionalTensor(borrow(first[i])));
      return tensors;
    }
    case SD_STRING:
      return std::string(reinterpret_cast<const char*>(value.bits), value.count);
    case SD_DEVICE:
      return device_of(value.bits);
    case SD_GENERATOR:
      return *reinterpret_cast<at::Generator*>(value.bits);
    default:
      TORCH_CHECK(false, "bridge: unknown argument tag ", value.tag);
  }
}

sd_value result(c10::IValue&& value) {
  sd_value out{SD_NONE, 0, 0};
  if (value.isTensor()) {
    out.tag = SD_TENSOR;
    out.bits = reinterpret_cast<int64_t>(release(std::move(value).toTensor()));
  } else if (value.isInt()) {
    out.tag = SD_INT;
    out.bits = value.toInt();
  } else if (value.isDouble()) {
    out.tag = SD_DOUBLE;
    double number = value.toDouble();
    std::memcpy(&out.bits, &number, sizeof number);
  } else if (value.isBool()) {
    out.tag = SD_BOOL;
    out.bits = value.toBool();
  } else if (value.isTensorList()) {
    auto tensors = std::move(value).toTensorVector();
    auto** handles = static_cast<void**>(std::malloc(sizeof(void*) * (tensors.size() + 1)));
    if (handles == nullptr) throw std::bad_alloc();
    for (size_t i = 0; i < tensors.size(); ++i) handles[i] = release(std::move(tensors[i]));
    out.tag = SD_TENSOR_LIST;
    out.count = static_cast<int32_t>(tensors.size());
    out.bits = reinterpret_cast<int64_t>(handles);
  } else {
    TORCH_CHECK(value.isNone(), "bridge: a result of type ", value.tagKind(), " is not supported");
  }
  return out;
}

// Frees the handles of a result that nobody will receive.
void drop(const sd_value& value) {
  if (value.tag == SD_TENSOR) sd_tensor_free(reinterpret_cast<void*>(value.bits));
  if (value.tag != SD_TENSOR_LIST) return;
  auto** handles = reinterpret_cast<void**>(value.bits);
  for (int i = 0; i < value.count; ++i) sd_tensor_free(handles[i]);
  std::free(handles);
}

at::Generator& generator_of(void* handle) { return *static_cast<at::Generator*>(handle); }

// A generator handle is a counted reference; libtorch owns its default ones.
void* new_generator(at::Generator generator) { return new at::Generator(std::move(generator)); }

}  // namespace

const char* sd_error() { return last_error.c_str(); }
int sd_bridge_abi() { return 1; }
const char* sd_torch_version() { return TORCH_VERSION; }

const char* sd_build_configuration() {
  static thread_local std::string text;
  guarded([&] { text = at::show_config() + "\n" + at::get_parallel_info(); });
  return text.c_str();
}

int sd_load_operators(const char* path) {
  // Lazy binding: torchvision's extensions name Python symbols that its operators never call.
  return guarded([&] { TORCH_CHECK(dlopen(path, RTLD_LAZY | RTLD_GLOBAL) != nullptr, dlerror()); });
}

int sd_find_operator(const char* name, const char* overload, void** op) {
  return guarded([&] {
    auto found = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(found.has_value(), "operator ", name, overload[0] ? "." : "", overload, " is not in this libtorch");
    *op = new c10::OperatorHandle(*found);  // kept for the life of the process
  });
}

int sd_operator_schema(void* op, const char** schema) {
  return guarded([&] {
    std::ostringstream text;
    text << static_cast<c10::OperatorHandle*>(op)->schema();
    last_schema = text.str();
    *schema = last_schema.c_str();
  });
}

void sd_check_calls(int enabled) { check_calls = enabled != 0; }
void sd_free(void* memory) { std::free(memory); }

int sd_call(void* op, const sd_value* arguments, int count, sd_value* results, int capacity, int* result_count) {
  return guarded([&] {
    TORCH_CHECK(op != nullptr, "bridge: a call without an operator");
    auto& handle = *static_cast<c10::OperatorHandle*>(op);
    const auto& schema = handle.schema();
    const size_t expected = schema.arguments().size();
    TORCH_CHECK(static_cast<size_t>(count) <= expected, schema.name(), ": ", count, " arguments given, ", expected, " expected");
    std::vector<c10::IValue> stack;
    stack.reserve(std::max(expected, schema.returns().size()));
    const sd_value missing{SD_DEFAULT, 0, 0};
    for (size_t i = 0; i < expected; ++i)
      stack.push_back(argument(i < static_cast<size_t>(count) ? arguments[i] : missing, schema, i));
    if (check_calls.load(std::memory_order_relaxed)) {
      auto copy = stack;
      schema.checkAndNormalizeInputs(copy);
    }
    handle.callBoxed(&stack);
    const int given = std::min<int>(capacity, stack.size());
    int made = 0;
    try {
      for (; made < given; ++made) results[made] = result(std::move(stack[made]));
    } catch (...) {
      while (made > 0) drop(results[--made]);
      throw;
    }
    if (result_count != nullptr) *result_count = given;
  });
}

int64_t sd_live_tensors() { return live_tensors.load(std::memory_order_relaxed); }

void sd_tensor_free(void* tensor) {
  if (tensor == nullptr) return;
  live_tensors.fetch_sub(1, std::memory_order_relaxed);
  c10::raw::intrusive_ptr::decref(static_cast<c10::TensorImpl*>(tensor));
}

int sd_tensor_alias(void* tensor, void** alias) {
  return guarded([&] { *alias = release(borrow(tensor)); });
}

int sd_tensor_describe(void* handle, sd_tensor_info* info) {
  return guarded([&] {
    auto tensor = borrow(handle);
    TORCH_CHECK(tensor.dim() <= 8, "tensors of more than 8 dimensions are not supported, this one has ", tensor.dim());
    info->dimensions = static_cast<int32_t>(tensor.dim());
    for (int i = 0; i < info->dimensions; ++i) {
      info->sizes[i] = tensor.size(i);
      info->strides[i] = tensor.stride(i);
    }
    info->elements = tensor.numel();
    info->element_bytes = static_cast<int64_t>(tensor.element_size());
    info->data = tensor.data_ptr();
    info->scalar_type = static_cast<int32_t>(tensor.scalar_type());
    info->device_type = static_cast<int32_t>(tensor.device().type());
    info->device_index = tensor.device().index();
    info->requires_grad = tensor.requires_grad();
    info->is_leaf = tensor.is_leaf();
    info->is_contiguous = tensor.is_contiguous();
    info->is_channels_last = tensor.dim() == 4 && tensor.is_contiguous(at::MemoryFormat::ChannelsLast);
  });
}

int sd_tensor_from_memory(void* data, const int64_t* sizes, int dimensions, int scalar_type, void (*deleter)(void*),
                          void* context, void** tensor) {
  return guarded([&] {
    auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(scalar_type));
    *tensor = release(at::from_blob(
        data, at::IntArrayRef(sizes, dimensions), [deleter, context](void*) { deleter(context); }, options));
  });
}

int sd_tensor_item(void* handle, double* real, int64_t* integer, int* is_integer) {
  return guarded([&] {
    auto value = borrow(handle).item();
    *is_integer = value.isIntegral(true);
    if (*is_integer)
      *integer = value.isBoolean() ? value.to<bool>() : value.to<int64_t>();
    else
      *real = value.to<double>();
  });
}

int sd_tensor_grad(void* tensor, void** grad) {
  return guarded([&] { *grad = release(borrow(tensor).grad()); });
}

int sd_tensor_set_grad(void* tensor, void* grad) {
  return guarded([&] { borrow(tensor).mutable_grad() = borrow(grad); });
}

int sd_tensor_set_requires_grad(void* tensor, int requires_grad) {
  return guarded([&] { borrow(tensor).set_requires_grad(requires_grad != 0); });
}

int sd_backward(void** tensors, void** gradients, int count, int retain_graph, int create_graph, void** inputs,
                int input_count) {
  return guarded([&] {
    auto grads = gradients == nullptr ? std::vector<at::Tensor>() : borrow_all(gradients, count);
    torch::autograd::backward(borrow_all(tensors, count), grads, retain_graph != 0, create_graph != 0,
                              borrow_all(inputs, input_count));
  });
}

int sd_grad(void** outputs, void** gradients, int count, void** inputs, int input_count, int retain_graph,
            int create_graph, int allow_unused, void** results) {
  return guarded([&] {
    auto grads = gradients == nullptr ? std::vector<at::Tensor>() : borrow_all(gradients, count);
    auto found = torch::autograd::grad(borrow_all(outputs, count), borrow_all(inputs, input_count), grads,
                                       retain_graph != 0, create_graph != 0, allow_unused != 0);
    for (int i = 0; i < input_count; ++i) results[i] = release(std::move(found[i]));
  });
}

int sd_grad_mode() { return c10::GradMode::is_enabled(); }
void sd_set_grad_mode(int enabled) { c10::GradMode::set_enabled(enabled != 0); }

int sd_inference_enter(int enabled, void** guard) {
  return guarded([&] { *guard = new c10::InferenceMode(enabled != 0); });
}

void sd_inference_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }
int sd_is_inference_mode() { return c10::InferenceMode::is_enabled(); }

int sd_autocast_get(int device_type, int* enabled, int* scalar_type) {
  return guarded([&] {
#if TORCH_AT_LEAST(2, 4)
    auto device = static_cast<c10::DeviceType>(device_type);
    *enabled = at::autocast::is_autocast_enabled(device);
    *scalar_type = static_cast<int>(at::autocast::get_autocast_dtype(device));
#else
    *enabled = device_type == 0 ? at::autocast::is_cpu_enabled() : at::autocast::is_enabled();
    *scalar_type = static_cast<int>(device_type == 0 ? at::autocast::get_autocast_cpu_dtype()
                                                     : at::autocast::get_autocast_gpu_dtype());
#endif
  });
}

int sd_autocast_set(int device_type, int enabled, int scalar_type) {
  return guarded([&] {
    auto dtype = static_cast<at::ScalarType>(scalar_type);
#if TORCH_AT_LEAST(2, 4)
    auto device = static_cast<c10::DeviceType>(device_type);
    at::autocast::set_autocast_enabled(device, enabled != 0);
    at::autocast::set_autocast_dtype(device, dtype);
#else
    if (device_type == 0) {
      at::autocast::set_cpu_enabled(enabled != 0);
      at::autocast::set_autocast_cpu_dtype(dtype);
    } else {
      at::autocast::set_enabled(enabled != 0);
      at::autocast::set_autocast_gpu_dtype(dtype);
    }
#endif
  });
}

int sd_autocast_nest(int change) {
  return change > 0 ? at::autocast::increment_nesting() : at::autocast::decrement_nesting();
}

void sd_autocast_clear_cache() { at::autocast::clear_cache(); }

int sd_manual_seed(uint64_t seed) {
  return guarded([&] {
    auto reseed = [seed](at::Generator generator) {
      std::lock_guard<std::mutex> lock(generator.mutex());
      generator.set_current_seed(seed);
    };
    auto& context = at::globalContext();
    reseed(context.defaultGenerator(c10::Device(c10::kCPU)));
    for (int i = 0, count = sd_cuda_device_count(); i < count; ++i)
      reseed(context.defaultGenerator(c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(i))));
  });
}

int sd_generator_new(uint64_t seed, void** generator) {
  return guarded([&] { *generator = new_generator(at::detail::createCPUGenerator(seed)); });
}

int sd_generator_default(int device_type, int device_index, void** generator) {
  return guarded([&] {
    c10::Device device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index));
    *generator = new_generator(at::globalContext().defaultGenerator(device));
  });
}

void sd_generator_free(void* generator) { delete static_cast<at::Generator*>(generator); }

int sd_generator_set_seed(void* generator, uint64_t seed) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(generator_of(generator).mutex());
    generator_of(generator).set_current_seed(seed);
  });
}

int sd_generator_seed(void* generator, uint64_t* seed) {
  return guarded([&] { *seed = generator_of(generator).current_seed(); });
}

int sd_generator_get_state(void* generator, void** state) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(generator_of(generator).mutex());
    *state = release(generator_of(generator).get_state());
  });
}

int sd_generator_set_state(void* generator, void* state) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(generator_of(generator).mutex());
    generator_of(generator).set_state(borrow(state));
  });
}

int sd_get_threads() { return at::get_num_threads(); }

int sd_set_threads(int count) {
  return guarded([&] { at::set_num_threads(count); });
}

int sd_cuda_device_count() {
  int count = 0;
  // A machine without a driver makes some versions throw here: that is "no device".
  if (guarded([&] { count = at::detail::getCUDAHooks().hasCUDA() ? at::detail::getCUDAHooks().getNumGPUs() : 0; }) != 0)
    return 0;
  return count;
}

int sd_cuda_has_cudnn() {
  int has = 0;
  return guarded([&] { has = at::detail::getCUDAHooks().hasCuDNN(); }) == 0 && has;
}

int sd_cuda_synchronize(int device_index) {
  return guarded([&] {
    TORCH_CHECK(sd_cuda_device_count() > 0, "no CUDA device");
    at::detail::getCUDAHooks().deviceSynchronize(device_index);
  });
}

// The driver's own library answers this, so that no CUDA header is needed to build.
int sd_cuda_device_name(int device_index, char* name, int capacity, int64_t* total_bytes, int* major, int* minor) {
  return guarded([&] {
    static void* driver = dlopen("libcuda.so.1", RTLD_LAZY);
    TORCH_CHECK(driver != nullptr, "no CUDA driver: ", dlerror());
    auto function = [](const char* symbol) {
      void* found = dlsym(driver, symbol);
      TORCH_CHECK(found != nullptr, "the CUDA driver lacks ", symbol);
      return found;
    };
    auto check = [](int status) { TORCH_CHECK(status == 0, "the CUDA driver answered with error ", status); };
    constexpr int compute_capability_major = 75, compute_capability_minor = 76;  // CUdevice_attribute
    int device = 0;
    size_t bytes = 0;
    check(reinterpret_cast<int (*)(unsigned)>(function("cuInit"))(0));
    check(reinterpret_cast<int (*)(int*, int)>(function("cuDeviceGet"))(&device, device_index));
    check(reinterpret_cast<int (*)(char*, int, int)>(function("cuDeviceGetName"))(name, capacity, device));
    check(reinterpret_cast<int (*)(size_t*, int)>(function("cuDeviceTotalMem_v2"))(&bytes, device));
    auto attribute = reinterpret_cast<int (*)(int*, int, int)>(function("cuDeviceGetAttribute"));
    check(attribute(major, compute_capability_major, device));
    check(attribute(minor, compute_capability_minor, device));
    *total_bytes = static_cast<int64_t>(bytes);
  });
}

#ifdef SCRATCHDET_CUDA

int sd_cuda_empty_cache() {
  return guarded([] { c10::cuda::CUDACachingAllocator::emptyCache(); });
}

int sd_cuda_memory(int device_index, int64_t* allocated, int64_t* peak_allocated, int64_t* reserved) {
  return guarded([&] {
    auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(static_cast<c10::DeviceIndex>(device_index));
    *allocated = stats.allocated_bytes[0].current;  // 0: all pools together
    *peak_allocated = stats.allocated_bytes[0].peak;
    *reserved = stats.reserved_bytes[0].current;
  });
}

int sd_cuda_reset_peak(int device_index) {
  return guarded([&] { c10::cuda::CUDACachingAllocator::resetPeakStats(static_cast<c10::DeviceIndex>(device_index)); });
}

#else

static int without_cuda() { return fail(1, "this build of the bridge has no CUDA support"); }

int sd_cuda_empty_cache() { return without_cuda(); }
int sd_cuda_memory(int, int64_t*, int64_t*, int64_t*) { return without_cuda(); }
int sd_cuda_reset_peak(int) { return without_cuda(); }

#endif
