package io.nsfl.storage.blob.s3;

import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.blob.BlobFaults;
import io.nsfl.storage.blob.BlobPath;
import io.nsfl.storage.blob.BlobSettings;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** What an S3 server's refusals mean. */
final class S3Faults {
    private static final Set<String> ABSENT = Set.of("NoSuchKey", "NoSuchObject", "ResourceNotFound");
    private static final Set<String> WRONG_CREDENTIALS =
            Set.of("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurity", "AuthorizationHeaderMalformed");
    private static final Set<String> BAD_NAME = Set.of("InvalidBucketName", "KeyTooLongError", "InvalidObjectName");

    private final BlobSettings.S3 settings;

    S3Faults(BlobSettings.S3 settings) {
        this.settings = settings;
    }

    /** One call about this path. */
    <T> T answering(BlobPath path, Call<T> call) {
        try {
            return call.run();
        } catch (MinioException failure) {
            throw translated(path, failure);
        } catch (IllegalStateException failure) {
            // So the client tells of a connection that failed.
            throw failure.getCause() instanceof IOException ? unavailable(path, failure) : failure;
        } catch (IllegalArgumentException refused) {
            throw BlobPath.refused(path.toString(), String.valueOf(refused.getMessage()));
        }
    }

    /** One call about this path; empty where the file or its bucket is absent. */
    <T> Optional<T> ifPresent(BlobPath path, Call<T> call) {
        return answering(path, () -> {
            try {
                return Optional.of(call.run());
            } catch (ErrorResponseException refused) {
                String code = refused.errorResponse().code();
                if (ABSENT.contains(code) || code.equals("NoSuchBucket")) {
                    return Optional.empty();
                }
                throw refused;
            }
        });
    }

    private FaultException translated(BlobPath path, MinioException failure) {
        if (!(failure instanceof ErrorResponseException refused)) {
            return unavailable(path, failure);
        }
        String code = String.valueOf(refused.errorResponse().code());
        if (ABSENT.contains(code)) {
            return BlobFaults.absent(path);
        }
        if (code.equals("NoSuchBucket")) {
            return BlobFaults.noBucket(
                    path.bucket(), "aws --endpoint-url %s s3 mb s3://%s".formatted(settings.endpoint(), path.bucket()));
        }
        if (WRONG_CREDENTIALS.contains(code)) {
            return new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The storage %s refuses the user %s: check ACCESS_KEY and SECRET_KEY."
                            .formatted(settings.endpoint(), settings.accessKey()),
                    failure);
        }
        if (code.equals("AccessDenied")) {
            return new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The storage %s denies the user %s the access to \"%s\": check ACCESS_KEY and SECRET_KEY, or grant this user to read, write, list and delete there."
                            .formatted(settings.endpoint(), settings.accessKey(), path),
                    failure);
        }
        if (BAD_NAME.contains(code)) {
            return BlobPath.refused(
                    path.toString(), String.valueOf(refused.errorResponse().message()));
        }
        return unavailable(path, failure);
    }

    private FaultException unavailable(BlobPath path, Exception failure) {
        Throwable reason = failure;
        while (reason.getCause() != null) {
            reason = reason.getCause();
        }
        return new FaultException(
                Fault.STORAGE_UNAVAILABLE,
                "The storage %s cannot serve \"%s\" (%s); check that it runs, and repeat the request."
                        .formatted(settings.endpoint(), path, reason.getMessage()),
                failure);
    }

    @FunctionalInterface
    interface Call<T> {
        T run() throws MinioException;
    }
}
