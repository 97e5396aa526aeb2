package io.nsfl.modelformats.keras;

import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.modelformats.hdf5.Hdf5Object;

/**
 * A weight found in the file.
 *
 * @param name unique in the model
 * @param kind for a weight of floating type
 */
record KerasWeight(String name, Hdf5Object dataset, TensorKind kind) {}
