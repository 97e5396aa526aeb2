package io.nsfl.scheduler;

import io.nsfl.storage.blob.BlobSettings;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The storage as what knows users; the job-scheduler itself uses the mounted directory.
 *
 * @param type {@code s3}, or {@code posix}, which knows no users
 * @param endpoint address of the S3 server
 * @param certificate authority of the S3 server's certificate as PEM; empty = those that the JDK trusts
 */
@ConfigurationProperties(prefix = StorageLoginProperties.PREFIX, ignoreUnknownFields = false)
public record StorageLoginProperties(
        @DefaultValue("posix") String type,
        @DefaultValue("") String endpoint,
        @DefaultValue("") String certificate) {
    static final String PREFIX = "nsfl.storage-login";

    private static final Path NO_ROOT = Path.of("/");

    /** Without a user: each login brings its own. */
    BlobSettings settings() {
        return BlobSettings.of(type, NO_ROOT, endpoint, "", "", certificate);
    }
}
