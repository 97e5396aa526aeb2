package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls of the Kubernetes API: one that does not answer is asked again within a bound, and what it refuses is told in its own words.
 * Every call has to be harmless when repeated.
 */
final class ApiCalls {
    private static final Logger LOG = LoggerFactory.getLogger(ApiCalls.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int TRIES = 60;
    private static final int TOO_MANY_REQUESTS = 429;

    private final String address;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** @param address of the API, for people */
    ApiCalls(String address) {
        this.address = address;
    }

    /** @param what the call is for, "Cannot …" @throws FaultException WORKLOAD_FAILED if it is refused, UNAVAILABLE if nobody answers */
    <T> T call(String what, Supplier<T> request) {
        for (int tries = 1; ; tries++) {
            try {
                return request.get();
            } catch (KubernetesClientException failed) {
                if (!passes(failed)) {
                    throw refused(what, failed);
                }
                if (tries == TRIES || !pause(PAUSE)) {
                    throw new FaultException(
                            Fault.UNAVAILABLE,
                            what + ": the Kubernetes API at " + address + " does not answer (" + reason(failed) + ").",
                            failed);
                }
                if (tries == 1) {
                    LOG.warn("{}: the Kubernetes API at {} does not answer; it is asked again", what, address);
                }
            }
        }
    }

    /** Waits. @return false when this was closed meanwhile */
    boolean pause(Duration wait) {
        try {
            return !closed.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void close() {
        closed.countDown();
    }

    static boolean conflicts(FaultException refused) {
        return refused.getCause() instanceof KubernetesClientException e
                && e.getCode() == HttpURLConnection.HTTP_CONFLICT;
    }

    private static boolean passes(KubernetesClientException failed) {
        int code = failed.getCode();
        return code == 0 || code == TOO_MANY_REQUESTS || code >= HttpURLConnection.HTTP_INTERNAL_ERROR;
    }

    private static FaultException refused(String what, KubernetesClientException failed) {
        String hint = switch (failed.getCode()) {
            case HttpURLConnection.HTTP_FORBIDDEN ->
                reason(failed).contains("quota")
                        ? ""
                        : " The service account needs the rights that docs/kubernetes.md names.";
            case HttpURLConnection.HTTP_UNAUTHORIZED -> " The token is not one that the API knows.";
            default -> "";
        };
        return new FaultException(
                Fault.WORKLOAD_FAILED,
                what + ": Kubernetes refuses it" + PodReading.message(reason(failed)) + "." + hint,
                failed);
    }

    private static String reason(KubernetesClientException failed) {
        if (failed.getStatus() != null && failed.getStatus().getMessage() != null) {
            return failed.getStatus().getMessage();
        }
        Throwable root = failed;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
