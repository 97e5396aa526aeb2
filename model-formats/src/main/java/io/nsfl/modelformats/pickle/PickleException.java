package io.nsfl.modelformats.pickle;

/** A pickle that cannot be read; the message completes "the pickle is damaged: …". */
public final class PickleException extends RuntimeException {
    public PickleException(String message) {
        super(message);
    }
}
