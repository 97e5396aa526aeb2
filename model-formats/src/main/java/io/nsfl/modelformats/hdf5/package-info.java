/**
 * The part of HDF5 that Keras writes: superblock 0 and 1, groups as symbol tables, plain attributes, datasets stored in one piece.
 * Every address and size is checked against the file and all reading of metadata has one budget, so that a damaged or hostile
 * file is refused in bounded time and memory; that, and the need for the exact place of each value, is why no general library
 * reads these files. Knows nothing of Keras.
 */
package io.nsfl.modelformats.hdf5;
