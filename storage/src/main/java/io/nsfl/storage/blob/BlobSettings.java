package io.nsfl.storage.blob;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** Which blob store, and where. */
public sealed interface BlobSettings {
    /**
     * Files below a mounted directory.
     *
     * @param root the directory; each bucket is a directory in it
     */
    record Posix(Path root) implements BlobSettings {
        public Posix {
            Objects.requireNonNull(root, "root");
        }
    }

    /**
     * An S3 server.
     *
     * @param endpoint {@code http://host:port} or {@code https://host:port}
     * @param accessKey the user
     * @param secretKey the user's password, never logged
     * @param certificate the authority that signed the server's certificate, as PEM; empty = those that the JDK trusts
     */
    record S3(URI endpoint, String accessKey, String secretKey, Optional<Path> certificate) implements BlobSettings {
        public S3 {
            Objects.requireNonNull(endpoint, "endpoint");
            Objects.requireNonNull(accessKey, "accessKey");
            Objects.requireNonNull(secretKey, "secretKey");
            Objects.requireNonNull(certificate, "certificate");
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "s3 " + endpoint + " as " + accessKey;
        }
    }

    /**
     * From a configuration's words.
     *
     * @param type {@code posix} or {@code s3}, in any case
     * @param root of {@code posix}
     * @param endpoint of {@code s3}; without a scheme, {@code http} is meant
     * @param certificate of {@code s3}; may be empty
     * @throws FaultException {@code CONFIGURATION_INVALID}: another type, or an endpoint that is none
     */
    static BlobSettings of(
            String type, Path root, String endpoint, String accessKey, String secretKey, String certificate) {
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "posix" -> new Posix(root);
            case "s3" ->
                new S3(
                        address(endpoint),
                        accessKey,
                        secretKey,
                        certificate.isEmpty() ? Optional.empty() : Optional.of(Path.of(certificate)));
            default ->
                throw new FaultException(
                        Fault.CONFIGURATION_INVALID,
                        "The storage type \"%s\" is unknown: set STORAGE_TYPE to posix or s3.".formatted(type));
        };
    }

    private static URI address(String endpoint) {
        try {
            URI address = URI.create(endpoint.contains("://") ? endpoint : "http://" + endpoint);
            boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
            boolean plain = address.getPath().isEmpty() || address.getPath().equals("/");
            if (http && plain && address.getHost() != null && address.getUserInfo() == null) {
                return address;
            }
        } catch (IllegalArgumentException malformed) {
            // Told below, with what is needed.
        }
        throw new FaultException(
                Fault.CONFIGURATION_INVALID,
                "The storage endpoint \"%s\" is no address: set STORAGE_ENDPOINT to http://host:port or https://host:port."
                        .formatted(endpoint));
    }
}
