package io.nsfl.storage;

import io.nsfl.protocol.ids.IdSource;
import io.nsfl.storage.blob.BlobSettings;
import io.nsfl.storage.blob.BlobStore;
import io.nsfl.storage.blob.posix.PosixBlobStore;
import io.nsfl.storage.blob.s3.S3BlobStore;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Opens the blob store that a configuration names. */
public final class BlobStores {
    private BlobStores() {}

    /** The store. Nothing is asked of it yet, so a service starts while it is away. */
    public static BlobStore open(BlobSettings settings) {
        return switch (settings) {
            case BlobSettings.Posix posix -> new PosixBlobStore(posix.root(), randomIds());
            case BlobSettings.S3 s3 -> S3BlobStore.open(s3);
        };
    }

    private static IdSource randomIds() {
        SecureRandom random = new SecureRandom();
        return () -> {
            byte[] id = new byte[16];
            random.nextBytes(id);
            return HexFormat.of().formatHex(id);
        };
    }
}
