/**
 * The safetensors format: a JSON header with names, types, shapes and offsets, then raw little-endian values. It is how weights
 * travel between coordinator and clients, and a model file of its own.
 */
package io.nsfl.modelformats.safetensors;
