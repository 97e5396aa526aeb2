package io.nsfl.sessions.desk;

import io.nsfl.protocol.v1.ClientView;
import io.nsfl.protocol.v1.Dataset;
import io.nsfl.protocol.v1.ListClientsRequest;
import io.nsfl.protocol.v1.ListClientsResponse;
import io.nsfl.protocol.v1.Report;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.sessions.lease.Lease;
import io.nsfl.sessions.lease.Ledgers;
import io.nsfl.sessions.registry.Client;
import io.nsfl.sessions.registry.ClientProfile;
import io.nsfl.sessions.registry.Registry;
import java.util.Set;

/** The known clients, for people. */
final class ClientViews {
    private final Registry registry;
    private final Ledgers ledgers;

    ClientViews(Registry registry, Ledgers ledgers) {
        this.registry = registry;
        this.ledgers = ledgers;
    }

    ListClientsResponse list(ListClientsRequest request) {
        ListClientsResponse.Builder response = ListClientsResponse.newBuilder();
        registry.all().stream()
                .filter(client ->
                        request.getClient().isEmpty() || client.profile().namedBy(Set.of(request.getClient())))
                .map(this::view)
                .forEach(response::addClients);
        return response.build();
    }

    private ClientView view(Client client) {
        ClientProfile profile = client.profile();
        ClientView.Builder view = ClientView.newBuilder()
                .setClientId(profile.id())
                .setName(profile.name())
                .setAddress(profile.address())
                .setPlatform(profile.platform())
                .setOs(profile.os())
                .addAllRuntimes(profile.runtimes())
                .addAllLabels(profile.labels())
                .setCapacity(profile.capacity().toResources())
                .setFree(free(client))
                .setState(client.state().text())
                .setMaxTaskParallelism(profile.parallelism())
                .setRegistration(profile.registration())
                .setFirstSeenMs(client.firstSeenMs())
                .setLastSeenMs(client.lastSeenMs())
                .setTasksLeased(client.leased())
                .setTasksDelivered(client.delivered())
                .setTasksLost(client.lost())
                .addAllPrivacy(client.privacy());
        profile.datasets()
                .forEach((name, samples) ->
                        view.addDatasets(Dataset.newBuilder().setName(name).setSamples(samples)));
        ledgers.openOf(client.id()).stream()
                .filter(lease -> lease.state().live())
                .map(Lease::task)
                .map(task -> task.toBuilder().clearToken().build())
                .forEach(view::addTasks);
        return view.build();
    }

    /** What the client says is free, but no more than what is not leased. */
    private Resources free(Client client) {
        Resources unleased = client.profile()
                .capacity()
                .minus(ledgers.taken(client.id(), ""))
                .toResources();
        return client.report()
                .map(Report::getFree)
                .map(said -> unleased.toBuilder()
                        .setCpu(Math.min(said.getCpu(), unleased.getCpu()))
                        .setGpu(Math.min(said.getGpu(), unleased.getGpu()))
                        .setMemoryMb(Math.min(said.getMemoryMb(), unleased.getMemoryMb()))
                        .build())
                .orElse(unleased);
    }
}
