package io.nsfl.modelformats.dl4j;

/** A layer whose parameters cannot be told from its configuration; the message names it. */
final class UnsupportedLayerException extends RuntimeException {
    UnsupportedLayerException(String layer) {
        super(layer);
    }
}
