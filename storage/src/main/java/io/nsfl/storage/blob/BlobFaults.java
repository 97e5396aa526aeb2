package io.nsfl.storage.blob;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;

/** The failures that every store words alike. */
public final class BlobFaults {
    private BlobFaults() {}

    /** There is no such file. */
    public static FaultException absent(BlobPath path) {
        return new FaultException(Fault.ARTIFACT_UNKNOWN, "There is no file \"%s\" in the store.".formatted(path));
    }

    /** There is no such bucket; the command makes it. */
    public static FaultException noBucket(String bucket, String command) {
        return new FaultException(
                Fault.NAMESPACE_ABSENT,
                "The storage has no bucket \"%s\": make it, for example with: %s".formatted(bucket, command));
    }

    /** A read from beyond the end. */
    public static FaultException beyondTheEnd(BlobPath path, long offset) {
        return new FaultException(
                Fault.REQUEST_INVALID, "The file \"%s\" ends before byte %d.".formatted(path, offset));
    }

    /** An append elsewhere than at the end of what is held. */
    public static FaultException misplaced(BlobPath path, long offset, long held) {
        return new FaultException(
                Fault.STALE,
                "The upload of \"%s\" holds %d bytes: continue there, not at byte %d.".formatted(path, held, offset));
    }

    /** The completed content is not what was sent. */
    public static FaultException corrupt(BlobPath path, String expected, String found) {
        return new FaultException(
                Fault.TRANSFER_CORRUPT,
                "The upload of \"%s\" has the digest %s and not %s: it was discarded, send the file again."
                        .formatted(path, found, expected));
    }

    /** There is nothing to complete. */
    public static FaultException noUpload(BlobPath path) {
        return new FaultException(
                Fault.ARTIFACT_UNKNOWN, "There is no upload of \"%s\": begin it at byte 0.".formatted(path));
    }

    /** The caller's stream failed. */
    public static FaultException brokenOff(BlobPath path, Content content) {
        return new FaultException(
                Fault.TRANSFER_CORRUPT,
                "The content of \"%s\" broke off after %d bytes: %s."
                        .formatted(path, content.bytesRead(), content.failure().getMessage()),
                content.failure());
    }
}
