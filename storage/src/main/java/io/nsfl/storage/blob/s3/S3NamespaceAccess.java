package io.nsfl.storage.blob.s3;

import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import io.minio.Result;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.servicekit.access.NamespaceAccess;
import io.nsfl.storage.blob.BlobSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/**
 * Asks an S3 server what somebody's own credentials open. Nothing but the server's word counts: its answer to a list of one object, and not
 * to a question by HEAD, whose refusals do not tell wrong credentials from a closed bucket. An answer takes at most ten seconds.
 */
public final class S3NamespaceAccess implements NamespaceAccess, AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int QUESTIONS_AT_ONCE = 64;

    /** Refusals that say nothing about credentials or their rights. */
    private static final Set<String> NO_VERDICT = Set.of("RequestTimeTooSkewed", "RequestTimeout", "SlowDown");

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int SERVER_ERROR = 500;

    private final URI endpoint;
    private final OkHttpClient http;

    private S3NamespaceAccess(URI endpoint, OkHttpClient http) {
        this.endpoint = endpoint;
        this.http = http;
    }

    /**
     * Nothing is asked yet, so a service starts while the server is away.
     *
     * @param settings whose endpoint and certificate count; its user does not
     * @throws FaultException {@code CONFIGURATION_INVALID}: the certificate cannot be used
     */
    public static S3NamespaceAccess open(BlobSettings.S3 settings) {
        Dispatcher calls = new Dispatcher();
        calls.setMaxRequestsPerHost(QUESTIONS_AT_ONCE);
        OkHttpClient.Builder http = Server.http(settings.certificate())
                .dispatcher(calls)
                .connectTimeout(CONNECT)
                .callTimeout(PATIENCE);
        return new S3NamespaceAccess(settings.endpoint(), http.build());
    }

    @Override
    public boolean knows(String user, String password) {
        return ask(user, password, client -> {
                    client.listBuckets();
                    return Answer.OPEN;
                })
                != Answer.UNKNOWN_CREDENTIALS;
    }

    @Override
    public Answer opens(String user, String password, String namespace) {
        return ask(user, password, client -> {
            Iterator<Result<Item>> first = client.listObjects(ListObjectsArgs.builder()
                            .bucket(namespace)
                            .maxKeys(1)
                            .build())
                    .iterator();
            if (first.hasNext()) {
                first.next().get();
            }
            return Answer.OPEN;
        });
    }

    private Answer ask(String user, String password, Question question) {
        if (!printable(user) || password.isEmpty()) {
            return Answer.UNKNOWN_CREDENTIALS;
        }
        try {
            return question.ask(Server.client(endpoint, user, password, http));
        } catch (ErrorResponseException refused) {
            return verdict(refused);
        } catch (IllegalArgumentException impossible) {
            // A name that no bucket can have.
            return Answer.ABSENT;
        } catch (MinioException | IllegalStateException failure) {
            throw unavailable(failure);
        }
    }

    /** The user travels in a header. */
    private static boolean printable(String user) {
        return !user.isEmpty() && user.chars().allMatch(character -> character > ' ' && character < 0x7f);
    }

    private Answer verdict(ErrorResponseException refused) {
        int status = refused.response().code();
        String code = Optional.ofNullable(refused.errorResponse().code()).orElse("");
        boolean silent = status >= SERVER_ERROR || status == TOO_MANY_REQUESTS || status == REQUEST_TIMEOUT;
        if (silent || NO_VERDICT.contains(code)) {
            throw unavailable(refused);
        }
        return switch (code) {
            case "AccessDenied", "AllAccessDisabled", "AccountProblem" -> Answer.CLOSED;
            case "NoSuchBucket", "InvalidBucketName" -> Answer.ABSENT;
            default -> Answer.UNKNOWN_CREDENTIALS;
        };
    }

    private FaultException unavailable(Exception failure) {
        Throwable reason = failure;
        while (reason.getCause() != null) {
            reason = reason.getCause();
        }
        return new FaultException(
                Fault.STORAGE_UNAVAILABLE,
                "The storage %s, which checks logins, does not answer (%s): check that it runs, and repeat the request."
                        .formatted(endpoint, reason.getMessage()),
                failure);
    }

    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    @FunctionalInterface
    private interface Question {
        Answer ask(MinioClient client) throws MinioException;
    }
}
