package io.nsfl.modelformats.pickle;

/** A pickle that mentions a class or function that a reader of data has no use for. */
public final class ForbiddenGlobalException extends RuntimeException {
    public ForbiddenGlobalException(PickleValue.Global global) {
        super(global.qualified());
    }
}
