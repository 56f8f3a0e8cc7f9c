#pragma once
/// Former name of core/store/views.hpp.

#include "core/store/views.hpp"
