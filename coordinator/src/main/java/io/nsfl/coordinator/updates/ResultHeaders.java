package io.nsfl.coordinator.updates;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.ResultHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.TreeMap;

/** Reads a result's header within bounds and gives it a digest if the client did not. */
final class ResultHeaders {
    static final int MAX_METRICS = 256;
    static final int MAX_METRIC_NAME = 128;
    private static final int DIGEST_BYTES = 32;

    private ResultHeaders() {}

    /** @throws FaultException UPDATE_MALFORMED if it is not a header, or beyond its bounds */
    static ResultHeader read(byte[] bytes) {
        ResultHeader header;
        try {
            header = ResultHeader.parseFrom(bytes);
        } catch (InvalidProtocolBufferException broken) {
            throw new FaultException(Fault.UPDATE_MALFORMED, "The result's header cannot be read.", broken);
        }
        if (header.getMetricsCount() > MAX_METRICS
                || header.getMetricsMap().keySet().stream().anyMatch(name -> name.length() > MAX_METRIC_NAME)) {
            throw malformed("at most " + MAX_METRICS + " metrics with names of at most " + MAX_METRIC_NAME
                    + " characters are taken");
        }
        if (header.getSize() < 0 || header.getOffset() < 0 || header.getOffset() > header.getSize()) {
            throw malformed("size " + header.getSize() + " and offset " + header.getOffset() + " do not fit");
        }
        if (header.getSize() > 0 && header.getSha256().size() != DIGEST_BYTES) {
            throw malformed("a SHA-256 has " + DIGEST_BYTES + " bytes");
        }
        return switch (header.getResultDigest().size()) {
            case DIGEST_BYTES -> header;
            case 0 -> header.toBuilder().setResultDigest(digest(header)).build();
            default ->
                throw malformed(
                        "its digest has " + header.getResultDigest().size() + " bytes instead of " + DIGEST_BYTES);
        };
    }

    private static FaultException malformed(String why) {
        return new FaultException(Fault.UPDATE_MALFORMED, "The result's header is not valid: " + why + ".");
    }

    private static ByteString digest(ResultHeader header) {
        MessageDigest sha256 = sha256();
        sha256.update(header.getTask().toByteArray());
        new TreeMap<>(header.getMetricsMap()).forEach((name, value) -> {
            byte[] text = name.getBytes(StandardCharsets.UTF_8);
            sha256.update(ByteBuffer.allocate(Integer.BYTES + text.length + Double.BYTES)
                    .putInt(text.length)
                    .put(text)
                    .putDouble(value)
                    .flip());
        });
        sha256.update(header.getSha256().toByteArray());
        sha256.update(header.getFailure().toByteArray());
        return ByteString.copyFrom(sha256.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Cannot hash: every JDK has SHA-256", impossible);
        }
    }
}
