// Nothing of its own: CMake hangs the precompiled header of all unit tests on it.
