#!/usr/bin/env bash
# Chooses the libtorch that the bridge is built against and writes what it found as one JSON object.
#
#   find-libtorch.sh OUT.json [WATCH.txt]
#
# The order: the folder named by LIBTORCH; a PyTorch that the python3 on PATH imports (pip, conda, CUDA builds);
# the system's own packages (libtorch-dev). WATCH.txt gets the paths whose change makes the choice worth repeating.
# Exit codes: 0 chosen; 1 what was found cannot be used (one line says why); 4 nothing is here.
set -euo pipefail

readonly oldest_major=1 oldest_minor=13
readonly system_packages=/usr/lib/python3/dist-packages
out=$1
watch=${2:-/dev/null}
: > "$watch"

fail() { printf 'scratchdet: %s\n' "$*" >&2; exit 1; }

json() {
    local text=${1//\\/\\\\}
    text=${text//\"/\\\"}
    text=${text//$'\n'/ }
    printf '"%s"' "${text//$'\t'/ }"
}

json_or_null() { if [[ -n $1 ]]; then json "$1"; else printf null; fi; }

json_list() {
    local separator='' item
    printf '['
    for item in "$@"; do printf '%s' "$separator"; json "$item"; separator=', '; done
    printf ']'
}

# First existing file among the arguments (unmatched globs are passed as they are).
first_file() {
    local candidate
    for candidate in "$@"; do
        if [[ -f $candidate ]]; then printf '%s' "$candidate"; return; fi
    done
}

# version_of INCLUDE ROOT: "major.minor.patch", from the headers, else from the file an unpacked libtorch carries.
version_of() {
    local file part version=''
    for file in "$1"/torch/csrc/api/include/torch/version.h "$1"/torch/headeronly/version.h; do
        [[ -f $file ]] || continue
        version=''
        for part in MAJOR MINOR PATCH; do
            version+=.$(sed -n "s/^#define TORCH_VERSION_$part \([0-9][0-9]*\).*/\1/p" "$file" | head -n 1)
        done
        [[ $version =~ ^\.[0-9]+\.[0-9]+\.[0-9]+$ ]] && { printf '%s' "${version#.}"; return; }
    done
    [[ -f $2/build-version ]] && head -n 1 "$2/build-version"
    return 0
}

is_too_old() {
    [[ $1 =~ ^([0-9]+)\.([0-9]+) ]] || return 0
    (( BASH_REMATCH[1] * 1000 + BASH_REMATCH[2] < oldest_major * 1000 + oldest_minor ))
}

# layout_of ROOT: sets include_folder and library_folder, empty where absent. Two layouts exist: a prefix (unpacked
# libtorch, /usr with a multiarch folder) and a Python package (torch/include, torch/lib); both have these names.
layout_of() {
    local multiarch library
    multiarch=$(gcc -print-multiarch 2>/dev/null || true)
    include_folder='' library_folder=''
    [[ -f $1/include/ATen/ATen.h && -d $1/include/c10 ]] && include_folder=$1/include
    library=$(first_file "$1"/lib/libtorch_cpu.so "$1"/lib64/libtorch_cpu.so "$1/lib/$multiarch/libtorch_cpu.so" \
        "$1"/lib/*-linux-gnu*/libtorch_cpu.so)
    [[ -n $library ]] && library_folder=${library%/*}
    return 0
}

# The C++ ABI that old wheels chose with a macro; 1 wherever nothing is said.
cxx11_abi_of() {
    local config flag
    config=$(first_file "$1"/share/cmake/Torch/TorchConfig.cmake "$library_folder"/cmake/Torch/TorchConfig.cmake)
    [[ -n $config ]] && flag=$(sed -n 's/.*_GLIBCXX_USE_CXX11_ABI=\([01]\).*/\1/p' "$config" | head -n 1)
    printf '%s' "${flag:-1}"
}

write_choice() {
    local root=$1 version=$2 source=$3 reason=$4 packages=$5
    local operators='' images='' cuda=false
    if [[ -n $packages && -d $packages/torchvision ]]; then
        operators=$(first_file "$packages"/torchvision/_C.so "$packages"/torchvision/_C.*.so)
        images=$(first_file "$packages"/torchvision/image.so "$packages"/torchvision/image.*.so)
    fi
    [[ -f $library_folder/libtorch_cuda.so ]] && cuda=true
    {
        printf '{\n  "root": %s,\n  "version": %s,\n' "$(json "$root")" "$(json "$version")"
        printf '  "source": %s,\n  "reason": %s,\n' "$(json "$source")" "$(json "$reason")"
        printf '  "include": %s,\n' "$(json_list "$include_folder" "$include_folder/torch/csrc/api/include")"
        printf '  "libraries": %s,\n' "$(json_list "$library_folder")"
        printf '  "site_packages": %s,\n' "$(json_or_null "$packages")"
        printf '  "cxx11_abi": %s,\n  "cuda": %s,\n' "$(cxx11_abi_of "$root")" "$cuda"
        printf '  "torchvision": {"ops": %s, "image": %s}\n}\n' "$(json_or_null "$operators")" "$(json_or_null "$images")"
    } > "$out.part"
    mv "$out.part" "$out"
    printf '%s\n' "$library_folder/libtorch_cpu.so" "${packages:-$root}" >> "$watch"
}

choose_named() {
    local root version packages=''
    [[ -d $LIBTORCH ]] || fail "LIBTORCH=$LIBTORCH: no such folder; name an unpacked libtorch (include/ and lib/), or unset LIBTORCH"
    root=$(cd -P "$LIBTORCH" && pwd)
    layout_of "$root"
    [[ -n $library_folder ]] || fail "LIBTORCH=$LIBTORCH: no lib/libtorch_cpu.so in it; name an unpacked libtorch (include/ and lib/), or unset LIBTORCH"
    [[ -n $include_folder ]] || fail "LIBTORCH=$LIBTORCH: no headers (include/ATen/ATen.h) in it; name a libtorch that carries them, or unset LIBTORCH"
    version=$(version_of "$include_folder" "$root")
    is_too_old "$version" && fail "LIBTORCH=$LIBTORCH: version ${version:-unknown} is too old; $oldest_major.$oldest_minor or newer is needed"
    if [[ $root == /usr ]]; then packages=$system_packages
    elif [[ -d $root/../torchvision ]]; then packages=${root%/*}
    fi
    write_choice "$root" "$version" LIBTORCH "the environment variable LIBTORCH names it" "$packages"
}

# Says on one line each: folder of the package, its version. Importing is the test that this torch works here, and
# takes seconds; it is only done for a torch that the system's package manager did not install.
readonly python_probe='
import importlib.util, os, sys
found = importlib.util.find_spec("torch")
if found is None or not found.origin:
    sys.exit(0)
folder = os.path.dirname(found.origin)
print(folder)
if not folder.startswith("/usr/lib/python3/"):
    import torch
    print(torch.__version__)
'

# 0 when python3 has a torch of its own that can be used; the reason why not is kept for the JSON and for the reader.
choose_python() {
    local python folder version answer package_folder
    python=$(command -v python3) || { why_not_python="no python3 on PATH"; return 1; }
    while IFS= read -r package_folder; do
        [[ -d $package_folder ]] && printf '%s\n' "$package_folder" >> "$watch"
    done < <("$python" -c 'import sys; print("\n".join(p for p in sys.path if p.endswith("-packages")))' 2>/dev/null)
    if ! answer=$("$python" -c "$python_probe" 2>"$out.python"); then
        why_not_python="$python has a torch that does not import ($(tail -n 1 "$out.python"))"
        rm -f "$out.python"
        printf 'scratchdet: note: %s\n' "$why_not_python" >&2
        return 1
    fi
    rm -f "$out.python"
    if [[ -z $answer ]]; then why_not_python="$python has no torch"; return 1; fi
    { IFS= read -r folder; IFS= read -r version || true; } <<< "$answer"
    if [[ -z $version ]]; then why_not_python="the torch of $python is the system's own"; return 1; fi
    layout_of "$folder"
    if [[ -z $include_folder || -z $library_folder ]]; then
        why_not_python="the torch $version of $python carries no headers or no libtorch_cpu.so"
    elif is_too_old "$version"; then
        why_not_python="the torch $version of $python is too old ($oldest_major.$oldest_minor or newer is needed)"
    else
        write_choice "$folder" "$version" python "$python imports it" "${folder%/*}"
        return 0
    fi
    printf 'scratchdet: note: %s\n' "$why_not_python" >&2
    return 1
}

choose_system() {
    local version
    layout_of /usr
    [[ -n $include_folder && -n $library_folder ]] || return 1
    version=$(version_of /usr/include /usr)
    is_too_old "$version" && fail "the system's libtorch is ${version:-of an unknown version}, which is too old; pip install torch torchvision, or set LIBTORCH to $oldest_major.$oldest_minor or newer"
    write_choice /usr "$version" debian "LIBTORCH is not set, and $why_not_python" "$system_packages"
}

if [[ -n ${LIBTORCH:-} ]]; then choose_named; exit 0; fi
why_not_python=''
choose_python || choose_system || exit 4
