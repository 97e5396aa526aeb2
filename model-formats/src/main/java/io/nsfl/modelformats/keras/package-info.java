/**
 * Keras models in HDF5: full models and weights only, as Keras 2 and Keras 3 write them, with tensors in the order of
 * {@code get_weights()}. The model's configuration is read as data; what Keras would turn into code is refused.
 */
package io.nsfl.modelformats.keras;
