package io.nsfl.protocol.job;

import io.nsfl.protocol.fault.FaultException;
import java.io.InputStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one way JSON is read and written on the wire: snake_case names, nulls omitted, instants as ISO 8601, duplicate keys refused,
 * depth, size and length of numbers bounded, and numbers kept as written: {@code 3} stays {@code 3}.
 */
public final class JobJson {
    /** Bound of one document: 16 MiB. */
    public static final int MAX_DOCUMENT = 16 << 20;

    private JobJson() {}

    /** The mapper itself, for frameworks that want one. */
    public static JsonMapper mapper() {
        throw new UnsupportedOperationException();
    }

    /** @throws FaultException REQUEST_INVALID if it is not such a record, REQUEST_TOO_LARGE beyond the bound */
    public static <T> T read(byte[] json, Class<T> type) {
        throw new UnsupportedOperationException();
    }

    /** @throws FaultException REQUEST_INVALID if it is not one JSON object, REQUEST_TOO_LARGE beyond the bound */
    public static ObjectNode object(byte[] json) {
        throw new UnsupportedOperationException();
    }

    /** Reads to the end, never more than {@link #MAX_DOCUMENT} bytes; does not close the stream. */
    public static ObjectNode object(InputStream json) {
        throw new UnsupportedOperationException();
    }

    public static <T> T convert(ObjectNode document, Class<T> type) {
        throw new UnsupportedOperationException();
    }

    public static ObjectNode toObject(Object value) {
        throw new UnsupportedOperationException();
    }

    public static ObjectNode newObject() {
        throw new UnsupportedOperationException();
    }

    /** UTF-8, one line. */
    public static byte[] bytes(Object value) {
        throw new UnsupportedOperationException();
    }

    public static String text(Object value) {
        throw new UnsupportedOperationException();
    }

    /** Indented, for files that people read. */
    public static String pretty(Object value) {
        throw new UnsupportedOperationException();
    }
}
