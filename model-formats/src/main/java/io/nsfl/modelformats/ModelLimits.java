package io.nsfl.modelformats;

/**
 * Bounds within which a model file of unknown origin is read; what lies beyond is refused before memory is taken for it.
 *
 * @param fileBytes largest file, and largest sum of the values of its tensors
 * @param tensors largest number of tensors
 * @param headerBytes largest description of the tensors: a JSON header, a pickle, all metadata of an HDF5 file
 * @param nameLength longest name of a tensor in characters
 * @param depth deepest nesting of groups, JSON values and pickled containers
 */
public record ModelLimits(long fileBytes, int tensors, int headerBytes, int nameLength, int depth) {
    /** Room for models of 64 GiB with 100,000 tensors. */
    public static ModelLimits defaults() {
        return new ModelLimits(64L << 30, 100_000, 32 << 20, 1024, 64);
    }
}
