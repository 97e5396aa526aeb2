package io.nsfl.proxy.door;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.proxy.route.RouteTable;
import io.nsfl.proxy.route.RouteText;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides about a stream. Only what clients call is let in: the job's coordinator for work on tasks, the client-selector for the client's own
 * stream. A job that is not in the table may be about to come: its client is asked to try again, as it would where nobody listens.
 */
public final class Door {
    private static final Pattern METHOD = Pattern.compile("/(nsfl\\.v1\\.[A-Za-z]{1,64})/[A-Za-z]{1,64}");
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final RouteTable table;
    private final String selector;
    private final NameService names;
    private final String authority;
    private final Runnable unknown;

    /**
     * @param selector {@code host:port}
     * @param authority the name in the certificates of all that stand behind the proxy; empty = the host's own
     * @param unknown told when a job is asked for that is not in the table
     */
    public Door(RouteTable table, String selector, NameService names, String authority, Runnable unknown) {
        this.table = table;
        this.selector = selector;
        this.names = names;
        this.authority = authority;
        this.unknown = unknown;
    }

    /** @throws FaultException FORBIDDEN or REQUEST_INVALID for what is never let in; UNAVAILABLE for what may be later */
    public Passage judge(Question question) {
        Matcher method = METHOD.matcher(question.path());
        String service = method.matches() ? method.group(1) : "";
        return switch (service) {
            case "nsfl.v1.TaskService", "nsfl.v1.SecureAggregationService" ->
                passage(service, coordinator(question.job()), question.job());
            case "nsfl.v1.ClientService" -> passage(service, selector, "");
            default ->
                throw new FaultException(
                        Fault.FORBIDDEN,
                        "This is not reached through the proxy: only nsfl.v1.ClientService, nsfl.v1.TaskService and"
                                + " nsfl.v1.SecureAggregationService are.");
        };
    }

    private String coordinator(String job) {
        if (!RouteText.isJob(job)) {
            throw new FaultException(
                    Fault.REQUEST_INVALID, "The header nsfl-job has to name the job, as <namespace>-<job id>.");
        }
        return table.find(job).orElseThrow(() -> {
            unknown.run();
            return new FaultException(
                    Fault.UNAVAILABLE,
                    "The proxy knows no coordinator of job %s now: it has not started, has moved, or has ended. Try again."
                            .formatted(job),
                    AGAIN,
                    null);
        });
    }

    private Passage passage(String service, String address, String job) {
        RouteText.Address place = RouteText.address(address).orElseThrow();
        try {
            InetAddress found = names.resolve(place.host());
            String host = found instanceof Inet6Address ? "[" + found.getHostAddress() + "]" : found.getHostAddress();
            return new Passage(service, host + ":" + place.port(), authority.isEmpty() ? place.host() : authority, job);
        } catch (UnknownHostException unresolved) {
            throw new FaultException(
                    Fault.UNAVAILABLE,
                    "The name %s is not known now. Try again.".formatted(place.host()),
                    AGAIN,
                    unresolved);
        }
    }
}
