package io.nsfl.scheduler.clients;

import io.nsfl.protocol.v1.ClientView;
import io.nsfl.scheduler.job.JobTable;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which clients a namespace sees: those that may work for it. One that is chosen by name only is seen where a job names it. */
public final class Audience {
    private final JobTable jobs;

    public Audience(JobTable jobs) {
        this.jobs = jobs;
    }

    List<ClientView> seenBy(String namespace, List<ClientView> clients) {
        if (clients.stream().allMatch(ClientView::getRegistration)) {
            return clients;
        }
        Set<String> named = named(namespace);
        return clients.stream()
                .filter(client -> client.getRegistration()
                        || named.contains(client.getClientId())
                        || named.contains(client.getName())
                        || named.contains(client.getAddress()))
                .toList();
    }

    private Set<String> named(String namespace) {
        Set<String> named = new HashSet<>();
        jobs.each(
                namespace,
                Optional.empty(),
                Optional.empty(),
                Integer.MAX_VALUE,
                job -> Arrays.stream(job.clients().split(","))
                        .map(String::strip)
                        .filter(client -> !client.isEmpty())
                        .forEach(named::add));
        return named;
    }
}
