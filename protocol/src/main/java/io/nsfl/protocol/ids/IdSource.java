package io.nsfl.protocol.ids;

/** Where new ids come from, so that a test can say which. */
@FunctionalInterface
public interface IdSource {
    /** A new id that nobody had before; a UUID in production. */
    String next();
}
